"""Comparison of the change log's state with the catalogue of a generation that is about to go live.

Its result is a file of the generation's own, `changes.sqlite`: rows for the log, in the order of their sequences, and
rows of what is published. All of it is done by SQLite from one table to another, so memory follows neither things nor
changes.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import orjson

from kg.iris import spellings
from kg.store.log.changes import LoggedGeneration
from kg.store.log.live_catalogue import LiveCatalogue
from kg.store.log.log_state import LogState, attached
from kg.store.log.schema import SCHEMA

_LIVE = "({0}.deleted IS NULL AND {0}.status IS NOT 'stub')"
_WAS_LIVE = _LIVE.format("was")
_IS_LIVE = _LIVE.format("thing")

# What has no record now: its successor is what replaced it, or has its key in another spelling (D-136).
_GONE = f"""
INSERT INTO temp.gone
SELECT * FROM (
  SELECT was.ref AS ref, {_WAS_LIVE} AS was_live, thing.status IS 'stub' AND thing.deleted IS NULL AS has_stub,
    CASE WHEN :rebased THEN was.target ELSE COALESCE(
      (SELECT target FROM live.redirects AS redirect WHERE redirect.ref = was.ref),
      (SELECT thing.ref FROM temp.things AS thing WHERE thing.ref = other_spelling(was.ref) AND {_IS_LIVE}),
      (SELECT target FROM live.redirects AS redirect WHERE redirect.ref = other_spelling(was.ref))
    ) END AS successor,
    was.target AS former, was.status AS status, was.first AS first
  FROM {{was}} AS was LEFT JOIN temp.things AS thing ON thing.ref = was.ref
  WHERE thing.ref IS NULL OR NOT {_IS_LIVE} OR :rebased
)
WHERE was_live OR (status IS 'stub' AND NOT has_stub) OR successor IS NOT former
"""  # noqa: S608  # ours
_TELL_GONE = """
INSERT INTO made.log (generation, ref, what, kind, time, before, sets, target, label, base)
SELECT :generation, ref, CASE WHEN :rebased OR successor IS NULL THEN 'deleted' ELSE 'merged' END, kind, :time,
  CASE WHEN was_live THEN digest END, sets, CASE WHEN NOT :rebased THEN successor END, label,
  CASE WHEN :rebased THEN :former_base END
FROM temp.gone JOIN main.published AS was USING (ref)
WHERE was_live OR (was.first IS NOT NULL AND successor IS NOT was.target) ORDER BY ref
"""
_TELL_HERE = f"""
INSERT INTO made.log (generation, ref, what, kind, time, before, after, sets, label)
SELECT :generation, thing.ref,
  CASE WHEN was.ref IS NULL OR NOT {_WAS_LIVE} OR :rebased THEN 'created'
       WHEN was.digest IS thing.digest THEN 'remapped' ELSE 'changed' END,
  thing.kind, :time, CASE WHEN {_WAS_LIVE} AND NOT :rebased THEN was.digest END, thing.digest, thing.sets, thing.label
FROM temp.things AS thing LEFT JOIN {{was}} AS was ON was.ref = thing.ref
WHERE {_IS_LIVE}
  AND (was.ref IS NULL OR NOT {_WAS_LIVE} OR :rebased OR was.triples_digest IS NOT thing.triples_digest)
ORDER BY thing.ref
"""  # noqa: S608  # ours
_PUBLISH_GONE = """
INSERT INTO made.published
SELECT ref, kind, NULL, label, created,
  CASE WHEN deleted IS NULL OR (was.first IS NOT NULL AND successor IS NOT target) THEN :time ELSE modified END,
  COALESCE(deleted, :time), successor, NULL, NULL, sets, was.first
FROM temp.gone JOIN main.published AS was USING (ref)
WHERE NOT has_stub AND NOT EXISTS (SELECT 1 FROM made.published AS there WHERE there.ref = gone.ref)
"""
_PUBLISH_HERE = """
INSERT INTO made.published
SELECT thing.ref, thing.kind, thing.status, thing.label, thing.created, thing.modified,
  CASE WHEN thing.status IS 'stub' AND was.first IS NOT NULL THEN COALESCE(was.deleted, :time) END AS gone_at,
  NULL, thing.digest, thing.triples_digest, thing.sets, COALESCE(was.first, told.sequence)
FROM temp.things AS thing LEFT JOIN {was} AS was ON was.ref = thing.ref
  LEFT JOIN made.log AS told ON told.ref = thing.ref AND told.what = 'created'
WHERE thing.deleted IS NULL AND (
  was.ref IS NULL OR told.ref IS NOT NULL OR was.target IS NOT NULL OR was.deleted IS NOT gone_at
  OR (was.status, was.label, was.created, was.modified, was.digest, was.triples_digest, was.sets)
    IS NOT (thing.status, thing.label, thing.created, thing.modified, thing.digest, thing.triples_digest, thing.sets)
)
"""
_INDEX = "CREATE INDEX made.by_ref ON log (ref, what)"
_COMPARE = (_GONE, _TELL_GONE, _TELL_HERE, _INDEX, _PUBLISH_HERE, _PUBLISH_GONE)

# A log that begins with a generation which has tombstones is one that was made anew: they stay in the history.
_TELL_TOMBSTONES = """
INSERT INTO made.log (generation, ref, what, kind, time, sets, label)
SELECT :generation, ref, 'deleted', kind, deleted, sets, label FROM temp.things WHERE deleted IS NOT NULL ORDER BY ref
"""
_COUNT_LIVE = f"SELECT COUNT(*) FROM temp.things AS thing WHERE {_IS_LIVE}"  # noqa: S608  # ours
_RESPELLED = "SELECT COUNT(*) FROM made.log WHERE what = 'merged' AND target = other_spelling(ref)"

_ALL, _SOME = "main.published", "(SELECT * FROM main.published WHERE ref IN (SELECT ref FROM temp.wanted))"


@dataclass(frozen=True, slots=True)
class ComparedGeneration:
    """Generation to compare with the state.

    Attributes:
        number: its number.
        time: of its publication, in UTC (ISO 8601).
        base: base IRI of its build.
        start: sequence after which its own begin, where a former state of the log has told more than this one.
    """

    number: int
    time: str
    base: str
    start: int = 0


@dataclass(frozen=True, slots=True)
class ChangeCounts:
    """Numbers of published things that a generation changes; keys that are only written otherwise are left out."""

    created: int = 0
    changed: int = 0
    deleted: int = 0
    merged: int = 0
    remapped: int = 0


def compare(
    state: LogState,
    generation: ComparedGeneration,
    catalogue: LiveCatalogue,
    changes: Path,
    references: Iterable[str] | None = None,
) -> ChangeCounts:
    """Write the changes of a generation against the state into a new file; the state stays as it is.

    Args:
        state: the state, brought up to the generation before.
        generation: the generation.
        catalogue: its catalogue.
        changes: the file.
        references: the things that may differ, gone and replaced ones included; None for all.

    Raises:
        GenerationError: a generation of format 2 whose records can't be read.
    """
    db = state.connection
    db.create_function("other_spelling", 1, _other_spelling, deterministic=True)
    uri = f"file:{quote(str(changes))}"
    some = references is not None
    with attached(db, made=uri), _wanted(db, references), catalogue.attached_to(db, wanted=some):
        db.executescript("PRAGMA made.journal_mode=OFF; PRAGMA made.synchronous=OFF;")
        db.executescript(SCHEMA.format(schema="made"))
        db.execute("BEGIN")  # reads the state and writes the file, so nobody waits
        try:
            counts = _write(state, generation, _SOME if some else _ALL)
        finally:
            if db.in_transaction:  # some faults end it by themselves
                db.execute("COMMIT")
    return counts


def _write(state: LogState, generation: ComparedGeneration, was: str) -> ChangeCounts:
    db = state.connection
    previous, previous_last = state.position[0], state.last
    last = max(previous_last, generation.start)
    is_whole = previous == 0
    values = {
        "generation": generation.number,
        "time": generation.time,
        "rebased": state.is_rebased(generation.base),
        "former_base": state.base,
    }
    meta: dict[str, int] = {
        "generation": generation.number,
        "previous": previous,
        "previous_last": previous_last,
        "whole": int(is_whole),
    }
    created = 0
    if is_whole:
        (created,) = db.execute(_COUNT_LIVE).fetchone()
        last = generation.start + created
        meta |= {"start": generation.start, "first_last": last, "first_generation": generation.number}
    # Rows get the number after the greatest one, so a row that goes again holds the place of the last sequence.
    db.execute("INSERT INTO made.log VALUES (?, 0, '', '', '', '', NULL, NULL, NULL, NULL, NULL, NULL)", (last,))
    for statement in (_TELL_TOMBSTONES, _INDEX) if is_whole else _COMPARE:
        db.execute(statement.replace("{was}", was), values)
    (meta["last"],) = db.execute("SELECT MAX(sequence) FROM made.log").fetchone()
    counts = dict(db.execute("SELECT what, COUNT(*) FROM made.log WHERE ref <> '' GROUP BY what"))
    (respelled,) = db.execute(_RESPELLED).fetchone()
    db.execute("DELETE FROM made.log WHERE ref = ''")
    db.executemany("INSERT INTO made.meta VALUES (?, ?)", meta.items())
    if is_whole:  # what was deleted before is no change of this generation
        return ChangeCounts(created=created)
    counts["created"] = counts.get("created", 0) - respelled
    counts["merged"] = counts.get("merged", 0) - respelled
    return ChangeCounts(**{name: max(0, number) for name, number in counts.items()})


@contextmanager
def _wanted(db: sqlite3.Connection, references: Iterable[str] | None) -> Iterator[None]:
    """Context with the tables of a comparison: what is gone, and the references that are compared."""
    db.execute(
        "CREATE TEMP TABLE gone (ref TEXT PRIMARY KEY, was_live INTEGER, has_stub INTEGER, successor TEXT, former TEXT,"
        " status TEXT, first INTEGER) WITHOUT ROWID"
    )
    db.execute("CREATE TEMP TABLE wanted (ref TEXT PRIMARY KEY) WITHOUT ROWID")
    try:
        for reference in references or ():
            names = dict.fromkeys((reference, *spellings(reference)))
            db.executemany("INSERT OR IGNORE INTO temp.wanted VALUES (?)", [(name,) for name in names])
        yield
    finally:
        db.execute("DROP TABLE temp.gone")
        db.execute("DROP TABLE temp.wanted")


def _other_spelling(reference: str) -> str | None:
    """The other way in which a reference may have been written; None where there is none."""
    return next((each for each in spellings(reference) if each != reference), None)


def complete(changes: Path, generation: LoggedGeneration, sources: Mapping[str, str]) -> None:
    """Write what is known at the end of a build into the file of its changes: the generation, and its sources.

    Args:
        changes: the file.
        generation: the generation; its last sequence is that of the file.
        sources: name of each source file → its SHA-256.
    """
    with closing(sqlite3.connect(changes, isolation_level=None)) as db:
        db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN;")
        (last,) = db.execute("SELECT value FROM meta WHERE name = 'last'").fetchone()
        counts = orjson.dumps(dict(generation.counts)).decode()
        db.execute(
            "INSERT INTO generations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(generation.number, generation.time, generation.base, generation.full, generation.rollback_of, counts),
                *(generation.triples, generation.graph_hash, generation.mapping, last),
            ),
        )
        rows = ((name, digest, generation.number) for name, digest in sources.items())
        db.executemany("INSERT INTO sources VALUES (?, ?, ?, NULL)", rows)
        db.execute("COMMIT")


def last_sequence(changes: Path) -> int:
    """Sequence of the last change in a generation's file of changes; 0 where it has none that can be read."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(changes))}?mode=ro&immutable=1", uri=True)) as db:
            (last,) = db.execute("SELECT value FROM meta WHERE name = 'last'").fetchone()
            return int(last)
    except (sqlite3.Error, TypeError):
        return 0
