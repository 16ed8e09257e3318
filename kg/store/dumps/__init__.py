"""Dumps of a generation as they lie on the disk: buckets of things, packs of their members, and the whole files as read."""
