"""Mapping from records to triples, by the context and the crosswalk."""
