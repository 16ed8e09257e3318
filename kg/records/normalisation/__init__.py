"""Normalisation of records: each value in the form that the model defines, or a fault."""
