# Put triples into a graph.
# Parameters: $graph (IRI), $triples (N-Triples as the engine's own writer gives them).
INSERT DATA { GRAPH $graph {
$triples
} }
