"""What was left out, kept as it came: `var/rejected/0007/`.

For a format of lines, the lines themselves, in a file of the same name as the source; for other formats the file;
beside them `problems.jsonl`, one object for each thing left out.
"""

import re
import shutil
from pathlib import Path
from typing import IO

import orjson

from kg.publish.pipeline.batch import Refused


class RejectedFolder:
    """The folder of one build; made when the first thing is left out."""

    def __init__(self, folder: Path, sources: Path) -> None:
        # A build that died had the same number.
        shutil.rmtree(folder, ignore_errors=True)
        self._folder = folder
        self._sources = sources
        self._index: IO[bytes] | None = None
        self._copied: set[str] = set()
        self._lines: dict[str, set[int]] = {}

    def keep_line(self, refused: Refused, number: int) -> None:
        """Keep a line that was found out only later; it is taken from its source when all are known."""
        self._tell(refused)
        self._lines.setdefault(refused.source, set()).add(number)

    def keep(self, refused: Refused) -> None:
        """Keep something that was left out."""
        name = self._tell(refused)
        if refused.raw is not None:
            self._append(name, refused.raw)
        elif name not in self._copied:
            self._copied.add(name)
            original = self._sources / refused.source
            if original.is_file():
                shutil.copyfile(original, self._folder / name)

    def _tell(self, refused: Refused) -> str:
        """Enter it into the index; the name under which it is kept."""
        if self._index is None:
            self._folder.mkdir(parents=True)
            self._index = (self._folder / "problems.jsonl").open("wb")
        name = _name(refused.source)
        told = {"source": refused.source, "kept": name, "problems": [each.as_json() for each in refused.problems]}
        self._index.write(orjson.dumps(told) + b"\n")
        return name

    def _append(self, name: str, raw: bytes) -> None:
        with (self._folder / name).open("ab") as file:
            file.write(raw.rstrip(b"\n") + b"\n")

    def close(self) -> None:
        """Take the lines that are still to be kept, and let the index go."""
        for source, numbers in self._lines.items():
            with (self._sources / source).open("rb") as file:
                for number, line in enumerate(file, 1):
                    if number in numbers:
                        self._append(_name(source), line)
        if self._index is not None:
            self._index.close()


def _name(source: str) -> str:
    """A name for the copy: no slash and no leading dot, so that nothing is written elsewhere."""
    return re.sub(r"[^\w.-]+", "_", source).lstrip("._") or "source"
