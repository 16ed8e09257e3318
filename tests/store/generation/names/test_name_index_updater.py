"""Update of a name index: the entries, counts and places are those of an index made anew."""

import random
import shutil
import sqlite3
from contextlib import ExitStack, closing

import pytest
from publishing import publish

from kg.errors import PublishError
from kg.store.generation.generations import Generations
from kg.store.generation.names.catalogue_side import CatalogueSide
from kg.store.generation.names.name_index_updater import NameIndexUpdater
from kg.store.generation.names.process import NameIndexUpdate
from kg.store.generation.read_only_database import attach, connect, has_log
from kg.store.generation.segments.reader import SegmentReader

NAMES = ("Amery, Edith", "Zeal", "Émile Bela", "Бондарь", "9th Bureau", "Ñandú", "(unknown)")


def some_records(chance):
    """Random records that name things, described and not, in levels of archives that change places."""
    agents = [
        {
            "id": f"agent/{n}",
            "name": {"en": chance.choice(NAMES)},
            "agentType": chance.choice(("person", "organization")),
        }
        for n in range(8)
        if chance.random() < 0.5
    ]
    for each in agents:
        if chance.random() < 0.2:
            each["replaces"] = [f"agent/{chance.randrange(8)}"]
    levels = [
        {
            "id": f"archive/{n}",
            "name": {"en": f"{chance.choice(NAMES)} {n}"},
            "level": chance.choice(("archive", "file")),
            **({"partOf": [f"archive/{chance.randrange(9)}"]} if chance.random() < 0.7 else {}),
        }
        for n in range(9)
        if chance.random() < 0.7
    ]
    records = [
        {
            "id": f"record/{n}",
            "title": {"en": f"Letter {n}"},
            "mentions": [f"agent/{chance.randrange(8)}", {"id": "place/varna", "name": {"en": "Varna"}}][
                : chance.randint(0, 2)
            ],
            "translator": [f"agent/{chance.randrange(8)}"],
            "type": [f"topic/{chance.randrange(3)}"],
            "subjects": [f"topic/{chance.randrange(4)}"],
            "heldIn": [f"archive/{each}" for each in chance.sample(range(9), chance.randint(0, 2))],
            "partOf": [f"collection/{chance.randrange(2)}"],
        }
        for n in range(12)
        if chance.random() < 0.8
    ]
    return [*agents, *levels, *records, {"id": "record/always", "title": {"en": "There"}}]


def some_edits(records, chance):
    """The same records with some of them drawn anew, or gone."""
    drawn = {each["id"]: each for each in some_records(chance)}
    kept = {each["id"]: each for each in records if chance.random() < 0.9 or each["id"] == "record/always"}
    for reference in chance.sample(sorted(drawn), min(len(drawn), chance.choice((1, 2, 6)))):
        kept[reference] = drawn[reference]
    return list(kept.values())


def numbered_on(path, old, new):
    """Copy of a catalogue in which what was in the one before has its number, as an update of it leaves it."""
    shutil.copyfile(new, path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("ATTACH ? AS before", (str(old),))
        db.execute("CREATE TEMP TABLE numbers AS SELECT n AS was, 0 AS n, ref FROM main.things")
        db.execute("UPDATE numbers SET n = 1000 + was")
        db.execute("UPDATE numbers SET n = b.n FROM before.things AS b WHERE b.ref = numbers.ref")
        for table, column in (("things", "n"), ("links", "target"), ("links", "source"), ("link_counts", "target")):
            db.execute(f"UPDATE {table} SET {column} = -{column}")
            db.execute(f"UPDATE {table} SET {column} = numbers.n FROM numbers WHERE numbers.was = -{table}.{column}")
        db.commit()
    return path


def changed(old, new):
    """References whose thing or redirect is another."""
    rows = []
    for path in (old, new):
        with closing(connect(path)) as db:
            things = db.execute("SELECT ref, digest, status FROM things WHERE deleted IS NULL").fetchall()
            rows.append({*things, *db.execute("SELECT ref, target, 'redirect' FROM redirects").fetchall()})
    return {reference for reference, *_ in rows[0] ^ rows[1]}


def contents(names, catalogue):
    """Rows of a name index, by references in the place of numbers."""
    with closing(connect(names)) as db:
        attach(db, catalogue, "catalogue")
        named = "(SELECT ref FROM catalogue.things AS t WHERE t.n = {})".format
        of, above = named("x.n"), named("x.parent")
        return {
            "documents": set(db.execute(f"SELECT {of}, documents FROM documents AS x")),
            "entries": set(db.execute(f"SELECT register, {of}, documents, form, words FROM entries AS x")),
            "alphabet": set(db.execute(f"SELECT register, language, key, {of}, initial, label FROM alphabet AS x")),
            "tree": set(
                db.execute(f"SELECT CASE WHEN parent > 0 THEN {above} ELSE parent END, key, {of} FROM tree AS x")
            ),
        }


@pytest.mark.parametrize("seed", range(12))
def test_an_updated_index_is_that_made_anew(tmp_path, seed):
    """After random edits, names and levels that come, go, merge and move among them, every row is that of a new index."""
    chance = random.Random(seed)
    records = some_records(chance)
    options = {"search": False, "dumps": False, "tables": False}
    for step in range(3):
        edited = some_edits(records, chance)
        old, new = (
            publish(tmp_path / f"{step}-{name}", each, **options)[0] for name, each in (("a", records), ("b", edited))
        )
        before, after = (Generations.of_settings(each).generation_folder(1) for each in (old, new))
        catalogue = numbered_on(tmp_path / f"{step}.sqlite", before.catalogue, after.catalogue)
        path = tmp_path / f"{step}-names.sqlite"
        with ExitStack() as stack:
            sides = [
                CatalogueSide(
                    stack.enter_context(closing(connect(file))), stack.enter_context(SegmentReader(folder.records))
                )
                for file, folder in ((before.catalogue, before), (catalogue, after))
            ]
            shutil.copyfile(before.names, path)
            db = stack.enter_context(closing(sqlite3.connect(path)))
            NameIndexUpdater(db, *sides).apply(changed(before.catalogue, catalogue))
            db.commit()
        updated, anew = contents(path, catalogue), contents(after.names, after.catalogue)
        for table, rows in anew.items():
            assert (updated[table] - rows, rows - updated[table]) == (set(), set()), table
        records = edited


def _next_generation(tmp_path):
    """Folder of a generation, that of the next one without a name index, and what changed."""
    records = some_records(random.Random(1))
    options = {"search": False, "dumps": False, "tables": False}
    old, new = (
        Generations.of_settings(publish(tmp_path / name, each, **options)[0]).generation_folder(1)
        for name, each in (("a", records), ("b", [*records, {"id": "agent/new", "name": {"en": "New"}}]))
    )
    folder = tmp_path / "next"
    folder.mkdir()
    shutil.copytree(new.records.path, folder / "records")
    catalogue = numbered_on(folder / "catalogue.sqlite", old.catalogue, new.catalogue)
    return old, new, folder, changed(old.catalogue, catalogue)


def test_a_process_writes_what_changed_beside_a_shared_base(tmp_path):
    """The next name index is a link to the one before, with a log of its own; the shared file has the same bytes."""
    old, new, folder, references = _next_generation(tmp_path)
    before = old.names.read_bytes()
    with NameIndexUpdate(old.path, folder) as update:
        update.finish(references)
    assert old.names.read_bytes() == before
    assert old.names.samefile(folder / "names.sqlite")
    assert has_log(folder / "names.sqlite")
    assert not has_log(old.names)
    updated, anew = contents(folder / "names.sqlite", folder / "catalogue.sqlite"), contents(new.names, new.catalogue)
    assert {table: rows ^ updated[table] for table, rows in anew.items()} == {table: set() for table in anew}


def test_many_changes_make_a_new_index(tmp_path):
    """Where more has changed than a share, the index is the generation's own; the shared file has the same bytes."""
    old, new, folder, _ = _next_generation(tmp_path)
    before = old.names.read_bytes()
    with NameIndexUpdate(old.path, folder) as update:
        update.finish([f"record/{n}" for n in range(1_000)])
    assert old.names.read_bytes() == before
    assert not old.names.samefile(folder / "names.sqlite")
    updated, anew = contents(folder / "names.sqlite", folder / "catalogue.sqlite"), contents(new.names, new.catalogue)
    assert {table: rows ^ updated[table] for table, rows in anew.items()} == {table: set() for table in anew}


def test_a_process_that_fails_says_why(tmp_path):
    """Where the next generation has no records, the build is told, and the shared file is as before."""
    old, _, folder, references = _next_generation(tmp_path)
    before = old.names.read_bytes()
    shutil.rmtree(folder / "records")
    with pytest.raises(PublishError, match="name index can't be updated"), NameIndexUpdate(old.path, folder) as update:
        update.finish(references)
    assert old.names.read_bytes() == before


def test_a_process_is_ended_with_its_build(tmp_path):
    """A build that fails on its way leaves no process behind, and the shared file as before."""
    old, _, folder, _ = _next_generation(tmp_path)
    with pytest.raises(KeyError), NameIndexUpdate(old.path, folder) as update:
        raise KeyError
    assert update._process.poll() is not None
    assert not has_log(folder / "names.sqlite")
