"""Generations: each publication is a folder that nobody changes once it is live.

`var/generations/0007/` holds the store, the catalogue, the records as JSON, dumps, tables, the report and the manifest;
`var/current` is a symbolic link to the live one, and publishing is the atomic rename of that link (rename(2)). What is
being built lies in a folder whose name begins with a dot; if the build dies, the next one sweeps it away. A lock
keeps two builds apart, since the engine itself would not.
"""

import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from kg.errors import GenerationError, LockedError, PublishError
from kg.settings import Settings
from kg.store.generation.generation import Folder, Generation
from kg.store.generation.ledger import Ledger

_LEDGER = Path("state", "ledger.sqlite")

_SCRATCH = ".scratch-"
"""What folders below `var/` are called that are made and thrown away."""


class Generations:
    """The generations below `var/`."""

    def __init__(self, var: Path, settings: Settings | None = None) -> None:
        """Nothing is opened yet.

        Args:
            var: the folder.
            settings: where the remote store is, for generations whose triples lie there.
        """
        self.var = var
        self._settings = settings
        self.folder = var / "generations"
        self.current = var / "current"

    @classmethod
    def of_settings(cls, settings: Settings) -> Self:
        """The generations of a collection."""
        return cls(settings.var_folder, settings)

    def numbers(self) -> list[int]:
        """The numbers of all generations that are there, oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(int(path.name) for path in self.folder.iterdir() if path.name.isdecimal())

    def live(self) -> int | None:
        """The number of the live generation, or None before the first build."""
        try:
            return int(self.current.readlink().name)
        except (OSError, ValueError):
            return None

    def live_mark(self) -> tuple[int, ...] | None:
        """What tells the live generation from any other one, also from another one of its number put in its place."""
        number = self.live()
        mark = None if number is None else Folder(self.folder / f"{number:04}").mark()
        return None if number is None or mark is None else (number, *mark)

    def live_graph(self) -> str:
        """The name of the graph at the remote store that the live generation is served from; empty without one."""
        number = self.live()
        try:
            return "" if number is None else self.of(number).read_manifest().graph
        except GenerationError:
            return ""

    def of(self, number: int) -> Folder:
        """The folder of a generation. Raises GenerationError if there is none."""
        path = self.folder / f"{number:04}"
        if not path.is_dir():
            there = ", ".join(map(str, self.numbers())) or "none"
            raise GenerationError(
                f"there is no generation {number}", where=str(self.folder), todo=f"There are: {there}."
            )
        return Folder(path)

    def open_live(self, base: str | None = None) -> Generation:
        """The live generation, opened.

        Args:
            base: the base it must have been built for, if that matters.

        Raises:
            GenerationError: there is none, it is not whole, or it was built for another base.
        """
        number = self.live()
        if number is None:
            raise GenerationError("nothing is published yet", where=str(self.var), todo="Run `kg build` first.")
        folder = self.of(number)
        built = folder.read_manifest().base
        if base is not None and built != base:
            what = f"it was built for the base {built}, and the settings say {base}"
            todo = "Run `kg build` again, or set the base back."
            raise GenerationError(what, where=str(folder.path), todo=todo)
        return Generation(folder, self._settings)

    def ledger(self) -> Ledger:
        """The ledger, brought up to the live generation. Raises PublishError where its file is damaged."""
        return self._ledger(self.var / _LEDGER)

    def ledger_for_trial(self, folder: Folder) -> Ledger:
        """The same for what publishes nothing: a copy in a folder that is thrown away, where `var` can't be written."""
        if _is_writable(self.var):
            return self.ledger()
        copy = folder.path / _LEDGER
        copy.parent.mkdir(parents=True)
        for each in (self.var / _LEDGER).parent.glob(f"{_LEDGER.name}*"):  # with what it has not yet taken in
            shutil.copyfile(each, copy.with_name(each.name))
        return self._ledger(copy)

    def _ledger(self, path: Path) -> Ledger:
        try:
            ledger = Ledger(path)
        except sqlite3.DatabaseError as fault:
            if fault.sqlite_errorcode not in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
                raise
            todo = "It holds every key that was ever published: put its copy from a backup in its place."
            raise PublishError(f"the ledger can't be read: {fault}", where=str(path), todo=todo) from None
        with ExitStack() as on_failure:
            on_failure.callback(ledger.close)
            number = self.live()
            if number is not None and ledger.followed[0] < number:
                manifest = self.of(number).read_manifest()
                ledger.follow(number, manifest.published, self.of(number).catalogue)
            on_failure.pop_all()
        return ledger

    @contextmanager
    def building(self) -> Iterator[tuple[int, Folder]]:
        """The number and the folder of the next generation, while no other build runs.

        What a killed build left is swept away first. Raises LockedError if another build is running.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._lock():
            self._sweep()
            with closing(self.ledger()) as ledger:
                number = max([*self.numbers(), ledger.followed[0]]) + 1
            path = self.folder / f".{number:04}.building"
            path.mkdir()
            try:
                yield number, Folder(path)
            finally:
                shutil.rmtree(path, ignore_errors=True)

    def _sweep(self) -> None:
        """Take away what killed builds left: folders half made, links not yet renamed, what checks threw away."""
        for path in (*self.folder.glob(".*"), *self.var.glob(".current.*")):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        for path in self.var.glob(f"{_SCRATCH}*"):
            with suppress(BlockingIOError), locked(path):  # a check that runs just now keeps its own
                shutil.rmtree(path)

    @contextmanager
    def scratch(self) -> Iterator[Folder]:
        """A folder of the shape of a generation, for what is made and thrown away: `kg check`, `kg diff`."""
        inside = self.var if _is_writable(self.var) else None
        if inside:
            inside.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=inside) as name, locked(Path(name)):
            yield Folder(Path(name))

    def publish(self, number: int, folder: Folder, keep: int) -> None:
        """Make what was built the live generation, and let the oldest ones go."""
        _sync(folder.path)
        final = self.folder / f"{number:04}"
        folder.path.rename(final)
        _sync_folder(self.folder)
        link = self.var / f".current.{number}"
        link.unlink(missing_ok=True)
        link.symlink_to(Path("generations") / final.name)
        link.rename(self.current)
        _sync_folder(self.var)
        with suppress(sqlite3.Error):  # it is live; the ledger is brought up to it before the next build at the latest
            self.ledger().close()
        for old in self.numbers()[:-keep]:
            if old != self.live():
                shutil.rmtree(self.folder / f"{old:04}", ignore_errors=True)

    def next_time(self, ledger: Ledger) -> str:
        """Now, in UTC to the second, and later than every time before: times only go forward."""
        now = datetime.now(UTC).replace(microsecond=0)
        last = ledger.followed[1]
        if last:
            now = max(now, datetime.fromisoformat(last) + timedelta(seconds=1))
        return now.strftime("%Y-%m-%dT%H:%M:%SZ")

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.var / "lock").open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                raise LockedError(
                    f"another build is running (process {file.read().strip() or 'unknown'})",
                    where=str(self.var),
                    todo="Wait until it is done.",
                ) from None
            file.truncate(0)
            file.write(f"{os.getpid()}\n")
            file.flush()
            yield


def _is_writable(folder: Path) -> bool:
    """Whether a folder may be written, or made."""
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    return os.access(there, os.W_OK)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep others from a folder for as long as the context lasts. Raises BlockingIOError where another one has it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _sync(folder: Path) -> None:
    """Have everything below a folder on the disk before it goes live."""
    for path in folder.rglob("*"):
        if path.is_dir():
            _sync_folder(path)
        else:
            with path.open("rb") as file:
                os.fsync(file.fileno())
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
