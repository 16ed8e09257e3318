"""The queries that come with kg: what their headers say, how values enter them, how their answers are shown."""
