"""SPARQL texts and results: checks before a query runs, result formats, limits of formats."""
