"""Incremental builds: what changed in the sources, what that means for things, the next generation."""
