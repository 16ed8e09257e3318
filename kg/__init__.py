"""kg: a linked-data publisher for archives."""
