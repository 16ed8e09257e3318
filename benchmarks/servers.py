"""The servers under measurement, each in processes of its own: `kg serve`, and `oxigraph serve` with the same store."""

import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.processes import KG, OXIGRAPH, background
from benchmarks.processor_time import ProcessorTime
from kg.store.triples.embedded import checkpoint

_READY_WITHIN = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A server that listens.

    Attributes:
        process: the first of its processes.
        port: where it listens, on 127.0.0.1.
        meter: of the processor time of all its processes.
    """

    process: psutil.Process
    port: int
    meter: ProcessorTime

    def cpu(self) -> float:
        """Seconds of processor that it and all its processes, those that ended too, have used."""
        return self.meter.seconds()


@contextmanager
def kg_serve(path: Path, kg: str = KG) -> Iterator[Server]:
    """`kg serve` of a collection's live generation; `kg` is the command of another checkout, say."""
    port = _free_port()
    command = [kg, "--config", str(path / "kg.toml"), "serve", "--port", str(port)]
    with background(command, path / "kg-serve.log") as process:
        yield _ready(process, port)


@contextmanager
def oxigraph_serve(path: Path) -> Iterator[Server]:
    """`oxigraph serve`, without a time-out, of a checkpoint of the same store: hard links, the same bytes."""
    port = _free_port()
    copy = path / "oxigraph"
    shutil.rmtree(copy, ignore_errors=True)
    checkpoint(path / "var/current/store", copy)
    command = [str(OXIGRAPH), "serve", "--location", str(copy), "--bind", f"127.0.0.1:{port}"]
    try:
        with background(command, path / "oxigraph-serve.log") as process:
            yield _ready(process, port)
    finally:
        shutil.rmtree(copy)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _ready(process: psutil.Process, port: int) -> Server:
    until = time.monotonic() + _READY_WITHIN
    while time.monotonic() < until and process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return Server(process, port, ProcessorTime(process))
    raise RuntimeError(f"{' '.join(process.cmdline()) or 'a server'} does not listen; its log says why")
