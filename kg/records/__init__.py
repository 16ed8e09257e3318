"""Record model, readers of source formats, normalisation and validation."""
