"""Bounds of memory: of one worker, of all together, and of what idle ones keep."""

from simulated_pool import MB, SimulatedPool

from kg.errors import QueryTooHeavy
from kg.store.pool.core.actions import KillReason
from kg.store.pool.core.memory_bounds import CALM


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
    pool.workers[pool.worker_of(small)].memory = 80 * MB
    pool.workers[pool.worker_of(large)].memory = 90 * MB
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
