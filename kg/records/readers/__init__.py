"""Readers: one a format, each turning a file into records."""
