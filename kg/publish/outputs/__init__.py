"""Outputs of a build beside the store: dumps, tables, search index, description of the data set."""
