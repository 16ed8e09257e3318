"""Outlines of long records: where each value stands, so that a page reads no more of a record than it shows."""
