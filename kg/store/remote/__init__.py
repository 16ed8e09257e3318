"""A remote SPARQL 1.1 store behind the same ports: client, load, queries, graph versions."""
