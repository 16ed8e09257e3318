"""What the readers of archival XML share: safe parsing, trees, links, drafts of records."""
