"""Reports of a build: problems, rejected records, progress, the page."""
