"""`kg serve`: the application in a server that closes what is half sent and never finished."""

import errno
import gc
import multiprocessing
import socket
import sys

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from starlette.types import ASGIApp

from kg import settings as settings_module
from kg.errors import KgError, UsageError
from kg.settings import Settings
from kg.store.confine import die_with_parent
from kg.web import clients, connections, supervising
from kg.web.access import AccessLog
from kg.web.app import Application
from kg.web.guard import Guard
from kg.web.metrics import listening

BETWEEN_COLLECTIONS = 20_000
"""Objects that are made between two searches for cycles that nobody holds any more. A page makes thousands, which go of
themselves when it is sent: to search among them every 700, as Python does, takes a tenth of its time."""

AT_A_TIME = 0.001
"""Seconds that a thread keeps the interpreter while another one waits for it: those that count and draw give way to the
requests that are quickly answered. Python's own measure is five times that, and each of these waits more than once."""

IDLE_SECONDS = 10
"""In which the head of a request has to come; so long a connection may idle, too."""

_INSTEAD = {
    errno.EADDRINUSE: "Choose another port with --port.",
    errno.EADDRNOTAVAIL: "This machine has no such address: choose one of its own with --host; 0.0.0.0 is all of them.",
    errno.EACCES: "Ports below 1024 are for the administrator: choose another one with --port.",
}
"""What the system says to who wants to listen → what to do."""

_BACKLOG = 4096
_FOR_CONNECTIONS = 0.9
"""Share of the descriptors; the others are for files and the pipes of workers. Long before, idle ones are closed."""


def application() -> ASGIApp:
    """The application for the kg.toml that the environment names, or the nearest one; called by the server."""
    gc.set_threshold(BETWEEN_COLLECTIONS)
    sys.setswitchinterval(AT_A_TIME)
    settings = settings_module.load(None)
    return Guard(Application(settings), clients.networks(settings.proxies))


def supervised() -> ASGIApp:
    """The same for a process of `kg serve`, which ends where it can't begin, and with the one that watches it."""
    die_with_parent()
    try:
        return supervising.or_leave(application())
    except KgError as fault:
        supervising.leave(fault)


def _refuse_taken(host: str, port: int) -> None:
    """Raise UsageError where somebody listens already: the server's workers share a port, and would share his too."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as fault:
            todo = _INSTEAD.get(fault.errno or 0, "Choose an address of this machine with --host.")
            raise UsageError(f"can't listen at {host}, port {port}: {fault.strerror}", todo=todo) from None


def serve(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until told to stop.

    Args:
        settings: what to serve.
        host: address to listen on.
        port: port to listen on.
        workers: server processes; they share the port.
    """
    _refuse_taken(host, port)
    if settings.access_log:  # said before it is told that anything is served
        AccessLog(settings.access_log, settings.folder).close()
    settings_module.hand_down(settings)
    shown = f"[{host}]" if ":" in host else host
    sys.stderr.write(f"Serving {settings.title!r} at http://{shown}:{port}/ (Ctrl-C stops)\n")
    sys.stderr.flush()
    descriptors = connections.raise_limit()
    if settings.metrics:
        # Started afresh: a fork would take its parent's way of counting, and the lock of a listener's thread.
        multiprocessing.set_start_method("spawn", force=True)
    with listening(settings.metrics):
        supervising.Supervised(
            "kg.web.server:supervised",
            factory=True,
            address=host,
            port=port,
            interface=Interfaces.ASGI,
            workers=workers,
            # What browsers and proxies speak with a server in clear; and of it alone are idle connections closed.
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(header_read_timeout=IDLE_SECONDS * 1000, max_buffer_size=64 << 10),
            backlog=_BACKLOG,
            backpressure=int(descriptors * _FOR_CONNECTIONS),
            websockets=False,
            log_access=False,
            log_level=LogLevels.warning,
            workers_kill_timeout=settings.grace_seconds,
        ).serve()
