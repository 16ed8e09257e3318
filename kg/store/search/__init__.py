"""The search index of a generation: made with it from the same stream, opened read-only, asked by words and facets."""
