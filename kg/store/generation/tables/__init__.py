"""Tables of the catalogue: their schema, the order of references, and the counts that are moved by differences."""
