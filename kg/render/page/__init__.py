"""The page of a thing: view, sections, fields, mentions, metadata."""
