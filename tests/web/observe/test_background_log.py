"""Logs that a thread writes: nobody waits for a file, and what is lost is told."""

import logging
import threading

import pytest
from waiting import HANG_SECONDS, eventually

from kg.web.observe import background_log
from kg.web.observe.access_log import AccessLog
from kg.web.observe.background_log import BackgroundHandler, ErrorStream
from kg.web.observe.request_notes import RequestNotes


class HangingFile(logging.Handler):
    """A handler that waits in the middle of its first line until a test lets it go on."""

    def __init__(self):
        super().__init__()
        self.begun, self.goes_on, self.lines = threading.Event(), threading.Event(), []

    def emit(self, record):
        self.begun.set()
        self.goes_on.wait(HANG_SECONDS)
        self.lines.append(record.getMessage())


class FullDisk:
    """A file that takes nothing."""

    def write(self, _):
        raise OSError("No space left on device")

    flush = print


def record(number):
    return logging.LogRecord("kg.access", logging.INFO, "", 0, "line %d", (number,), None)


def test_nobody_waits_for_a_file_that_hangs(caplog):
    """A line is taken while the file hangs; beyond the bound lines are lost, which is told when it goes on."""
    file = HangingFile()
    handler = BackgroundHandler(file, waiting=3)
    handler.handle(record(0))
    assert file.begun.wait(HANG_SECONDS)
    for number in range(1, 9):
        handler.handle(record(number))
    assert not file.lines
    file.goes_on.set()
    eventually(lambda: len(file.lines) == 4, "the lines that waited")
    handler.handle(record(9))
    handler.close()
    assert file.lines == ["line 0", "line 1", "line 2", "line 3", "line 9"]
    assert "5 lines of a log were lost" in caplog.text


def test_close_writes_what_waits():
    """At its end a log writes the lines that still wait."""
    file = HangingFile()
    file.goes_on.set()
    handler = BackgroundHandler(file)
    for number in range(100):
        handler.handle(record(number))
    handler.close()
    assert len(file.lines) == 100


@pytest.mark.parametrize("waiting", [1, 5])
def test_close_does_not_wait_for_ever(monkeypatch, waiting):
    """At its end a log gives up a file that hangs."""
    monkeypatch.setattr(background_log, "_CLOSE_SECONDS", 0.05)
    file = HangingFile()
    handler = BackgroundHandler(file, waiting=waiting)
    for number in range(4):
        handler.handle(record(number))
    handler.close()
    assert not file.lines
    file.goes_on.set()


def test_faults_are_told_once(caplog):
    """A file that takes nothing is told once, without a traceback."""
    handler = BackgroundHandler(ErrorStream(FullDisk()))
    for number in range(20):
        handler.handle(record(number))
    handler.close()
    assert caplog.messages == ["a log can't be written: No space left on device"]
    assert not any(each.exc_info for each in caplog.records)


def test_access_log_is_written_beside_the_loop(tmp_path, monkeypatch):
    """Lines of the access log are written in another thread than the one whose request they tell of."""
    threads = []
    write = logging.FileHandler.emit

    def emit(self, record):
        threads.append(threading.get_ident())
        write(self, record)

    monkeypatch.setattr(logging.FileHandler, "emit", emit)
    log = AccessLog("lines.jsonl", tmp_path)
    log.write({"client": None, "headers": [], "method": "GET", "raw_path": b"/", "path": "/"}, RequestNotes(), 0.1)
    log.close()
    assert (tmp_path / "lines.jsonl").read_text(encoding="ascii").count("\n") == 1
    assert threads
    assert threading.get_ident() not in threads
