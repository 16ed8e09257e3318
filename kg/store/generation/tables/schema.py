"""Schema of the catalogue's file: things, links to them in the order of lists, and counts.

Lists go by day and reference. A day is a number, since years before Christ do not sort as text; a reference is sorted
by its *rank*, four bytes instead of the thirty of a reference in each link (D-217). Counts are tables, moved by
differences, so that the first reader of a generation waits for none of them (D-220).
"""

from kg.store.generation.things import FIRST, PLACED, UNDATED_DAY

THINGS = f"""
CREATE TABLE things (
  n INTEGER PRIMARY KEY,
  ref TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  label TEXT,           -- JSON: language → text
  status TEXT,          -- NULL for a full record
  start TEXT,           -- first and last day of *the* date
  end TEXT,
  said TEXT,            -- the same date in EDTF, as its page has it
  created TEXT,         -- time of first publication, and of the last change: ISO 8601, UTC
  modified TEXT,
  digest TEXT,          -- of its triples and its JSON
  source TEXT,          -- file
  offset INTEGER,       -- address of its JSON in the segments of records
  length INTEGER,
  deleted TEXT,         -- time of its deletion
  record_digest TEXT,   -- SHA-256 of its JSON
  sets TEXT,            -- JSON: references of the collections and archives that have it
  day INTEGER NOT NULL DEFAULT {FIRST}, -- first day as a number
  rank BLOB NOT NULL DEFAULT x'00000000' -- place in the order of references
);
CREATE TABLE keys (k INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE redirects (ref TEXT PRIMARY KEY, target TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE successions (ref TEXT PRIMARY KEY, target TEXT NOT NULL) WITHOUT ROWID; -- as sources say them
CREATE TABLE hints (  -- distinct descriptions of a thing in links to it, each with the number of links
  ref TEXT, digest BLOB, record BLOB NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (ref, digest)
) WITHOUT ROWID;
"""
"""Tables that a build fills while records come."""

LISTS = """
CREATE TABLE links (
  target INTEGER, k INTEGER, day INTEGER, rank BLOB, -- of the source, day may be its place in a finding aid
  source INTEGER, PRIMARY KEY (target, k, day, rank)
) WITHOUT ROWID;
CREATE TABLE link_counts (target INTEGER, k INTEGER, n INTEGER, PRIMARY KEY (target, k)) WITHOUT ROWID;
CREATE TABLE redirected_links ( -- links to a replaced thing, direct where the source links to the other as well
  ref TEXT, k INTEGER, source INTEGER, day INTEGER, direct INTEGER, PRIMARY KEY (ref, k, source)
) WITHOUT ROWID;
CREATE INDEX redirected_by_source ON redirected_links (source, k);
CREATE INDEX successions_by_target ON successions (target);
CREATE TABLE stretches (kind TEXT, day INTEGER, rank BLOB, n INTEGER, PRIMARY KEY (kind, day, rank)) WITHOUT ROWID;
CREATE TABLE months (month TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;
CREATE TABLE sources (source TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;
CREATE TABLE most_linked (links INTEGER, rank BLOB, n INTEGER, PRIMARY KEY (links DESC, rank)) WITHOUT ROWID;
"""
"""Tables that a build fills at its end."""

INDEXES = """
CREATE INDEX by_date ON things (kind, day, rank) WHERE deleted IS NULL AND status IS NOT 'stub';
CREATE INDEX by_change ON things (kind, modified, rank) WHERE deleted IS NULL;
"""
"""Indexes that are written when the things have their ranks."""


def statements(script: str) -> list[str]:
    """Return the statements of a script of ours, in which no text or comment has a semicolon."""
    return [each for each in script.split(";") if each.strip()]


_MONTH = (
    "substr({start}, 1, length({start}) - CASE WHEN {start} LIKE '%-01-01' AND {end} LIKE '%-12-31' THEN 6 ELSE 3 END)"
)


def month(start: str, end: str) -> str:
    """SQL of the month of a start, or of its year where start and end are those of whole years."""
    return _MONTH.format(start=start, end=end)


MONTH = month("COALESCE(things.start, things.end)", "things.end")
"""SQL of the month in which a document counts among all; an open start counts at its end."""

IS_LISTED = "deleted IS NULL AND status IS NOT 'stub'"
"""SQL of the things that lists have."""

_DAY = (
    "CASE WHEN {0} = '~' THEN " + str(UNDATED_DAY) + " WHEN {0} IS NULL THEN " + str(FIRST) + " WHEN {0} LIKE '!%'"
    " THEN " + str(PLACED) + " + CAST(substr({0}, 2) AS INTEGER) ELSE CAST(substr({0}, 1, length({0}) - 6) AS INTEGER)"
    " * 10000 + CAST(substr({0}, -5, 2) AS INTEGER) * 100 + CAST(substr({0}, -2) AS INTEGER) END"
)

EARLIER_FORMAT = f"""
CREATE TEMP VIEW things AS SELECT *, {_DAY.format("start")} AS day, CAST(ref AS BLOB) AS rank FROM main.things;
CREATE TEMP VIEW links AS SELECT target, k, {_DAY.format("links.start")} AS day, CAST(sources.ref AS BLOB) AS rank,
 links.source FROM main.links AS links JOIN main.things AS sources ON sources.n = links.source;
CREATE TEMP VIEW stretches AS SELECT kind, {FIRST} AS day, x'' AS rank, COUNT(*) AS n FROM main.things
 WHERE {IS_LISTED} GROUP BY kind;
CREATE TEMP VIEW months AS SELECT {MONTH} AS month, COUNT(*) AS n FROM main.things AS things
 WHERE kind = 'record' AND {IS_LISTED} AND COALESCE(things.start, things.end) IS NOT NULL GROUP BY 1;
CREATE TEMP VIEW sources AS SELECT source, COUNT(*) AS n FROM main.things WHERE {IS_LISTED} AND source <> '' GROUP BY 1;
CREATE TEMP VIEW most_linked AS SELECT SUM(link_counts.n) AS links, CAST(ref AS BLOB) AS rank, target AS n
 FROM main.link_counts JOIN main.things AS linked ON linked.n = target
 WHERE kind = 'record' AND deleted IS NULL AND status IS NULL GROUP BY target;
"""  # noqa: S608  # ours
"""Views by which a catalogue of the format before reads as one of today, as slowly as its lists are long (D-217)."""
