"""Build of a generation from many sources."""
