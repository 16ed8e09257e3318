"""Conflicts of an exported sheet with what was published after the export (D-203).

An exported row carries the version of the record that was published then, a short digest of each value. A build whose
record of that row would change the published one compares three states: then, now, and as it would be. Nothing is
refused: the sources are what is published, and what they take back or overwrite is told.
"""

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any, NamedTuple, Self

import orjson

from kg.errors import KgError
from kg.records.model.keys import KEYS, Record, Value
from kg.records.problems import SourceProblem, excerpt
from kg.records.readers.base import FieldNames
from kg.store.generation.catalogue import Catalogue
from kg.store.generation.generations import Generations
from kg.store.generation.segments.reader import SegmentReader

_FIELD = r"[A-Za-z]{1,40}(?:@[A-Za-z0-9-]{1,60})?:[0-9a-f]{6}(?:\.[0-9a-f]{6})*"
_VERSION = re.compile(f"{_FIELD}(?: {_FIELD})*")
_DIGEST_LENGTH = 6
_OWN_KEYS = frozenset({"id", "kind"})
_EDITED = (
    "conflict: this was published after the sheet was exported, and the sheet has another value; that is published"
)
_TAKEN_BACK = (
    "conflict: this was published after the sheet was exported, and the sheet has what stood there before; that is"
    " published, and takes the change back"
)
_DELETED = "conflict: the record was deleted after the sheet was exported; it is published again"
_NO_VERSION = "is no version that an export wrote, so that conflicts with later changes of the record can't be told"
_EXPORT = "export the sheet anew (`kg export --like`), and edit that"


class ExportedRow(NamedTuple):
    """Row of an exported sheet.

    Attributes:
        version: the version of the published record that it was exported with, as the sheet has it.
        source: the file.
        at: the place in it.
        fields: the names of its fields in the source.
    """

    version: str
    source: str
    at: str
    fields: FieldNames | None


def version_of(record: Record) -> str:
    """Return the version of a published record: a digest of each value, of texts in each language.

    >>> version_of({"id": "record/1", "kind": "record", "title": {"es": "Carta"}, "subjects": ["topic/a", "topic/b"]})
    'title@es:08ea00 subjects:381327.842fa8'
    """
    return " ".join(f"{name}:{'.'.join(_digests(value))}" for name, value in _fields(record).items())


def _fields(record: Record) -> dict[str, Any]:
    """Fields of a record; of a text in several languages, each of them."""
    fields: dict[str, Any] = {}
    for name, value in record.items():
        if name in KEYS and KEYS[name].value is Value.TEXT:
            fields |= {name if tag == "@none" else f"{name}@{tag}": text for tag, text in value.items()}
        elif name not in _OWN_KEYS:
            fields[name] = value
    return fields


def _digests(value: Any) -> list[str]:
    """Digest of a value, or of each in a list; none of an absent one."""
    values = value if isinstance(value, list) else [] if value is None else [value]
    written = (orjson.dumps(each, option=orjson.OPT_SORT_KEYS) for each in values)
    return [hashlib.sha256(each, usedforsecurity=False).hexdigest()[:_DIGEST_LENGTH] for each in written]


def unknown_version(row: ExportedRow) -> SourceProblem | None:
    """Return the problem of a row whose version no export wrote; None where one may have."""
    if _VERSION.fullmatch(row.version):
        return None
    expected = f"the cell as it was exported, or an empty one; {_EXPORT}"
    return SourceProblem(row.source, row.at, "kg:version", excerpt(row.version), expected, _NO_VERSION)


class PublishedRecords:
    """Records of the live generation, as they were before a build; none where it can't be read."""

    def __init__(self, generations: Generations) -> None:
        self._generations = generations
        self._stack = ExitStack()
        self._catalogue: Catalogue | None = None
        self._is_open = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def conflicts(self, row: ExportedRow, record: bytes, digest: str) -> Iterator[SourceProblem]:
        """Yield the conflicts of a row's record, merged with others where it is, with the published one.

        Args:
            row: the row.
            record: the record as it would be published, as JSON.
            digest: its digest, as the catalogue has it.
        """
        new: Record = orjson.loads(record)
        self._open()
        thing = self._catalogue.thing(new["id"]) if self._catalogue else None
        if thing is None or thing.digest == digest:
            return
        if thing.deleted:
            yield SourceProblem(row.source, row.at, "", "", _EXPORT, _DELETED, record=new["id"])
            return
        live, will = _fields(orjson.loads(self._records.record(thing.offset, thing.length))), _fields(new)
        exported = dict(pair.split(":") for pair in row.version.split(" "))
        for name in dict.fromkeys([*live, *exported]):
            was = set(exported[name].split(".")) if name in exported else set()
            now, new_ones = set(_digests(live.get(name))), set(_digests(will.get(name)))
            if (now - was - new_ones) or ((was - now) & new_ones):  # what came since is lost, what went comes back
                yield _conflict(row, new["id"], name, (live.get(name), will.get(name)), is_edited=new_ones != was)

    def _open(self) -> None:
        if self._is_open:
            return
        self._is_open = True
        number = self._generations.live()
        with suppress(KgError, OSError, sqlite3.Error):  # nothing is known of before
            folder = self._generations.generation_folder(number or 0)
            self._records = self._stack.enter_context(SegmentReader(folder.records))
            self._catalogue = Catalogue(folder.catalogue)
            self._stack.callback(self._catalogue.close)


def _conflict(
    row: ExportedRow, reference: str, name: str, values: tuple[Any, Any], *, is_edited: bool
) -> SourceProblem:
    published, value = (excerpt("nothing" if each is None else each) for each in values)
    field = (row.fields.of(name.partition("@")[0], value) if row.fields else "") or name
    expected = f"{published}, as it was published; to keep that, {_EXPORT}"
    message = _EDITED if is_edited else _TAKEN_BACK
    return SourceProblem(row.source, row.at, field, value, expected, message, record=reference)
