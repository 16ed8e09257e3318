"""What is wrong with a query that is none: where, and what to do."""
