"""Lists of the catalogue walk along an index: their cost is that of the page, never that of the list."""

import random
import sqlite3
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from publishing import publish

from kg.store.generation.catalogue import Catalogue
from kg.store.generation.catalogue_builder import CatalogueBuilder, CatalogueEntry
from kg.store.generation.generations import Generations
from kg.store.generation.tables import listings, ranks
from kg.store.generation.tables.schema import INDEXES, LISTS, THINGS
from kg.store.generation.things import ListPage, parse_cursor, sort_day
from kg.store.log.log_state import LogState

MANY = 100_000
READS = 100


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    """A catalogue in which one thing has 100,000 links and another ten, under one key."""
    path = tmp_path_factory.mktemp("catalogue") / "catalogue.sqlite"
    with sqlite3.connect(path) as db:
        db.executescript(THINGS + LISTS + INDEXES)
        dates = [f"19{n % 90 + 10}-01-01" if n % 10 else None for n in range(MANY)]
        db.executemany(
            "INSERT INTO things (n, ref, kind, start, day, digest) VALUES (?, ?, 'record', ?, ?, 'x')",
            [(n + 10, f"record/{n:06}", start, sort_day(start or "")) for n, start in enumerate(dates)],
        )
        db.executemany(
            "INSERT INTO things (n, ref, kind, digest) VALUES (?, ?, 'agent', 'x')",
            [(1, "agent/many"), (2, "agent/ten")],
        )
        db.execute("INSERT INTO keys VALUES (0, 'creator')")
        ranks.assign(db)
        for target, linked in ((1, dates), (2, dates[:10])):
            db.executemany(
                "INSERT INTO links SELECT ?, 0, ?, rank, n FROM things WHERE n = ?",
                [(target, sort_day(start or "~"), n + 10) for n, start in enumerate(linked)],
            )
        db.execute("INSERT INTO link_counts SELECT target, k, COUNT(*) FROM links GROUP BY target, k")
        listings.write(db)
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


@pytest.mark.parametrize("after", ["", "1950-01-01_record/005000", "~_record/099000", "1950-01-01_5000"])
def test_links_cost_what_a_page_costs(catalogue, after):
    """A page of 100,000 links, first or deep inside, takes about the steps that ten links take, and sorts nothing."""
    few, _ = _steps(catalogue, lambda: catalogue.linking_things(2, "creator", 10, "1900-01-01_record/000000"))
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
    for after in ("1980-01-01_record/090000", "_record/090000"):
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
    pages = catalogue.list_pages("record", size)
    assert list(pages) == pages[:] == seen
    assert len(pages) == len(seen)


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
        db.executescript(THINGS + LISTS)
        db.executemany(
            "INSERT INTO things (n, ref, kind, status) VALUES (?1, printf('record/%03d', ?1), 'record', ?2)",
            [(n, None if n in whole else "described-only") for n in days],
        )
        db.execute("INSERT INTO keys VALUES (0, 'creator'), (1, 'recipient'), (2, 'mentions')")
        ranks.assign(db)
        insert = "INSERT INTO links SELECT ?, ?, ?, rank, n FROM things WHERE n = ?"
        db.executemany(insert, [(t, k, sort_day(days[n]), n) for t, k, n in links])
        db.executemany(insert, [(1, 2, sort_day(day), n) for n, day in days.items()])
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
            things = catalogue.things([f"record/{n:06}" for n in numbers])
            wrong += any(thing.reference != reference for reference, thing in things.items())
            wrong += len(things) != len(set(numbers))
            one = catalogue.thing(f"record/{numbers[0]:06}")
            wrong += one is None or one.n != numbers[0] + 10
        return wrong

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(read, range(4))) == 0
    assert len(catalogue._database._connections) <= 5


def test_cursors_hold_in_every_generation(catalogue):
    """A cursor is a place: a thing that is gone, or another's number in an old cursor, leads to where it would stand."""
    day = [entry.thing.reference for entry in catalogue.list_of_kind("record", 5, "1951-01-01_")]
    assert [each.thing.reference for each in catalogue.list_of_kind("record", 5, "1951-01-01_5000")] == day
    after = catalogue.list_of_kind("record", 2, f"1951-01-01_{day[1]}0-gone")
    assert [each.thing.reference for each in after] == day[2:4]
    assert parse_cursor(after[0].cursor) == (19510101, day[2])


def _built(path, entries):
    with (
        closing(LogState(path.with_name("log.sqlite"))) as ledger,
        closing(CatalogueBuilder(path, ledger, "")) as builder,
    ):
        for reference, start, links in entries:
            end = start and start.replace("-01-01", "-12-31")
            entry = CatalogueEntry(reference, b"{}", None, start, end, None, reference, "a.csv", "", links)
            builder.add(entry, 0, 0)
        builder.finish()
    return Catalogue(path)


DATED = {
    "record/e": "1962-10-27",
    "record/d": "-0043-03-15",
    "record/c": None,
    "record/b": "-0100-01-01",
    "record/a": "0014-08-19",
}


def test_years_before_christ_come_first(tmp_path):
    """Lists go by time, years before Christ before others and in their order; what has no date stands apart."""
    links = (("creator", "agent/x"),)
    entries = [(reference, start, links) for reference, start in DATED.items()] + [("agent/x", None, ())]
    with closing(_built(tmp_path / "catalogue.sqlite", entries)) as catalogue:
        listed = [each.thing.reference for each in catalogue.list_of_kind("record", 9)]
        assert listed == [f"record/{each}" for each in "cbdae"]
        n = catalogue.thing("agent/x").n
        linking = [each.thing.reference for each in catalogue.linking_things(n, "creator", 9)]
        assert linking == [f"record/{each}" for each in "bdaec"]
        assert catalogue.linking_span(n, ["creator"]) == ("-0100-01-01", "1962-10-27")
        months = {"-0100": 1, "-0043-03": 1, "0014-08": 1, "1962-10": 1}
        assert catalogue.counts_by_month() == catalogue.counts_by_month(n) == months
        beside = catalogue.link_neighbours(n, "creator", "-0043-03-15", catalogue.thing("record/d").n)
        assert (beside.before.reference, beside.after.reference, beside.position) == ("record/b", "record/a", 2)


def test_order_does_not_hang_on_that_of_reading(tmp_path):
    """Things of one day go by reference, in lists of their kind and of links, in whatever order they were read."""
    links = (("creator", "agent/x"),)
    found = set()
    for seed in range(3):
        names = [f"record/{n}" for n in range(30)]
        random.Random(seed).shuffle(names)
        folder = tmp_path / str(seed)
        folder.mkdir()
        entries = [(name, "1962-10-27", links) for name in names] + [("agent/x", None, ())]
        with closing(_built(folder / "catalogue.sqlite", entries)) as catalogue:
            listed = tuple(each.cursor for each in catalogue.list_of_kind("record", 50))
            linked = tuple(
                each.cursor for each in catalogue.linking_things(catalogue.thing("agent/x").n, "creator", 50)
            )
        assert listed == linked == tuple(f"1962-10-27_{name}" for name in sorted(names))
        found.add(listed)
    assert len(found) == 1


def test_the_first_reader_walks_through_nothing(catalogue):
    """What the first reader of a generation asks for is read off tables of counts, however many things there are."""
    for ask in (
        catalogue.counts,
        catalogue.counts_by_month,
        catalogue.counts_by_source,
        lambda: catalogue.most_linked(5),
        lambda: catalogue.list_pages("record", 50)[1_000],
    ):
        taken, _ = _steps(catalogue, ask)
        assert taken < MANY / 10


EARLIER = """
CREATE TABLE things (
  n INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, label TEXT, status TEXT, start TEXT, end TEXT,
  said TEXT, created TEXT, modified TEXT, digest TEXT, source TEXT, at TEXT, offset INTEGER, length INTEGER, deleted TEXT
);
CREATE TABLE keys (k INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE redirects (ref TEXT PRIMARY KEY, target TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE links (
  target INTEGER, k INTEGER, start TEXT, source INTEGER, PRIMARY KEY (target, k, start, source)
) WITHOUT ROWID;
CREATE TABLE link_counts (target INTEGER, k INTEGER, n INTEGER, PRIMARY KEY (target, k)) WITHOUT ROWID;
INSERT INTO keys VALUES (0, 'creator');
INSERT INTO things (n, ref, kind, digest, created, modified) VALUES (1, 'agent/x', 'agent', 'x', '', '');
"""


def test_the_format_before_is_read(tmp_path):
    """A catalogue of the format before gives the same lists and counts, by way of views."""
    path = tmp_path / "before.sqlite"
    with sqlite3.connect(path) as db:
        db.executescript(EARLIER)
        for n, (reference, start) in enumerate(DATED.items(), 2):
            end = start and start.replace("-01-01", "-12-31")
            row = (n, reference, start, end)
            db.execute(
                "INSERT INTO things (n, ref, kind, start, end, digest, source) VALUES (?, ?, 'record', ?, ?, 'x', 'a.csv')",
                row,
            )
            db.execute("INSERT INTO links VALUES (1, 0, ?, ?)", (start or "~", n))
        db.execute("INSERT INTO link_counts VALUES (1, 0, 5)")
    db.close()
    links = (("creator", "agent/x"),)
    entries = [(reference, start, links) for reference, start in DATED.items()] + [("agent/x", None, ())]
    with closing(Catalogue(path)) as before, closing(_built(tmp_path / "now.sqlite", entries)) as now:
        for ask in (
            lambda catalogue: [each.cursor for each in catalogue.list_of_kind("record", 9)],
            lambda catalogue: [each.cursor for each in catalogue.list_of_kind("record", 9, "-0043-03-15_record/d")],
            lambda catalogue: [
                each.cursor for each in catalogue.linking_things(catalogue.thing("agent/x").n, "creator", 9)
            ],
            lambda catalogue: list(catalogue.list_pages("record", 2)),
            lambda catalogue: catalogue.linking_span(catalogue.thing("agent/x").n, ["creator"]),
            lambda catalogue: catalogue.counts_by_month(),
            lambda catalogue: catalogue.counts_by_source() and catalogue.counts(),
            lambda catalogue: catalogue.most_linked(3),
            lambda catalogue: [each.reference for each in catalogue.newest(0)],
        ):
            assert ask(before) == ask(now)


def test_early_dates_of_records_are_in_lists(tmp_path):
    """A build gives years before Christ their days in lists: documents before Christ stand before others, the oldest first."""
    dates = {"bc": "-0043-03-15", "bc2": "-0099", "u": "", "ad": "0100", "new": "1962"}
    records = [
        {"id": f"record/{key}", "title": {"en": key}, "dates": [{"role": "document", "edtf": edtf}] if edtf else []}
        for key, edtf in dates.items()
    ]
    made, _ = publish(tmp_path, records, tables=False)
    with closing(Generations.of_settings(made).open_live()) as generation:
        listed = [each.thing.reference.partition("/")[2] for each in generation.catalogue.list_of_kind("record", 9)]
        paged, after = [], ""
        while page := generation.catalogue.list_of_kind("record", 2, after):
            paged += [each.thing.reference.partition("/")[2] for each in page]
            after = page[-1].cursor
    assert listed == paged == ["u", "bc2", "bc", "ad", "new"]
