"""Record segments: the records of a generation as JSON lines, in files that later generations link."""
