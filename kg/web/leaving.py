"""Clients that leave before they have an answer: what is done for them is stopped."""

import asyncio
import contextlib
from collections.abc import Iterator

from starlette.requests import Request

from kg.web.problems import Problem

_PATIENCE = 0.05
"""Seconds after which it is looked whether the client is still there."""


@contextlib.contextmanager
def while_there(request: Request) -> Iterator[None]:
    """Stop what is done within the context when the client leaves. Raises Problem then."""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101  # a request is answered in a task
    watching: list[asyncio.Task[None]] = []

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        task.cancel()

    timer = asyncio.get_running_loop().call_later(_PATIENCE, lambda: watching.append(asyncio.create_task(watch())))
    try:
        yield
    except asyncio.CancelledError:
        if not (watching and watching[0].done()) or task.uncancel():
            raise
        raise Problem(499, "The client left.") from None
    finally:
        timer.cancel()
        for each in watching:
            each.cancel()
