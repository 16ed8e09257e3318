"""Fair queue: the order of jobs, at times that the test gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import QueryBusy, QueryTooMany
from kg.store.fairness import fair_queue
from kg.store.fairness.fair_queue import HALF_LIFE, HEAVY_USE, FairQueue, QueuedJob

START = 100.0


def joined(queue, now, *clients):
    """New jobs of some clients, in a queue."""
    jobs = [QueuedJob(client) for client in clients]
    for job in jobs:
        queue.join(job, now)
    return jobs


def test_light_clients_go_first():
    """A heavy client waits behind light ones, and its use decays."""
    queue = FairQueue(9, 5)
    joined(queue, START, "greedy")
    queue.leave(queue.next(START, last=False), START + 8)
    joined(queue, START + 8, "greedy", "modest")
    assert [queue.next(START + 8, last=False).client for _ in range(2)] == ["modest", "greedy"]
    assert queue._past("greedy", START + 8 + 5 * HALF_LIFE)[0] < 1


def test_short_jobs_go_before_new_clients():
    """A client with short jobs comes before new clients, which come in the order of their arrival."""
    queue, now = FairQueue(9, 5), START
    for _ in range(20):
        joined(queue, now, "quick")
        job = queue.next(now, last=False)
        now += 0.01
        queue.leave(job, now)
    joined(queue, now, "one", "other", "quick")
    assert [queue.next(now, last=False).client for _ in range(3)] == ["quick", "one", "other"]
    joined(queue, now, "one", "third")
    assert queue.next(now + 0.5, last=False).client == "third"


def test_the_last_slot_is_reserved():
    """The last free slot is neither for a heavy client nor for one that has a slot already."""
    queue = FairQueue(9, 5)
    joined(queue, START, "a")
    queue.next(START, last=False)
    joined(queue, START, "a")
    assert queue.next(START, last=True) is None
    joined(queue, START, "b")
    assert queue.next(START, last=True).client == "b"
    assert queue.next(START, last=False).client == "a"


def test_no_client_fills_the_queue():
    """One client has at most half of the queue and its share of slots; for unknown clients only the queue has a bound."""
    queue = FairQueue(4, 2)
    joined(queue, START, "a", "a")
    with pytest.raises(QueryTooMany):
        joined(queue, START, "a")
    joined(queue, START, "", "b")
    with pytest.raises(QueryBusy, match="too many queries"):
        joined(queue, START, "c")
    assert [queue.next(START, last=False).client for _ in range(4)].count("a") == 2
    joined(queue, START, "a")
    assert queue.next(START, last=False) is None


def test_service_counts_while_it_lasts():
    """A client with a long job is heavy before the job's end, and light again after the decay."""
    queue = FairQueue(9, 5)
    joined(queue, START, "greedy")
    running = queue.next(START, last=False)
    joined(queue, START, "greedy", "greedy", "modest", "other")
    assert queue.next(START, last=False).client == "modest"
    now = START + 3
    assert queue.next(now, last=False).client == "other"
    queue.leave(running, now)
    assert queue.next(now, last=True) is None
    assert queue.next(now + 5 * HALF_LIFE, last=True).client == "greedy"


def test_jobs_that_share_a_slot():
    """Jobs in one slot count as one, and a job that rejoins the queue is the first of its client."""
    queue = FairQueue(9, 1)
    joined(queue, START, "a", "a", "a", "a")
    first = queue.next(START, last=False, slot="one")
    assert queue.next(START, last=False, slot="two") is None
    behind = queue.next(START, last=False, slot="one")
    queue.leave(first, START)
    assert queue.next(START, last=False, slot="two") is None
    queue.rejoin(behind)
    assert queue.size == 3
    assert queue.next(START, last=False, slot="two") is behind


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 2)), max_size=40), st.integers(1, 3))
def test_a_light_client_waits_for_no_heavy_one(services, slots):
    """A waiting light client is served before any heavy one, whatever the use before."""
    queue, now = FairQueue(100, slots), START
    for client, seconds in services:
        joined(queue, now, client)
        job = queue.next(now, last=False)
        now += seconds
        queue.leave(job, now)
    joined(queue, now, "a", "b", "c", "d")
    order = [queue.next(now, last=False) for _ in range(4)]
    heavy = [queue._past(job.client, now)[0] >= HEAVY_USE for job in order]
    assert heavy == sorted(heavy)
    assert queue.size == 0


def served(queue, now, client, seconds):
    """Serve one job of a client for some seconds; return the time afterwards."""
    joined(queue, now, client)
    queue.leave(queue.next(now, last=False), now + seconds)
    return now + seconds


def test_light_clients_that_wait():
    """The queue has a waiting light client only if one is among the waiting ones."""
    queue = FairQueue(9, 5)
    now = served(queue, START, "greedy", 8)
    assert not queue.light_waits(now)
    joined(queue, now, "greedy")
    assert not queue.light_waits(now)
    joined(queue, now, "modest")
    assert queue.light_waits(now)


def test_records_of_use_are_bounded(monkeypatch):
    """Beyond the maximum number of clients the lighter half is dropped."""
    monkeypatch.setattr(fair_queue, "_MAX_CLIENTS", 10)
    queue = FairQueue(9, 5)
    now = served(queue, START, "greedy", 8)
    for number in range(50):
        now = served(queue, now, f"192.0.2.{number}", 0.01)
    assert len(queue._used) <= 10
    assert queue.use("greedy", now) > 1


def test_rank_is_renewed_after_a_job():
    """A client is ranked anew at the end of its job, not by its rank during the job."""
    queue, now = FairQueue(9, 5), START
    joined(queue, now, "a")
    first = queue.next(now, last=False)
    now += 0.4
    joined(queue, now, "c")
    queue.next(now, last=False)
    now += 0.5
    joined(queue, now, "a", "c", "new")
    assert queue.next(now, last=False).client == "new"
    queue.leave(first, now)
    assert queue.next(now, last=False).client == "a"  # (0.9 s + 0.1 s) / 2 jobs; the other one (0.5 s + 0.1 s) / 1


def test_a_client_with_pauses():
    """A client with pauses has one job at a time, in a slot of its own, none before its time, and few that wait."""
    queue = FairQueue(40, 5)
    queue.pause("paused", START + 1, START)
    joined(queue, START, *["paused"] * fair_queue.MAX_PAUSED_JOBS)
    with pytest.raises(QueryTooMany):
        joined(queue, START, "paused")
    assert queue.next(START, last=False) is None
    assert not queue.light_waits(START)
    assert queue.next(START + 1, last=False, slot="a", shared=True) is None
    first = queue.next(START + 1, last=False)
    assert queue.next(START + 1, last=False) is None
    queue.leave(first, START + 1)
    assert queue.next(START + 1, last=False).client == "paused"


def test_pauses_are_bounded(monkeypatch):
    """Beyond the maximum number of clients the pauses that are over are dropped."""
    monkeypatch.setattr(fair_queue, "_MAX_CLIENTS", 10)
    queue = FairQueue(9, 5)
    for number in range(50):
        queue.pause(f"192.0.2.{number}", START + number, START + number)
    assert len(queue._pauses) <= 11


def test_a_moved_job():
    """A job that is moved to another client waits as that one's, and its wait began when it did."""
    queue = FairQueue(9, 5)
    (job,) = joined(queue, START, "a")
    queue.move(job, "b", START + 5)
    assert (queue.waiting_of("a"), queue.waiting_of("b"), queue.size) == ([], [job], 1)
    assert job.joined == START


def test_a_charge():
    """What a client is charged beside its jobs makes it heavy, and decays like these."""
    queue = FairQueue(9, 5)
    queue.charge("a", 2.0, START)
    assert queue.use("a", START) == 2.0 > HEAVY_USE > queue.use("a", START + HALF_LIFE * 1.5)
