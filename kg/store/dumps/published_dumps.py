"""Dumps of a published generation, which may be made late: after the generation went live."""

import threading
from contextlib import ExitStack, suppress
from pathlib import Path

from kg.store.dumps import bucket_table
from kg.store.dumps.dump_folder import DumpFolder, has_dumps


class PublishedDumps:
    """Dumps of a generation for its readers, opened when they are first asked for."""

    def __init__(self, folder: Path) -> None:
        """Look whether there are any; no file is opened."""
        self._folder = folder
        self.there = has_dumps(folder)
        self._lock = threading.Lock()
        self._number = 0
        self._newest: DumpFolder | None = None
        self._opened = ExitStack()

    def newest(self) -> DumpFolder | None:
        """The newest dumps; None where there are none. Raises GenerationError where they are torn, cut or gone."""
        if not self.there:
            return None
        with self._lock:
            number = self._newest_number()
            if self._newest is None or number > self._number:
                self._newest = DumpFolder.open(self._folder)
                self._number = number
                # Whoever reads the ones before goes on.
                self._opened.callback(self._newest.close)
            self._newest.check()
            return self._newest

    def _newest_number(self) -> int:
        with suppress(OSError):  # the folder is deleted, and what is open is read on
            found = bucket_table.newest(self._folder)
            return found[0] if found else 0
        return 0

    def close(self) -> None:
        """Close them."""
        self._opened.close()
