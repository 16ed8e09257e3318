"""A catalogue that is updated equals the catalogue that a full build makes of the same records."""

import hashlib
import random
import sqlite3
from contextlib import closing

import orjson
import pytest

from kg.errors import GenerationError
from kg.store.generation.catalogue import Catalogue
from kg.store.generation.catalogue_builder import CatalogueBuilder, CatalogueEntry
from kg.store.generation.hints import hint_of
from kg.store.generation.tables import listings
from kg.store.generation.updates.updater import CatalogueFacts, CatalogueUpdater, Tombstone
from kg.store.log.log_state import PublishedEntry, times_of, tombstone_times

NAMES = [f"record/{n}" for n in range(14)] + [f"agent/{n}" for n in range(6)] + [f"topic/{n}" for n in range(3)]
KEYS = ["creator", "mentions", "partOf", "relatedTo"]
TIMES = ("2030-01-01T00:00:00Z", "2030-01-01T00:00:00Z")
DAYS = [None, "-0043-03-15", "-0100-01-01", "1962-10-01", "1962-10-02", "1962-01-01", "2001-05-09"]
THINGS = "kind, label, status, start, end, said, created, modified, digest, source, length, deleted, day, record_digest, sets"


class PublishedThings:
    """What was published before: the part of the change log that a builder reads."""

    def __init__(self):
        self._entries = {}

    def entry(self, reference):
        return self._entries.get(reference)

    def entries(self):
        return sorted(self._entries.values())

    def times(self, entry, now):
        """Times of a record or stub that is there now."""
        said = (entry.reference, entry.status, entry.record_digest, entry.digest)
        return times_of(self.entry(entry.reference), now, said)

    def tombstone(self, reference, now):
        """The tombstone of a thing that is gone; None for one that was never published."""
        was = self.entry(reference)
        if was is None:
            return None
        return Tombstone(was.label, was.created, *tombstone_times(was, now))

    def follow(self, path, now):
        """Take over the things of a catalogue; what was a record, and is a stub or redirected, is deleted."""
        columns = "ref, kind, status, label, created, modified, deleted, NULL, record_digest, digest"
        with closing(sqlite3.connect(path)) as db:
            redirects = dict(db.execute("SELECT ref, target FROM redirects"))
            for row in db.execute(f"SELECT {columns} FROM things"):
                was = self.entry(row[0])
                first = (was and was.first) or (1 if row[2] is None and row[6] is None else None)
                here = PublishedEntry(*row, first)
                if here.status == "stub" and first:
                    here = here._replace(deleted=was.deleted or now)
                self._entries[row[0]] = here
        for reference in redirects.keys() & self._entries.keys():
            was = self.entry(reference)
            self._entries[reference] = was._replace(deleted=was.deleted or now, target=redirects[reference])


def facts(reference, said, status=None):
    """Facts of a record, as mapping gives them."""
    start = said.get("start")
    links = tuple(sorted({(key, target) for key, target in said.get("links", ())}))
    described = said.get("hints", {})
    hints = tuple(hint_of(target, each) for target, each in sorted(described.items()))
    digest = hashlib.sha256(orjson.dumps([reference, said, status], option=orjson.OPT_SORT_KEYS)).hexdigest()
    label = orjson.dumps({"en": said.get("label", "")})
    entry = CatalogueEntry(
        *(reference, label, status, start, start, start, digest, said.get("source", ""), "line 1", links),
        said.get("position"),
        digest[:9],
    )
    return CatalogueFacts(entry, hints)


def stub_facts(reference, hint, names):
    """Facts of a stub: its hint, the other names, and the links in the hint."""
    described = orjson.loads(hint) if hint else {}
    label = " ".join([described.get("name", ""), *(each.name + each.language for each in names)])
    return facts(reference, {"label": label, "links": described.get("links", [])}, "stub")


def random_record(chance):
    """A record with some links, of which some describe their targets; one in eight replaces something."""
    targets = chance.sample(NAMES, chance.randrange(5))
    links = [[chance.choice(KEYS), target] for target in targets]
    if chance.random() < 0.15:
        links.append(["replaces", chance.choice(NAMES)])
    hints = {}
    for target in targets:
        if chance.random() < 0.5:
            hints[target] = {"name": chance.choice(["A", "Bc", "De"]), "agentType": chance.choice(["person", ""])}
            if chance.random() < 0.3:
                hints[target]["links"] = [[chance.choice(KEYS), chance.choice(NAMES)]]
    return {
        "label": str(chance.randrange(3)),
        "start": chance.choice(DAYS),
        "links": links,
        "hints": hints,
        "source": chance.choice(["a.xml", "b.csv"]),
        **({"position": chance.randrange(1, 4)} if chance.random() < 0.3 else {}),
    }


def built(path, records, successions, published, now, chance):
    """Build a catalogue in full, from records in any order."""
    with closing(CatalogueBuilder(path, published, now)) as builder:
        for reference in chance.sample(sorted(records), len(records)):
            _add(builder, facts(reference, records[reference]))
        for old, new in sorted(successions.items()):
            builder.succeed(old, new)
        while missing := builder.missing(3):
            for reference, hint in missing:
                _add(builder, stub_facts(reference, hint, builder.hints.names_of(reference)))
        return builder.finish()


def _add(builder, said):
    assert builder.add(said.entry, 0, 10) is None
    for hint in said.hints:
        builder.hints.add(hint, said.entry.reference, "", "")


class Collection:
    """Records and stubs that are live, and the changes of a generation, as a build has them."""

    def __init__(self):
        self.records, self.successions, self.live = {}, {}, {}

    def edit(self, chance):
        """Change a thing or a few; return what the records were before."""
        before, succeeded = dict(self.records), dict(self.successions)
        for _ in range(chance.randrange(1, 6)):
            reference = chance.choice(NAMES)
            if reference in self.records and chance.random() < 0.45:
                del self.records[reference]
            elif reference in self.records and chance.random() < 0.5:
                changed = random_record(chance)
                key = chance.choice(["label", "start", "links", "hints", "source"])
                self.records[reference] = {**self.records[reference], key: changed[key]}
            else:
                self.records[reference] = random_record(chance)
        if chance.random() < 0.3:
            old, new = chance.sample(NAMES, 2)
            if self.successions.pop(old, None) is None:
                self.successions[old] = new
        return before, succeeded

    def apply(self, updater, before, succeeded, published, now, chance):
        """Tell an updater what changed, and make and remove stubs until it wants none."""
        changed = [each for each in NAMES if before.get(each) != self.records.get(each)]
        for reference in chance.sample(changed, len(changed)):
            if reference in self.records:
                self._put(updater, facts(reference, self.records[reference]), published.times, now)
            else:
                updater.remove(self.live.pop(reference), published.tombstone(reference, now))
        for old in {*succeeded, *self.successions}:
            if succeeded.get(old) != self.successions.get(old):
                updater.succeed(old, self.successions.get(old, ""))
        self._settle_stubs(updater, published, now)
        for reference in updater.unburied():
            if tombstone := published.tombstone(reference, now):
                updater.bury(reference, tombstone)

    def _settle_stubs(self, updater, published, now):
        while True:
            if unneeded := updater.unneeded(2):
                for reference in unneeded:
                    updater.remove(self.live.pop(reference), published.tombstone(reference, now))
            elif wanted := updater.wanted(2):
                for stub in wanted:
                    assert stub.is_there == (stub.reference in self.live)
                    self._put(updater, stub_facts(stub.reference, stub.hint, stub.names), published.times, now)
            else:
                return

    def _put(self, updater, said, times, now):
        reference = said.entry.reference
        updater.put(said, 0, 10, times=times(said.entry, now), before=self.live.get(reference))
        self.live[reference] = said


def contents(path):
    """All that a catalogue says, without its numbers and ranks."""
    with closing(sqlite3.connect(path)) as db:
        found = {
            "things": db.execute(f"SELECT ref, {THINGS} FROM things ORDER BY ref").fetchall(),
            "by rank": db.execute("SELECT ref FROM things ORDER BY rank").fetchall(),
            "links": db.execute(
                "SELECT target.ref, name, links.day, source.ref FROM links JOIN keys USING (k)"
                " JOIN things AS target ON target.n = target JOIN things AS source ON source.n = links.source"
                " ORDER BY target.ref, name, links.day, links.rank"
            ).fetchall(),
            "counts": db.execute(
                "SELECT ref, name, link_counts.n FROM link_counts JOIN keys USING (k) JOIN things ON things.n = target"
                " ORDER BY 1, 2"
            ).fetchall(),
            "redirected": db.execute(
                "SELECT links.ref, name, things.ref, links.day, direct FROM redirected_links AS links"
                " JOIN keys USING (k) JOIN things ON things.n = links.source ORDER BY 1, 2, 3"
            ).fetchall(),
            "most linked": db.execute(
                "SELECT links, ref FROM most_linked JOIN things USING (n) ORDER BY links DESC, most_linked.rank"
            ).fetchall(),
        }
        for table in ("redirects", "successions", "hints", "months", "sources"):
            found[table] = db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()
    with closing(Catalogue(path)) as catalogue:
        found["kinds"] = catalogue.counts()
        for kind in ("record", "agent", "topic"):
            entries = catalogue.list_of_kind(kind, 100)
            found[f"list {kind}"] = [entry.cursor for entry in entries]
            pages = catalogue.list_pages(kind, 3)
            found[f"pages {kind}"] = list(pages)
            assert [page.cursor for page in pages] == [
                "" if at == 0 else entries[at - 1].cursor for at in range(0, len(entries), 3)
            ]
    return found


@pytest.mark.parametrize("seed", range(8))
def test_updates_equal_full_builds(tmp_path, monkeypatch, seed):
    """After each of many random scripts of edits the updated catalogue equals a full one, in every table and list."""
    monkeypatch.setattr(listings, "STRETCH", 3)
    chance, collection, published = random.Random(seed), Collection(), PublishedThings()
    path = tmp_path / "catalogue.sqlite"
    built(path, {}, {}, published, "2030-01-01T00:00:00Z", chance)
    for generation in range(30):
        now = f"2030-02-{generation + 1:02}T00:00:00Z"
        before, succeeded = collection.edit(chance)
        full = tmp_path / f"full-{generation}.sqlite"
        built(full, collection.records, collection.successions, published, now, chance)
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            updater = CatalogueUpdater(db)
            collection.apply(updater, before, succeeded, published, now, chance)
            updater.finish()
        assert contents(path) == contents(full)
        published.follow(full, now)


def _one(tmp_path, records):
    """A catalogue of some records, with the collection that it is of."""
    collection, published, path = Collection(), PublishedThings(), tmp_path / "catalogue.sqlite"
    built(path, {}, {}, published, "2030-01-01T00:00:00Z", random.Random(1))
    _update(path, collection, records, published)
    return path, collection, published


def _update(path, collection, records, published):
    before, collection.records = collection.records, records
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        updater = CatalogueUpdater(db)
        collection.apply(updater, before, {}, published, "2030-01-02T00:00:00Z", random.Random(1))
        return updater.finish()


def test_a_redirect_that_ends_gives_links_back(tmp_path):
    """Links to a replaced thing go to its replacement; they come back when nothing replaces it, direct ones stay."""
    both = {"links": [["creator", "agent/1"], ["creator", "agent/2"]]}
    records = {"record/1": both, "record/2": {"links": [["creator", "agent/1"]]}, "agent/2": {"label": "New"}}
    path, collection, published = _one(tmp_path, records)
    _update(path, collection, {**records, "agent/2": {"label": "New", "links": [["replaces", "agent/1"]]}}, published)
    with closing(Catalogue(path)) as catalogue:
        assert catalogue.redirect("agent/1") == "agent/2"
        assert catalogue.thing("agent/1") is None
        assert catalogue.link_counts(catalogue.thing("agent/2").n) == {"creator": 2}
    _update(path, collection, records, published)
    with closing(Catalogue(path)) as catalogue:
        assert catalogue.thing("agent/1").status == "stub"
        counts = [catalogue.link_counts(catalogue.thing(each).n) for each in ("agent/1", "agent/2")]
        assert counts == [{"creator": 2}, {"creator": 1}]


def test_a_withdrawn_thing_gets_no_stub(tmp_path):
    """A withdrawn thing is a tombstone without a label even where things link to it; restored, it is a stub again."""
    path, collection, _ = _one(tmp_path, {"record/1": {"links": [["creator", "agent/1"]]}, "agent/1": {"label": "X"}})
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        updater = CatalogueUpdater(db)
        updater.withdraw("agent/1", collection.live.pop("agent/1"), Tombstone(None, "", "", "2030-01-03T00:00:00Z"))
        assert updater.wanted(9) == []
        updater.finish()
    with closing(Catalogue(path)) as catalogue:
        thing = catalogue.thing("agent/1")
        assert (thing.deleted, thing.status, thing.labels) == ("2030-01-03T00:00:00Z", "withdrawn", {})
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        updater = CatalogueUpdater(db)
        updater.restore("agent/1")
        assert [stub.reference for stub in updater.wanted(9)] == ["agent/1"]


def test_cycles_are_found_from_below(tmp_path):
    """Of some things those are told that are parts of themselves, by any number of steps."""
    part = {f"record/{n}": {"links": [["partOf", f"record/{(n + 1) % 3}"]]} for n in range(3)}
    path, _, _ = _one(tmp_path, {**part, "record/7": {"links": [["partOf", "record/1"]]}})
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        found = CatalogueUpdater(db).on_cycle("partOf", ["record/0", "record/2", "record/7", "record/99"])
    assert found == ["record/0", "record/2"]


def test_another_state_is_refused(tmp_path):
    """Changes that tell of another state than the catalogue's are refused, not written."""
    path, collection, _ = _one(tmp_path, {"record/1": {"label": "A"}})
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        updater = CatalogueUpdater(db)
        with pytest.raises(GenerationError, match="record/1 in the catalogue"):
            updater.put(facts("record/1", {"label": "B"}), 0, 10, times=TIMES)
        said = facts("record/1", {"label": "A", "links": [["creator", "agent/1"]]})
        said = CatalogueFacts(said.entry._replace(digest=collection.live["record/1"].entry.digest))
        with pytest.raises(GenerationError, match="lacks a link"):
            updater.remove(said, None)


def test_missing_stubs_are_no_end(tmp_path):
    """An update with a link that leads nowhere is not finished."""
    path, _, _ = _one(tmp_path, {})
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        updater = CatalogueUpdater(db)
        updater.put(facts("record/1", {"links": [["creator", "agent/1"]]}), 0, 10, times=TIMES)
        with pytest.raises(ValueError, match="agent/1"):
            updater.finish()


def test_an_update_costs_what_changes_cost(tmp_path):
    """The steps of SQLite's machine for one change hardly grow with the number of things."""

    def steps(folder, many):
        folder.mkdir()
        records = {f"record/{n}": {"start": "1962-10-01", "links": [["creator", "agent/1"]]} for n in range(many)}
        path = folder / "catalogue.sqlite"
        built(path, records, {}, PublishedThings(), "2030-01-01T00:00:00Z", random.Random(1))
        count = [0]

        def step():
            count[0] += 1

        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.set_progress_handler(step, 1)
            updater = CatalogueUpdater(db)
            before = facts("record/7", records["record/7"])
            updater.put(facts("record/7", {"start": "1963-10-01"}), 0, 10, times=TIMES, before=before)
            updater.finish()
        return count[0]

    assert steps(tmp_path / "many", 3_000) < 1.3 * steps(tmp_path / "few", 300)


def test_long_ranks_are_told(tmp_path):
    """Where new references always come before the last new one, ranks grow; from some length on, a full build is due."""
    path, _, _ = _one(tmp_path, {"record/0": {"label": "A"}, "record/9": {"label": "A"}})
    worn = []
    for n in range(330):
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            updater = CatalogueUpdater(db)
            updater.put(facts(f"record/8{999 - n}", {"label": "B"}), 0, 10, times=TIMES)
            worn.append(updater.finish())
    assert not any(worn[:100])
    assert worn[-1]
