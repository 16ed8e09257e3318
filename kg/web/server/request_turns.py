"""Turns of clients: one client starts a few requests in a round of the event loop, however many connections it has.

Requests that the loop reads in one round would all be answered before the next round reads another client's: 400
connections that ask for a page of the cache are 400 answers ahead of everybody. So what is beyond a client's share
waits for later rounds, of each client its oldest first; between rounds the loop reads what has arrived (D-119).
"""

import asyncio
from collections import deque

from kg.store.fairness.fair_queue import client_of

MAX_STARTS = 4
"""Requests of one client that start in one round of the loop."""


class RequestTurns:
    """Turns in one event loop."""

    def __init__(self) -> None:
        """Nobody waits yet."""
        self._started: dict[str, int] = {}
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    async def wait(self, address: str) -> None:
        """Wait until a request may start; it may at once where its client has started few in this round.

        Args:
            address: the client's; "" for an unknown one, who does not wait.
        """
        if not address:
            return
        client = client_of(address)
        if not self._started:
            asyncio.get_running_loop().call_soon(self._begin_round)
        started = self._started.setdefault(client, 0)
        if started < MAX_STARTS and client not in self._waiting:
            self._started[client] = started + 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(client, deque()).append(turn)
        await turn

    def _begin_round(self) -> None:
        """Give each client its share of the next round, and begin another one after it where any has started."""
        self._started.clear()
        for client, turns in list(self._waiting.items()):
            self._started[client] = _give(turns)
            if not turns:
                del self._waiting[client]
        if self._started:
            asyncio.get_running_loop().call_soon(self._begin_round)


def _give(turns: deque[asyncio.Future[None]]) -> int:
    """Give the oldest waiting requests of a client their turn; return how many had not ended meanwhile."""
    given = 0
    while turns and given < MAX_STARTS:
        turn = turns.popleft()
        if not turn.done():
            turn.set_result(None)
            given += 1
    return given
