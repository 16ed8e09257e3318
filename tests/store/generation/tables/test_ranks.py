"""Ranks sort as references do, wherever new ones come."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.store.generation.tables import ranks
from kg.store.generation.tables.schema import THINGS


@given(st.lists(st.integers(0, 1 << 40), unique=True, max_size=60))
def test_labels_sort_as_what_they_stand_for(values):
    """Whatever comes between, before or behind others gets a label in its place."""
    labels = {}
    for value in values:
        low = max((each for each in labels if each < value), default=None)
        high = min((each for each in labels if each > value), default=None)
        labels[value] = ranks.between(labels.get(low, b""), labels.get(high))
    assert [labels[value] for value in sorted(values)] == sorted(labels.values())
    assert len(set(labels.values())) == len(values)


@pytest.mark.parametrize(("upwards", "length"), [(True, 8), (False, 60)])
def test_labels_grow_slowly(upwards, length):
    """A thousand keys that come one behind the other between two neighbours take few bytes; some that go down, more."""
    low, high = ranks.spread(1, 1_000_000), ranks.spread(2, 1_000_000)
    for _ in range(1_000 if upwards else 200):
        label = ranks.between(low, high)
        low, high = (label, high) if upwards else (low, label)
    assert len(label) <= length


def test_ranks_of_a_catalogue(tmp_path):
    """A build gives ranks in the order of references, whatever their numbers; a new one comes between."""
    names = ["record/b", "record/a", "agent/z", "record/ä", "record/a/1"]
    with closing(sqlite3.connect(tmp_path / "catalogue.sqlite")) as db:
        db.executescript(THINGS)
        db.executemany("INSERT INTO things (ref, kind) VALUES (?, '')", [(each,) for each in names])
        ranks.assign(db)
        for name in ("record/a/0", "a", "z", "record/aa"):
            db.execute("INSERT INTO things (ref, kind, rank) VALUES (?, '', ?)", (name, ranks.rank_of(db, name)))
        found = [name for (name,) in db.execute("SELECT ref FROM things ORDER BY rank")]
    assert found == sorted([*names, "record/a/0", "a", "z", "record/aa"])
