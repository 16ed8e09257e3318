"""Pages and documents of things, lists, downloads, citations, site files."""
