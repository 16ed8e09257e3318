"""Writing of the search index: documents from records, what is counted beside them, an index made anew or updated."""
