"""Archive of rejected records in their original form: `var/rejected/0007/`.

For a format of lines, the lines themselves, in a file of the same name as the source; for a table whose rows are no
text, the cells of each row under their headings, a line of JSON, in a file of that name and `.jsonl`; for other formats
the file. Beside them `problems.jsonl`, an object for each rejected record. Values that are too long to be published lie
in `long-values.jsonl`, an object a line: the record's id, the key, the size in bytes, the text.
"""

import re
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import orjson

from kg.errors import SourceError
from kg.records.normalisation.long_values import LongValue
from kg.records.problems import SourceProblem

LONG_VALUES = "long-values.jsonl"
INDEX = "problems.jsonl"


@dataclass(frozen=True, slots=True)
class RejectedRecord:
    """Rejected record: its kind, as far as known, its original form and the reasons."""

    kind: str
    source: str
    raw: bytes | None
    problems: tuple[SourceProblem, ...]


@dataclass(frozen=True, slots=True)
class Original:
    """Source file whose records may be rejected.

    Attributes:
        path: where it lies.
        is_text: whether its records are bytes of it; else each is kept as a line of JSON.
        records: reads it again, and yields the original form of the records at some places; None where it has no
            places.
    """

    path: Path
    is_text: bool = True
    records: Callable[[frozenset[str]], Iterator[bytes]] | None = None


class RejectedFolder:
    """Folder of a build's rejected records; created with the first of them."""

    def __init__(self, folder: Path) -> None:
        # A build that died had the same number.
        shutil.rmtree(folder, ignore_errors=True)
        self._folder = folder
        self.originals: dict[str, Original] = {}
        """Name of a source file in reports → the file."""
        self._index: IO[bytes] | None = None
        self._copied: set[str] = set()
        self._late: dict[str, set[str]] = {}

    def add_late(self, rejected: RejectedRecord, at: str) -> None:
        """Add a record that was rejected late; it is taken from its source at the end, by its place."""
        original = self.originals.get(rejected.source)
        if original is None or original.records is None:
            self.add(rejected)
            return
        self._add_to_index(rejected, self._kept_name(rejected.source))
        self._late.setdefault(rejected.source, set()).add(at)

    def add(self, rejected: RejectedRecord) -> None:
        """Add a rejected record."""
        source = rejected.source
        if rejected.raw is not None:
            name = self._kept_name(source)
            self._add_to_index(rejected, name)
            self._append(name, rejected.raw)
            return
        name = _safe_name(source)
        self._add_to_index(rejected, name)
        if name not in self._copied:
            self._copied.add(name)
            original = self.originals.get(source)
            if original is not None and original.path.is_file():
                shutil.copyfile(original.path, self._folder / name)

    def add_value(self, value: LongValue) -> None:
        """Add a value that is too long for its record."""
        entry = {"id": value.reference, "field": value.field, "bytes": value.size, "value": value.text}
        self._append(LONG_VALUES, orjson.dumps(entry))

    def carry_over(self, before: Path, sources: Collection[str], references: Collection[str]) -> None:
        """Take over the records of an earlier folder.

        Args:
            before: the earlier folder.
            sources: the files whose records are not taken over.
            references: the records whose values are not taken over.
        """
        for line in _lines_of(before / INDEX):
            entry = orjson.loads(line)
            if entry["source"] not in sources:
                self._write_entry(entry)
                kept, there = self._folder / entry["kept"], before / entry["kept"]
                if there.is_file() and not kept.exists():
                    shutil.copyfile(there, kept)
        for line in _lines_of(before / LONG_VALUES):
            if orjson.loads(line)["id"] not in references:
                self._append(LONG_VALUES, line)

    def _kept_name(self, source: str) -> str:
        """Name of the file with records of a source."""
        original = self.originals.get(source)
        return _safe_name(source) + (".jsonl" if original is not None and not original.is_text else "")

    def _add_to_index(self, rejected: RejectedRecord, name: str) -> None:
        """Add an entry to the index.

        Args:
            rejected: the record.
            name: the name of the file that it is kept in.
        """
        problems = [problem.as_json() for problem in rejected.problems]
        self._write_entry({"source": rejected.source, "kept": name, "problems": problems})

    def _write_entry(self, entry: dict[str, Any]) -> None:
        if self._index is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._index = (self._folder / INDEX).open("wb")
        self._index.write(orjson.dumps(entry) + b"\n")

    def _append(self, name: str, raw: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / name).open("ab") as file:
            file.write(raw.rstrip(b"\n") + b"\n")

    def close(self) -> None:
        """Take the late records from their sources, and close the index."""
        for source, places in self._late.items():
            # A source that has gone in the meantime costs no build: the problems are in the index.
            with suppress(OSError, SourceError):
                records = self.originals[source].records
                for raw in records(frozenset(places)) if records is not None else ():
                    self._append(self._kept_name(source), raw)
        if self._index is not None:
            self._index.close()


def _lines_of(path: Path) -> list[bytes]:
    """Lines of a file; none where it is not there."""
    return path.read_bytes().splitlines() if path.is_file() else []


def _safe_name(source: str) -> str:
    """File name of the copy: no slash and no leading dot, so that nothing is written elsewhere."""
    return re.sub(r"[^\w.-]+", "_", source).lstrip("._") or "source"
