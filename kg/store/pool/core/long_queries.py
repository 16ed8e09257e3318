"""Rules of time: deadlines, and long queries, which go on beside the others and may have to make room."""

from kg.errors import Message, QueryBusy, QueryError, QueryTimeout
from kg.store.pool.core.actions import Action, Demote, Fail, KillReason
from kg.store.pool.core.assignments import Assignment, QueryState
from kg.store.pool.core.scheduler import Scheduler

LONG_AFTER = 0.25
"""Seconds after which a query is a long one (D-22)."""

ALONE_AFTER = 1.0
"""Seconds without another query after which a long one is in nobody's way, and keeps its priority: on a machine that
does other work as well, one at the lowest gets nothing done until its deadline (D-117)."""


def tick(scheduler: Scheduler, now: float) -> list[Action]:
    """End queries that are late, make those long that have run for a while, and fail those that waited too long."""
    actions: list[Action] = []
    for row in [row for worker in scheduler.workers.busy.values() for row in worker.begun()]:
        took = now - row.began
        if row.state is QueryState.DONE:  # by what was done before in this tick
            continue
        if took >= row.seconds:
            late = QueryTimeout(
                Message("the query took longer than %(seconds)s s", seconds=f"{row.seconds:g}"),
                todo=Message("Request less at a time."),
            )
            actions += _stop(scheduler, row, KillReason.DEADLINE, late, now)
        elif took >= LONG_AFTER and scheduler.limits.long:
            actions += _prolong(scheduler, row, now)
    for row in list(scheduler.queue.waiting):
        if now - row.joined >= scheduler.limits.deadline:
            actions += scheduler.release(row, now)
            busy = QueryBusy(Message("the server was busy for too long"), todo=Message("Try again in a moment."))
            actions.append(Fail(row.query, busy))
    return [*actions, *scheduler.dispatch(now)]  # a pause may be over


def _prolong(scheduler: Scheduler, row: Assignment, now: float) -> list[Action]:
    """Let a query go on as a long one; one of them may have to make room."""
    worker = scheduler.worker_of(row)
    actions: list[Action] = []
    if not worker.demoted and scheduler.has_others(row, now - ALONE_AFTER):
        worker.demoted = True
        actions.append(Demote(worker.number))
    if worker.number in scheduler.long:
        return actions
    if len(scheduler.long) < scheduler.limits.long:
        row.state = QueryState.LONG
        scheduler.long[worker.number] = row
        return [*actions, *scheduler.workers.fill(scheduler.wanted), *scheduler.dispatch(now)]
    if scheduler.queue.light_waits(now):
        rows = [*scheduler.long.values(), row]
        greediest = max(rows, key=lambda each: (scheduler.queue.use(each.client, now), -each.began))
        busy = QueryBusy(
            Message("the query took long while others were waiting"), todo=Message("Try again in a moment.")
        )
        actions += _stop(scheduler, greediest, KillReason.PREEMPTED, busy, now)
    return actions


def _stop(scheduler: Scheduler, row: Assignment, why: KillReason, error: QueryError, now: float) -> list[Action]:
    """End a query early; a worker that has done its part lives."""
    worker = scheduler.worker_of(row)
    if not row.complete:
        return scheduler.kill(worker, why, error, now)
    worker.unread.remove(row)
    return [Fail(row.query, error), *scheduler.release(row, now), *scheduler.dispatch(now)]
