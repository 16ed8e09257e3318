"""The live generation of a running server: each request holds one, and a new one is taken as soon as it is there.

A generation that is replaced goes in two steps (D-103). When the last request that might still ask something of it has
its answer begun, its query workers end with their queries. When the last answer is sent, its files are closed. Of
replaced ones that are still read there are only a few: beyond them the oldest one's answers are cut.
"""

import asyncio
import contextlib
import gc
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from starlette.requests import Request

from kg.errors import GenerationError
from kg.read.publication import Publication, Publications
from kg.settings import Settings
from kg.store.sparql.query_service import QueryService
from kg.web.observe.metrics import Metrics
from kg.web.serving.freed_memory import FreedMemory
from kg.web.serving.memo import Memo
from kg.web.serving.page_cache import PageCache
from kg.web.serving.search_rewriting import SearchingQueries
from kg.web.serving.thread_queue import HeavyClients, ThreadQueue

LOOK = 0.5
"""Seconds between two looks at which generation is live."""

FREE_EVERY = 10
"""Looks between two at how much memory may be free: the garbage collector holds up all others meanwhile."""

LONGEST_PAUSE = 60.0
"""Seconds between two attempts to open a generation that can't be served, at most; after each the pause is doubled."""

MAX_RETIRED = 4
"""Replaced generations that are still read: beyond them the answers that the oldest one still sends are cut."""

_LONG_PLACES, _LONG_QUEUE = 2, 14
"""Exports and pictures that are made at a time, and that may wait."""

_SEARCHES, _SEARCHES_QUEUE = 4, 128
"""The same of searches, be they of a page, in a query or of what somebody types."""

_PAGES, _PAGES_QUEUE = 2, 2_000
"""The same of pages and their parts. Threads that compute take turns in the interpreter: more would help nobody."""

LONG_RECORD = 200_000
"""Bytes of a record from which its page or data take a tenth of a second, and wait with exports."""

_LOG = logging.getLogger("kg")
_T = TypeVar("_T")


@dataclass(slots=True)
class Serving:
    """A generation with what answers from it, and the requests that hold it.

    `memo` has parts of pages that are made once for a generation; `slow_queue` is for exports and pictures,
    `search_queue` for searches, `page_queue` for pages. Threads read the generation in these queues alone, which are
    waited for at its end. `refused` is the number of a newer generation that can't be served.
    """

    publication: Publication
    pool: QueryService
    search_queue: ThreadQueue
    slow_queue: ThreadQueue
    page_queue: ThreadQueue
    page_cache: PageCache = field(default_factory=PageCache)
    memo: Memo = field(default_factory=Memo)
    refused: int | None = None
    _requests: dict[asyncio.Task[Any] | None, bool] = field(default_factory=dict)  # whether each may still ask
    _retired: bool = False
    _asked: asyncio.Event = field(default_factory=asyncio.Event)
    _idle: asyncio.Event = field(default_factory=asyncio.Event)

    def hold(self) -> None:
        """Keep it open for the present task, until that releases it; an answer that is being sent holds it (D-72)."""
        self._requests[asyncio.current_task()] = True

    def begin_answer(self) -> None:
        """Note that the present task asks nothing more of it: its answer is made, or comes as it was asked for."""
        task = asyncio.current_task()
        if task in self._requests:
            self._requests[task] = False
        if self._retired:
            self._note_end()

    def release(self) -> None:
        """Hold it no longer in the present task."""
        del self._requests[asyncio.current_task()]
        if self._retired:
            self._note_end()

    @property
    def is_held(self) -> bool:
        """Whether a request still reads it."""
        return bool(self._requests)

    def cut_answers(self) -> int:
        """End the requests that still read it; return how many these are."""
        for task in self._requests:
            if task is not None:
                task.cancel()
        return len(self._requests)

    def retire(self) -> None:
        """Take note that another generation takes its place; nothing is kept for further requests."""
        self._retired = True
        self.page_cache, self.memo = PageCache(), Memo()
        self.publication.forget()  # slow readers may hold it for hours
        self._note_end()

    def _note_end(self) -> None:
        if not any(self._requests.values()):
            self._asked.set()
        if not self._requests:
            self._idle.set()

    async def close(self) -> None:
        """Close the query service behind the last question, all else behind the last answer."""
        await self._asked.wait()
        await self.pool.drain()
        await self._idle.wait()
        for queue in (self.search_queue, self.slow_queue, self.page_queue):
            await queue.close()  # a client that has left holds nothing, but a thread may work for it still
        self.publication.close()

    async def let_go(self) -> None:
        """Let `close` end now, whoever still reads."""
        self._asked.set()
        self._idle.set()
        await self.pool.close()

    async def in_thread(self, request: Request | str, work: Callable[[], _T], size: int = 0) -> _T:
        """Do some of a page's work beside the event loop, in the client's turn.

        Args:
            request: whose turn it is; empty for a part that is made once for a generation, whoever asks.
            work: what is done.
            size: bytes of the records that it reads, where these may be many: long work has other places than short.
        """
        queue = self.page_queue if size <= LONG_RECORD else self.slow_queue
        return await queue.run(request, work)

    async def look_up(self, iri: str) -> None:
        """Have what is said of a thing at hand: a remote store may take its time, and holds up only who asked."""
        await self.publication.look_up(iri)


@dataclass(frozen=True, slots=True)
class _FailedOpening:
    """Last attempt to open a generation, which failed: each opens files and starts query workers.

    Attributes:
        mark: fingerprint of the generation; another one is opened at once.
        pause: seconds until the next attempt.
        ended: when it failed, by the monotonic clock.
    """

    mark: tuple[int, ...] | None = None
    pause: float = 0.0
    ended: float = 0.0

    def is_too_early(self, mark: tuple[int, ...]) -> bool:
        """Whether the pause before the next attempt is not over."""
        return mark == self.mark and time.monotonic() < self.ended + self.pause

    def again(self, mark: tuple[int, ...]) -> "_FailedOpening":
        """The next attempt, which failed, too."""
        pause = min(2 * self.pause, LONGEST_PAUSE) if mark == self.mark else LOOK
        return _FailedOpening(mark, pause, time.monotonic())


class Live:
    """Holds the live generation open, and those that requests still read."""

    def __init__(self, settings: Settings, metrics: Metrics | None) -> None:
        """Settings of a collection, and what is told of its query workers."""
        self._settings = settings
        self._metrics = metrics
        self._publications = Publications(settings)
        self._current: Serving | None = None
        self._mark: tuple[int, ...] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._leaving: dict[asyncio.Task[None], Serving] = {}

    async def start(self) -> None:
        """Open the live generation and keep looking for a new one. Raises KgError where there is none to serve."""
        self._mark = self._publications.live_fingerprint()
        self._current = await self._open()
        self._watching = asyncio.create_task(self._watch())

    async def close(self) -> None:
        """Let everything go."""
        if self._watching:
            self._watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watching
        if self._current:
            self._retire(self._current)
        for serving in tuple(self._leaving.values()):
            await serving.let_go()
        await asyncio.gather(*self._leaving, return_exceptions=True)

    def hold(self) -> Serving:
        """The live generation, held until it is released. Raises GenerationError where there is none."""
        if self._current is None:
            raise GenerationError("nothing is published yet")
        self._current.hold()
        return self._current

    async def _watch(self) -> None:
        told, failed, heap, looks = "", _FailedOpening(), FreedMemory(), 0
        while True:
            await asyncio.sleep(LOOK)
            looks += 1
            if looks % FREE_EVERY == 0:
                await asyncio.to_thread(heap.give_back)
            mark = await asyncio.to_thread(self._publications.live_fingerprint)  # a disk may hang
            if self._current is None or mark is None:
                continue
            if mark == self._mark:
                self._current.refused = None
                continue
            if failed.is_too_early(mark):
                continue
            try:
                fresh = await self._open()
            except Exception as fault:  # noqa: BLE001  # whatever it is, the old one goes on and the next look comes
                self._current.refused = mark[0]
                failed = failed.again(mark)
                if str(fault) != told:
                    told = str(fault)
                    _LOG.warning("generation %s can't be served: %s", mark[0], told)
                continue
            self._retire(self._current)  # no variable here may hold it until the next one comes
            self._current, self._mark = fresh, mark
            _LOG.info("generation %s is live", fresh.publication.number)

    async def _open(self) -> Serving:
        began = time.perf_counter()
        publication = await asyncio.to_thread(self._publications.open_live)
        try:
            heavy = HeavyClients()
            searches = ThreadQueue(_SEARCHES, _SEARCHES_QUEUE, heavy)
            long = ThreadQueue(_LONG_PLACES, _LONG_QUEUE, heavy)
            pages = ThreadQueue(_PAGES, _PAGES_QUEUE, heavy)
            queries = publication.query_service(self._settings, self._metrics)
            pool = SearchingQueries(queries, publication.finder, searches)
            await pool.start()
        except BaseException:
            publication.close()
            raise
        _LOG.debug("generation %s opened in %.3f s", publication.number, time.perf_counter() - began)
        return Serving(publication, pool, searches, long, pages)

    def _retire(self, serving: Serving) -> None:
        """Close a generation as soon as nobody holds it."""
        serving.retire()
        task = asyncio.create_task(serving.close())
        self._leaving[task] = serving
        task.add_done_callback(self._forget)
        held = [each for each in self._leaving.values() if each.is_held]  # in the order of their retirement
        for oldest in held[:-MAX_RETIRED]:
            number, cut = oldest.publication.number, oldest.cut_answers()
            _LOG.warning("%d answers of generation %s were cut: %d later ones are still read", cut, number, MAX_RETIRED)

    def _forget(self, closed: asyncio.Task[None]) -> None:
        """Free the memory of a generation that is closed, its index's maps among it.

        Its parts refer to one another in circles, by caches of their methods. The garbage collector comes to objects of
        this age only when as many new ones have grown old: hours, in which each build leaves some 50 MB.
        """
        del self._leaving[closed]
        asyncio.get_running_loop().call_soon(gc.collect)  # the task is gone by then
