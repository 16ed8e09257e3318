"""Core of the pool: how queries and workers end, one event at a time."""

import pytest
from simulated_pool import BASE, SimulatedPool

from kg.errors import QueryBusy, QueryCrashed, QueryTooLarge, QueryTooMany
from kg.store.pool.core.actions import KillReason
from kg.store.pool.core.assignments import QueryState
from kg.store.pool.core.memory_bounds import CALM


def test_states_of_a_query():
    """A query that is asked runs at once, waits, or is sent ahead; then it is done."""
    pool = SimulatedPool()
    running, ahead = pool.ask(), pool.ask()
    pool.now += 1
    waiting = pool.ask()
    states = [pool.state.state_of(query) for query in (running, ahead, waiting)]
    assert states == [QueryState.RUNNING, QueryState.AHEAD, QueryState.WAITING]
    pool.finish()
    assert pool.state.state_of(running) is QueryState.DONE


def test_the_queue_is_bounded():
    """A full queue refuses any query, half a queue of one client another one of that client."""
    pool = SimulatedPool(queue=4)
    pool.ask("z")
    pool.now += 1
    queries = [pool.ask(client) for client in "aaabcd"]
    assert {query: type(fault) for query, fault in pool.refused.items()} == {
        queries[2]: QueryTooMany,
        queries[5]: QueryBusy,
    }


@pytest.mark.parametrize(
    ("event", "why", "fault"),
    [
        (lambda pool, worker, _: pool.die(worker), KillReason.CRASH, QueryCrashed),
        (lambda pool, _, query: pool.leave(query), KillReason.CLIENT_LEFT, None),
        (
            lambda pool, worker, _: pool.do(
                pool.state.broken(worker, KillReason.RESULT_SIZE, QueryTooLarge("too long"), pool.now)
            ),
            KillReason.RESULT_SIZE,
            QueryTooLarge,
        ),
    ],
    ids=["crash", "client left", "too long"],
)
def test_killed_by_its_query(event, why, fault):
    """Of the queries of a worker that ends, the one that it answered is to blame; the others go to another, in order."""
    pool = SimulatedPool(spares=1)
    guilty, *others = (pool.ask() for _ in range(4))
    worker = pool.worker_of(guilty)
    event(pool, worker, guilty)
    assert [(kill.worker, kill.why, kill.query) for kill in pool.kills] == [(worker, why, guilty)]
    assert pool.kills[0].why.blames_query
    assert {query: type(error) for query, error in pool.failed.items()} == ({guilty: fault} if fault else {})
    assert [sent.query for sent in pool.sent[-3:]] == others
    assert len(pool.starting) == 1
    pool.finish()
    assert pool.answered == set(others)


def test_a_fault_of_a_query_leaves_the_worker():
    """A query that its worker says has failed costs no worker."""
    pool = SimulatedPool()
    query = pool.ask()
    (worker,) = pool.workers
    pool.fault(worker)
    assert query in pool.failed
    assert pool.worker_of(pool.ask()) == worker


def test_leaving_behind_leaves_the_worker_alone():
    """A client that leaves before a worker came to its query costs no worker; what the worker says of it is dropped."""
    pool = SimulatedPool()
    first, behind = pool.ask(), pool.ask()
    (worker,) = pool.workers
    pool.leave(behind)
    assert not pool.kills
    pool.end(worker)
    assert pool.state.receiver(worker) is None
    pool.end(worker)
    pool.check()
    assert pool.answered == {first}
    assert pool.worker_of(pool.ask()) == worker


def test_an_endless_query_that_nobody_wants():
    """A worker that comes to an endless query whose client has left is killed soon, and nobody meets with that."""
    pool = SimulatedPool()
    pool.ask()
    behind = pool.ask()
    (worker,) = pool.workers
    pool.leave(behind)
    pool.end(worker)
    pool.tick(0.04)
    assert not pool.kills
    pool.tick(0.011)
    assert [(kill.why, kill.query) for kill in pool.kills] == [(KillReason.CLIENT_LEFT, None)]
    assert not pool.failed


def test_leaving_the_queue():
    """A client that leaves the queue is no concern of any worker."""
    pool = SimulatedPool()
    pool.ask()
    pool.now += 1
    waiting = pool.ask()
    pool.leave(waiting)
    assert pool.state.waiting == 0
    assert not pool.kills


def test_a_worker_that_dies_idle():
    """A worker that dies without a query is replaced; one that was dead before it got its query is not its victim."""
    pool = SimulatedPool(spares=1)
    first, second = pool.workers
    pool.die(first)
    assert [(kill.why, kill.query) for kill in pool.kills] == [(KillReason.IDLE_DEATH, None)]
    query = pool.ask()
    pool.die(second, received=False)
    assert not pool.failed
    pool.start_all()
    pool.end(pool.worker_of(query))
    assert pool.answered == {query}


def test_a_worker_that_cannot_be_started():
    """A worker that can't be started is started again, each time after a longer pause, up to ten seconds."""
    pool = SimulatedPool(start=False)
    pauses = []
    for _ in range(9):
        ((worker, pause),) = pool.starting.items()
        pauses.append(pause)
        pool.starting.clear()
        pool.do(pool.state.start_failed(worker))
    assert pauses == [0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10]
    query = pool.ask()
    pool.start_all()
    pool.end(pool.worker_of(query))


def test_events_of_a_worker_that_is_gone():
    """Whatever a worker says that was killed, or that has no query, nothing follows."""
    pool = SimulatedPool()
    pool.ask()
    (worker,) = pool.workers
    pool.tick(pool.limits.deadline)
    pool.start_all()
    for number in (worker, *pool.workers):
        assert pool.state.ended(number, 0.1, pool.now) == []
        assert pool.state.failed(number, QueryCrashed(""), pool.now) == []
        assert pool.state.sent_back(number, pool.now) == []
        assert pool.state.receiver(number) is None
    assert pool.state.died(worker, QueryCrashed(""), pool.now) == []
    assert pool.state.inspected(worker, BASE, pool.now, urgent=True) == []
    assert not pool.state.expects(*pool.workers)


def test_surplus_workers_stay_for_a_while():
    """Workers that are too many when a long query is over stay for a while, and go one by one."""
    pool = SimulatedPool(long=1)
    pool.ask()
    (worker,) = pool.workers
    pool.tick(1)
    pool.start_all()
    pool.end(worker)
    pool.sample()
    assert len(pool.workers) == 2
    pool.sample(CALM + 0.5)
    assert [kill.why for kill in pool.kills] == [KillReason.SURPLUS]
    pool.sample(10 * CALM)
    assert len(pool.workers) == 1


def test_a_retired_pool_runs_dry():
    """A retired pool takes no query, answers those that it has, waiting ones too, and closes behind the last."""
    pool = SimulatedPool(size=1, spares=2)
    running = pool.ask()
    pool.now += 1
    waiting = pool.ask()
    pool.do(pool.state.retire())
    refused = pool.ask()
    assert isinstance(pool.refused[refused], QueryBusy)
    assert not pool.closed
    pool.end(pool.worker_of(running))
    assert not pool.closed
    pool.end(pool.worker_of(waiting))
    assert pool.closed
    assert pool.answered == {running, waiting}
    assert {kill.why for kill in pool.kills} <= {KillReason.RETIRED, KillReason.CLOSING, KillReason.SURPLUS}
    assert not pool.workers


def test_a_retired_pool_starts_workers_for_its_queries_alone():
    """Where a retired pool's worker dies, another one answers what waits; without a query none is started."""
    pool = SimulatedPool()
    guilty, behind = pool.ask(), pool.ask()
    pool.do(pool.state.retire())
    pool.die(pool.worker_of(guilty))
    assert len(pool.starting) == 1
    pool.start_all()
    pool.die(pool.worker_of(behind))
    assert not pool.starting
    assert pool.closed


def test_an_idle_pool_that_is_retired_closes_at_once():
    """Without a query a retired pool is closed at once, and to retire it twice does nothing."""
    pool = SimulatedPool(spares=2)
    pool.do(pool.state.retire())
    assert pool.closed
    assert pool.do(pool.state.retire()) == []


def test_close():
    """To close a pool fails all queries, kills all workers, and expects none that is being started."""
    pool = SimulatedPool(spares=1)
    queries = {pool.ask() for _ in range(3)}
    worker = next(iter(pool.workers))
    pool.die(worker)
    (starting,) = pool.starting
    pool.do(pool.state.close())
    assert pool.failed.keys() == queries
    assert not pool.workers
    pool.do(pool.state.started(starting, BASE, pool.now))
    assert pool.kills[-1].worker == starting
    with pytest.raises(QueryBusy, match="shutting down"):
        pool.state.submitted(99, "", 1.0, pool.now)
