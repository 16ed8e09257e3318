"""Tables of the change log: those of `var/state/log.sqlite`, and the same in the `changes.sqlite` of a generation."""

from pathlib import Path

LOG = Path("state", "log.sqlite")
"""Path of the log below var."""

CHANGES = "changes.sqlite"
"""File name of a generation's own changes, in its folder."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS {schema}.generations (
  number INTEGER PRIMARY KEY,
  time TEXT NOT NULL,
  base TEXT,
  full INTEGER NOT NULL DEFAULT 1,
  rollback_of INTEGER,
  counts TEXT,          -- JSON: kind → number of records
  triples INTEGER,
  graph_hash TEXT,
  mapping TEXT,         -- version of the mapping
  last INTEGER NOT NULL -- sequence of its last change
);
CREATE TABLE IF NOT EXISTS {schema}.published (
  ref TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  status TEXT,          -- NULL for a full record, and for what is gone
  label TEXT,           -- JSON: language → text
  created TEXT NOT NULL,
  modified TEXT NOT NULL,
  deleted TEXT,         -- time at which its record went, also where a stub remains
  target TEXT,          -- into which it was merged
  digest TEXT,          -- of its record
  triples_digest TEXT,  -- of its triples and its record
  sets TEXT,            -- JSON: list of references
  first INTEGER         -- sequence of its first creation
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS {schema}.log (
  sequence INTEGER PRIMARY KEY,
  generation INTEGER NOT NULL,
  ref TEXT NOT NULL,
  what TEXT NOT NULL,
  kind TEXT NOT NULL,
  time TEXT NOT NULL,
  before TEXT,          -- digest of its record before and after
  after TEXT,
  sets TEXT,
  target TEXT,
  label TEXT,
  base TEXT             -- of its identifier, where it is not that of its generation
);
CREATE TABLE IF NOT EXISTS {schema}.sources (
  name TEXT NOT NULL,
  digest TEXT NOT NULL, -- SHA-256
  since INTEGER NOT NULL, -- first and last generation that had it so
  until INTEGER,
  PRIMARY KEY (name, since)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS {schema}.meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
"""
"""Tables, by the name of the schema. Of `meta` the log has:

- `start`: sequence before the first thing of the first generation; 0 but for a log that was made anew;
- `first_last`: sequence of the last thing of the first generation;
- `first_generation`: its number.
"""

INDICES = """
CREATE INDEX IF NOT EXISTS by_change ON published (modified, ref);
CREATE INDEX IF NOT EXISTS by_first ON published (first) WHERE first IS NOT NULL;
CREATE INDEX IF NOT EXISTS by_kind_and_first ON published (kind, first) WHERE first IS NOT NULL;
CREATE INDEX IF NOT EXISTS by_generation ON log (generation, sequence);
CREATE INDEX IF NOT EXISTS by_thing ON log (ref, sequence);
CREATE INDEX IF NOT EXISTS by_sort ON log (kind, what, sequence);
"""
