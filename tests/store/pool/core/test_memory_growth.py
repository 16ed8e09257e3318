"""Growth of memory: caches told from what does not come back."""

import pytest
from simulated_pool import BASE, MB, SimulatedPool

from kg.store.pool.core.actions import KillReason
from kg.store.pool.core.memory_growth import MemoryGrowth

GB = 1 << 30


@pytest.mark.parametrize(
    ("grown", "replaced"),
    [
        ([63, 63, 63, 64], None),  # the engine's caches with 10,000 records
        ([105, 106, 106, 109], None),  # with 100,000
        ([900], 0),  # what one query leaves behind
        ([300, 301, 300, 301, 301, 300], None),  # what is used again by the same query
        ([200, 250, 300, 350, 400, 450], 4),  # a leak
        ([300, 320, 320, 340, 340, 360], None),  # slowly
        ([100 + 10 * n for n in range(50)], 42),  # however slowly, until it is half of what there is
    ],
)
def test_growth(grown, replaced):
    """A worker is replaced for half of what a query may take at once, and for a quarter if it grows and grows."""
    growth = MemoryGrowth(GB, BASE)
    found = [growth.inspect(BASE + size * MB) for size in grown]
    assert (found.index(True) if any(found) else None) == replaced


def test_growth_follows_what_a_query_may_take():
    """The bounds are parts of what a worker may take, whatever that is."""
    assert MemoryGrowth(128 * MB, BASE).inspect(BASE + 65 * MB)
    assert not MemoryGrowth(128 * MB, BASE).inspect(BASE + 63 * MB)


def test_a_grown_worker_is_replaced():
    """A worker that a query left too large is replaced before it gets another one, which is never sent to it."""
    pool = SimulatedPool(spares=1)
    pool.ask()
    (worker,) = (number for number, simulated in pool.workers.items() if simulated.inbox)
    waiting = pool.ask()
    pool.recall(0.01)
    pool.end(worker, 1.0, then=600 * MB)
    pool.do(pool.state.sent_back(worker, pool.now))
    assert [(kill.worker, kill.why, kill.query) for kill in pool.kills] == [(worker, KillReason.GROWN, None)]
    assert pool.starting
    pool.finish()
    assert waiting in pool.answered


def test_caches_do_not_replace_a_worker():
    """A worker whose memory grew by the engine's caches, and not any more, answers query after query."""
    pool = SimulatedPool()
    (worker,) = pool.workers
    for more in (64, 40, *[0] * 20):
        pool.ask()
        pool.end(worker, 0.135, then=more * MB)
    assert not pool.kills
    assert len(pool.answered) == 22


def test_short_work_is_not_inspected():
    """A worker is not looked at after each small query."""
    pool = SimulatedPool()
    (worker,) = pool.workers
    pool.ask()
    assert pool.end(worker, 0.001) == []
    pool.ask()
    assert [type(action).__name__ for action in pool.end(worker, 0.03)] == ["Inspect"]
