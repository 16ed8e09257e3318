"""Generations: immutable folders, one for each publication, with an atomic switch of the live one.

`var/generations/0007/` holds the store, the catalogue, the records as JSON, dumps, tables, the report and the manifest;
`var/current` is a symbolic link to the live one, and publishing is the atomic rename of that link (rename(2)). A build
writes into a folder whose name begins with a dot; the next build deletes the folder of a killed one. A lock keeps two
builds apart, since the engine itself would not.
"""

import fcntl
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from kg.errors import GenerationError, KgError, LockedError, PublishError
from kg.settings import Settings
from kg.store.generation import places
from kg.store.generation.generation import Generation, GenerationFolder
from kg.store.generation.log_upkeep import LEDGER, LogUpkeep, previous_generation, sweep
from kg.store.log.change_log import ChangeLog
from kg.store.log.log_state import LogState
from kg.store.log.schema import CHANGES, LOG

_NUMBER = re.compile(r"[0-9]{4,8}")
"""Name of a generation's folder; any other folder is none."""

_SCRATCH = ".scratch-"
"""Prefix of the names of temporary folders below `var/`."""


class Generations:
    """Repository of the generations below `var/`: list, open, build, publish."""

    def __init__(self, var: Path, settings: Settings | None = None) -> None:
        """Set the paths; no file is opened.

        Args:
            var: the folder.
            settings: the address of the remote store, for generations whose triples lie there.
        """
        self.var = var
        self._settings = settings
        self.folder = var / "generations"
        self.current = var / "current"

    @classmethod
    def of_settings(cls, settings: Settings) -> Self:
        """Generations of a collection."""
        return cls(settings.var_folder, settings)

    def numbers(self) -> list[int]:
        """Numbers of all generations, oldest first."""
        if not self.folder.is_dir():
            return []
        names = (path.name for path in self.folder.iterdir() if _NUMBER.fullmatch(path.name) and path.is_dir())
        return sorted(int(name) for name in names if name == f"{int(name):04}")

    def live(self) -> int | None:
        """Number that `current` leads to, there or gone; None before the first build, and where it leads elsewhere."""
        try:
            name = self.current.readlink().name
        except OSError:
            return None
        return int(name) if _NUMBER.fullmatch(name) else None

    def live_fingerprint(self) -> tuple[int, ...] | None:
        """Identity of the live generation: its number and its manifest's fingerprint, which a restored copy changes."""
        number = self.live()
        fingerprint = None if number is None else GenerationFolder(self.folder / f"{number:04}").fingerprint()
        return None if number is None or fingerprint is None else (number, *fingerprint)

    def live_graph(self) -> str:
        """Name of the live generation's graph at the remote store; empty without one."""
        number = self.live()
        try:
            return "" if number is None else self.generation_folder(number).read_manifest().graph
        except GenerationError:
            return ""

    def generation_folder(self, number: int) -> GenerationFolder:
        """Folder of a generation. Raises GenerationError if there is none."""
        path = self.folder / f"{number:04}"
        if not path.is_dir():
            existing = ", ".join(map(str, self.numbers())) or "none"
            raise GenerationError(
                f"there is no generation {number}", where=str(self.folder), todo=f"There are: {existing}."
            )
        return GenerationFolder(path)

    def open_live(self, base: str | None = None) -> Generation:
        """Open the live generation.

        Args:
            base: required base IRI of its build; None for any.

        Raises:
            GenerationError: there is none, its folder is incomplete, or it was built for another base.
        """
        folder = self.generation_folder(self._live_number())
        built = folder.read_manifest().base
        if base is not None and built != base:
            what = f"it was built for the base {built}, and the settings say {base}"
            todo = "Run `kg build` again, or set the base back."
            raise GenerationError(what, where=str(folder.path), todo=todo)
        return Generation(folder, self._settings)

    def _live_number(self) -> int:
        """Number of the live generation. Raises GenerationError where there is none."""
        places.check(self.var, places.SERVED)
        number, numbers = self.live(), self.numbers()
        if number in numbers and number is not None:
            return number
        if number is None and not numbers and not os.path.lexists(self.current):
            is_set_up = self._settings is None or self._settings.file is not None
            todo = "Run `kg build` first." if is_set_up else "`kg init FILE` writes a kg.toml; then run `kg build`."
            raise GenerationError("nothing is published yet", where=str(self.var), todo=todo)
        what = "is missing" if not os.path.lexists(self.current) else "leads to no generation"
        if number is not None:
            what = f"leads to generation {number}, which is gone"
        todo = "Run `kg rollback`, which publishes the newest whole one." if numbers else "Run `kg build`."
        raise GenerationError(what, where=str(self.current), todo=todo)

    def faults(self) -> list[KgError]:
        """Return the damage that a build mends: to the live generation, to the change log."""
        faults: list[KgError] = []
        if not self.numbers() and not os.path.lexists(self.current):
            return faults
        try:
            self.generation_folder(self._live_number()).check_whole()
        except KgError as fault:
            faults.append(fault)
        if not (self.var / LOG).exists() and not (self.var / LEDGER).exists():
            what = "is missing; it is made anew from the newest whole generation"
            faults.append(PublishError(what, where=str(self.var / LOG)))
        return faults

    def log(self) -> LogState:
        """Open the change log, brought up to the live generation. Raises PublishError where its file is damaged."""
        return self._upkeep().open()

    def bring_log_up(self) -> None:
        """Bring the change log up to the live generation, where it can be written; a server goes on where it can't."""
        with suppress(KgError, OSError, sqlite3.Error):
            if self.live() is not None and _is_writable(self.var):
                self.log().close()

    def log_for_dry_run(self, folder: GenerationFolder) -> LogState:
        """Open the change log for a dry run: a copy in a temporary folder, where `var` is not writable."""
        places.check(self.var)
        if _is_writable(self.var):
            return self.log()
        state = folder.path / LOG.parent
        state.mkdir()
        for name in (LOG.name, LEDGER.name):
            for path in (self.var / LOG.parent).glob(f"{name}*"):  # with its write-ahead log
                shutil.copyfile(path, state / path.name)
        return self._upkeep().open(folder.path / LOG, folder.path / LEDGER)

    def _upkeep(self) -> LogUpkeep:
        return LogUpkeep(self.var, self.live(), self.numbers(), self.generation_folder)

    @contextmanager
    def new_generation(self) -> Iterator[tuple[int, GenerationFolder]]:
        """Number and folder of the next generation, under the lock of builds.

        Leftovers of killed builds are deleted first. Raises LockedError if another build is running.
        """
        places.check(self.var)
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._lock():
            self._sweep()
            with closing(self.log()) as state:
                number = self._next_number(state)
            path = self.folder / f".{number:04}.building"
            path.mkdir()
            try:
                yield number, GenerationFolder(path)
            finally:
                shutil.rmtree(path, ignore_errors=True)

    def _next_number(self, state: LogState) -> int:
        """Number after all that were published; a folder without a manifest has none."""
        published = [each for each in self.numbers() if GenerationFolder(self.folder / f"{each:04}").fingerprint()]
        number = max([*published, state.position[0], self.live() or 0]) + 1
        while os.path.lexists(self.folder / f"{number:04}"):
            number += 1
        return number

    def _sweep(self) -> None:
        """Delete the leftovers of killed builds: unfinished folders, links not yet renamed, temporary folders."""
        for path in (*self.folder.glob(".*"), *self.var.glob(".current.*")):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        for path in self.var.glob(f"{_SCRATCH}*"):
            if path.is_symlink() or not path.is_dir():
                path.unlink()
                continue
            with suppress(BlockingIOError), folder_lock(path):  # the folder of a check that is running stays
                shutil.rmtree(path)
        sweep(self.var)
        self._sweep_unswitched()

    def _sweep_unswitched(self) -> None:
        """Delete the generation that a build has made upon the live one when it was killed before the switch."""
        live = self.live() or 0
        try:
            known = max((each.number for each in ChangeLog(self.var).generations(1)), default=0)
        except GenerationError:
            return
        if known and not live:  # `current` is lost, and any of them may have been live
            return
        for number in self.numbers():
            folder = self.folder / f"{number:04}"
            if number > max(live, known) and previous_generation(folder / CHANGES) == live:
                shutil.rmtree(folder)

    @contextmanager
    def scratch(self) -> Iterator[GenerationFolder]:
        """Temporary folder with the layout of a generation, for dry runs: `kg check`, `kg diff`."""
        inside = self.var if _is_writable(self.var) else None
        if inside:
            inside.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=inside) as name, folder_lock(Path(name)):
            yield GenerationFolder(Path(name))

    def publish(self, number: int, folder: GenerationFolder, keep: int) -> None:
        """Make a built folder the live generation, and delete the oldest ones beyond `keep`."""
        _sync(folder.path)
        final = self.folder / f"{number:04}"
        folder.path.rename(final)
        _sync_folder(self.folder)
        link = self.var / f".current.{number}"
        link.unlink(missing_ok=True)
        link.symlink_to(Path("generations") / final.name)
        link.rename(self.current)
        _sync_folder(self.var)
        with suppress(
            KgError, sqlite3.Error
        ):  # it is live; the log is brought up to it before the next build at the latest
            self.log().close()
        for old in self.numbers()[:-keep]:
            if old != self.live():
                shutil.rmtree(self.folder / f"{old:04}", ignore_errors=True)

    def next_timestamp(self, state: LogState) -> str:
        """Current time in UTC, to the second, later than the log's last one: times only go forward."""
        now = datetime.now(UTC).replace(microsecond=0)
        last = state.position[1]
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
    """Test for write permission on a folder, or on the parent in which it would be made."""
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    return os.access(existing, os.W_OK)


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Exclusive lock on a folder for the time of the context. Raises BlockingIOError where it is locked already."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _sync(folder: Path) -> None:
    """Flush all files below a folder to the disk (fsync), before the folder goes live."""
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
