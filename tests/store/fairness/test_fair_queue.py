"""Who gets the next worker."""

import asyncio

import pytest

from kg.errors import QueryBusy, QueryTooMany
from kg.store.fairness import fair_queue
from kg.store.fairness.fair_queue import HALF_LIFE, Turn, Turns


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def test_light_clients_go_first():
    """A client that took a lot waits behind those who did not, and in a while that is forgotten."""

    async def go():
        clock = Clock()
        turns = Turns(9, 5, clock)
        turns.join(Turn("greedy"))
        taking = turns.next(last=False)
        clock.now += 8
        turns.leave(taking)
        turns.join(Turn("greedy"))
        turns.join(Turn("modest"))
        assert [turns.next(last=False).client for _ in range(2)] == ["modest", "greedy"]
        clock.now += 5 * HALF_LIFE
        assert turns._past("greedy", clock.now)[0] < 1

    asyncio.run(go())


def test_who_asks_little_goes_before_strangers():
    """Somebody whose questions were short goes before those of whom nothing is known, who go as they came."""
    clock = Clock()
    turns = Turns(9, 5, clock)
    for _ in range(20):
        turns.join(Turn("known"))
        asked = turns.next(last=False)
        clock.now += 0.01
        turns.leave(asked)
    for client in ("one", "other", "known"):
        turns.join(Turn(client))
    assert [turns.next(last=False).client for _ in range(3)] == ["known", "one", "other"]
    turns.join(Turn("one"))
    turns.join(Turn("third"))
    clock.now += 0.5
    assert turns.next(last=False).client == "third"


def test_the_last_worker_is_kept():
    """The last free worker is neither for a client that took a lot nor for one that has another already."""

    async def go():
        clock = Clock()
        turns = Turns(9, 5, clock)
        turns.join(Turn("a"))
        turns.next(last=False)
        turns.join(Turn("a"))
        assert turns.next(last=True) is None
        turns.join(Turn("b"))
        assert turns.next(last=True).client == "b"
        assert turns.next(last=False).client == "a"

    asyncio.run(go())


def test_none_fills_the_queue():
    """One client may fill half of the queue and have so many running; unknown ones are bounded by the queue alone."""

    async def go():
        turns = Turns(4, 2)
        turns.join(Turn("a"))
        turns.join(Turn("a"))
        with pytest.raises(QueryTooMany):
            turns.join(Turn("a"))
        turns.join(Turn(""))
        turns.join(Turn("b"))
        with pytest.raises(QueryBusy, match="too many queries"):
            turns.join(Turn("c"))
        assert [turns.next(last=False).client for _ in range(4)].count("a") == 2
        turns.join(Turn("a"))
        assert turns.next(last=False) is None

    asyncio.run(go())


def test_it_is_told_how_many_wait():
    """Whoever measures is told of each one who joins the line or leaves it, not of those who run."""
    told = []
    turns = Turns(4, 2, told=told.append)
    first, second = Turn("a"), Turn("b")
    turns.join(first)
    turns.join(second)
    assert turns.next(last=False) is first
    turns.leave(first)
    turns.leave(second)
    assert told == [1, 2, 1, 0]


def test_what_runs_counts_while_it_runs():
    """A client whose question takes long is heavy already before it is over, and light again when that is forgotten."""
    clock = Clock()
    turns = Turns(9, 5, clock)
    turns.join(Turn("greedy"))
    running = turns.next(last=False)
    for client in ("greedy", "greedy", "modest", "other"):
        turns.join(Turn(client))
    assert turns.next(last=False).client == "modest"
    clock.now += 3
    assert turns.next(last=False).client == "other"
    turns.leave(running)
    assert turns.next(last=True) is None
    clock.now += 5 * HALF_LIFE
    assert turns.next(last=True).client == "greedy"


def test_behind_others_in_one_place():
    """What stands behind one another in one place counts as one that runs."""
    turns = Turns(9, 1)
    for _ in range(4):
        turns.join(Turn("a"))
    first = turns.next(last=False, place="one")
    assert turns.next(last=False, place="two") is None
    behind = turns.next(last=False, place="one")
    turns.leave(first)
    assert turns.next(last=False, place="two") is None
    turns.return_to_line(behind)
    assert turns.size == 3
    assert turns.next(last=False, place="two") is behind


def _ran(turns, clock, client, seconds):
    """Have a client run one query for so long."""
    turns.join(Turn(client))
    running = turns.next(last=False)
    clock.now += seconds
    turns.leave(running)


def test_light_clients_that_wait_are_known():
    """Whether somebody waits who has not taken much is told by those who wait alone."""
    clock = Clock()
    turns = Turns(9, 5, clock)
    _ran(turns, clock, "greedy", 8)
    assert not turns.light_waits()
    turns.join(Turn("greedy"))
    assert not turns.light_waits()
    turns.join(Turn("modest"))
    assert turns.light_waits()


def test_clients_that_are_remembered_are_bounded(monkeypatch):
    """Of too many clients those that took the least are forgotten."""
    monkeypatch.setattr(fair_queue, "_MOST_CLIENTS", 10)
    clock = Clock()
    turns = Turns(9, 5, clock)
    _ran(turns, clock, "greedy", 8)
    for number in range(50):
        _ran(turns, clock, f"192.0.2.{number}", 0.01)
    assert len(turns._taken) <= 10
    assert turns.weight("greedy") > 1


def test_rank_of_a_client_is_what_it_is_now():
    """A client that ran is ranked anew when it has ended, not as it was while it ran."""
    clock = Clock()
    turns = Turns(9, 5, clock)
    turns.join(Turn("a"))
    first = turns.next(last=False)
    clock.now += 0.4
    turns.join(Turn("c"))
    turns.next(last=False)
    clock.now += 0.5
    for client in ("a", "c", "stranger"):
        turns.join(Turn(client))
    assert turns.next(last=False).client == "stranger"
    turns.leave(first)
    assert turns.next(last=False).client == "a"  # (0.9 s + 0.1 s) / 2 queries; the other one (0.5 s + 0.1 s) / 1
