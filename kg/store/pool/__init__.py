"""A pool of sandboxed worker processes that answer queries of strangers."""
