"""Syntax errors of queries: position, cause and remedy."""
