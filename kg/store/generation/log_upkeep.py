"""Upkeep of the change log: it is brought up to the live generation, made anew where it is lost, or made of a ledger.

The log follows the live generation after each switch, and before whatever needs it, in case the last build was killed
between switch and log (D-209).
"""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from kg.errors import GenerationError, PublishError
from kg.store.generation.generation import GenerationFolder
from kg.store.log import ledger_takeover
from kg.store.log.comparison import ComparedGeneration, compare, complete, last_sequence
from kg.store.log.log_state import DAMAGED, LogState, log_error
from kg.store.log.schema import LOG

LEDGER = Path("state", "ledger.sqlite")
"""Path of the ledger of kg before 0.3, below var."""

_MADE = ".changes-"
"""Prefix of the names of files below `var/state` that are there for the time being."""


class LogUpkeep:
    """Upkeep of the log of some generations."""

    def __init__(
        self, var: Path, live: int | None, numbers: Sequence[int], folder: Callable[[int], GenerationFolder]
    ) -> None:
        """Set what is known of the generations; no file is opened.

        Args:
            var: the folder `var`.
            live: number of the live generation, or None.
            numbers: numbers of all generations that are there, oldest first.
            folder: from a number to its folder.
        """
        self._var = var
        self._live = live if live in numbers else None
        self._numbers = numbers
        self._folder = folder

    def open(self, path: Path | None = None, ledger: Path | None = None) -> LogState:
        """Open the log, brought up to the live generation.

        Args:
            path: its file, where it is not that in `var`.
            ledger: the file of a former ledger, likewise.

        Raises:
            PublishError: the file is damaged, or there is none and no generation to make it of.
        """
        path, ledger = path or self._var / LOG, ledger or self._var / LEDGER
        self._take_over(ledger, path)
        try:
            state = LogState(path)
        except sqlite3.DatabaseError as fault:
            if fault.sqlite_errorcode not in DAMAGED:
                raise
            raise log_error(path, fault) from None
        with ExitStack() as on_failure:
            on_failure.callback(state.close)
            self._follow(state, path.parent)
            on_failure.pop_all()
        return state

    def _take_over(self, ledger: Path, path: Path) -> None:
        """Make the log of a ledger of kg before 0.3, once."""
        if not ledger.is_file():
            return
        live = catalogue = None
        if self._live is not None:
            with suppress(GenerationError):
                folder = self._folder(self._live)
                live = folder.check_whole().logged()
                catalogue = folder.logged_catalogue()
        try:
            with _locked(path.parent):
                ledger_takeover.take_over(ledger, path, live, catalogue)
        except sqlite3.DatabaseError as fault:
            if fault.sqlite_errorcode not in DAMAGED:
                raise
            raise log_error(ledger, fault) from None

    def _follow(self, state: LogState, scratch: Path) -> None:
        """Bring the state up to the live generation; an empty one to the newest that is whole.

        Each generation's catalogue holds what was deleted before: it does not come back in silence with a new log.
        """
        last = state.position[0]
        candidates = [self._live] if self._live is not None and self._live > last else []
        if not last:
            candidates += [each for each in reversed(self._numbers) if each not in candidates]
        for candidate in candidates:
            try:
                self._reach(state, candidate, scratch)
            except (GenerationError, sqlite3.DatabaseError) as fault:
                if getattr(fault, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) not in DAMAGED:
                    raise
            else:
                return
        if self._numbers and not last:
            what = "the change log is gone, and no generation is whole to make it anew from"
            todo = (
                "Put a backup of it in its place; to begin anew, without what was deleted before, run"
                f" `mv {self._var / 'generations'} {self._var / 'generations'}.damaged`."
            )
            raise PublishError(what, where=str(self._var / LOG), todo=todo)

    def _reach(self, state: LogState, number: int, scratch: Path) -> None:
        """Bring the state up to a generation: by the changes of each one since, else by a comparison."""
        self._folder(number).check_whole()
        for each in self._chain(state, number):
            folder = self._folder(each)
            state.take_up(folder.changes, folder.logged_catalogue())
        if state.position[0] < number:
            self._compare(state, number, scratch)

    def _chain(self, state: LogState, number: int) -> list[int]:
        """Generations whose changes lead from the state to a generation, oldest first; empty where one is missing."""
        chain: list[int] = []
        at = number
        while at in self._numbers and at not in chain:
            chain.append(at)
            origin = _origin(self._folder(at).changes)
            if origin is None:
                return []
            if origin == (state.position[0], state.last):
                return chain[::-1]
            at = origin[0]
        return []

    def _compare(self, state: LogState, number: int, scratch: Path) -> None:
        folder = self._folder(number)
        manifest = folder.check_whole()
        generation = ComparedGeneration(number, manifest.published, manifest.base, last_sequence(folder.changes))
        changes = scratch / f"{_MADE}{os.getpid()}.sqlite"
        changes.unlink(missing_ok=True)
        try:
            catalogue = folder.logged_catalogue()
            compare(state, generation, catalogue, changes)
            complete(changes, manifest.logged(), {})
            state.take_up(changes, catalogue)
        finally:
            changes.unlink(missing_ok=True)


def sweep(var: Path) -> None:
    """Delete what a killed command has left below `var/state`."""
    for path in (var / LOG).parent.glob(f"{_MADE}*"):
        path.unlink(missing_ok=True)


def previous_generation(changes: Path) -> int | None:
    """Return the number of the generation upon which a file of changes was made; None where it can't be read."""
    origin = _origin(changes)
    return None if origin is None else origin[0]


def _origin(changes: Path) -> tuple[int, int] | None:
    """Number of the generation for whose state a file of changes was made, and the last sequence of that."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(changes))}?mode=ro&immutable=1", uri=True)) as db:
            meta = dict(db.execute("SELECT name, value FROM meta"))
            return meta["previous"], meta["previous_last"]
    except (sqlite3.Error, KeyError):
        return None


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Exclusive lock on a folder, for which other processes wait."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
