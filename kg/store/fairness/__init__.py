"""Fair queueing by client: bounded queues and slots."""
