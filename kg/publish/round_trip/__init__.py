"""Round trip of a table: the archivist's sheet as it is, with what kg read in it beside."""
