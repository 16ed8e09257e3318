"""The build pipeline: sources, batches, executor, merge, stubs, shapes."""
