"""Words of a search as queries: their readings, sounds, related forms, and the things that they name."""
