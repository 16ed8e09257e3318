"""Dumps of the whole graph, written: made anew by a full build, or from those before and a patch."""
