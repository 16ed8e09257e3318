"""Limits of a pool of query workers, each with its unit; settings name some of them to the operator."""

from dataclasses import dataclass, field

from kg.store.sparql import query_checks

_LEAST_ADDRESS_SPACE = 1 << 30
"""Bytes above an idle worker's own below which the engine aborts."""


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """Limits of a pool.

    Attributes:
        size: queries that run at once.
        reserve: further queries that may run, of light clients without one (see `kg.store.fairness.fair_queue`).
        long: further queries that may go on although they have run for `kg.store.pool.core.long_queries.LONG_AFTER`.
        spares: workers that wait to stand in for killed ones.
        queue: queries that may wait for a worker; half of it for one client.
        deadline: seconds from when a worker begins with a query until the end of its answer has been taken; also
            how long a query waits for a worker.
        max_result_bytes: bytes of an answer.
        max_rows: rows, or triples, of an answer.
        memory: bytes of anonymous memory that a worker may take before it is killed, and `size` times that for all
            workers together; looked at twice a second.
        address_space: bytes of address space above an idle worker's; by default twice `memory`, and never less than
            the engine needs.
        text: limits of a query's text.
    """

    size: int = 2
    reserve: int = 0
    long: int = 0
    spares: int = 0
    queue: int = 32
    deadline: float = 10.0
    max_result_bytes: int = 100_000_000
    max_rows: int = 1_000_000
    memory: int = 1 << 30
    address_space: int | None = None
    text: query_checks.QueryLimits = field(default=query_checks.DEFAULT)

    @property
    def workers(self) -> int:
        """Workers in a calm moment."""
        return self.size + self.reserve + self.spares

    @property
    def share(self) -> int:
        """Workers that one client may have at once."""
        return max(1, (self.size + self.long) // 2)

    @property
    def worker_address_space(self) -> int:
        """Bytes of address space above an idle worker's."""
        wanted = 2 * self.memory if self.address_space is None else self.address_space
        return max(_LEAST_ADDRESS_SPACE, wanted)
