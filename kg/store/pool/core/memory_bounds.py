"""Bounds of memory: of each worker, of all together, and what idle workers keep."""

from collections.abc import Mapping

from kg.errors import Message, QueryTooHeavy
from kg.store.pool.core.actions import Action, KillReason
from kg.store.pool.core.assignments import PoolWorker
from kg.store.pool.core.scheduler import Scheduler

CALM = 20.0
"""Seconds that a worker too many, or an idle one that has grown, stays."""

HEADROOM, _HEADROOM_PART = 256 << 20, 4
"""Bytes of the memory of all workers that are left to what they take from one sample to the end of a killed one; no
more than a part, as a divisor. Two processors fill some 100 MB in a tick (D-116)."""


def sampled(scheduler: Scheduler, sizes: Mapping[int, int], now: float) -> list[Action]:
    """Kill workers that take too much, alone or together; replace an idle one that keeps much for nothing.

    Args:
        scheduler: the workers.
        sizes: bytes of anonymous memory of some workers; that of the others is as it was.
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
            words = Message("the query needs more memory than is allowed (%(most)s MB)", most=most >> 20)
            actions += _too_heavy(scheduler, worker, words, now)
        elif grown and worker in workers.idle:
            actions += scheduler.replace(worker, KillReason.GROWN)
    actions += _bound_together(scheduler, now)
    large = (each for each in workers.idle if each.growth.large and now - each.idle_since > CALM)
    grown_idle = next(large, None)
    return [*actions, *scheduler.replace(grown_idle, KillReason.GROWN)] if grown_idle else actions


def _bound_together(scheduler: Scheduler, now: float) -> list[Action]:
    """Keep all workers within their memory: grown ones that are idle go first, then the largest ones."""
    workers, most = scheduler.workers, scheduler.limits.memory * scheduler.limits.size
    most -= min(HEADROOM, most // _HEADROOM_PART)
    total = sum(worker.growth.taken for worker in workers.members.values())
    actions: list[Action] = []
    for worker in sorted(workers.idle, key=lambda each: -each.growth.size):
        if total > most and worker.growth.large:
            total -= worker.growth.taken
            actions += scheduler.replace(worker, KillReason.GROWN)
    by_size = sorted(workers.members.values(), key=lambda each: each.growth.taken)
    while total > most and len(by_size) > 1 and (largest := by_size.pop()).growth.large:
        total -= largest.growth.taken
        actions += _too_heavy(scheduler, largest, Message("the queries together need too much memory"), now)
    return actions


def _too_heavy(scheduler: Scheduler, worker: PoolWorker, words: Message, now: float) -> list[Action]:
    error = QueryTooHeavy(words, todo=Message("Reduce the number of rows to be sorted or grouped."))
    why = KillReason.IDLE_MEMORY if worker.is_idle else KillReason.MEMORY
    return scheduler.kill(worker, why, error, now)
