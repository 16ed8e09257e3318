"""Lists of the catalogue walk along an index: their cost is that of the page, never that of the list."""

import random
import sqlite3
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from kg.store.generation.catalogue import LINKS, SCHEMA, Catalogue
from kg.store.generation.catalogue_builder import CatalogueBuilder, CatalogueEntry
from kg.store.generation.things import ListPage
from kg.store.log.log_state import LogState

MANY = 100_000
READS = 100


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    """A catalogue in which one thing has 100,000 links and another ten, under one key."""
    path = tmp_path_factory.mktemp("catalogue") / "catalogue.sqlite"
    with sqlite3.connect(path) as db:
        db.executescript(SCHEMA + LINKS)
        dates = [f"19{n % 90 + 10}-01-01" if n % 10 else None for n in range(MANY)]
        db.executemany(
            "INSERT INTO things (n, ref, kind, start, digest) VALUES (?, ?, 'record', ?, 'x')",
            [(n + 10, f"record/{n}", start) for n, start in enumerate(dates)],
        )
        db.executemany(
            "INSERT INTO things (n, ref, kind, digest) VALUES (?, ?, 'agent', 'x')",
            [(1, "agent/many"), (2, "agent/ten")],
        )
        db.execute("INSERT INTO keys VALUES (0, 'creator')")
        db.executemany(
            "INSERT INTO links VALUES (1, 0, ?, ?)", [(start or "~", n + 10) for n, start in enumerate(dates)]
        )
        db.executemany(
            "INSERT INTO links VALUES (2, 0, ?, ?)", [(start or "~", n + 10) for n, start in enumerate(dates[:10])]
        )
        db.execute("INSERT INTO link_counts SELECT target, k, COUNT(*) FROM links GROUP BY target, k")
    db.close()
    opened = Catalogue(path)
    yield opened
    opened.close()


def _steps(catalogue, ask):
    """Steps of SQLite's virtual machine for a call, and its statements."""
    statements, steps = [], [0]

    def step():
        steps[0] += 1

    catalogue._db.set_trace_callback(statements.append)
    catalogue._db.set_progress_handler(step, 1)
    try:
        ask()
    finally:
        catalogue._db.set_trace_callback(None)
        catalogue._db.set_progress_handler(None, 1)
    return steps[0], statements


@pytest.mark.parametrize("after", ["", "1950-01-01_5000", "~_99000"])
def test_links_cost_what_a_page_costs(catalogue, after):
    """A page of 100,000 links, first or deep inside, takes about the steps that ten links take, and sorts nothing."""
    few, _ = _steps(catalogue, lambda: catalogue.linking_things(2, "creator", 10))
    many, statements = _steps(catalogue, lambda: catalogue.linking_things(1, "creator", 10, after))
    assert many <= few * 1.2
    _sorts_nothing(catalogue, statements)


def test_neighbours_cost_what_a_page_costs(catalogue):
    """The neighbours in a file of 100,000 documents cost what those in a file of ten do, without counting up to them."""
    few, _ = _steps(catalogue, lambda: catalogue.link_neighbours(2, "creator", "1915-01-01", 15))
    many, _ = _steps(catalogue, lambda: catalogue.link_neighbours(1, "creator", "1911-01-01", 50_051))
    assert many <= few * 1.2
    found = catalogue.link_neighbours(1, "creator", "1911-01-01", 50_051)
    assert (found.before.n, found.after.n, found.position) == (49_961, 50_141, None)
    assert catalogue.link_neighbours(2, "creator", "1915-01-01", 15).position == 5


def test_lists_cost_what_a_page_costs(catalogue):
    """A page of the list of a kind costs the same wherever it begins, and sorts nothing."""
    first, statements = _steps(catalogue, lambda: catalogue.list_of_kind("record", 10))
    for after in ("1980-01-01_90000", "_90000"):
        deep, _ = _steps(catalogue, lambda after=after: catalogue.list_of_kind("record", 10, after))
        assert deep <= first * 1.2
    _sorts_nothing(catalogue, statements)


def test_pages_hold_each_link_once(catalogue):
    """The pages of a list hold each link once, by date, undated links last."""
    seen, after = [], ""
    while page := catalogue.linking_things(1, "creator", 9_000, after):
        seen += [(link.thing.start or "~", link.thing.n) for link in page]
        after = page[-1].cursor
    assert len(seen) == MANY
    assert seen == sorted(set(seen))


def test_lists_are_complete(catalogue):
    """The pages of a list hold each thing of a kind once, undated things first."""
    seen, after = [], ""
    while page := catalogue.list_of_kind("record", 7_000, after):
        seen += [(link.thing.start or "", link.thing.n) for link in page]
        after = page[-1].cursor
    assert len(seen) == MANY
    assert seen == sorted(set(seen))


def test_list_pages(catalogue):
    """The cursors of a list of pages are those that reading it page by page gives."""
    size = 7_000
    seen, after = [], ""
    while page := catalogue.list_of_kind("record", size, after):
        seen.append(ListPage(after, page[0].thing.start or "", page[-1].thing.start or ""))
        after = page[-1].cursor
    assert catalogue.list_pages("record", size) == seen


def test_records_of_some_days_cost_what_is_shown(catalogue):
    """The records that start between two days are read off the index, however many others there are."""
    few, statements = _steps(catalogue, lambda: catalogue.records_starting_between("1911-01-01", "1911-01-01", 5))
    many, _ = _steps(catalogue, lambda: catalogue.records_starting_between("1900-01-01", "1999-12-31", 5))
    assert many <= few * 1.2
    _sorts_nothing(catalogue, statements)
    assert {each.start for each in catalogue.records_starting_between("1911-01-01", "1911-01-01", 5)} == {"1911-01-01"}


def _sorts_nothing(catalogue, statements):
    assert statements
    for statement in statements:
        plan = [row[3] for row in catalogue._db.execute(f"EXPLAIN QUERY PLAN {statement}")]
        assert not [line for line in plan if "TEMP B-TREE" in line or line.startswith("SCAN things")], plan


def test_things_sharing_targets(tmp_path):
    """Things that share the most targets come first, of the same number the earliest; full records alone, however few."""
    path = tmp_path / "catalogue.sqlite"
    chance = random.Random(7)
    days = {n: f"19{chance.randrange(10, 99)}-01-01" for n in range(10, 210)}
    links = {(chance.choice((1, 2, 3)), chance.choice((0, 1)), n) for n in [*days] * 2}
    whole = {n for n in days if chance.random() < 0.1}
    with sqlite3.connect(path) as db:
        db.executescript(SCHEMA + LINKS)
        db.executemany(
            "INSERT INTO things (n, ref, kind, status) VALUES (?, 'record/' || ?1, 'record', ?)",
            [(n, None if n in whole else "described-only") for n in days],
        )
        db.execute("INSERT INTO keys VALUES (0, 'creator'), (1, 'recipient'), (2, 'mentions')")
        db.executemany("INSERT INTO links VALUES (?, ?, ?, ?)", [(t, k, days[n], n) for t, k, n in links])
        db.executemany("INSERT INTO links VALUES (1, 2, ?, ?)", [(day, n) for n, day in days.items()])
    db.close()
    opened = Catalogue(path)
    for source in (10, *sorted(whole)[:3]):
        for targets in ([1, 2], [1], [3, 1, 2]):
            linked = {(t, n) for t, _, n in links if t in targets and n in whole and n != source}
            shared = Counter(n for _, n in linked)
            expected = sorted(shared.items(), key=lambda each: (-each[1], days[each[0]], each[0]))
            for most in (1, 5, 500):
                found = opened.things_sharing_targets(targets, ["creator", "recipient"], source, most)
                assert [(thing.n, count) for thing, count in found] == expected[:most]
    opened.close()


def _redirecting(folder, many):
    """Steps of a catalogue with a number of redirects."""
    folder.mkdir()
    with closing(LogState(folder / "log.sqlite")) as state:
        builder = CatalogueBuilder(folder / "catalogue.sqlite", state, "2030-01-01T00:00:00Z")
        for n in range(many):
            links = (("creator", f"agent/old{n}"), ("replaces", f"record/{n}"))
            builder.add(CatalogueEntry(f"record/new{n}", b"{}", None, None, None, None, "x", "", "", links), 0, 0)
            links = (("replaces", f"agent/old{n}"),)
            builder.add(CatalogueEntry(f"agent/new{n}", b"{}", None, None, None, None, "x", "", "", links), 0, 0)
        steps = [0]

        def step():
            steps[0] += 1

        builder._db.set_progress_handler(step, 1)
        builder.finish()
        builder.close()
    with closing(Catalogue(folder / "catalogue.sqlite")) as catalogue:
        assert catalogue.redirect(f"agent/old{many - 1}") == f"agent/new{many - 1}"
    return steps[0]


def test_redirects_are_linear(tmp_path):
    """Four times as many things that replace others take four times the steps, not sixteen times."""
    assert _redirecting(tmp_path / "many", 400) < 6 * _redirecting(tmp_path / "few", 100)


def test_threads_do_not_meet(catalogue):
    """Each thread reads its own rows: no two threads share a connection or its statements."""

    def read(seed):
        chosen, wrong = random.Random(seed), 0
        for _ in range(READS):
            numbers = [chosen.randrange(MANY) for _ in range(20)]
            things = catalogue.things([f"record/{n}" for n in numbers])
            wrong += any(thing.reference != reference for reference, thing in things.items())
            wrong += len(things) != len(set(numbers))
            one = catalogue.thing(f"record/{numbers[0]}")
            wrong += one is None or one.n != numbers[0] + 10
        return wrong

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(read, range(4))) == 0
    assert len(catalogue._database._connections) <= 5
