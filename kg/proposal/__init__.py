"""Proposal of a kg.toml from files: `kg init` looks into them, and `kg template` writes an empty table to fill in."""
