"""Commands of `kg`, and what they have in common."""
