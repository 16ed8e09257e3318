"""Changes of the collection: the page, the JSON that programs follow, and the feed."""
