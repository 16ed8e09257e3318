"""Read side: use cases that pages and data share."""
