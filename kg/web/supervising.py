"""Server processes are watched, and one that dies is started again: later and later where it dies at once.

granian's own watch ends everything when a process dies twice within seconds, which a machine short of memory can bring
about. Here it goes on. Only where a process says itself that it can't begin to serve, the first time it is started, the
server stops: no second try mends that.
"""

import logging
import os
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NoReturn

from granian.server import MPServer
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.errors import KgError

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a process is started that died at once again, and at most."""

STEADY = 60.0
"""Seconds after which a process that dies has not died at once."""

_CANT_SERVE = os.EX_CONFIG
"""The exit code of a process that can't begin to serve."""

_LOOK = 0.1
_LOG = logging.getLogger("kg")


class Supervised(MPServer):
    """A server whose processes are started again as often as they die."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.respawn_failed_workers = True
        self._started_again: set[int] = set()
        self._quick_deaths = 0

    def _respawn_workers(
        self,
        workers: Sequence[int],
        spawn_target: Callable[..., None],
        target_loader: Callable[..., Any],
        delay: float = 0,
    ) -> None:
        """Start processes again: those that died, or at SIGHUP all."""
        dead = {number: self.wrks[number] for number in workers if self.wrks[number].inner.exitcode is not None}
        if any(
            each.inner.exitcode == _CANT_SERVE and number not in self._started_again for number, each in dead.items()
        ):
            self._stop()
            return
        if dead:
            self._wait(max(each.birth for each in dead.values()))
        if not self.interrupt_signal:
            self._started_again.update(dead)
            super()._respawn_workers(workers, spawn_target, target_loader, delay)
            self.respawned_wrks.clear()  # by this granian would tell that one died twice within seconds

    def _stop(self) -> None:
        self.interrupt_signal = True
        self.interrupt_children.append(0)  # by this it tells that it does not end as it should
        self.main_loop_interrupt.set()

    def _wait(self, birth: float) -> None:
        """Let some time pass, the more the more often processes died at once; none where the server is to stop."""
        self._quick_deaths = self._quick_deaths + 1 if time.monotonic() - birth < STEADY else 0
        pause = min(FIRST_PAUSE * 2 ** (self._quick_deaths - 2), LONGEST_PAUSE) if self._quick_deaths > 1 else 0.0
        _LOG.error("a server process died; it is started again%s", f" in {pause:g} s" if pause else "")
        until = time.monotonic() + pause
        while time.monotonic() < until and not self.interrupt_signal:
            time.sleep(_LOOK)


def or_leave(application: ASGIApp) -> ASGIApp:
    """An application whose process says why it can't begin to serve, and leaves."""

    def watched(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        async def sending(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed":
                leave(message["message"])
            await send(message)

        return application(scope, receive, sending if scope["type"] == "lifespan" else send)

    return watched


def leave(why: str | KgError) -> NoReturn:
    """End this process, which can't begin to serve."""
    sys.stderr.write(f"kg: {why}\n")
    sys.exit(_CANT_SERVE)
