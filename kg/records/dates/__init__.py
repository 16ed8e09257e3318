"""Dates: EDTF validator and parser of date phrases."""
