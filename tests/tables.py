"""Tables for tests: a file, its settings, and what its reader makes of it."""

from pathlib import Path

from kg.records.normalisation.records import normalise_record
from kg.records.problems import SourceProblem
from kg.records.readers import READERS
from kg.records.readers.base import RawRecord, ReadFailure, SourceFile
from kg.source_settings import SourceSettings

BASE = "https://archive.example.org/"


def source_of(folder, content, name="letters.csv", **settings):
    """A file of a table with settings."""
    path = Path(folder) / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    made = SourceSettings.model_validate({"path": name, **settings})
    return SourceFile(path, name, made.prefix, made.prefix or name, BASE, settings=made)


def items_of(folder, content, name="letters.csv", **settings):
    """All that the reader of a table gives."""
    source = source_of(folder, content, name, **settings)
    return list(READERS[settings.get("format") or "csv"](source))


def records_of(folder, content, name="letters.csv", **settings):
    """Records of a table, as the reader gives them."""
    items = items_of(folder, content, name, **settings)
    return [item.record for item in items if isinstance(item, RawRecord)]


def normalised(folder, content, name="letters.csv", **settings):
    """Records of a table, normalised."""
    return [normalise_record(record, name, "")[0] for record in records_of(folder, content, name, **settings)]


def problems_of(items):
    """All problems among items, in their order."""
    problems = []
    for item in items:
        if isinstance(item, SourceProblem):
            problems.append(item)
        elif isinstance(item, ReadFailure):
            problems.append(item.problem)
        else:
            problems += item.problems
    return problems
