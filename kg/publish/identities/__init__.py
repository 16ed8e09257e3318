"""Identity of things among sources: what a number, a file or an address leads to, and names that differ."""
