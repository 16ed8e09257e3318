"""Dates: EDTF and the phrases that are read into it."""
