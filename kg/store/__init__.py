"""Triples at rest, and what is asked of them."""
