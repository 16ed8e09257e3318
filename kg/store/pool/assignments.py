"""Which worker has which queries: the one that it answers, those behind it, and those whose answers wait to be read."""

from collections.abc import Iterator

from kg.store.pool import frames
from kg.store.pool.answer import Unwanted, WorkerAnswer
from kg.store.pool.worker_process import Worker

LONGEST = 8
"""Queries that a worker has at most."""

USUAL = 0.002
"""Seconds of a usual query up to which the next one may wait behind it."""

WORKED = 0.25
"""Seconds of work after which a worker is to be free for once, to be looked at."""


class Lines:
    """The queries of all workers that are lent."""

    def __init__(self) -> None:
        """No worker has any."""
        self._workers: dict[WorkerAnswer, Worker] = {}
        self._queries: dict[Worker, int] = {}

    def __len__(self) -> int:
        """How many workers have some."""
        return len(self._queries)

    def __iter__(self) -> Iterator[tuple[WorkerAnswer, Worker]]:
        """Each query that a worker has begun with, and is still there when its turn comes."""
        for answer, worker in list(self._workers.items()):
            if answer in self._workers and (answer.ended or answer is worker.asked[0]):
                yield answer, worker

    def worker_of(self, answer: WorkerAnswer) -> Worker | None:
        """Who has a query, if anybody."""
        return self._workers.get(answer)

    def give(self, answer: WorkerAnswer, worker: Worker) -> None:
        """Have a worker answer a query, behind those that it has."""
        self._workers[answer] = worker
        self._queries[worker] = self._queries.get(worker, 0) + 1
        worker.ask(answer)

    def give_up(self, answer: WorkerAnswer, unwanted: Unwanted) -> None:
        """Leave a query that was sent ahead to its worker, which sends it back or, in vain, answers it."""
        worker = self._workers[answer]
        worker.give_up(answer, unwanted)
        self._workers[unwanted] = worker
        self._queries[worker] += 1

    def take(self, answer: WorkerAnswer) -> Worker | None:
        """Take a query from the worker that has it; the worker, if it has none left."""
        worker = self._workers.pop(answer)
        self._queries[worker] -= 1
        if self._queries[worker]:
            return None
        del self._queries[worker]
        return worker

    def free_soon(self, now: float) -> Worker | None:
        """The worker that will most likely be free first, of those that are busy; None where that may take long."""
        since = now - frames.PATIENCE
        found, least = None, LONGEST
        for worker, queries in self._queries.items():
            # Not one of which an answer is still to be taken.
            idle_soon = queries == len(worker.asked) and worker.worked < WORKED and worker.asked[0].began > since
            if queries < least and idle_soon and worker.usual < USUAL and worker.alive and not worker.refuses:
                found, least = worker, queries
        return found

    def behind(self) -> list[Worker]:
        """The workers that have some behind the one that they answer."""
        return [worker for worker in self._queries if len(worker.asked) > 1]
