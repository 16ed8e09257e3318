"""Lists of what documents name: names in alphabetical order, and the tree of the archives."""
