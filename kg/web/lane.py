"""Work that takes long goes in a lane of its own: a few at a time, so that the threads of quick work stay free.

Exports of a thousand things and pictures of a whole collection take some tenths of a second each. Twenty clients that
ask for them would hold every thread, and whoever only searches would wait.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from starlette.requests import Request

from kg.store.turns import whose
from kg.web.problems import Problem

PLACES = 2
"""How many are done at a time."""

MOST = 16
"""How many may be asked for at a time."""

MOST_OF_ONE = 6
"""How many of those one client may have."""

_LATER = {"Retry-After": "5"}
_T = TypeVar("_T")


class Lane:
    """Who waits, and who is being served."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(PLACES)
        self._inside: Counter[str] = Counter()

    async def run(self, request: Request, work: Callable[[], _T]) -> _T:
        """Do something in a thread, when it is its turn. Raises Problem where too much is asked for at once."""
        client = whose(request.client.host) if request.client else ""
        self._enter(client)
        try:
            await self._places.acquire()
        except BaseException:
            self._leave(client)
            raise
        doing = asyncio.get_running_loop().run_in_executor(None, work)

        def done(_: object) -> None:
            self._places.release()
            self._leave(client)

        # A client that leaves does not end the thread, which keeps its place as long as it works.
        doing.add_done_callback(done)
        return await asyncio.shield(doing)

    def _enter(self, client: str) -> None:
        if self._inside[client] >= MOST_OF_ONE:
            raise Problem(429, "Much of what you asked for is still being made. Try again in a moment.", _LATER)
        if self._inside.total() >= MOST:
            raise Problem(503, "Others asked for much at once. Try again in a moment.", _LATER)
        self._inside[client] += 1

    def _leave(self, client: str) -> None:
        self._inside[client] -= 1
        if not self._inside[client]:
            del self._inside[client]
