"""JSON and JSON Lines in the shape of the record model."""
