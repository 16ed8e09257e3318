"""The embedded triple store: bulk load, compaction, reading of graphs."""
