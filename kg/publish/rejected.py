"""What was left out, kept as it came: `var/rejected/0007/`.

For a format of lines, the lines themselves, in a file of the same name as the source; for other formats the file;
beside them `problems.jsonl`, one object for each thing left out.
"""

import re
import shutil
from pathlib import Path
from typing import IO

import orjson

from kg.publish.work import Refused


class RejectedFolder:
    """The folder of one build; made when the first thing is left out."""

    def __init__(self, folder: Path, sources: Path) -> None:
        # A build that died had the same number.
        shutil.rmtree(folder, ignore_errors=True)
        self._folder = folder
        self._sources = sources
        self._index: IO[bytes] | None = None
        self._copied: set[str] = set()

    def keep(self, refused: Refused) -> None:
        """Keep something that was left out."""
        if self._index is None:
            self._folder.mkdir(parents=True)
            self._index = (self._folder / "problems.jsonl").open("wb")
        # A name for the copy: no slash and no leading dot, so that nothing is written elsewhere.
        name = re.sub(r"[^\w.-]+", "_", refused.source).lstrip("._") or "source"
        if refused.raw is not None:
            with (self._folder / name).open("ab") as file:
                file.write(refused.raw.rstrip(b"\n") + b"\n")
        elif name not in self._copied:
            self._copied.add(name)
            original = self._sources / refused.source
            if original.is_file():
                shutil.copyfile(original, self._folder / name)
        told = {"source": refused.source, "kept": name, "problems": [each.as_json() for each in refused.problems]}
        self._index.write(orjson.dumps(told) + b"\n")

    def close(self) -> None:
        """Let the index go."""
        if self._index is not None:
            self._index.close()
