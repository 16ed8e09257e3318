"""Guesses about a table: the key of each column by its heading and its cells, the kind of its rows, what parts values.

Pure: samples of cells come in, guesses with a sureness and a reason go out.
"""
