"""The record model: one table of keys, its JSON Schema, columns, validation."""
