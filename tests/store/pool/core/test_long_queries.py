"""Rules of time: deadlines, long queries, and which of them makes room."""

import pytest
from simulated_pool import SimulatedPool

from kg.errors import QueryBusy, QueryTimeout
from kg.store.pool.core.actions import Demote, KillReason, Start
from kg.store.pool.core.assignments import QueryState
from kg.store.pool.core.long_queries import ALONE_AFTER, LONG_AFTER
from kg.store.pool.core.state import PATIENCE, TICK


def test_deadline():
    """A query that runs for longer than it may fails, its worker is killed, and the one behind goes to another."""
    pool = SimulatedPool(deadline=2.0)
    late = pool.ask()
    (worker,) = pool.workers
    pool.tick(1.9)
    behind = pool.ask()
    assert not pool.failed
    pool.tick(0.11)
    assert isinstance(pool.failed[late], QueryTimeout)
    assert [(kill.worker, kill.why, kill.query) for kill in pool.kills] == [(worker, KillReason.DEADLINE, late)]
    pool.finish()
    assert pool.answered == {behind}


def test_deadline_of_the_client():
    """A query may run for less than the pool's deadline, as its client says."""
    pool = SimulatedPool(deadline=9.0)
    query = pool.ask(seconds=0.2)
    pool.tick(0.2)
    assert query in pool.failed


def test_deadline_in_the_queue():
    """A query that waits for the deadline in vain fails as well; those behind it go on waiting."""
    pool = SimulatedPool(deadline=2.0)
    pool.ask()
    pool.now += 1.0
    waiting = pool.ask()
    pool.tick(0.5)
    younger = pool.ask()
    pool.tick(0.5)
    pool.tick(1.0)
    assert isinstance(pool.failed[waiting], QueryBusy)
    assert younger not in pool.failed


def test_deadline_of_a_slow_reader():
    """The deadline counts until the answer is read; the worker of a complete answer lives."""
    pool = SimulatedPool(deadline=2.0)
    query = pool.ask()
    (worker,) = pool.workers
    pool.end(worker, unread=True)
    pool.tick(2.0)
    assert isinstance(pool.failed[query], QueryTimeout)
    assert not pool.kills
    assert pool.worker_of(pool.ask()) == worker


def other(pool):
    """Have a query of another client be answered, in whose way a long one may be."""
    pool.end(pool.worker_of(pool.ask("192.0.2.9")))


def test_a_long_query_alone_keeps_its_priority():
    """A long query goes on as it is until another one comes, be that answered at once; a worker stands in all the same."""
    pool = SimulatedPool(size=2, long=1, spares=1, deadline=60.0)
    long = pool.ask()
    actions = pool.tick(LONG_AFTER)
    pool.start_all()
    assert [type(action) for action in actions] == [Start]
    assert pool.tick(ALONE_AFTER) == []
    other(pool)
    assert pool.tick() == [Demote(pool.worker_of(long))]
    assert pool.tick() == []


def test_long_queries_are_others_to_one_another():
    """Of two long queries that began together each gives way."""
    pool = SimulatedPool(size=2, long=2)
    pool.ask()
    pool.now += 0.006
    pool.ask()
    pool.tick(LONG_AFTER)
    assert all(worker.demoted for worker in pool.workers.values())


def test_a_long_query_stands_aside():
    """A query that is not over after a moment gives way, and another worker stands in for its own, from a spare."""
    pool = SimulatedPool(long=1, spares=1)
    other(pool)
    long = pool.ask()
    pool.tick(LONG_AFTER - 0.01)
    assert pool.state.state_of(long) is QueryState.RUNNING
    actions = pool.tick(0.01)
    assert pool.state.state_of(long) is QueryState.LONG
    assert [type(action) for action in actions] == [Demote, Start]
    assert pool.state.state_of(pool.ask()) is QueryState.RUNNING


def test_a_long_query_ends():
    """The worker of a long query is urgent again when it is over, and stays beside the one that stood in for it."""
    pool = SimulatedPool(long=1)
    other(pool)
    pool.ask()
    (worker,) = pool.workers
    pool.tick(LONG_AFTER)
    pool.start_all()
    assert pool.workers[worker].demoted
    pool.end(worker, 1.0)
    assert not pool.workers[worker].demoted
    assert len(pool.workers) == 2


def test_a_worker_that_stays_slow_is_replaced():
    """Where its priority can't be taken back a worker is of no more use."""
    pool = SimulatedPool(long=1)
    pool.may_promote = False
    other(pool)
    pool.ask()
    (worker,) = pool.workers
    pool.tick(LONG_AFTER)
    pool.end(worker, 1.0)
    assert [(kill.why, kill.query) for kill in pool.kills] == [(KillReason.LOW_PRIORITY, None)]


def endless(pool, *clients):
    """Long queries of some clients, one a moment later than the other."""
    queries = []
    for client in clients:
        queries.append(pool.ask(client))
        pool.now += 0.006  # so long that none is sent behind it
    return queries


@pytest.mark.parametrize("light", [True, False])
def test_preemption(light):
    """Where all may not be long and a light client waits, the longest query of the heaviest client makes room."""
    pool = SimulatedPool(size=1, reserve=1, long=3, deadline=60.0)
    first, second = endless(pool, "greedy", "other")
    pool.tick(LONG_AFTER)
    pool.start_all()
    third, fourth = endless(pool, "greedy", "another")
    pool.tick(LONG_AFTER)
    pool.start_all()
    (fifth,) = endless(pool, "yet another")
    assert [pool.state.state_of(query) for query in (first, second, third)] == [QueryState.LONG] * 3
    assert [pool.state.state_of(query) for query in (fourth, fifth)] == [QueryState.RUNNING] * 2
    pool.tick(3.0)
    assert not pool.failed
    if light:
        waiting = pool.ask("modest")
        pool.tick()
        assert pool.failed.keys() == {first}
        assert isinstance(pool.failed[first], QueryBusy)
        assert [(kill.why, kill.query) for kill in pool.kills if kill.query] == [(KillReason.PREEMPTED, first)]
        pool.start_all()
        assert pool.state.state_of(waiting) is QueryState.RUNNING
    else:
        pool.ask("greedy")
        pool.tick()
        assert not pool.failed


def test_a_light_client_never_waits_for_ever():
    """However many endless queries heavy clients send, a light one's query begins within a second."""
    pool = SimulatedPool(size=2, long=2, spares=2, queue=64, deadline=60.0)
    for _ in range(5):
        endless(pool, *(f"greedy {n % 3}" for n in range(9)))
        pool.tick(LONG_AFTER)
        pool.start_all()
    for _ in range(10):
        query = pool.ask("modest")
        for _ in range(int(1 / TICK)):
            if pool.state.state_of(query) is QueryState.RUNNING:
                break
            pool.recall(PATIENCE)
            pool.tick(TICK - PATIENCE)
            pool.start_all()
        assert pool.state.state_of(query) is QueryState.RUNNING
        pool.end(pool.worker_of(query))
        pool.check()
