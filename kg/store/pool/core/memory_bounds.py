"""Bounds of memory: of each worker, of all together, and what idle workers keep."""

from collections.abc import Mapping

from kg.errors import QueryTooHeavy
from kg.store.pool.core.actions import Action, KillReason
from kg.store.pool.core.assignments import PoolWorker
from kg.store.pool.core.scheduler import Scheduler

CALM = 20.0
"""Seconds that a worker too many, or an idle one that has grown, stays."""


def sampled(scheduler: Scheduler, sizes: Mapping[int, int], now: float) -> list[Action]:
    """Kill workers that take too much, alone or together; replace an idle one that keeps much for nothing.

    Args:
        scheduler: the workers.
        sizes: bytes of anonymous memory of each worker.
        now: the time.
    """
    workers, most = scheduler.workers, scheduler.limits.memory
    actions: list[Action] = []
    for number, size in sizes.items():
        worker = workers.members.get(number)
        if worker is None:
            continue
        grown = worker.growth.measure(size)
        if size > most:
            words = f"the query needs more memory than it may have ({most >> 20} MB)"
            actions += _too_heavy(scheduler, worker, words, now)
        elif grown and worker in workers.idle:
            actions += scheduler.replace(worker, KillReason.GROWN)
    actions += _bound_together(scheduler, sizes, now)
    large = (each for each in workers.idle if each.growth.large and now - each.idle_since > CALM)
    grown_idle = next(large, None)
    return [*actions, *scheduler.replace(grown_idle, KillReason.GROWN)] if grown_idle else actions


def _bound_together(scheduler: Scheduler, sizes: Mapping[int, int], now: float) -> list[Action]:
    """Keep all workers within their memory: grown ones that are idle go first, then the largest."""
    workers, most = scheduler.workers, scheduler.limits.memory * scheduler.limits.size
    total = sum(size for number, size in sizes.items() if number in workers.members)
    actions: list[Action] = []
    for worker in sorted(workers.idle, key=lambda each: -each.growth.size):
        if total > most and worker.growth.large:
            total -= sizes.get(worker.number, 0)
            actions += scheduler.replace(worker, KillReason.GROWN)
    left = [number for number in sizes if number in workers.members]
    if total > most and len(left) > 1:
        largest = workers.members[max(left, key=lambda number: sizes[number])]
        actions += _too_heavy(scheduler, largest, "the queries need too much memory together", now)
    return actions


def _too_heavy(scheduler: Scheduler, worker: PoolWorker, words: str, now: float) -> list[Action]:
    error = QueryTooHeavy(words, todo="Ask for less: fewer rows to sort or group.")
    why = KillReason.IDLE_MEMORY if worker.is_idle else KillReason.MEMORY
    return scheduler.kill(worker, why, error, now)
