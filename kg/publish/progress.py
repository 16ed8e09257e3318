"""How far a build is, on a terminal."""

from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from kg.errors import KgError
from kg.publish.sources import inputs
from kg.settings import Settings


class Display:
    """A line that tells records, triples, rate and time left; nothing where standard error is no terminal."""

    def __init__(self, settings: Settings, *, quiet: bool = False) -> None:
        try:
            total = sum(each.size for each in inputs(settings)[0])
        except KgError:  # told by the build itself
            total = 0
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn(
                "{task.fields[records]:,} records, {task.fields[triples]:,} triples, {task.fields[rate]:,.0f}/s"
            ),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=quiet or not Console(stderr=True).is_terminal,
        )
        self._task = self._progress.add_task("Building", total=total, records=0, triples=0, rate=0.0)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Take the line away."""
        self._progress.stop()

    def show(self, records: int, triples: int, size: int) -> None:
        """Tell how far it is: records, triples and bytes of the sources so far."""
        elapsed = self._progress.tasks[0].elapsed or 0.0
        rate = triples / elapsed if elapsed else 0.0
        self._progress.update(self._task, completed=size, records=records, triples=triples, rate=rate)
