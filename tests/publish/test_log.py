"""The change log of builds and rollbacks: what it tells of stubs, merges, mappings, bases, killed builds and ledgers."""

import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner
from locations import ROOT
from logged_collections import Follower
from publishing import BASE, dump_of, publish
from waiting import HANG_SECONDS

from kg import settings
from kg.cli import cli
from kg.errors import GenerationError
from kg.mapping.mapper import Mapper
from kg.publish import build, rollback
from kg.store.generation.generations import Generations
from kg.store.log.change_log import ChangeLog
from kg.store.triples.graph_hash import graph_hash

LETTER = {"id": "record/1", "title": {"en": "A letter"}, "creator": [{"id": "agent/a", "name": {"en": "An author"}}]}
AUTHOR = {"id": "agent/a", "name": {"en": "An author"}, "agentType": "person"}
OTHER = {"id": "record/2", "title": {"en": "Another one"}}


def log_of(made):
    return ChangeLog(made.var_folder)


def told(made, generation):
    """What followers are told of a generation: reference, change, target."""
    changes = log_of(made).changes(0, 10_000)
    return [(each.reference, each.what, each.target) for each in changes if each.generation == generation]


def thing(made, reference):
    with closing(Generations.of_settings(made).open_live()) as live:
        return live.catalogue.thing(reference)


def holds_what_is_live(made):
    """A follower from 0 has the references of the live generation, with the digests of their JSON."""
    follower = Follower()
    follower.follow_to_the_end(log_of(made))
    live = {}
    with closing(Generations.of_settings(made).open_live()) as generation:
        for ref, _, status, offset, length in generation.catalogue.digests():
            if status != "stub":
                live[ref] = sha256(generation.record(offset, length)).hexdigest()
    return follower.held == live


def test_the_first_generation_counts_as_created(tmp_path):
    """Its things have the sequences from 1 on in the order of their references, stubs have none, and no row is written."""
    made, report = publish(
        tmp_path, [LETTER, OTHER, AUTHOR, {"id": "record/0", "title": {"en": "Zero"}, "creator": ["agent/z"]}]
    )
    changes = log_of(made).changes()
    assert [(each.sequence, each.reference, each.what) for each in changes] == [
        (1, "agent/a", "created"),
        (2, "record/0", "created"),
        (3, "record/1", "created"),
        (4, "record/2", "created"),
    ]
    assert (report.created, report.incremental, report.why_full) == (4, False, "nothing is published yet")
    with closing(sqlite3.connect(made.var_folder / "state" / "log.sqlite")) as db:
        assert db.execute("SELECT COUNT(*) FROM log").fetchone() == (0,)
    publish(tmp_path, [OTHER, AUTHOR])
    again = log_of(made).changes(0, 4)
    assert [each.as_json() for each in again] == [each.as_json() for each in changes]
    assert [each.sequence for each in log_of(made).changes(4)] == [5, 6]
    assert holds_what_is_live(made)


def test_a_record_of_which_a_stub_remains_is_deleted(tmp_path):
    """It is told as deleted and counts as gone; when it comes back it is created; its first time stays."""
    publish(tmp_path, [LETTER, AUTHOR])
    created = log_of(publish(tmp_path, [LETTER, AUTHOR])[0]).published("agent/a").created
    made, report = publish(tmp_path, [LETTER])
    assert told(made, 3) == [("agent/a", "deleted", None)]
    assert (report.created, report.changed, report.deleted) == (0, 0, 1)
    published = log_of(made).published("agent/a")
    assert (published.is_live, published.status, published.deleted) == (False, "stub", thing(made, "agent/a").modified)
    made, report = publish(tmp_path, [LETTER, AUTHOR])
    assert told(made, 4) == [("agent/a", "created", None)]
    assert (report.created, report.deleted) == (1, 0)
    published = log_of(made).published("agent/a")
    assert (published.is_live, published.created) == (True, created)
    assert [each.what for each in log_of(made).history("agent/a")] == ["created", "deleted", "created"]


def test_a_stub_that_gets_a_record_is_created(tmp_path):
    """What was only named begins with its record, in the log and on its page; as a stub it is told to nobody."""
    publish(tmp_path, [LETTER])
    made, report = publish(tmp_path, [LETTER, AUTHOR])
    assert told(made, 1) == [("record/1", "created", None)]
    assert told(made, 2) == [("agent/a", "created", None)]
    assert report.created == 1
    assert thing(made, "agent/a").created == log_of(made).generations()[0].time


def test_a_merge_is_told_once_with_its_target(tmp_path):
    """A record that another one replaces is merged into that; when that goes too, its link to it is gone."""
    publish(tmp_path, [OTHER])
    new = {"id": "record/new", "title": {"en": "New"}, "replaces": ["record/2"]}
    made, report = publish(tmp_path, [new])
    assert told(made, 2) == [("record/2", "merged", "record/new"), ("record/new", "created", None)]
    assert (report.created, report.deleted, report.replaced) == (1, 0, 1)
    assert log_of(made).published("record/2").target == "record/new"
    publish(tmp_path, [new])
    assert told(made, 3) == []
    publish(tmp_path, [OTHER])
    assert told(made, 4) == [("record/new", "deleted", None), ("record/2", "created", None)]
    assert log_of(made).published("record/2").target is None
    assert holds_what_is_live(made)


def test_a_rollback_tells_what_changed_back(tmp_path):
    """Its generation says which one it repeats, has that one's hash and sources, and the log what changed by it."""
    made, _ = publish(tmp_path, [LETTER, AUTHOR])
    publish(tmp_path, [{**LETTER, "title": {"en": "A card"}}, OTHER])
    manifest = rollback.rollback(made)
    assert told(made, 3) == [
        ("record/2", "deleted", None),
        ("agent/a", "created", None),
        ("record/1", "changed", None),
    ]
    newest, _, first = log_of(made).generations()
    assert (newest.number, newest.rollback_of, newest.time) == (3, 1, manifest.published)
    assert newest.graph_hash == first.graph_hash != ""
    assert log_of(made).sources(3) == log_of(made).sources(1) != log_of(made).sources(2)
    (before, _, after) = (each.digest for each in log_of(made).history("record/1"))
    assert before == after
    assert holds_what_is_live(made)


def test_a_mapping_alone_moves_no_time(tmp_path, monkeypatch):
    """Other triples of the same record stand in its history as remapped; followers are told nothing, and its times stay."""
    made, _ = publish(tmp_path, [LETTER, AUTHOR])
    before = log_of(made).published("record/1"), thing(made, "record/1")
    write = Mapper.map

    def another(self, records):
        return [
            replace(each, ntriples=each.ntriples.replace(b"A letter", b"A  letter")) for each in write(self, records)
        ]

    monkeypatch.setattr(Mapper, "map", another)
    report = build.build(made, full=True)
    assert (report.changed, report.remapped) == (0, 1)
    assert told(made, 2) == []
    assert [each.what for each in log_of(made).history("record/1")] == ["created", "remapped"]
    assert [each.reference for each in log_of(made).newest(what="remapped")] == ["record/1"]
    after = log_of(made).published("record/1"), thing(made, "record/1")
    assert [each.modified for each in after] == [each.modified for each in before]
    assert after[0].digest == before[0].digest
    assert after[0].triples_digest != before[0].triples_digest
    first, second = (each.graph_hash for each in log_of(made).generations())
    assert first != second


def test_another_base_closes_the_old_identifiers(tmp_path):
    """Each thing is deleted under the old base, then created under the new one."""
    made, _ = publish(tmp_path, [LETTER, AUTHOR])
    other = "https://other.example.org/"
    publish(tmp_path, [LETTER, AUTHOR], base=other)
    changes = [each for each in log_of(made).changes() if each.generation == 2]
    assert [(each.reference, each.what, each.base) for each in changes] == [
        ("agent/a", "deleted", BASE),
        ("record/1", "deleted", BASE),
        ("agent/a", "created", other),
        ("record/1", "created", other),
    ]
    published = log_of(made).published("record/1")
    assert (published.modified, published.is_live) == (log_of(made).generations()[0].time, True)


def test_times_only_go_forward(tmp_path):
    """A generation after one from the future, by a clock that went back, is a second later than that."""
    made, _ = publish(tmp_path, [LETTER])
    with closing(sqlite3.connect(made.var_folder / "state" / "log.sqlite")) as db, db:
        db.execute("UPDATE generations SET time = '2999-12-31T23:59:58Z'")
    publish(tmp_path, [LETTER, OTHER])
    assert log_of(made).generations()[0].time == "2999-12-31T23:59:59Z"
    assert log_of(made).published("record/2").created == "2999-12-31T23:59:59Z"


def test_the_hash_of_the_graph_is_that_of_its_lines(tmp_path):
    """Whoever has a dump can compute it: no blank nodes, each line once, in any order; manifest and log have it."""
    made, _ = publish(tmp_path, [LETTER, AUTHOR, OTHER])
    folder = Generations.of_settings(made).generation_folder(1)
    lines = gzip.decompress(dump_of(made))
    assert b"_:" not in lines
    expected = sum(int(sha256(line).hexdigest(), 16) for line in lines.splitlines()) % 2**256
    assert folder.read_manifest().graph_hash == f"{expected:064x}" == log_of(made).generations()[0].graph_hash
    assert graph_hash(lines.splitlines()) == expected
    source = sha256((tmp_path / "records.jsonl").read_bytes()).hexdigest()
    assert log_of(made).sources(1) == {"records.jsonl": source}


def test_the_log_outlives_its_generations(tmp_path):
    """Generations that are pruned stay in the log, with their changes."""
    made, _ = publish(tmp_path, [LETTER], keep=2)
    for title in ("B", "C", "D"):
        publish(tmp_path, [{**LETTER, "title": {"en": title}}], keep=2)
    assert Generations.of_settings(made).numbers() == [3, 4]
    assert [each.number for each in log_of(made).generations()] == [4, 3, 2, 1]
    assert [each.generation for each in log_of(made).history("record/1")] == [1, 2, 3, 4]


def test_a_log_that_is_behind_takes_up_what_generations_carry(tmp_path):
    """A log from a backup is brought up generation by generation, with the sequences that were told."""
    made, _ = publish(tmp_path, [LETTER])
    log = made.var_folder / "state" / "log.sqlite"
    shutil.copyfile(log, tmp_path / "backup")
    for title in ("B", "C"):
        publish(tmp_path, [{**LETTER, "title": {"en": title}}])
    before = [each.as_json() for each in log_of(made).changes()]
    shutil.copyfile(tmp_path / "backup", log)
    Generations.of_settings(made).bring_log_up()
    assert [each.as_json() for each in log_of(made).changes()] == before
    shutil.copyfile(tmp_path / "backup", log)
    shutil.rmtree(made.var_folder / "generations" / "0002")
    Generations.of_settings(made).bring_log_up()
    assert [each.sequence for each in log_of(made).changes(1)] == [4]  # behind those of the log that was
    assert holds_what_is_live(made)


def test_a_lost_log_goes_on_behind_the_numbers_that_were_told(tmp_path):
    """A log that is made anew from a generation alone says so by its bounds, and knows what was deleted."""
    publish(tmp_path, [LETTER, OTHER])
    made, _ = publish(tmp_path, [LETTER])
    shutil.rmtree(made.var_folder / "state")
    shutil.rmtree(made.var_folder / "generations" / "0001")
    Generations.of_settings(made).bring_log_up()
    assert log_of(made).bounds() == (3, 5)
    assert [(each.sequence, each.reference, each.what) for each in log_of(made).changes(3)] == [
        (4, "record/1", "created"),
        (5, "record/2", "deleted"),
    ]
    assert holds_what_is_live(made)


STEPS = {
    "before the folder is synchronised": ("kg.store.generation.generations._sync", "before"),
    "before the folder has its name": ("pathlib.Path.rename", "before .0003.building"),
    "before the switch": ("pathlib.Path.symlink_to", "before"),
    "before the link is renamed": ("pathlib.Path.rename", "before .current.3"),
    "after the switch": ("pathlib.Path.rename", "after .current.3"),
    "within the log": ("kg.store.log.log_state._TAKE_UP", "within"),
    "before what is old is deleted": ("shutil.rmtree", "before 0001"),
}
KILLED = """
import os, pathlib, shutil, sys
from kg import settings
from kg.publish import build
from kg.store.generation import generations
from kg.store.log import log_state

target, moment, folder = sys.argv[1:]
made = settings.load(pathlib.Path(folder) / "kg.toml")
when, _, name = moment.partition(" ")
if when == "within":
    half = log_state._TAKE_UP.split(";")
    log_state._TAKE_UP = ";".join([*half[:2], "SELECT die()"])
    connect = log_state.sqlite3.connect
    def connected(*arguments, **options):
        connection = connect(*arguments, **options)
        connection.create_function("die", 0, lambda: os._exit(9))
        return connection
    log_state.sqlite3.connect = connected
else:
    module, _, attribute = target.rpartition(".")
    holder = {"kg.store.generation.generations": generations, "pathlib.Path": pathlib.Path, "shutil": shutil}[module]
    former = getattr(holder, attribute)
    def dying(*arguments, **options):
        meant = not name or name == pathlib.Path(arguments[0]).name
        if meant and when == "before":
            os._exit(9)
        found = former(*arguments, **options)
        if meant:
            os._exit(9)
        return found
    setattr(holder, attribute, dying)
build.build(made)
"""


@pytest.mark.parametrize("step", STEPS)
def test_a_build_that_is_killed(tmp_path, step):
    """Killed before the switch it leaves nothing in the log; killed after it, the next command takes the changes up, once."""
    publish(tmp_path, [LETTER])
    made, _ = publish(tmp_path, [LETTER, AUTHOR])
    config = f'base = "{BASE}"\nkeep = 2\n[[sources]]\npath = "records.jsonl"\n'
    (tmp_path / "kg.toml").write_text(config, encoding="utf-8")
    (tmp_path / "records.jsonl").write_text(json.dumps(OTHER), encoding="utf-8")
    command = [sys.executable, "-c", KILLED, *STEPS[step], str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=HANG_SECONDS)
    assert done.returncode == 9, done.stderr.decode()
    generations = Generations.of_settings(made)
    is_live = generations.live() == 3
    assert is_live == (step in {"after the switch", "within the log", "before what is old is deleted"})
    expected = [("agent/a", "deleted", None), ("record/1", "deleted", None), ("record/2", "created", None)]
    assert told(made, 3) == (expected if step == "before what is old is deleted" else [])
    generations.bring_log_up()
    assert told(made, 3) == (expected if is_live else [])
    assert holds_what_is_live(made)
    report = build.build(settings.load(tmp_path / "kg.toml"))
    assert report.generation == (4 if is_live else 3)
    assert told(made, report.generation) == ([] if is_live else expected)
    assert generations.numbers() == [report.generation - 1, report.generation]
    assert holds_what_is_live(made)


def test_a_first_build_that_is_killed_before_the_switch(tmp_path):
    """Nothing was published then, and the next build is the first."""
    (tmp_path / "kg.toml").write_text(f'base = "{BASE}"\n[[sources]]\npath = "records.jsonl"\n', encoding="utf-8")
    (tmp_path / "records.jsonl").write_text(json.dumps(OTHER), encoding="utf-8")
    command = [sys.executable, "-c", KILLED, *STEPS["before the switch"], str(tmp_path)]
    assert subprocess.run(command, cwd=ROOT, check=False, timeout=HANG_SECONDS).returncode == 9
    made = settings.load(tmp_path / "kg.toml")
    report = build.build(made)
    assert (report.generation, report.created) == (1, 1)
    assert [each.sequence for each in log_of(made).changes()] == [1]


@pytest.fixture
def earlier(tmp_path):
    """Settings of a collection with a ledger of kg 0.1.0."""
    case = Path(__file__).parent / "cases" / "version-0.1.0"
    shutil.copytree(case, tmp_path / "collection")
    with tarfile.open(tmp_path / "collection" / "var.tar.xz") as packed:
        packed.extractall(tmp_path / "collection", **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    return settings.load(tmp_path / "collection" / "kg.toml")


def test_a_ledger_is_taken_over(earlier):
    """Its things and rows go on in the change log, with the digests of their records; the file is kept under another name."""
    state = earlier.var_folder / "state"
    with closing(sqlite3.connect(state / "ledger.sqlite")) as db:
        things = dict(db.execute("SELECT ref, created FROM published"))
        rows = db.execute("SELECT COUNT(*) FROM log").fetchone()[0]
    report = build.build(earlier)
    assert (report.created, report.changed, report.deleted) == (0, 0, 0)
    assert report.why_full.startswith("the live generation has format 2")
    assert [each.field for each in report.problems() if "of an earlier version of kg" in each.message] == [""]
    log = log_of(earlier)
    assert {ref: log.published(ref).created for ref in things} == things
    history = [change for ref in things for change in log.history(ref)]
    assert len([each for each in history if each.generation == 1]) == rows
    assert {each.what for each in log.history("agent/nobody-described")} == {"named"}
    assert holds_what_is_live(earlier)
    assert sorted(each.name for each in state.iterdir() if "ledger" in each.name) == ["ledger.sqlite.taken-over"]


def test_a_ledger_with_merges_is_taken_over(tmp_path):
    """Former spellings, merges, deletions and returns stand in the log in the order of generations."""
    made, _ = publish(tmp_path, [LETTER, AUTHOR])
    state = made.var_folder / "state"
    digest = thing(made, "record/1").digest
    shutil.rmtree(state)
    state.mkdir()
    with closing(sqlite3.connect(state / "ledger.sqlite")) as db, db:
        db.execute("CREATE TABLE published (ref TEXT PRIMARY KEY, kind, label, created, modified, digest, deleted)")
        db.execute("CREATE TABLE log (generation, ref, what, time, target, PRIMARY KEY (generation, ref))")
        db.execute("CREATE TABLE meta (name, value)")
        db.executemany(
            "INSERT INTO published VALUES (?, ?, NULL, ?, ?, ?, ?)",
            [
                ("record/1", "record", "t1", "t3", digest, None),
                ("agent/a", "agent", "t1", "t1", thing(made, "agent/a").digest, None),
                ("record/b", "record", "t1", "t2", None, "t2"),
                ("record/old", "record", "t1", "t1", "x", None),
            ],
        )
        db.executemany(
            "INSERT INTO log VALUES (?, ?, ?, ?, ?)",
            [
                *(
                    (1, ref, "created", "t1", None)
                    for ref in ("record/1", "record/b", "record/old", "agent/a", "record/x%3A1")
                ),
                (2, "record/b", "deleted", "t2", None),
                (2, "record/old", "merged", "t2", "record/1"),
                (2, "record/x%3A1", "merged", "t2", "record/x:1"),
                (3, "record/1", "changed", "t3", None),
            ],
        )
        db.executemany("INSERT INTO meta VALUES (?, ?)", [("generation", "1"), ("time", "t3")])
    Generations.of_settings(made).bring_log_up()
    changes = log_of(made).changes()
    assert [(each.sequence, each.reference, each.what, each.target) for each in changes] == [
        (1, "agent/a", "created", None),
        (2, "record/1", "created", None),
        (3, "record/b", "created", None),
        (4, "record/old", "created", None),
        (5, "record/x%3A1", "created", None),
        (6, "record/b", "deleted", None),
        (7, "record/old", "merged", "record/1"),
        (8, "record/x%3A1", "merged", "record/x:1"),
        (9, "record/1", "changed", None),
    ]
    assert holds_what_is_live(made)
    assert log_of(made).published("record/old").target == "record/1"


def run(folder, *arguments):
    return CliRunner().invoke(cli, ["--config", str(folder / "kg.toml"), "log", *arguments])


@pytest.fixture
def logged(tmp_path):
    """Folder of a collection with three generations."""
    (tmp_path / "kg.toml").write_text(f'base = "{BASE}"\n[[sources]]\npath = "records.jsonl"\n', encoding="utf-8")
    for records in ([LETTER, OTHER], [{**LETTER, "title": {"en": "A card"}}, OTHER], [LETTER]):
        publish(tmp_path, records)
    return tmp_path


def test_the_log_is_printed(logged):
    """`kg log` has the newest changes first, of one thing its history; --json the objects that followers are told, oldest first."""
    lines = run(logged).stdout.splitlines()
    assert ["changed" in lines[1], "deleted" in lines[2], "record/2" in lines[2], "record/1" in lines[-1]] == [True] * 4
    assert len(run(logged, "record/1").stdout.splitlines()) == 4
    assert run(logged, f"{BASE}record/1").stdout == run(logged, "record/1").stdout
    objects = [json.loads(line) for line in run(logged, "--json").stdout.splitlines()]
    assert [each["sequence"] for each in objects] == [1, 2, 3, 4, 5]
    assert list(objects[0]) == ["sequence", "generation", "time", "reference", "what", "target", "digest"]
    part = [json.loads(line) for line in run(logged, "--json", "--since", "2", "--limit", "2").stdout.splitlines()]
    assert part == objects[2:4]
    assert [json.loads(line) for line in run(logged, "record/2", "--json").stdout.splitlines()] == [
        objects[1],
        objects[3],
    ]
    assert "newest 2 changes of a log of 5" in run(logged, "--limit", "2").stdout


@pytest.mark.parametrize(
    ("reference", "code", "said"),
    [
        ("record/never", 1, "record/never was never published"),
        ("agent/a", 1, "agent/a is only named"),
        ("nothing", 2, "is no reference to a thing"),
    ],
)
def test_the_log_of_nothing(logged, reference, code, said):
    """A reference that the log does not have is an error that says why."""
    done = run(logged, reference)
    assert (done.exit_code, said in done.stderr) == (code, True)


def test_no_log(tmp_path):
    """Where nothing is published, or the log is gone and can't be made, that is said with what to do."""
    (tmp_path / "kg.toml").write_text(f'base = "{BASE}"\n[[sources]]\npath = "records.jsonl"\n', encoding="utf-8")
    done = run(tmp_path)
    assert (done.exit_code, "nothing is published yet" in done.stderr) == (1, True)
    with pytest.raises(GenerationError, match=r"there is no change log.*kg build"):
        ChangeLog(tmp_path / "var").changes()


def test_a_damaged_log(logged):
    """A log that can't be read is an error with its place, for readers and for the command."""
    path = logged / "var" / "state" / "log.sqlite"
    path.write_text("rubbish " * 1000)
    with pytest.raises(GenerationError, match="can't be read"):
        ChangeLog(logged / "var").newest()
    done = run(logged)
    assert (done.exit_code, "can't be read" in done.stderr) == (1, True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not write")
def test_a_log_that_can_only_be_read():
    """Where nothing in `var` can be written, the log is read as it lies there, beside a build that has it open, too."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made, _ = publish(folder, [LETTER, OTHER])
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        os.seteuid(65534)
        try:
            alone = [each.sequence for each in log_of(made).changes()]
        finally:
            os.seteuid(0)
        assert alone == [1, 2]
        with closing(Generations.of_settings(made).log()):
            assert [each.sequence for each in log_of(made).changes()] == alone
