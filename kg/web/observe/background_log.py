"""Logs that a thread writes, beside the event loop: a full pipe or a disk that hangs holds up no answer (D-104)."""

import logging
import sys
import time
from logging.handlers import QueueHandler
from queue import Full, Queue
from threading import Thread

MAX_WAITING = 10_000
"""Lines that wait for a slow file; further ones are lost, and counted."""

_PAUSE = 0.05
"""Seconds in which lines gather: a thread that woke for each would cost more than the line."""

_CLOSE_SECONDS = 5.0
"""Time for the lines that wait at the end; a file that hangs must not hold up the end of a process."""

_LOG = logging.getLogger("kg")


class BackgroundHandler(QueueHandler):
    """Handler that hands its records to another one in a thread of its own, of which only a bounded number waits."""

    def __init__(self, handler: logging.Handler, *, waiting: int = MAX_WAITING) -> None:
        """A running thread before a handler.

        Args:
            handler: writes the records; closed with this one.
            waiting: number of records that may wait.
        """
        self._records: Queue[logging.LogRecord | None] = Queue(waiting)
        super().__init__(self._records)
        self._handler = handler
        self._lost = 0
        self._thread = Thread(target=self._write, name="kg-log", daemon=True)
        self._thread.start()

    def _write(self) -> None:
        for record in iter(self._records.get, None):
            self._handler.handle(record)
            if self._records.empty():
                time.sleep(_PAUSE)

    def enqueue(self, record: logging.LogRecord) -> None:
        """Let a record wait for the thread, unless too many do."""
        try:
            self._records.put_nowait(record)
        except Full:
            self._lost += 1
            return
        if self._lost:
            lost, self._lost = self._lost, 0
            _LOG.warning("%d lines of a log were lost: they came faster than they could be written", lost)

    def close(self) -> None:
        """Write what waits, end the thread and close the other handler; all that is given up if it takes too long."""
        try:
            self._records.put(None, timeout=_CLOSE_SECONDS)
            self._thread.join(_CLOSE_SECONDS)
        except Full:
            pass
        if not self._thread.is_alive():
            self._handler.close()
        super().close()


class FaultTelling(logging.Handler):
    """Handler that tells a fault of its file once, instead of a traceback for each line; to be mixed in first."""

    _told = ""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802  # the library's name
        """Tell the fault that is being handled, unless the one before was the same."""
        fault = str(sys.exc_info()[1])
        if fault != self._told:
            self._told = fault
            _LOG.error("a log can't be written: %s", fault)


class ErrorStream(FaultTelling, logging.StreamHandler):  # type: ignore[type-arg]  # of text
    """Handler that writes to standard error."""
