"""Rendering of a thing: HTML pages, data formats, citations, pictures."""
