"""Number formats of workbooks: numbers and dates as a person sees them (D-192)."""
