"""Memo: outcomes of work on a generation that is done once; whoever asks meanwhile waits for the same work."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from kg.store.fairness.fair_cache import FairCache

T = TypeVar("T")

MAX_MEMOISED_VALUES = 500
"""Pieces of work whose outcome is held; no client drives out those of others (D-111)."""


class Memo:
    """Holds what was worked out for one generation, by name."""

    def __init__(self, most: int = MAX_MEMOISED_VALUES) -> None:
        """Room for so many."""
        self._tasks: FairCache[str, asyncio.Task[Any]] = FairCache(most)

    async def get(self, name: str, work: Callable[[], Coroutine[Any, Any, T]], client: str = "") -> T:
        """The outcome of some work; what fails is raised, and worked out anew for the next who asks.

        Args:
            name: of the work.
            work: makes the outcome.
            client: the client that asks for it; empty for what everybody asks for.
        """
        task = self._tasks.find(name, client)
        if task is None:
            task = asyncio.create_task(work())
            self._tasks.keep(name, task, 1, client)
        try:
            outcome: T = await asyncio.shield(task)
        except Exception:
            if self._tasks.find(name, client) is task:  # another one may have begun anew meanwhile
                self._tasks.remove(name)
            raise
        return outcome
