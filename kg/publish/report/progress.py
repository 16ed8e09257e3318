"""Progress display of a build: a live line on a terminal, a line now and then elsewhere."""

import time
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

LINE_INTERVAL = 10.0
"""Seconds between two lines where standard error is no terminal: a log is read later, and by people."""


class ProgressDisplay:
    """Display of records, triples, rate and time left, on standard error."""

    def __init__(self, *, quiet: bool = False, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, highlight=False)
        self._quiet = quiet
        self._began = self._told = time.monotonic()
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[said]}"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=quiet or not self._console.is_terminal,
        )
        self._task = self._bar.add_task("Building", total=None, said="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Remove the live line."""
        self._bar.stop()

    def show(self, records: int, triples: int, size: int, total: int) -> None:
        """Show the progress: records, triples and bytes of the sources so far, and the total of bytes."""
        now = time.monotonic()
        elapsed = max(now - self._began, 0.001)
        summary = f"{records:,} records, {triples:,} triples, {triples / elapsed:,.0f} triples/s"
        self._bar.update(self._task, completed=size, total=total, said=summary)
        if self._quiet or self._console.is_terminal or now - self._told < LINE_INTERVAL:
            return
        self._told = now
        left = f", {elapsed * (total - size) / size:,.0f} s left" if 0 < size < total else ""
        self._console.print(f"{summary}{left}", soft_wrap=True)
