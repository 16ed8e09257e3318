"""EAD 2002 finding aids."""
