"""One generation out of many sources."""
