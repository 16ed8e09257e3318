"""Memory of killed workers: refused queries, quarantines, and what they do to others."""

import pytest
from simulated_pool import SimulatedPool

from kg.errors import QueryBusy, QueryCrashed, QueryTooMany
from kg.store.fairness.fair_queue import HEAVY_USE, MAX_PAUSED_JOBS
from kg.store.pool.core import kill_memory
from kg.store.pool.core.assignments import QueryState
from kg.store.pool.core.kill_memory import (
    FREE_KILLS,
    LONGEST_PAUSE,
    MANY_FORMS,
    REFUSED_SECONDS,
    AskedQuery,
    KillMemory,
)

NOW = 1000.0
SMALL = "SELECT ?o { <x:a> ?p ?o }"


def sort(n):
    """A query whose constants differ with each number."""
    return f"SELECT ?x {{ VALUES ?x {{ {n} '{n}' <x:{n}> }} }} ORDER BY ?x"


@pytest.fixture
def memory():
    return KillMemory()


def test_a_query_that_crashes_twice_is_refused(memory):
    """A query is refused from its second crash on, for ten minutes, and only where it is asked of the same graphs."""
    asked = AskedQuery(sort(1), ("x:graph",))
    memory.killed("192.0.2.1", asked, NOW, crash=True)
    assert not memory.refuses(asked, NOW)
    memory.killed("192.0.2.2", asked, NOW + 5, crash=True)
    assert memory.refuses(AskedQuery(sort(1), ("x:graph",)), NOW + REFUSED_SECONDS)
    assert not memory.refuses(asked, NOW + 5 + REFUSED_SECONDS)
    assert not memory.refuses(AskedQuery(sort(1)), NOW + 6)
    assert not memory.refuses(AskedQuery(sort(2), ("x:graph",)), NOW + 6)


def test_crashes_far_apart_are_no_habit(memory):
    """Two crashes with more than ten minutes between them refuse nothing."""
    for now in (NOW, NOW + REFUSED_SECONDS):
        memory.killed("", AskedQuery(SMALL), now, crash=True)
    assert not memory.refuses(AskedQuery(SMALL), NOW + REFUSED_SECONDS)


def test_only_crashes_of_the_engine_refuse(memory):
    """A query whose worker was killed for memory, time or a client that left is never refused."""
    for _ in range(5):
        memory.killed("192.0.2.1", AskedQuery(SMALL), NOW, crash=False)
    assert not memory.refuses(AskedQuery(SMALL), NOW)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("select ?y\n{values ?y{9}}order by ?y", True),
        ("PREFIX limit: <x:LIMIT> SELECT * { VALUES ?limit { 'LIMIT' \"BIND\" } } ORDER BY ?limit # LIMIT", True),
        ("SELECT * { VALUES ?x { 1 } } ORDER BY ?x LIMIT 5", False),
        (SMALL, False),
    ],
)
def test_form(text, same):
    """A query's form is the set of its keywords: neither constants nor names nor layout change it."""
    assert (AskedQuery(text).form == AskedQuery(sort(3)).form) is same


def test_quarantine(memory):
    """After a few kills a client has a quarantine, for queries of the forms that killed; others have none."""
    for n in range(FREE_KILLS):
        assert not memory.quarantines("192.0.2.1", AskedQuery(sort(n)), NOW)
        memory.killed("192.0.2.1", AskedQuery(sort(n)), NOW, crash=True)
    assert memory.quarantines("192.0.2.1", AskedQuery(sort(99)), NOW)
    assert not memory.quarantines("192.0.2.1", AskedQuery(SMALL), NOW)
    assert not memory.quarantines("192.0.2.2", AskedQuery(sort(99)), NOW)
    assert not memory.quarantines("192.0.2.1", AskedQuery(sort(99)), NOW + 5 * kill_memory.HALF_LIFE)


def test_other_forms_are_no_way_around(memory):
    """Where many forms of a client killed, each form is suspect that was not answered since."""
    forms = ["ASK {}", "DESCRIBE ?x {}", "SELECT * {} LIMIT 1", "SELECT * {} OFFSET 1"]
    assert len(forms) == MANY_FORMS
    for text in forms:
        memory.killed("192.0.2.1", AskedQuery(text), NOW, crash=True)
    assert memory.quarantines("192.0.2.1", AskedQuery(SMALL), NOW)
    memory.answered("192.0.2.1", AskedQuery(SMALL))
    assert not memory.quarantines("192.0.2.1", AskedQuery(SMALL), NOW)
    memory.answered("192.0.2.1", AskedQuery(forms[0]))
    assert memory.quarantines("192.0.2.1", AskedQuery(forms[0]), NOW)


def test_pauses_grow_and_are_bounded(memory):
    """Each kill makes the pause longer, up to a bound."""
    pauses = []
    for n in range(20):
        memory.killed("192.0.2.1", AskedQuery(sort(n)), NOW, crash=True)
        pauses.append(max(0.0, memory.paused_until("192.0.2.1") - NOW))
    assert pauses == sorted(pauses)
    assert pauses[0] == 0 < pauses[FREE_KILLS - 1] < pauses[FREE_KILLS] < pauses[-1] == LONGEST_PAUSE


def test_the_memory_is_bounded(memory, monkeypatch):
    """Of queries, clients and forms the newest are remembered, up to a number of each."""
    monkeypatch.setattr(kill_memory, "_MAX_QUERIES", 3)
    monkeypatch.setattr(kill_memory, "_MAX_CLIENTS", 3)
    for n in range(10):
        for _ in range(4):
            memory.killed(f"192.0.2.{n}", AskedQuery(sort(n)), NOW, crash=True)
    assert [n for n in range(10) if memory.refuses(AskedQuery(sort(n)), NOW)] == [7, 8, 9]
    assert [n for n in range(10) if memory.quarantines(f"192.0.2.{n}", AskedQuery(sort(n)), NOW)] == [7, 8, 9]


def crashing(pool, client, times):
    """Have a client crash some workers with another query each time."""
    for n in range(times):
        pool.crash(client, sort(1000 + n))
        pool.now += 0.001


def test_a_start_is_charged():
    """A client whose queries kill workers is charged for their starts, and soon waits behind light ones."""
    pool = SimulatedPool(size=2, spares=2)
    pool.scheduler.workers.start_seconds = 0.5
    for n in range(3):
        pool.leave(pool.ask("192.0.2.1", text=SMALL + "#" * n))
        pool.start_all()
    assert pool.scheduler.queue.use("192.0.2.1", pool.now) > HEAVY_USE
    assert pool.scheduler.queue.use("192.0.2.2", pool.now) == 0


def test_the_measured_start_is_charged():
    """What is charged follows how long starts take, within bounds."""
    pool = SimulatedPool(start=False)
    workers = pool.scheduler.workers
    before = workers.start_seconds
    (worker,) = pool.starting
    pool.do(pool.state.started(worker, 0, pool.now, 900.0) and [])
    assert before < workers.start_seconds < 1.0


def test_preemption_is_not_the_clients_fault():
    """A query that has to make room for others counts for no quarantine, and no start is charged."""
    pool = SimulatedPool(size=1, reserve=1, long=1, deadline=60.0)
    first = pool.ask("192.0.2.1", text=SMALL)
    pool.tick(0.3)
    pool.start_all()
    for _ in range(2):
        pool.ask("192.0.2.2", text=SMALL)
        pool.now += 0.006
    pool.tick(0.3)
    pool.ask("192.0.2.3", text=SMALL)
    pool.tick()
    assert [kill.why.value for kill in pool.kills if kill.query] == ["others wait"]
    assert isinstance(pool.failed[first], QueryBusy)
    assert not pool.scheduler.kills._offenders


def test_a_refused_query_gets_no_worker():
    """The third time a query that crashes is asked, whoever asks, it fails at once, and no worker is killed for it."""
    pool = SimulatedPool(size=2, spares=2)
    for client in ("192.0.2.1", "192.0.2.2"):
        pool.crash(client, sort(1))
    before = len(pool.kills), len(pool.sent)
    query = pool.ask("192.0.2.3", text=sort(1))
    assert isinstance(pool.refused[query], QueryCrashed)
    assert (len(pool.kills), len(pool.sent)) == before


def test_quarantined_queries_go_one_by_one():
    """In a quarantine one query runs at a time, alone at its worker, and none before the pause is over."""
    pool = SimulatedPool(size=2, spares=2)
    crashing(pool, "192.0.2.1", FREE_KILLS)
    first, second = pool.ask("192.0.2.1", text=sort(1)), pool.ask("192.0.2.1", text=sort(2))
    assert [pool.state.state_of(each) for each in (first, second)] == [QueryState.WAITING] * 2
    pool.tick(LONGEST_PAUSE)
    assert [pool.state.state_of(each) for each in (first, second)] == [QueryState.RUNNING, QueryState.WAITING]
    others = [pool.ask("192.0.2.2", text=SMALL) for _ in range(3)]
    assert pool.worker_of(first) not in {pool.worker_of(each) for each in others}
    pool.end(pool.worker_of(first))
    assert pool.state.state_of(second) is QueryState.RUNNING
    pool.finish()
    assert {first, second, *others} <= pool.answered


def test_other_queries_of_the_same_address_go_on():
    """A reading room behind one address is not shut out for the crashes of one who sits there."""
    pool = SimulatedPool(size=2, spares=2)
    for n in range(40):
        pool.crash("192.0.2.1", sort(n))
        query = pool.ask("192.0.2.1", text=SMALL)
        assert pool.state.state_of(query) in {QueryState.RUNNING, QueryState.AHEAD}
        pool.end(pool.worker_of(query))
        pool.tick()
    pool.check()


def test_other_constants_are_no_way_around():
    """A client that crashes the engine with another query each time is held to one kill a pause."""
    pool = SimulatedPool(size=2, spares=2, deadline=60.0)
    kills = []
    for n in range(600):  # half a minute
        query = pool.ask("192.0.2.1", text=sort(n))
        for row in list(pool.scheduler.table.values()):
            if row.worker is not None:
                kills.append(pool.now)
                pool.die(row.worker, crash=True)
                pool.start_all()
        pool.tick()
        assert query in pool.refused or query in pool.failed or query in pool.scheduler.table
    assert len(kills) < FREE_KILLS + 5 + 30 / LONGEST_PAUSE
    assert sum(isinstance(fault, QueryTooMany) for fault in pool.refused.values()) > 500


def test_what_waits_when_the_quarantine_begins_is_sorted_anew():
    """Queries that came at once with those that killed go to the quarantine too, and those beyond its bound fail."""
    pool = SimulatedPool(size=1, queue=100)
    for worker in pool.scheduler.workers.members.values():
        worker.usual = 1.0
    queries = [pool.ask("192.0.2.1", text=sort(n)) for n in range(30)]
    small = pool.ask("192.0.2.1", text=SMALL)
    for _ in range(FREE_KILLS):
        (worker,) = pool.workers
        pool.die(worker, crash=True)
        pool.start_all()
    pool.check()
    assert pool.state.state_of(small) is QueryState.RUNNING
    assert sum(isinstance(pool.failed.get(each), QueryTooMany) for each in queries) == 30 - FREE_KILLS - MAX_PAUSED_JOBS
    pool.end(pool.worker_of(small))
    assert not [each for each in queries if pool.state.state_of(each) is QueryState.RUNNING]
