"""Executor of batches: in this process, or in a process pool. Results come back in the order of the batches."""

import gc
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple, Self, TypeVar

from kg.processes import die_with_parent
from kg.publish.identities.identity_index import BatchIndex
from kg.publish.outputs.dumps.dump_formats import BucketLines, Prefixes, WrittenBucket, write_buckets
from kg.publish.pipeline.batch import BatchProcessor, BatchResult, index_of
from kg.publish.pipeline.sources import Batch

_R = TypeVar("_R")

PENDING_BATCHES_PER_PROCESS = 3
"""Batches under way for each process; enough to keep it busy, few enough to bound memory."""

GC_THRESHOLD = 50_000
"""Allocations between two runs of the garbage collector in a process of the pool."""

_processors: list[BatchProcessor] = []
"""Batch processor of a process in the pool; set once, when the process starts."""


class ProcessorOptions(NamedTuple):
    """Options of a processor of batches, as it is made in each process.

    Attributes:
        base: the base IRI.
        identities: the file for the index of identities, or None.
        shapes: the file of the archive's own shapes, or None.
        survey: the folder for the survey of all sources, or None.
        value_bytes: the bound on a value, in bytes as written.
        languages: those of the site, the best first.
        statistics: whether the triples of each batch are counted.
    """

    base: str
    identities: Path | None
    shapes: str | None
    survey: Path | None
    value_bytes: int
    languages: tuple[str, ...]
    statistics: bool

    def processor(self) -> BatchProcessor:
        """Return a processor with these options."""
        return BatchProcessor(
            *(self.base, self.identities, self.shapes, self.survey),
            value_bytes=self.value_bytes,
            languages=self.languages,
            statistics=self.statistics,
        )


class BatchExecutor:
    """Executor of batches; a context manager that ends its processes."""

    def __init__(self, jobs: int, options: ProcessorOptions) -> None:
        """Start the processes.

        Args:
            jobs: processes beside this one; 0 to do everything here.
            options: what the processor of batches is made of.
        """
        self.local = options.processor()
        self._max_pending = jobs * PENDING_BATCHES_PER_PROCESS
        self._executor: Executor | None = None
        if jobs:
            # A fork of a process with threads, such as the one that loads the store, may never wake up.
            context = multiprocessing.get_context("spawn")
            self._executor = ProcessPoolExecutor(
                jobs,
                mp_context=context,
                initializer=_initialise,
                initargs=(os.getpid(), options),
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._executor:
            self._executor.shutdown(cancel_futures=True)

    def process(self, batches: Iterable[Batch]) -> Iterator[BatchResult]:
        """Yield the result of each batch, in order."""
        return self._map(self.local.process, _process, batches)

    def index(self, batches: Iterable[Batch]) -> Iterator[BatchIndex]:
        """Yield what each batch holds, for the index of identities, in order."""
        return self._map(index_of, index_of, batches)

    def _map(self, here: Callable[[Batch], _R], there: Callable[[Batch], _R], batches: Iterable[Batch]) -> Iterator[_R]:
        if self._executor is None:
            yield from map(here, batches)
            return
        pending: deque[Future[_R]] = deque()
        for batch in batches:
            pending.append(self._executor.submit(there, batch))
            if len(pending) >= self._max_pending:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()

    def write_buckets(self, buckets: list[BucketLines], prefixes: Prefixes) -> Callable[[], list[WrittenBucket]]:
        """Begin to write buckets of the dumps; returns a function that waits for them."""
        if self._executor is None:
            written = write_buckets(buckets, prefixes)
            return lambda: written
        return self._executor.submit(write_buckets, buckets, prefixes).result


def _initialise(parent: int, options: ProcessorOptions) -> None:
    die_with_parent(parent)
    _processors.append(options.processor())
    # A batch makes many objects and no cycles; the default threshold spends a tenth of the time on the search.
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD)


def _process(batch: Batch) -> BatchResult:
    return _processors[0].process(batch)
