"""Process that updates a catalogue: SQLite's last connection to close would write the log into the shared base.

It takes calls of a `CatalogueUpdater` from the build one by one, and ends without closing anything. Calls that have no
answer are not waited for, so the build maps records while the catalogue takes those before.
"""

import os
import subprocess
import sys
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kg.errors import GenerationError, PublishError
from kg.processes import die_with_parent
from kg.store.generation.outlines.builder import RecordOutline
from kg.store.generation.updates import overlay
from kg.store.generation.updates.updater import CatalogueFacts, CatalogueUpdater, Tombstone, WantedStub

_PATIENCE = 60.0
"""Seconds for the end of a process that has answered for the last time."""

_ANSWERED = frozenset({"unneeded", "wanted", "unburied", "on_cycle", "finish"})
"""Calls that are waited for."""


class CatalogueUpdate:
    """Update of the catalogue of the next generation; a context manager. Its calls are those of `CatalogueUpdater`.

    A fault of a call that is not waited for is raised by the next one that is. Without `finish` nothing is changed.
    """

    def __init__(self, source: Path, target: Path) -> None:
        """Share the catalogue of a generation with the next one, and start the process.

        Args:
            source: the catalogue of the published generation.
            target: its path in the folder of the next one.

        Raises:
            GenerationError: the catalogue can't be shared.
        """
        overlay.share(source, target)
        self._base = overlay.SharedBase(target)
        self._pipe, theirs = Pipe()
        command = [sys.executable, "-I", "-m", __name__, str(theirs.fileno()), str(target), str(os.getpid())]
        self._target = target
        self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()])
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pipe.close()
        if fault is not None:
            self._process.kill()
        self._process.wait(_PATIENCE)
        self._base.check()

    def put(  # noqa: PLR0913  # as CatalogueUpdater.put
        self,
        facts: CatalogueFacts,
        offset: int,
        length: int,
        outline: RecordOutline | None = None,
        *,
        times: tuple[str, str],
        before: CatalogueFacts | None = None,
    ) -> None:
        """Insert a record or a stub, or change it."""
        self._call("put", facts, offset, length, outline, times=times, before=before)

    def remove(self, before: CatalogueFacts, tombstone: Tombstone | None) -> None:
        """Remove a record or a stub."""
        self._call("remove", before, tombstone)

    def withdraw(self, reference: str, before: CatalogueFacts | None, tombstone: Tombstone) -> None:
        """Make a tombstone of a thing, to which things may link."""
        self._call("withdraw", reference, before, tombstone)

    def restore(self, reference: str) -> None:
        """Let a withdrawn thing be a tombstone like others, or a stub."""
        self._call("restore", reference)

    def succeed(self, old: str, new: str) -> None:
        """Note the successor that a source names for a withdrawn record; empty for none any more."""
        self._call("succeed", old, new)

    def bury(self, reference: str, tombstone: Tombstone) -> None:
        """Insert a tombstone for a reference of `unburied`."""
        self._call("bury", reference, tombstone)

    def unneeded(self, limit: int) -> list[str]:
        """Return up to `limit` stubs that have to be removed."""
        found: list[str] = self._call("unneeded", limit)
        return found

    def wanted(self, limit: int) -> list[WantedStub]:
        """Return up to `limit` stubs to be made, or made anew."""
        found: list[WantedStub] = self._call("wanted", limit)
        return found

    def unburied(self) -> list[str]:
        """Return references without a row whose redirect has ended."""
        found: list[str] = self._call("unburied")
        return found

    def on_cycle(self, key: str, references: list[str]) -> list[str]:
        """Return those of some things that are parts of themselves."""
        found: list[str] = self._call("on_cycle", key, references)
        return found

    def finish(self) -> bool:
        """Write everything, and compare the base; return whether ranks have become long, so that a full build is due.

        Raises GenerationError, PublishError.
        """
        worn: bool = self._call("finish")
        self._pipe.close()
        self._process.wait(_PATIENCE)
        self._base.check()
        return worn

    def _call(self, name: str, *values: object, **named: object) -> Any:
        try:
            self._pipe.send((name, values, named))
            if name not in _ANSWERED:
                return None
            answer, fault = self._pipe.recv()
        except (EOFError, OSError):
            what = "the process that changes the catalogue has ended"
            raise PublishError(what, where=str(self._target), todo="Run the build again.") from None
        if fault is not None:
            raise fault
        return answer


def serve(pipe: Connection, updater: CatalogueUpdater) -> None:
    """Take calls until the update is finished; the first fault is the answer to all calls that are waited for."""
    fault: Exception | None = None
    while True:
        name, values, named = pipe.recv()
        answer = None
        if fault is None:
            try:
                answer = getattr(updater, name)(*values, **named)
            except GenerationError as error:
                fault = error
            except Exception as error:  # noqa: BLE001  # told to the build, whatever it is
                fault = PublishError(f"the catalogue can't be changed: {error}")
        if name in _ANSWERED:
            pipe.send((answer, fault))
            if name == "finish":
                return


def main() -> None:
    """Update the catalogue in the second argument by calls through the descriptor in the first, as a process."""
    die_with_parent(int(sys.argv[3]))
    code = 1
    try:
        db = overlay.open_log(Path(sys.argv[2]))
        serve(Connection(int(sys.argv[1])), CatalogueUpdater(db))
        code = 0
    except EOFError:  # the build has given up
        pass
    finally:
        os._exit(code)  # nothing is closed


if __name__ == "__main__":
    main()
