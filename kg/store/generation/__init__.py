"""Immutable generations: their folders, catalogue, change log, and the live one."""
