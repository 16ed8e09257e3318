"""Update of a name index: the entries, counts and places are those of an index made anew."""

import random
import shutil
import sqlite3
from contextlib import ExitStack, closing

import pytest
from publishing import publish

from kg.store.generation.generations import Generations
from kg.store.generation.names.catalogue_side import CatalogueSide
from kg.store.generation.names.name_index_updater import update
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
        with closing(sqlite3.connect(path)) as db:
            things = db.execute("SELECT ref, digest, status FROM things WHERE deleted IS NULL").fetchall()
            rows.append({*things, *db.execute("SELECT ref, target, 'redirect' FROM redirects").fetchall()})
    return {reference for reference, *_ in rows[0] ^ rows[1]}


def contents(names, catalogue):
    """Rows of a name index, by references in the place of numbers."""
    with closing(sqlite3.connect(names)) as db:
        db.execute("ATTACH ? AS catalogue", (str(catalogue),))
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
                    stack.enter_context(closing(sqlite3.connect(file))),
                    stack.enter_context(SegmentReader(folder.records)),
                )
                for file, folder in ((before.catalogue, before), (catalogue, after))
            ]
            update(before.names, path, *sides, changed(before.catalogue, catalogue))
        updated, anew = contents(path, catalogue), contents(after.names, after.catalogue)
        for table, rows in anew.items():
            assert (updated[table] - rows, rows - updated[table]) == (set(), set()), table
        records = edited
