"""Queries that come with kg: headers, parameters, saved and example queries, tables of their answers."""
