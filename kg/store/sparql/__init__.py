"""SPARQL queries and results: query checks, lexer, query service port, result formats, syntax errors."""
