"""Takeover of a ledger of kg before 0.3, `var/state/ledger.sqlite`: what it held goes on in the change log.

Each row of its log is a change with a sequence, in the order of generations and references; those of the first
generation become what is published first. A ledger did not tell things from stubs: rows of what is a stub in the live
generation are kept as `named`, which no follower is told. The file is kept under another name (D-211).
"""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

import orjson

from kg.store.log.changes import LoggedGeneration
from kg.store.log.live_catalogue import LiveCatalogue
from kg.store.log.log_state import LogState, attached, transaction

ASIDE = ".taken-over"
"""End of the name under which a ledger is kept."""

_STUBS = "INSERT INTO temp.stubs SELECT ref FROM temp.things WHERE status = 'stub' AND deleted IS NULL"
_DIGESTS = """
INSERT INTO temp.digests SELECT things.ref, things.digest
FROM temp.things JOIN old.published AS was ON was.ref = things.ref
WHERE things.deleted IS NULL AND was.digest = things.triples_digest
"""
_TABLES = """
CREATE TEMP TABLE stubs (ref TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TEMP TABLE digests (ref TEXT PRIMARY KEY, digest TEXT) WITHOUT ROWID;
CREATE TEMP TABLE firsts (sequence INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE);
CREATE TEMP TABLE ends (ref TEXT PRIMARY KEY, first INTEGER, last INTEGER) WITHOUT ROWID
"""
_FIRSTS = """
INSERT INTO temp.firsts (ref) SELECT ref FROM old.log
WHERE what = 'created' AND generation = (SELECT MIN(generation) FROM old.log)
  AND ref NOT IN (SELECT ref FROM temp.stubs)
ORDER BY ref
"""
_KIND = "substr({0}.ref, 1, instr({0}.ref, '/') - 1)"
_PLACE = (
    "INSERT INTO log VALUES ((SELECT COUNT(*) FROM temp.firsts), 0, '', '', '', '', NULL, NULL, NULL, NULL, NULL, NULL)"
)
_ROWS = f"""
INSERT INTO log (generation, ref, what, kind, time, target, label)
SELECT was.generation, was.ref, CASE WHEN was.ref IN (SELECT ref FROM temp.stubs) THEN 'named' ELSE was.what END,
  {_KIND.format("was")}, was.time, {{target}}, (SELECT label FROM old.published WHERE old.published.ref = was.ref)
FROM old.log AS was
WHERE NOT (was.what = 'created' AND was.generation = (SELECT MIN(generation) FROM old.log)
  AND was.ref IN (SELECT ref FROM temp.firsts))
ORDER BY was.generation, was.ref
"""  # noqa: S608  # ours
# A live thing without a row: of a ledger whose log is not whole.
_UNTOLD = """
INSERT INTO log (generation, ref, what, kind, time, label)
SELECT :number, ref, 'created', kind, modified, label FROM old.published
WHERE deleted IS NULL AND ref NOT IN (SELECT ref FROM temp.stubs) AND ref NOT IN (SELECT ref FROM temp.firsts)
  AND ref NOT IN (SELECT ref FROM log) ORDER BY ref
"""
_ENDS = """
INSERT INTO temp.ends SELECT ref, MIN(sequence), MAX(sequence) FROM
  (SELECT ref, sequence FROM temp.firsts UNION ALL SELECT ref, sequence FROM log WHERE what <> 'named' AND ref <> '')
GROUP BY ref
"""
_PUBLISHED = """
INSERT INTO published
SELECT was.ref, was.kind, CASE WHEN was.ref IN (SELECT ref FROM temp.stubs) THEN 'stub' END, was.label,
  was.created, was.modified,
  COALESCE(was.deleted, CASE WHEN log.what = 'merged' THEN log.time END),
  CASE WHEN log.what = 'merged' THEN log.target END, digests.digest, was.digest, NULL, ends.first
FROM old.published AS was LEFT JOIN temp.ends USING (ref) LEFT JOIN log ON log.sequence = ends.last
  LEFT JOIN temp.digests ON digests.ref = was.ref
"""
# A reference that was written otherwise later has rows alone.
_RESPELLED = f"""
INSERT INTO published
SELECT ends.ref, {_KIND.format("ends")}, NULL, NULL, MIN(was.time), MAX(was.time), MAX(was.time), log.target,
  NULL, NULL, NULL, ends.first
FROM temp.ends JOIN old.log AS was USING (ref) LEFT JOIN log ON log.sequence = ends.last
WHERE ends.ref NOT IN (SELECT ref FROM published) GROUP BY ends.ref
"""  # noqa: S608  # ours
# What a record says now is known; what it said before is not.
_AFTER = """
UPDATE log SET after = (SELECT digest FROM published WHERE published.ref = log.ref)
WHERE what IN ('created', 'changed') AND sequence IN (SELECT last FROM temp.ends)
"""
_GENERATIONS = """
INSERT INTO generations (number, time, base, last)
SELECT generation, MAX(time), :base, MAX(
  (SELECT COUNT(*) FROM temp.firsts),
  COALESCE((SELECT MAX(sequence) FROM log WHERE log.generation = was.generation AND ref <> ''), 0)
) FROM old.log AS was GROUP BY generation
"""
_POSITION = """
INSERT OR REPLACE INTO generations (number, time, base, counts, triples, last)
VALUES (:number, :time, :base, :counts, :triples, (SELECT MAX(sequence) FROM log))
"""


def take_over(ledger: Path, log: Path, live: LoggedGeneration | None, catalogue: LiveCatalogue | None) -> None:
    """Make a change log of a ledger, and put the ledger aside; do nothing where there is none.

    The log is there when it is whole, by a rename. One caller at a time.

    Args:
        ledger: the ledger's file.
        log: the log's file.
        live: what the manifest of the live generation says; None where that is not whole.
        catalogue: the catalogue of the live generation, or None.

    Raises:
        sqlite3.Error: the ledger can't be read.
    """
    if not ledger.is_file():
        return
    if not log.exists():
        made = log.with_name(f".{log.name}.new")
        for part in made.parent.glob(f"{made.name}*"):
            part.unlink()
        with closing(LogState(made)) as state, attached(state.connection, old=f"file:{quote(str(ledger))}"):
            _fill(state.connection, live, catalogue)
        made.rename(log)
    ledger.rename(ledger.with_name(f"{ledger.name}{ASIDE}"))
    for part in ledger.parent.glob(f"{ledger.name}-*"):  # what the last to close it leaves is empty
        with suppress(OSError):
            part.unlink()


def _fill(db: sqlite3.Connection, live: LoggedGeneration | None, catalogue: LiveCatalogue | None) -> None:
    for statement in _TABLES.split(";"):
        db.execute(statement)
    if catalogue is not None:
        with catalogue.attached_to(db):
            db.execute(_STUBS)
            db.execute(_DIGESTS)
    position = dict(db.execute("SELECT name, value FROM old.meta"))
    number, time = int(position.get("generation", "0")), position.get("time", "")
    if not number:
        return
    base = live.base if live else ""
    columns = {row[1] for row in db.execute("PRAGMA old.table_info(log)")}
    target = "was.target" if "target" in columns else "NULL"  # kg 0.2 has none
    of_live = live if live and live.number == number else None
    counts = orjson.dumps(dict(of_live.counts)).decode() if of_live else None
    with transaction(db):
        db.execute(_FIRSTS)
        db.execute(_PLACE)
        db.execute(_ROWS.format(target=target))
        db.execute(_UNTOLD, {"number": number})
        for statement in (_ENDS, _PUBLISHED, _RESPELLED, _AFTER):
            db.execute(statement)
        db.execute(_GENERATIONS, {"base": base})
        values = {"number": number, "time": time, "base": base, "counts": counts}
        db.execute(_POSITION, {**values, "triples": of_live.triples if of_live else None})
        db.execute(
            "INSERT INTO meta SELECT 'first_last', COUNT(*) FROM temp.firsts UNION ALL SELECT 'start', 0"
            " UNION ALL SELECT 'first_generation', COALESCE((SELECT MIN(generation) FROM old.log), :number)",
            {"number": number},
        )
        db.execute("DELETE FROM log WHERE ref = ''")
