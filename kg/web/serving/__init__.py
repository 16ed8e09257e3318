"""State of a serving process: live generation, context, caches, thread queue."""
