"""Server of `kg serve`: the application in uvicorn's server, with connections, limits and a supervisor of our own."""

import asyncio
import errno
import gc
import logging
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
from kg.web.observe.background_log import BackgroundHandler, ErrorStream
from kg.web.observe.metrics import listening
from kg.web.server import client_address, supervisor
from kg.web.server.connection import Connection
from kg.web.server.connection_table import ConnectionTable, raise_descriptor_limit
from kg.web.server.guard import Guard
from kg.web.serving.freed_memory import limit_fragmentation

GC_THRESHOLD = 20_000
"""New objects between two runs of the garbage collector. A page makes thousands, which are freed without it when the
page is sent: a run for every 700 objects, Python's default, takes a tenth of a page's time."""

SWITCH_INTERVAL = 0.0002
"""Seconds for which a thread keeps the interpreter while another thread waits for it: counts and pictures give way to
quick requests. A quick request waits more than once, and Python's default is 25 times as long (D-174)."""

_ADVICE = {
    errno.EADDRINUSE: "Choose another port with --port.",
    errno.EADDRNOTAVAIL: "This machine has no such address: choose one of its own with --host; 0.0.0.0 is all of them.",
    errno.EACCES: "Ports below 1024 are for the administrator: choose another one with --port.",
}
"""Error number of a failure to listen → advice."""

_BACKLOG = 4096
"""Maximum number of connections that wait for `accept`."""


def application() -> ASGIApp:
    """The guarded application for the kg.toml in the environment, or the nearest one; called by the server."""
    return _guarded(settings_module.load(None))


def _guarded(settings: Settings) -> ASGIApp:
    limit_fragmentation()
    gc.set_threshold(GC_THRESHOLD)
    sys.setswitchinterval(SWITCH_INTERVAL)
    guarded = Guard(Application(settings), client_address.proxy_networks(settings.proxies))
    # All present objects stay. A run of the collector would visit them all and write to each, so that the process got
    # its own copy of the memory that it shares with its parent since the fork.
    gc.freeze()
    return guarded


class _Server(uvicorn.Server):
    """uvicorn's server, with connections of our own."""

    def __init__(self, settings: Settings, on_serving: Callable[[], None]) -> None:
        self._on_serving = on_serving
        self._connections = ConnectionTable(settings.send_seconds)
        application = _guarded(settings)
        super().__init__(
            uvicorn.Config(
                _with_startup_error(application),
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
        """Begin to listen, and report it."""
        try:
            await super().startup(sockets)
        except SystemExit:
            sys.exit(supervisor.EXIT_CANNOT_SERVE)
        self._on_serving()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End; a connection that is just being accepted is closed."""
        self._connections.closing = True
        await super().shutdown(sockets)


def _with_startup_error(application: ASGIApp) -> ASGIApp:
    """An application that writes the error of a failed start to standard error itself, in one line."""

    def wrapper(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        async def reporting_send(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed":
                sys.stderr.write(f"kg: {message['message']}\n")
                message = {"type": message["type"]}
            await send(message)

        return application(scope, receive, reporting_send)

    return wrapper


def run_process(on_serving: Callable[[], None], host: str, port: int) -> None:
    """Run a server process of `kg serve`.

    Args:
        on_serving: called when the process takes requests.
        host: address to listen on.
        port: port to listen on.
    """
    log = BackgroundHandler(ErrorStream())
    logging.getLogger("kg").addHandler(log)
    try:
        settings = settings_module.load(None)
        server = _Server(settings, on_serving)
        listener = _bind(host, port, shared=True)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(server.serve([listener]))
    except KgError as fault:
        supervisor.exit_cannot_serve(fault)
    finally:
        log.close()


def _bind(host: str, port: int, *, shared: bool) -> socket.socket:
    """Bind a socket; server processes share a port. Raises UsageError for an unavailable address or port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        # Connections that a server closed keep the port for a minute, from the next server too unless both say so.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind((host, port))
    except OSError as fault:
        listener.close()
        todo = _ADVICE.get(fault.errno or 0, "Choose an address of this machine with --host.")
        raise UsageError(f"can't listen at {host}, port {port}: {fault.strerror}", todo=todo) from None
    return listener


def serve(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until a signal to stop.

    Args:
        settings: settings of the collection.
        host: address to listen on.
        port: port to listen on.
        workers: server processes; they share the port.
    """
    _bind(host, port, shared=False).close()  # a shared one might join the port of another program
    if settings.access_log:  # an unwritable log fails before the line on standard error
        AccessLog(settings.access_log, settings.folder).close()
    settings_module.export_config_path(settings)
    authority = f"[{host}]" if ":" in host else host
    raise_descriptor_limit()
    gc.collect()  # the generation that was tried before; processes that are forked from this one would keep it mapped
    with listening(settings.metrics):
        supervisor.Supervisor(
            run_process,
            (host, port),
            processes=workers,
            grace=settings.grace_seconds,
            # A fork would inherit its parent's metrics, and the lock of a listener's thread.
            spawn=bool(settings.metrics),
            on_serving=lambda: _tell(f"Serving {settings.main_title!r} at http://{authority}:{port}/ (Ctrl-C stops)"),
        ).run()


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
