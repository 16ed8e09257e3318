"""Dumps of a generation as they lie on the disk: buckets of things, packs of members, and whole files as read."""
