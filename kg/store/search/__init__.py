"""Search index of a generation: tantivy writer and reader, search language, facets, snippets, search clauses."""
