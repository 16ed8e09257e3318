# Put one graph in the place of another, which is dropped.
# Parameters: $source, $target (IRIs).
MOVE GRAPH $source TO GRAPH $target
