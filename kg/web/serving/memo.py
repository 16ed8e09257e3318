"""Memo: outcomes of work on a generation that is done once; whoever asks meanwhile waits for the same work."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

MAX_MEMOISED_VALUES = 500
"""Pieces of work whose outcome is held; the ones asked for last."""


class Memo:
    """Holds what was worked out for one generation, by name."""

    def __init__(self, most: int = MAX_MEMOISED_VALUES) -> None:
        """Room for so many."""
        self._most = most
        self._tasks: OrderedDict[str, asyncio.Task[Any]] = OrderedDict()

    async def get(self, name: str, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The outcome of some work; what fails is raised, and worked out anew for the next who asks."""
        task = self._tasks.get(name)
        if task is None:
            task = self._tasks[name] = asyncio.create_task(work())
            while len(self._tasks) > self._most:
                self._tasks.popitem(last=False)
        self._tasks.move_to_end(name)
        try:
            outcome: T = await asyncio.shield(task)
        except Exception:
            if self._tasks.get(name) is task:  # another one may have begun anew meanwhile
                del self._tasks[name]
            raise
        return outcome
