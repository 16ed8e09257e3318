"""Scheduler: which query goes to which worker, and when it is sent ahead."""

import pytest
from simulated_pool import SimulatedPool

from kg.store.pool.core.assignments import QueryState
from kg.store.pool.core.scheduler import MAX_LINE, PIPELINED_UP_TO, QUICK, QUICK_IN_A_CROWD, UNBROKEN_WORK


def lines(pool):
    """How many queries each worker has, of those that have any."""
    return sorted((len(simulated.inbox) for simulated in pool.workers.values() if simulated.inbox), reverse=True)


def usual(pool, seconds):
    """Have all workers be known for queries that take so long."""
    for worker in pool.scheduler.workers.members.values():
        worker.usual = seconds


@pytest.mark.parametrize(
    ("processors", "seconds", "expected"),
    [
        (2, 0.0, [4]),  # as long as nothing is known, the first worker seems quick
        (2, QUICK_IN_A_CROWD / 2.5, [3, 1]),
        (2, QUICK_IN_A_CROWD, [2, 2]),
        (8, QUICK_IN_A_CROWD / 2.5, [2, 2]),
        (8, QUICK / 2.5, [3, 1]),
    ],
)
def test_a_short_line_before_another_worker(processors, seconds, expected):
    """A query waits behind others as long as their line is short; then another worker is woken."""
    pool = SimulatedPool(processors, size=2)
    usual(pool, seconds)
    for _ in range(4):
        pool.ask()
    assert lines(pool) == expected


@pytest.mark.parametrize(
    ("seconds", "ahead"), [(0.0, MAX_LINE - 1), (PIPELINED_UP_TO * 0.9, MAX_LINE - 1), (PIPELINED_UP_TO, 0)]
)
def test_pipelining_ends_where_queries_take_long(seconds, ahead):
    """Where no worker is idle, queries are sent ahead to one whose queries are short, up to the length of a line."""
    pool = SimulatedPool()
    usual(pool, seconds)
    for _ in range(20):
        pool.ask()
    assert sum(sent.ahead for sent in pool.sent) == ahead
    assert pool.state.waiting == 19 - ahead


def test_nothing_is_sent_behind_a_slow_query():
    """Where the first query of a line has run for as long as a worker is patient, others wait in the queue."""
    pool = SimulatedPool()
    pool.ask()
    pool.now += 0.006
    query = pool.ask()
    assert pool.state.state_of(query) is QueryState.WAITING


def test_the_next_begins_where_one_ends():
    """A worker comes to what was sent ahead at once; it answers in order, and each query is its receiver in turn."""
    pool = SimulatedPool()
    queries = [pool.ask() for _ in range(3)]
    (worker,) = pool.workers
    for query, behind in zip(queries, [*queries[1:], None], strict=True):
        assert pool.state.receiver(worker) == query
        assert pool.state.state_of(query) is QueryState.RUNNING
        pool.end(worker)
        assert pool.state.state_of(query) is QueryState.DONE
        assert pool.state.receiver(worker) == behind


def test_what_is_sent_back_goes_to_another_worker():
    """A query that a worker sends back waits before all others of its client, and the worker gets nothing more."""
    pool = SimulatedPool(size=2)
    first, second, third = (pool.ask() for _ in range(3))
    slow = pool.worker_of(first)
    pool.now += 0.02
    pool.end(slow, 0.006)
    pool.send_back(slow)
    assert pool.worker_of(second) != slow
    later = pool.ask()
    assert pool.worker_of(later) != slow
    pool.send_back(slow)
    pool.check()
    pool.finish()
    assert pool.answered == {first, second, third, later}


def test_what_waits_behind_a_slow_query_is_taken_back():
    """After a moment others get what was sent ahead; the worker sends it back as well, or answers in vain."""
    pool = SimulatedPool(size=2)
    first, second, third = (pool.ask() for _ in range(3))
    slow = pool.worker_of(first)
    pool.recall(0.004)
    assert pool.worker_of(second) == slow
    pool.recall(0.01)
    assert pool.worker_of(second) == pool.worker_of(third) != slow
    assert [sent.query for sent in pool.sent[-2:]] == [second, third]
    assert list(pool.workers[slow].inbox) == [first, second, third]
    pool.end(slow)
    assert pool.state.receiver(slow) is None
    pool.end(slow)
    pool.send_back(slow)
    pool.finish()
    assert pool.answered == {first, second, third}


def test_a_worker_is_not_kept_busy_for_ever():
    """A worker that has worked for a while without a pause gets nothing ahead, so that it can be inspected."""
    pool = SimulatedPool()
    pool.ask()
    (worker,) = pool.workers
    member = pool.scheduler.workers.members[worker]
    sent = 0
    while member.line:
        pool.ask()
        sent += 1
        assert sent < 1_000
        pool.end(worker, 0.0015)
        if member.work_seconds >= UNBROKEN_WORK:
            break
    before = len(pool.sent)
    pool.ask()
    assert len(pool.sent) == before
    pool.finish()


def test_an_unread_answer_keeps_its_worker():
    """A worker whose answer is complete but unread gets no other query until that is read."""
    pool = SimulatedPool()
    first = pool.ask()
    (worker,) = pool.workers
    pool.end(worker, unread=True)
    assert pool.state.state_of(first) is QueryState.RUNNING
    second = pool.ask()
    assert pool.state.state_of(second) is QueryState.WAITING
    pool.read(first)
    assert pool.worker_of(second) == worker


def test_nothing_is_sent_behind_an_unread_answer():
    """A worker with an unread answer gets nothing ahead, though it answers another query already."""
    pool = SimulatedPool()
    first, second = pool.ask(), pool.ask()
    (worker,) = pool.workers
    pool.end(worker, unread=True)
    assert pool.state.receiver(worker) == second
    third = pool.ask()
    assert pool.state.state_of(third) is QueryState.WAITING
    pool.read(first)
    assert pool.state.state_of(third) is QueryState.AHEAD


def test_the_reserve_is_not_for_heavy_clients():
    """A client that used much waits where only the reserve is free, though it has no worker."""
    pool = SimulatedPool(size=1, reserve=1)
    pool.end(pool.worker_of(pool.ask("heavy")), 2.0)
    usual(pool, 1.0)
    pool.ask("a")
    heavy, light = pool.ask("heavy"), pool.ask("b")
    assert pool.state.state_of(heavy) is QueryState.WAITING
    assert pool.state.state_of(light) is QueryState.RUNNING


def test_the_reserve_is_for_light_clients():
    """The last workers are neither for a client that used much nor for one that has another already."""
    pool = SimulatedPool(size=1, reserve=1)
    usual(pool, 1.0)
    pool.ask("a")
    more, other = pool.ask("a"), pool.ask("b")
    assert pool.state.state_of(more) is QueryState.WAITING
    assert pool.state.state_of(other) is QueryState.RUNNING


def test_one_client_has_its_share_of_workers():
    """However many workers are idle, one client has half of those that may run, long ones included."""
    pool = SimulatedPool(size=4, spares=4)
    usual(pool, 1.0)
    for _ in range(4):
        pool.ask("a")
    assert lines(pool) == [1, 1]
    pool.ask("b")
    assert lines(pool) == [1, 1, 1]
