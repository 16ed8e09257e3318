"""`kg serve`: the application in a server that closes what is half sent and never finished."""

import sys

from granian import Granian
from granian.constants import Interfaces

from kg import settings as settings_module
from kg.settings import Settings
from kg.web.app import Application


def application() -> Application:
    """The application for the kg.toml that the environment names, or the nearest one; called by the server."""
    return Application(settings_module.load(None))


def serve(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until told to stop.

    Args:
        settings: what to serve.
        host: address to listen on.
        port: port to listen on.
        workers: server processes; they share the port.
    """
    settings_module.hand_down(settings)
    shown = f"[{host}]" if ":" in host else host
    sys.stderr.write(f"Serving {settings.title!r} at http://{shown}:{port}/ (Ctrl-C stops)\n")
    sys.stderr.flush()
    Granian(
        "kg.web.server:application",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        websockets=False,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    ).serve()
