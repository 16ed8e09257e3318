"""Generations: failed builds, deletion of old ones, rollbacks, and error messages."""

import errno
import fcntl
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from logged_collections import catalogue_of
from publishing import BASE, publish
from serving import KG, free_port, kg, served, server_at
from waiting import HANG_SECONDS, eventually

from kg import errors
from kg.cli import cli
from kg.errors import PublishError
from kg.publish import build, disk_faults, rollback
from kg.source_settings import SourceSettings
from kg.store.generation.generations import Generations, folder_lock
from kg.store.log.comparison import ComparedGeneration, compare, complete

LETTER = {"id": "record/1", "title": {"en": "A letter"}, "creator": ["agent/a"]}
AUTHOR = {"id": "agent/a", "name": {"en": "An author"}, "agentType": "person"}
MANY = [
    {"id": f"record/{n}", "title": {"en": f"Letter {n}"}, "summary": {"en": [f"said {n} " * 90]}} for n in range(1500)
]


def write(folder, records, base=BASE):
    (folder / "records.jsonl").write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    (folder / "kg.toml").write_text(f'base = "{base}"\n[[sources]]\npath = "records.jsonl"\n', encoding="utf-8")


def names(folder):
    return sorted(each.name for each in (folder / "var" / "generations").iterdir())


@pytest.mark.parametrize("max_bytes", [20_000, 200_000, 600_000])
def test_full_disk(tmp_path, max_bytes):
    """A disk that takes no more stops the build with a message; what is live stays, and nothing half made is left."""
    write(tmp_path, [LETTER, AUTHOR])
    assert kg(tmp_path, "build").returncode == 0
    write(tmp_path, MANY)
    process = kg(
        tmp_path, "build", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (max_bytes, max_bytes))
    )
    said = process.stderr.decode()
    assert process.returncode == 1, said
    assert said.startswith("kg: ")
    assert "Traceback" not in said
    assert Generations(tmp_path / "var").live() == 1
    assert names(tmp_path) == ["0001"]
    assert kg(tmp_path, "build").returncode == 0


@pytest.mark.parametrize(
    "fault",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError("[Errno 28] Error writing bytes to file"),
        PublishError("the store took no more triples: IO error: No space left on device: x/000004.log"),
        sqlite3.OperationalError("database or disk is full"),
    ],
)
def test_whoever_says_that_the_disk_is_full(tmp_path, fault):
    """Whichever part finds the disk full, and however it says so, the message is the same and says what to do."""
    with pytest.raises(PublishError) as said, disk_faults.reported(tmp_path):
        raise fault
    assert str(said.value).startswith(
        f"{tmp_path}: the disk is full; nothing was published. Make room, or lower `keep`"
    )


def test_no_room_for_sqlite(tmp_path, monkeypatch):
    """Where SQLite can't read or write, it is the disk if nothing is left there, and a fault of its own else."""
    fault = sqlite3.OperationalError("disk I/O error")
    fault.sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE
    with pytest.raises(PublishError, match="disk I/O error; nothing"), disk_faults.reported(tmp_path):
        raise fault
    monkeypatch.setattr(disk_faults.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 10, 0))
    with pytest.raises(PublishError, match="the disk is full"), disk_faults.reported(tmp_path):
        raise fault


def test_trials_where_nothing_can_be_written(tmp_path, monkeypatch):
    """A check and a diff work with read permission alone, and leave `var` unchanged."""
    write(tmp_path, [LETTER, AUTHOR])
    assert kg(tmp_path, "build").returncode == 0
    write(tmp_path, [LETTER, {**AUTHOR, "gender": "female"}])
    state = {each: each.stat().st_mtime_ns for each in (tmp_path / "var").rglob("*")}
    monkeypatch.setattr("kg.store.generation.generations.os.access", lambda *_: False)
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(cli, ["check"]).exit_code == 0
    lines = CliRunner().invoke(cli, ["diff", "--json"]).stdout.splitlines()
    assert [json.loads(each)["id"] for each in lines] == ["agent/a"]
    assert {each: each.stat().st_mtime_ns for each in (tmp_path / "var").rglob("*")} == state


def test_a_log_that_can_not_follow(tmp_path):
    """A change log that can't be brought up to a generation is reported, and stays unchanged."""
    publish(tmp_path, [LETTER])
    generations = Generations(tmp_path / "var")
    folder = generations.generation_folder(1)
    with closing(generations.log()) as state:
        before = list(state.entries())
        broken = tmp_path / "broken.sqlite"
        with closing(sqlite3.connect(broken)) as db:
            db.execute("CREATE TABLE things (ref)")
        catalogue = catalogue_of(broken)
        generation = ComparedGeneration(2, "2030-01-01T00:00:00Z", BASE)
        with pytest.raises(sqlite3.OperationalError, match="no such column"):
            compare(state, generation, catalogue, tmp_path / "changes")
        assert list(state.entries()) == before
        assert state.position[0] == 1
        (tmp_path / "changes").unlink()
        compare(state, generation, folder.logged_catalogue(), tmp_path / "changes")
        complete(tmp_path / "changes", folder.read_manifest().logged(), {})
        assert list(state.entries()) == before


@pytest.mark.parametrize("closed", ["records.jsonl", "more"])
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not read a file")
def test_unreadable_source(closed):
    """A source that can't be read stops the build with its name, also one that lies in a folder; what is live stays."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings, _ = publish(folder, [LETTER, AUTHOR])
        (folder / "more").mkdir()
        (folder / "more" / "more.jsonl").write_text(json.dumps({"id": "record/2", "title": "More"}))
        settings = settings.model_copy(update={"sources": (SourceSettings(path="."),)})
        for path in (folder, *folder.rglob("*")):
            os.chown(path, 65534, 65534)
        (folder / closed).chmod(0)
        os.seteuid(65534)
        try:
            with pytest.raises(errors.SourceError) as fault:
                build.build(settings)
        finally:
            os.seteuid(0)
        assert closed in str(fault.value)
        assert Generations(settings.var_folder).live() == 1


def test_source_leaves_out_what_is_ours(tmp_path):
    """A folder that holds kg.toml and var as well gives the records alone."""
    write(tmp_path, [LETTER, AUTHOR])
    (tmp_path / "kg.toml").write_text(f'base = "{BASE}"\n[[sources]]\npath = "."\n', encoding="utf-8")
    for _ in range(2):
        process = json.loads(kg(tmp_path, "build", "--json").stdout)
        assert (process["read"], process["problems"]) == ({"agent": 1, "record": 1}, [])


def test_killed_builds_are_swept(tmp_path):
    """Whatever a killed build or check left is gone after the next build; a check that runs keeps what it has."""
    settings, _ = publish(tmp_path, [LETTER, AUTHOR])
    var = settings.var_folder
    (var / "generations" / ".0002.building" / "store").mkdir(parents=True)
    (var / "generations" / ".stray").write_text("x")
    (var / ".current.2").symlink_to("generations/0002")
    (var / ".scratch-dead").mkdir()
    (var / ".scratch-alive").mkdir()
    (var / "rejected" / "0002").mkdir(parents=True)
    with folder_lock(var / ".scratch-alive"):
        build.build(settings)
    assert sorted(path.name for path in var.glob(".*")) == [".scratch-alive"]
    assert names(tmp_path) == ["0001", "0002"]
    assert not (var / "rejected" / "0002").exists()


def test_second_build_says_so(tmp_path):
    """A second build beside a first one says which process builds, and stops with exit code 1."""
    write(tmp_path, [LETTER, AUTHOR])
    assert kg(tmp_path, "build").returncode == 0
    with (tmp_path / "var" / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = kg(tmp_path, "build")
        again = kg(tmp_path, "rollback")
    assert process.returncode == again.returncode == 1
    assert b"another build is running" in process.stderr
    assert b"Traceback" not in process.stderr
    assert names(tmp_path) == ["0001"]


def test_rollback_is_logged(tmp_path):
    """A rollback's log says what changed by it, with the time of the rollback."""
    settings, _ = publish(tmp_path, [LETTER, AUTHOR])
    write(tmp_path, [{**AUTHOR, "name": {"en": "B"}}, {"id": "record/2", "title": "Two"}])
    build.build(settings)
    manifest = rollback.rollback(settings)
    with closing(sqlite3.connect(settings.var_folder / "state" / "log.sqlite")) as db:
        log = db.execute("SELECT ref, what, time FROM log WHERE generation = 3 ORDER BY ref").fetchall()
    assert log == [
        ("agent/a", "changed", manifest.published),
        ("record/1", "created", manifest.published),
        ("record/2", "deleted", manifest.published),
    ]


def test_rollback_keeps_the_base(tmp_path):
    """A generation of another base is not rolled back to: no server of these settings would serve it."""
    settings, _ = publish(tmp_path, [LETTER, AUTHOR])
    build.build(settings)
    settings_of_other_base = settings.model_copy(update={"base": "https://other.example.org/"})
    with pytest.raises(errors.PublishError, match="built for the base"):
        rollback.rollback(settings_of_other_base)
    assert Generations(settings.var_folder).live() == 2


def test_list_of_generations_in_a_narrow_terminal(tmp_path):
    """An address stays whole; where there is nothing to list, that is said."""
    base = f"https://archive.example.org/{'a-long-path/' * 9}"
    write(tmp_path, [LETTER, AUTHOR], base)
    assert b"`kg build` makes one" in kg(tmp_path, "generations").stdout
    kg(tmp_path, "build")
    assert base.encode() in kg(tmp_path, "generations").stdout


def test_list_of_generations(tmp_path):
    """`kg generations` lists all, the live one marked, and says of a damaged one that it is."""
    write(tmp_path, [LETTER, AUTHOR])
    for _ in range(2):
        kg(tmp_path, "build")
    kg(tmp_path, "rollback")
    (tmp_path / "var" / "generations" / "0001" / "manifest.json").write_text("{")
    table = kg(tmp_path, "generations").stdout.decode().splitlines()
    assert any(line.startswith(" ?") and " 1 " in line for line in table)
    assert any(line.startswith(" live") and "3 (as 1)" in line for line in table)


def test_serving_under_another_base(tmp_path):
    """A generation remembers its base; serving it under another one says to build again."""
    write(tmp_path, [LETTER, AUTHOR])
    assert kg(tmp_path, "build").returncode == 0
    write(tmp_path, [LETTER, AUTHOR], base="https://other.example.org/")
    process = kg(tmp_path, "serve", "--port", str(free_port()))
    assert process.returncode == 1
    assert b"Run `kg build` again" in process.stderr


UNHARMED = [  # ways to harm what a server does not read
    lambda var: (var / "state" / "log.sqlite").write_text("garbage " * 200),
    lambda var: ((var / "lock").unlink(), (var / "lock").mkdir()),
]


@pytest.mark.parametrize(
    "harm",
    [
        lambda var: (var / "generations" / "0001" / "catalogue.sqlite").unlink(),
        lambda var: (var / "generations" / "0001" / "catalogue.sqlite").write_text("garbage"),
        lambda var: (var / "generations" / "0001" / "records/0001.jsonl").unlink(),
        lambda var: (var / "generations" / "0001" / "manifest.json").write_text("[]"),
        lambda var: (var / "generations" / "0001" / "store" / "CURRENT").unlink(),
        lambda var: (var / "current").unlink(),
        *UNHARMED,
    ],
)
def test_damaged_folder(tmp_path, harm):
    """Any fault below var gives a message with its place, never a traceback."""
    settings, _ = publish(tmp_path, [LETTER, AUTHOR])
    write(tmp_path, [LETTER, AUTHOR])
    harm(settings.var_folder)
    (tmp_path / "q.rq").write_text("SELECT * {")
    query = ["query", str(tmp_path / "q.rq")]
    for command in (["generations"], query, ["serve"], ["diff"], ["check"], ["rollback"], ["rollback", "7"], ["build"]):
        if command == ["serve"] and harm in UNHARMED:
            continue
        process = CliRunner().invoke(cli, ["--config", str(tmp_path / "kg.toml"), *command])
        assert process.exception is None or isinstance(process.exception, SystemExit), command
        assert process.exit_code in {0, 1}
        assert process.exit_code == 0 or process.stderr.startswith("kg: "), command


def _open_files(process):
    """What a process and those that it started have open."""
    found = []
    for pid in (process, *_children(process)):
        try:
            found += [str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir()]
        except OSError:  # it ended while we looked
            continue
    return found


def _children(process):
    found = []
    for file in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, file.read_text(encoding="ascii").split()):
            found += [child, *_children(child)]
    return found


def test_server_lets_old_files_go(tmp_path):
    """A running server, which looks twice a second, takes a new generation and has no file of the old one open then."""
    import httpx2

    port = free_port()
    write(tmp_path, [LETTER, AUTHOR], base=f"http://127.0.0.1:{port}/")
    assert kg(tmp_path, "build").returncode == 0
    with served(tmp_path, port) as address:
        assert httpx2.get(f"{address}/record/1.ttl").status_code == 200
        assert httpx2.get(f"{address}/sparql", params={"query": "ASK {}"}).status_code == 200
        server = server_at(port).pid
        assert any("/generations/0001/" in name for name in _open_files(server))
        for number in (2, 3):
            write(tmp_path, [LETTER, {**AUTHOR, "name": {"en": f"Name {number}"}}], base=f"http://127.0.0.1:{port}/")
            assert kg(tmp_path, "build").returncode == 0
            eventually(lambda n=number: httpx2.get(f"{address}/healthz").json()["generation"] == n)
            assert f"Name {number}" in httpx2.get(f"{address}/agent/a.ttl").text
        eventually(lambda: not [name for name in _open_files(server) if "/0001/" in name or "/0002/" in name])
        assert any("/generations/0003/" in name for name in _open_files(server))


def test_who_is_orphaned_at_once_ends(tmp_path):
    """What a build that was killed has only just started touches nothing: the folder may be the next build's by now."""
    (tmp_path / "records").write_bytes(b"{}\n")
    command = [
        sys.executable,
        "-I",
        "-m",
        "kg.publish.outputs.search_index",
        tmp_path / "records",
        tmp_path / "search",
        "-1",
    ]
    assert subprocess.run(command, input=b"3\n", check=False, timeout=HANG_SECONDS).returncode == 1
    assert not (tmp_path / "search").exists()


def test_interrupted_build(tmp_path):
    """Ctrl-C stops a build without a traceback, and leaves nothing behind."""
    write(tmp_path, MANY)
    # What a shell starts in the background ignores Ctrl-C, and so do the programs that it starts.
    command = ["env", "--default-signal=INT", KG, "build"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    eventually((tmp_path / "var" / "generations" / ".0001.building").exists)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=HANG_SECONDS)
    assert process.returncode == 1
    assert b"Traceback" not in said
    assert names(tmp_path) == []
