"""Record model: a table of keys, its JSON Schema, columns, validation."""
