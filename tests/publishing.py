"""Publish some records, for tests."""

import json
from contextlib import closing

from locations import ROOT

from kg import settings
from kg.publish import build
from kg.store.dumps.dump_folder import DumpFolder

BASE = "https://archive.example.org/data/"

QUERY_FOLDERS = (settings.QUERIES, ROOT / "data" / "queries")
"""Queries that come with kg, and those of the example collection."""


def dump_of(made, name="kg.nt.gz"):
    """A whole file of the dumps of the live generation, as it is sent."""
    with closing(DumpFolder.open(made.var_folder / "current" / "dumps")) as dumps, dumps.files[name].open() as file:
        return file.read()


def publish(folder, records, *, base=BASE, name="records.jsonl", **more):
    """Publish some records from a folder of its own; the settings and the report."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [record if isinstance(record, bytes) else json.dumps(record).encode() for record in records]
    (folder / name).write_bytes(b"\n".join(lines) + b"\n")
    made = settings.Settings(base=base, folder=folder, sources=({"path": name},), **more)
    return made, build.build(made)
