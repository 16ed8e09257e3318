"""Tools of the readers of archival XML: safe parsing, trees, links, drafts of records."""
