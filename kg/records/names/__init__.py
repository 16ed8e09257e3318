"""Names: of people and bodies, of languages, of archival levels."""
