# Drop a graph, if it is there.
# Parameter: $graph (IRI).
DROP SILENT GRAPH $graph
