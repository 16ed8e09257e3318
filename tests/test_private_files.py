"""Files that hold what is not for everybody: who may read them."""

import os
import stat

import pytest
from waiting import eventually

from kg.private_files import make_private, open_private
from kg.store.log.log_state import LogState
from kg.web.observe.access_log import AccessLog
from kg.web.observe.request_notes import RequestNotes

SCOPE = {"client": ("192.0.2.7", 1), "headers": [], "method": "GET", "path": "/", "raw_path": b"/"}


@pytest.fixture(autouse=True)
def _open_umask():
    """The widest umask, so that permissions are the code's own."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path):
    """Permissions of a file."""
    return stat.S_IMODE(path.stat().st_mode)


def test_new_and_old_files(tmp_path):
    """A file is made for owner and group alone; one that is there loses what goes beyond, and gains nothing."""
    new, old, closed = tmp_path / "new", tmp_path / "old", tmp_path / "closed"
    make_private(new)
    old.touch(0o666)
    closed.touch(0o600)
    for path in (old, closed):
        os.close(open_private(path, os.O_RDONLY))
    assert [mode(each) for each in (new, old, closed)] == [0o640, 0o640, 0o600]
    make_private(tmp_path / "no" / "folder")
    assert not (tmp_path / "no").exists()


def test_access_log(tmp_path):
    """The access log is private, also the file that follows a rotation, be it made by the program that rotates."""
    path = tmp_path / "access.log"
    path.touch(0o644)
    log = AccessLog("access.log", tmp_path)
    log.write(SCOPE, RequestNotes(), 0.0)
    eventually(path.read_text, "a line")
    assert mode(path) == 0o640
    path.rename(tmp_path / "access.log.1")
    log.write(SCOPE, RequestNotes(), 0.0)
    eventually(path.exists, "a new file")
    assert mode(path) == 0o640
    path.rename(tmp_path / "access.log.2")
    path.touch(0o644)
    log.write(SCOPE, RequestNotes(), 0.0)
    log.close()
    assert (mode(path), path.read_text().count("\n")) == (0o640, 1)


def test_state(tmp_path):
    """Everything below var/state is private, SQLite's own files too, whether it was there before or not."""
    path = tmp_path / "state" / "log.sqlite"
    for _ in range(2):
        state = LogState(path)
        found = {each.name: mode(each) for each in path.parent.iterdir()}
        assert set(found) >= {"log.sqlite", "log.sqlite-wal", "log.sqlite-shm"}
        assert set(found.values()) == {0o640}, found
        assert mode(path.parent) == 0o750
        state.close()
        path.chmod(0o666)
