"""Boilerplate: paragraphs that stand the same in most records of a source, found by comparing."""
