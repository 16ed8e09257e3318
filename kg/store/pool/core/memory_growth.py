"""Growth of a worker's anonymous memory: the engine's caches, which are useful, told from what will not come back.

With 100,000 records the engine's caches take 35 to 110 MB after the first query that reads much, and hardly grow after
that. A query that sorts 700,000 rows leaves 300 MB behind for good: the allocator keeps freed memory that other pieces
lie between, and `malloc_trim` gives none of it back. A leak grows by each query. So a worker's memory is held against
what one of its queries may take (`query_memory`), and against what it was after the queries before (D-26).
"""

from dataclasses import dataclass

_AT_ONCE = 2
"""Part of a worker's bytes, as a divisor, that no worker keeps: its next query would have the rest alone."""

_WATCHED = 4
"""Part from which on a worker must not go on growing; the engine's caches stay below it."""

_STEP = 64
"""Part that counts as growth from one inspection to the next."""

_STEPS = 3
"""Inspections in a row, each with growth, after which a worker is replaced."""

_SPARE_TIME = 8
"""Part from which on a worker is replaced when it has nothing to do."""


@dataclass(slots=True)
class MemoryGrowth:
    """Memory of one worker above what it had when it was ready.

    Attributes:
        allowed: bytes that a worker may take.
        base: bytes that it took when it was ready.
        size: bytes above that when it was last measured.
    """

    allowed: int
    base: int
    size: int = 0
    _inspected: int = 0
    _steps: int = 0

    def measure(self, taken: int) -> bool:
        """Note the bytes that a worker takes, whenever; whether these are too many for one without a query."""
        self.size = max(0, taken - self.base)
        return self.size > self.allowed // _AT_ONCE

    def inspect(self, taken: int) -> bool:
        """Note the bytes that a worker takes when it comes from its queries; whether it has to be replaced."""
        too_large = self.measure(taken)
        grows = self.size > self.allowed // _WATCHED and self.size - self._inspected > self.allowed // _STEP
        self._inspected = self.size
        self._steps = self._steps + 1 if grows else 0
        return too_large or self._steps >= _STEPS

    @property
    def taken(self) -> int:
        """Bytes that it took when it was last measured."""
        return self.base + self.size

    @property
    def large(self) -> bool:
        """Whether to replace the worker is worth a start, as soon as nobody has to wait for that."""
        return self.size > self.allowed // _SPARE_TIME
