"""Text of an archive's record page."""
