"""Bounds of memory: of one worker, of all together, and of what idle ones keep."""

from simulated_pool import MB, SimulatedPool

from kg.errors import QueryTooHeavy
from kg.store.pool.core.actions import KillReason
from kg.store.pool.core.memory_bounds import CALM
from kg.store.pool.core.state import TICK


def test_a_query_that_takes_too_much():
    """A query whose worker takes more than it may fails, and its worker is killed; the one behind it goes on."""
    pool = SimulatedPool(memory=100 * MB)
    heavy, behind = pool.ask(), pool.ask()
    (worker,) = pool.workers
    pool.workers[worker].memory = 101 * MB
    pool.sample()
    assert isinstance(pool.failed[heavy], QueryTooHeavy)
    assert [(kill.why, kill.query) for kill in pool.kills] == [(KillReason.MEMORY, heavy)]
    pool.finish()
    assert pool.answered == {behind}


def test_all_together():
    """Where all take too much together the largest ends, even if none takes too much alone."""
    pool = SimulatedPool(size=2, memory=100 * MB)
    for worker in pool.scheduler.workers.members.values():
        worker.usual = 1.0
    small, large = pool.ask(), pool.ask()
    pool.workers[pool.worker_of(small)].memory = 60 * MB
    pool.workers[pool.worker_of(large)].memory = 85 * MB
    pool.sample()
    assert not pool.kills
    pool = SimulatedPool(size=1, spares=1, memory=100 * MB)
    query = pool.ask()
    for simulated in pool.workers.values():
        simulated.memory = 40 * MB
    pool.workers[pool.worker_of(query)].memory = 70 * MB
    pool.sample()
    assert isinstance(pool.failed[query], QueryTooHeavy)


def test_idle_workers_make_room_first():
    """Where all take too much together, what idle workers keep goes before a query ends for it."""
    pool = SimulatedPool(size=1, spares=1, memory=100 * MB)
    query = pool.ask()
    busy = pool.worker_of(query)
    (idle,) = pool.workers.keys() - {busy}
    pool.workers[busy].memory, pool.workers[idle].memory = 60 * MB, 50 * MB
    pool.sample()
    assert [(kill.worker, kill.why) for kill in pool.kills] == [(idle, KillReason.GROWN)]
    assert not pool.failed


def test_an_idle_worker_that_leaks():
    """Small queries are not inspected each; a worker that they made too large is found when it is idle."""
    pool = SimulatedPool(memory=100 * MB)
    (worker,) = pool.workers
    pool.workers[worker].memory = 85 * MB
    pool.sample()
    assert [(kill.worker, kill.why) for kill in pool.kills] == [(worker, KillReason.GROWN)]


def test_an_idle_worker_that_takes_too_much():
    """A worker without a query that takes more than it may is killed, too, and nobody fails."""
    pool = SimulatedPool(memory=100 * MB)
    (worker,) = pool.workers
    pool.workers[worker].memory = 101 * MB
    pool.sample()
    assert [(kill.why, kill.query) for kill in pool.kills] == [(KillReason.IDLE_MEMORY, None)]


def test_what_is_kept_for_nothing():
    """A worker that has grown is replaced when it has had nothing to do for a while, one at a time."""
    pool = SimulatedPool(size=2, memory=1000 * MB)
    for simulated in pool.workers.values():
        simulated.memory += 200 * MB
    pool.sample()
    pool.sample(CALM - 1)
    assert not pool.kills
    pool.sample(1)
    pool.sample(0.5)
    assert [kill.why for kill in pool.kills] == [KillReason.GROWN] * 2
    pool.start_all()
    pool.sample(2 * CALM)
    assert len(pool.kills) == 2


def test_headroom():
    """The memory of all workers together is kept below its bound by a part of it, before it is reached."""
    pool = SimulatedPool(size=2, memory=100 * MB, spares=2)
    for worker in pool.scheduler.workers.members.values():
        worker.usual = 1.0
    queries = [pool.ask(), pool.ask()]
    for query, taken in zip(queries, (45, 80), strict=True):
        pool.workers[pool.worker_of(query)].memory = taken * MB
    pool.sample()
    assert pool.failed.keys() == {queries[1]}


def test_as_many_end_as_have_to():
    """Where one query's end is not enough, the next largest end with it, in one look."""
    pool = SimulatedPool(size=3, memory=100 * MB, reserve=3, long=3, processors=8)
    for worker in pool.scheduler.workers.members.values():
        worker.usual = 1.0
    queries = [pool.ask(f"192.0.2.{n}") for n in range(6)]
    for query in queries:
        pool.workers[pool.worker_of(query)].memory = 95 * MB
    pool.sample()
    assert len(pool.failed) == 4


def test_a_sample_of_some():
    """Where only some workers are measured, the others count with what they took before."""
    pool = SimulatedPool(size=2, memory=100 * MB)
    for worker in pool.scheduler.workers.members.values():
        worker.usual = 1.0
    first, second = pool.ask(), pool.ask()
    pool.workers[pool.worker_of(first)].memory = 80 * MB
    pool.sample()
    assert not pool.failed
    pool.do(pool.state.sampled({pool.worker_of(second): 90 * MB}, pool.now))
    assert pool.failed.keys() == {second}


def test_workers_that_are_watched():
    """A worker whose query has run for a tick is measured with each; one with a short query is not."""
    pool = SimulatedPool(size=2)
    for worker in pool.scheduler.workers.members.values():
        worker.usual = 1.0
    slow = pool.ask()
    pool.now += 1.001 * TICK
    quick = pool.ask()
    assert pool.worker_of(quick) != pool.worker_of(slow)
    assert pool.state.watched(pool.now) == [pool.worker_of(slow)]
