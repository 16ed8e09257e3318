"""Metrics of serving, in the format of Prometheus.

Several server processes share the work, and whichever is asked must answer for all of them: each keeps its figures in
files of its own in one folder (`prometheus_client.multiprocess`), which are added up when they are read. The folder is
made by `kg serve`, named in the environment, and gone when it ends. Without it there is one process, which keeps its
figures in memory (D-86).
"""

import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AbstractAsyncContextManager
from functools import cache
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric, generate_latest, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from kg import settings as settings_module
from kg.errors import UsageError
from kg.store.sparql.query_service import QueryAnswer
from kg.web.observe.request_notes import RequestNotes

PUBLIC = "public"
"""The setting for metrics beside the pages."""

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})


class Metrics:
    """Metrics of one server process."""

    def __init__(self, folder: Path | None, workers: int) -> None:
        """Begin to count.

        Args:
            folder: where several processes keep their figures; None for a single one.
            workers: how many query workers this process has.
        """
        self._folder = folder
        self._now = 0
        registry = self._registry = CollectorRegistry()
        requests = Counter("kg_requests", "Requests.", ("place", "method", "status"), registry=registry)
        seconds = Histogram(
            "kg_request_seconds", "Time to the end of a response.", ("place",), buckets=_SECONDS, registry=registry
        )
        self._sent = Counter("kg_sent_bytes", "Bytes of bodies sent.", registry=registry)
        queries = Counter("kg_queries", "Queries by how they were answered.", ("answered",), registry=registry)
        faults = Counter("kg_query_faults", "Queries that failed, by the error.", ("fault",), registry=registry)
        kills = Counter("kg_worker_kills", "Query workers killed, and why.", ("why",), registry=registry)
        # The library looks its labels over each time, and keeps what it finds as well.
        self._requests, self._seconds = cache(requests.labels), cache(seconds.labels)
        self._queries, self._faults, self._kills = map(cache, (queries.labels, faults.labels, kills.labels))
        live: dict[str, Any] = {"registry": registry, "multiprocess_mode": "livesum"}
        self._asked = Gauge("kg_queries_asked", "Queries at a worker or waiting for one.", **live)
        self._waiting = Gauge("kg_queries_waiting", "Queries waiting for a worker.", **live)
        Gauge("kg_query_workers", "Query workers.", **live).set(workers)
        self._kept = Gauge("kg_answers_bytes", "Bytes of answers kept in memory.", **live)
        latest: dict[str, Any] = {"registry": registry, "multiprocess_mode": "livemax"}
        self._generation = Gauge("kg_generation", "The generation that is served.", **latest)

    def record(self, place: str, method: str, notes: RequestNotes, seconds: float, kept: int) -> None:
        """Count a request that is over.

        Args:
            place: what it went to; one of a few.
            method: its method.
            notes: notes on it.
            seconds: how long it took.
            kept: bytes of answers kept in memory now.
        """
        self._kept.set(kept)
        if notes.generation:
            self._generation.set(notes.generation)
        self._requests(place, method if method in _METHODS else "other", str(notes.status)).inc()
        self._seconds(place).observe(seconds)
        self._sent.inc(notes.sent)
        for counter, value in (
            (self._queries, notes.answered),
            (self._faults, notes.fault),
            (self._kills, notes.killed),
        ):
            if value is not None:
                counter(value).inc()

    @contextlib.asynccontextmanager
    async def running(self, query: AbstractAsyncContextManager[QueryAnswer]) -> AsyncIterator[QueryAnswer]:
        """Count a query as running for as long as its context lasts."""
        self._ask(1)
        try:
            async with query as answer:
                yield answer
        finally:
            self._ask(-1)

    def _ask(self, more: int) -> None:
        self._now += more
        self._asked.set(self._now)

    def queue_length(self, waiting: int) -> None:
        """Note how many queries wait for a worker now."""
        self._waiting.set(waiting)

    def worker_lost(self, why: str) -> None:
        """Count a query worker that is gone, and of which no request tells."""
        self._kills(why).inc()

    def written(self) -> bytes:
        """Everything, in the text format, of all server processes."""
        return generate_latest(self._registry if self._folder is None else _of_processes(self._folder))


class _Processes(Collector):
    """The figures of all server processes, added up; of those that are gone, what they counted stays."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterable[Metric]:
        for file in self._folder.glob("*.db"):
            number = file.stem.rpartition("_")[2]
            if not Path("/proc", number).exists():
                mark_process_dead(int(number), str(self._folder))  # type: ignore[no-untyped-call]
        yield from MultiProcessCollector(None, str(self._folder)).collect()  # type: ignore[no-untyped-call]


def _of_processes(folder: Path) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(_Processes(folder))
    return registry


@contextlib.contextmanager
def listening(where: str) -> Iterator[None]:
    """Setting of metrics in `kg serve`: a folder for its processes, and a port where one is set.

    Args:
        where: the setting `metrics`.

    Raises:
        UsageError: if nobody can listen there.
    """
    if not where:
        yield
        return
    folder = Path(tempfile.mkdtemp(prefix="kg-metrics-"))
    settings_module.export_metrics_folder(folder)
    try:
        with contextlib.nullcontext() if where == PUBLIC else _port(where, folder):
            yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _port(where: str, folder: Path) -> Iterator[None]:
    host, _, port = where.rpartition(":")
    try:
        server, thread = start_http_server(int(port), host.strip("[]"), _of_processes(folder))
    except (OSError, OverflowError) as fault:
        raise UsageError(f"can't listen there: {fault}", where=f"metrics {where}", todo="Choose another one.") from None
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
