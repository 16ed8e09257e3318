"""Who does the work: this process, or others beside it. Results come back in the order of the work."""

import gc
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from typing import Any, Self

from kg.processes import die_with_parent
from kg.publish.outputs import dumps
from kg.publish.pipeline.batch import Done, Worker
from kg.publish.pipeline.sources import Piece

SMALL = 2 << 20
"""Sources of fewer bytes than this are read here: they are done before another process has started."""

AHEAD = 3
"""Pieces of work under way for each process; enough to keep it busy, few enough to bound memory."""

YOUNG = 50_000
"""Objects that a process beside makes before the collector looks for circles among them."""

_worker: list[Worker] = []
"""The worker of a process beside; set once, when the process starts."""


class Crew:
    """Does pieces of work; a context manager that lets its processes go."""

    def __init__(self, jobs: int, base: str, held: frozenset[str], shapes: str | None) -> None:
        """A crew.

        Args:
            jobs: processes beside this one; 0 to do everything here.
            base: the base IRI.
            held: references that stand in several places.
            shapes: the file of the archive's own shapes, or None.
        """
        self.here = Worker(base, held, shapes)
        self._ahead = jobs * AHEAD
        self._executor: Executor | None = None
        if jobs:
            # A fork of a process with threads, such as the one that loads the store, may never wake up.
            context = multiprocessing.get_context("spawn")
            self._executor = ProcessPoolExecutor(
                jobs, mp_context=context, initializer=_begin, initargs=(os.getpid(), base, held, shapes)
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._executor:
            self._executor.shutdown(cancel_futures=True)

    def do(self, pieces: Iterable[Piece]) -> Iterator[Done]:
        """What comes of each piece, in order."""
        return self._each(_do, self.here.do, pieces)

    def pack(self, ntriples: bytes, prefixes: dict[str, str]) -> Callable[[], dumps.Packed]:
        """Pack a piece of the dumps; the result is there when it is called for."""
        if self._executor is None:
            packed = dumps.pack(ntriples, prefixes)
            return lambda: packed
        return self._executor.submit(dumps.pack, ntriples, prefixes).result

    def _each(self, there: Callable[[Any], Done], here: Callable[[Any], Done], work: Iterable[Any]) -> Iterator[Done]:
        if self._executor is None:
            yield from map(here, work)
            return
        waiting: deque[Future[Done]] = deque()
        for each in work:
            waiting.append(self._executor.submit(there, each))
            if len(waiting) >= self._ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _begin(parent: int, base: str, held: frozenset[str], shapes: str | None) -> None:
    die_with_parent(parent)
    _worker.append(Worker(base, held, shapes))
    # A piece of work makes many objects and no circles; to look for some at every turn took a tenth of the time.
    gc.freeze()
    gc.set_threshold(YOUNG)


def _do(piece: Piece) -> Done:
    return _worker[0].do(piece)
