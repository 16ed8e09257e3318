"""Process that updates a name index: SQLite's last connection to close would write the log into the base (D-224).

The name index of the next generation is a link to that of the generation before, with a log of its own. The process is
started early, so that it has its modules when the catalogue is finished; it takes the references from its standard
input, and ends without closing anything.
"""

import os
import subprocess
import sys
from collections.abc import Iterable
from contextlib import ExitStack, closing
from pathlib import Path
from types import TracebackType
from typing import Self

from kg.errors import PublishError
from kg.processes import die_with_parent
from kg.store.generation.names import name_index_builder
from kg.store.generation.names.catalogue_side import CatalogueSide
from kg.store.generation.names.name_index_updater import NameIndexUpdater
from kg.store.generation.read_only_database import connect, log_of
from kg.store.generation.segments.folder import SegmentFolder
from kg.store.generation.segments.reader import SegmentReader
from kg.store.generation.updates import overlay

MAX_CHANGED_SHARE = 0.1
"""Share of the things of a generation that may have changed; of more, an index is made anew in less time."""

_NAMES, _CATALOGUE = "names.sqlite", "catalogue.sqlite"


class NameIndexUpdate:
    """Update of the name index of the next generation; a context manager that ends the process."""

    def __init__(self, before: Path, folder: Path) -> None:
        """Share the name index of a generation with the next one, and start the process.

        Args:
            before: folder of the published generation.
            folder: folder of the next one.

        Raises:
            GenerationError: the name index can't be shared.
        """
        self._folder, self._path = folder, folder / _NAMES
        overlay.share(before / _NAMES, self._path)
        self._base = overlay.SharedBase(self._path)
        command = [sys.executable, "-I", "-m", __name__, str(before), str(folder), str(os.getpid())]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()
        self._base.check()

    def finish(self, references: Iterable[str]) -> None:
        """Move the index, when catalogue and segments of the next generation are finished.

        Args:
            references: what changed, as in `NameIndexUpdater.apply`.

        Raises:
            PublishError: it can't be moved. GenerationError: what generations share was written to.
        """
        changed = list(references)
        with closing(connect(self._folder / _CATALOGUE)) as things:
            (number,) = things.execute("SELECT MAX(n) FROM things").fetchone()
        if len(changed) > MAX_CHANGED_SHARE * (number or 0):
            self._make_anew()
            return
        _, errors = self._process.communicate("\n".join(changed).encode())
        if self._process.returncode:
            last_line = errors.decode("utf-8", "replace").strip().splitlines()[-1:] or ["it was stopped"]
            what = f"the name index can't be updated: {last_line[0]}"
            raise PublishError(what, where=str(self._path), todo="Run `kg build --full`.")
        self._base.check()

    def _make_anew(self) -> None:
        """Write an index of the generation's own, which is quicker where much has changed."""
        self._process.kill()
        for path in (self._path, log_of(self._path)):
            path.unlink(missing_ok=True)
        name_index_builder.write(self._path, self._folder / _CATALOGUE, SegmentFolder(self._folder))
        self._base = overlay.SharedBase(self._path)


def main() -> None:
    """Update the name index in the folder of the second argument, by that of the first, as a process."""
    die_with_parent(int(sys.argv[3]))
    before, folder = Path(sys.argv[1]), Path(sys.argv[2])
    code = 1
    try:
        references = sys.stdin.buffer.read().decode().split()
        db = overlay.open_log(folder / _NAMES)
        db.execute("BEGIN")
        with ExitStack() as stack:
            old, new = (
                CatalogueSide(
                    stack.enter_context(closing(connect(each / _CATALOGUE))),
                    stack.enter_context(SegmentReader(SegmentFolder(each))),
                )
                for each in (before, folder)
            )
            NameIndexUpdater(db, old, new).apply(references)
        db.execute("COMMIT")
        code = 0
    except Exception as fault:  # noqa: BLE001  # told to the build, whatever it is
        sys.stderr.write(f"{fault}\n")
        sys.stderr.flush()
    finally:
        os._exit(code)  # nothing is closed


if __name__ == "__main__":
    main()
