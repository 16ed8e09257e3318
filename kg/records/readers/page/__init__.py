"""The text of an archive's record page."""
