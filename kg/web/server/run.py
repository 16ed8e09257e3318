"""`kg serve`: the application in a server that closes what is half sent and never finished."""

import asyncio
import errno
import gc
import socket
import sys
from collections.abc import Awaitable, Callable
from functools import partial

import uvicorn
import uvloop
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg import settings as settings_module
from kg.errors import KgError, UsageError
from kg.settings import Settings
from kg.web.app import Application
from kg.web.observe.access_log import AccessLog
from kg.web.observe.metrics import listening
from kg.web.server import client_address, supervisor
from kg.web.server.connection import Connection
from kg.web.server.connection_table import Connections, raise_limit
from kg.web.server.guard import RequestGuard

BETWEEN_COLLECTIONS = 20_000
"""Objects that are made between two searches for cycles that nobody holds any more. A page makes thousands, which go of
themselves when it is sent: to search among them every 700, as Python does, takes a tenth of its time."""

AT_A_TIME = 0.001
"""Seconds that a thread keeps the interpreter while another one waits for it: those that count and draw give way to the
requests that are quickly answered. Python's own measure is five times that, and each of these waits more than once."""

_INSTEAD = {
    errno.EADDRINUSE: "Choose another port with --port.",
    errno.EADDRNOTAVAIL: "This machine has no such address: choose one of its own with --host; 0.0.0.0 is all of them.",
    errno.EACCES: "Ports below 1024 are for the administrator: choose another one with --port.",
}
"""Error of the system on listening → advice."""

_BACKLOG = 4096
"""Connections that wait to be accepted, at most."""


def application() -> ASGIApp:
    """The application for the kg.toml that the environment names, or the nearest one; called by the server."""
    gc.set_threshold(BETWEEN_COLLECTIONS)
    sys.setswitchinterval(AT_A_TIME)
    settings = settings_module.load(None)
    made = RequestGuard(Application(settings), client_address.networks(settings.proxies))
    # What is there by now stays. A search for cycles would go through all of it, and write to each object on the way,
    # by which a process gets a copy of its own of the memory that it shares with the one that it was forked from.
    gc.freeze()
    return made


class _Server(uvicorn.Server):
    """uvicorn's, with connections of our own."""

    def __init__(self, application: ASGIApp, serving: Callable[[], None]) -> None:
        self._serving = serving
        self._connections = Connections()
        super().__init__(
            uvicorn.Config(
                _telling(application),
                http=partial(Connection, application, self._connections),  # type: ignore[arg-type]  # it is only called
                ws="none",
                interface="asgi3",
                lifespan="on",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                backlog=_BACKLOG,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and say so."""
        try:
            await super().startup(sockets)
        except SystemExit:
            sys.exit(supervisor.CANT_SERVE)
        self._serving()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End; who is just being accepted is sent away."""
        self._connections.ending = True
        await super().shutdown(sockets)


def _telling(application: ASGIApp) -> ASGIApp:
    """An application that says by itself why it can't begin."""

    def told(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        async def sending(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed":
                sys.stderr.write(f"kg: {message['message']}\n")
                message = {"type": message["type"]}
            await send(message)

        return application(scope, receive, sending)

    return told


def process(serving: Callable[[], None], host: str, port: int) -> None:
    """Be a process of `kg serve`.

    Args:
        serving: to call when requests are taken.
        host: address to listen on.
        port: port to listen on.
    """
    try:
        server = _Server(application(), serving)
        listener = _bound(host, port, shared=True)
    except KgError as fault:
        supervisor.leave(fault)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(server.serve([listener]))


def _bound(host: str, port: int, *, shared: bool) -> socket.socket:
    """A socket for who asks here; server processes share a port. Raises UsageError where somebody listens already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT if shared else socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as fault:
        listener.close()
        todo = _INSTEAD.get(fault.errno or 0, "Choose an address of this machine with --host.")
        raise UsageError(f"can't listen at {host}, port {port}: {fault.strerror}", todo=todo) from None
    return listener


def serve(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until told to stop.

    Args:
        settings: what to serve.
        host: address to listen on.
        port: port to listen on.
        workers: server processes; they share the port.
    """
    _bound(host, port, shared=False).close()  # or they would share somebody else's
    if settings.access_log:  # said before it is told that anything is served
        AccessLog(settings.access_log, settings.folder).close()
    settings_module.export_config_path(settings)
    shown = f"[{host}]" if ":" in host else host
    sys.stderr.write(f"Serving {settings.title!r} at http://{shown}:{port}/ (Ctrl-C stops)\n")
    sys.stderr.flush()
    raise_limit()
    with listening(settings.metrics):
        supervisor.Supervisor(
            process,
            (host, port),
            processes=workers,
            grace=settings.grace_seconds,
            # A fork would take its parent's way of counting along, and the lock of a listener's thread.
            afresh=bool(settings.metrics),
        ).run()
