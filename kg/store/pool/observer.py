"""Observer port of a pool: the one place to which it reports what is measured."""

from typing import Protocol


class PoolObserver(Protocol):
    """Receiver of a pool's figures."""

    def queue_length(self, waiting: int) -> None:
        """Note the number of queries that wait; called whenever it has changed."""

    def worker_lost(self, why: str) -> None:
        """Note that a worker is gone, and why; not called where a query failed of the same."""
