"""Build pipeline: sources, batches, executor, merge, stubs, shapes."""
