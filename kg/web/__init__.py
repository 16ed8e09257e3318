"""A generation on the web."""
