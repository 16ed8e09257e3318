"""Archive of rejected records in their original form: `var/rejected/0007/`.

For a format of lines, the lines themselves, in a file of the same name as the source; for other formats the file;
beside them `problems.jsonl`, an object for each rejected record. Values that are too long to be published lie in
`long-values.jsonl`, an object a line: the record's id, the key, the size in bytes, the text.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import orjson

from kg.records.normalisation.long_values import LongValue
from kg.records.problems import SourceProblem

LONG_VALUES = "long-values.jsonl"


@dataclass(frozen=True, slots=True)
class RejectedRecord:
    """Rejected record: its kind, as far as known, its original bytes and the reasons."""

    kind: str
    source: str
    raw: bytes | None
    problems: tuple[SourceProblem, ...]


class RejectedFolder:
    """Folder of a build's rejected records; created with the first of them."""

    def __init__(self, folder: Path) -> None:
        # A build that died had the same number.
        shutil.rmtree(folder, ignore_errors=True)
        self._folder = folder
        self.originals: dict[str, Path] = {}
        """Name of a source file in reports → its path."""
        self._index: IO[bytes] | None = None
        self._copied: set[str] = set()
        self._late_lines: dict[str, set[int]] = {}

    def add_line(self, rejected: RejectedRecord, number: int) -> None:
        """Add a line that was rejected late; it is copied from its source at the end."""
        self._add_to_index(rejected)
        self._late_lines.setdefault(rejected.source, set()).add(number)

    def add(self, rejected: RejectedRecord) -> None:
        """Add a rejected record."""
        name = self._add_to_index(rejected)
        if rejected.raw is not None:
            self._append(name, rejected.raw)
        elif name not in self._copied:
            self._copied.add(name)
            original = self.originals.get(rejected.source)
            if original is not None and original.is_file():
                shutil.copyfile(original, self._folder / name)

    def add_value(self, value: LongValue) -> None:
        """Add a value that is too long for its record."""
        self._folder.mkdir(parents=True, exist_ok=True)
        entry = {"id": value.reference, "field": value.field, "bytes": value.size, "value": value.text}
        with (self._folder / LONG_VALUES).open("ab") as file:
            file.write(orjson.dumps(entry) + b"\n")

    def _add_to_index(self, rejected: RejectedRecord) -> str:
        """Add an entry to the index; return the name of the copy."""
        if self._index is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._index = (self._folder / "problems.jsonl").open("wb")
        name = _safe_name(rejected.source)
        entry = {
            "source": rejected.source,
            "kept": name,
            "problems": [problem.as_json() for problem in rejected.problems],
        }
        self._index.write(orjson.dumps(entry) + b"\n")
        return name

    def _append(self, name: str, raw: bytes) -> None:
        with (self._folder / name).open("ab") as file:
            file.write(raw.rstrip(b"\n") + b"\n")

    def close(self) -> None:
        """Copy the late lines, and close the index."""
        for source, numbers in self._late_lines.items():
            with self.originals[source].open("rb") as file:
                for number, line in enumerate(file, 1):
                    if number in numbers:
                        self._append(_safe_name(source), line)
        if self._index is not None:
            self._index.close()


def _safe_name(source: str) -> str:
    """File name of the copy: no slash and no leading dot, so that nothing is written elsewhere."""
    return re.sub(r"[^\w.-]+", "_", source).lstrip("._") or "source"
