"""What a record is, and where records come from."""
