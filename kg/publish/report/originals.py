"""Originals of rejected records: how those of each source file are kept, and found again by their places (D-207)."""

from collections.abc import Iterator
from functools import partial

from kg.publish.report.rejected import Original
from kg.records import readers
from kg.records.readers.base import RawRecord, SourceFile, isolate_failures


def original_of(source: SourceFile, format_: str) -> Original:
    """Return how the records of a source file are kept.

    Args:
        source: the file.
        format_: its format.
    """
    if format_ == "jsonl":
        return Original(source.path, records=partial(_lines_at, source))
    if format_ not in readers.ROW_SOURCES:
        return Original(source.path)
    # The rows of a server come in another order each time, perhaps.
    rows = None if source.settings.is_address else partial(_rows_at, source, format_)
    return Original(source.path, format_ == "csv", rows)


def _lines_at(source: SourceFile, places: frozenset[str]) -> Iterator[bytes]:
    with source.path.open("rb") as file:
        yield from (line for number, line in enumerate(file, 1) if f"line {number}" in places)


def _rows_at(source: SourceFile, format_: str, places: frozenset[str]) -> Iterator[bytes]:
    for item in isolate_failures(source, readers.read(format_, source)):
        if isinstance(item, RawRecord) and item.at in places and (original := item.original) is not None:
            yield original
