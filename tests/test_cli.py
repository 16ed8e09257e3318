"""Command line: exit codes, output streams, and errors without a traceback."""

import io
import json
import socket

import pytest
from click.testing import CliRunner
from rich.console import Console
from serving import free_port, kg

from kg.cli import cli
from kg.publish.report.progress import ProgressDisplay
from kg.records.model.keys import keys_of

RECORD = {"id": "record/1", "title": {"en": "A letter"}}
BAD = {"id": "record/2"}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "kg.toml").write_text('[[sources]]\npath = "records.jsonl"\n', encoding="utf-8")
    (tmp_path / "records.jsonl").write_text(json.dumps(RECORD), encoding="utf-8")
    return tmp_path


def run(folder, *arguments, **more):
    return CliRunner().invoke(cli, ["--config", str(folder / "kg.toml"), *arguments], **more)


def test_exit_codes(folder):
    """0 is published, also with records left out; 1 is nothing published; 2 is a wrong command line or setting."""
    (folder / "records.jsonl").write_text("\n".join(map(json.dumps, [RECORD, BAD])), encoding="utf-8")
    assert run(folder, "build").exit_code == 0
    assert run(folder, "build", "--strict").exit_code == 1
    (folder / "records.jsonl").write_text(json.dumps(BAD), encoding="utf-8")
    assert run(folder, "build").exit_code == 1
    (folder / "records.jsonl").unlink()
    assert run(folder, "build").exit_code == 1
    assert run(folder, "build", "--wrong").exit_code == 2
    assert run(folder, "nothing").exit_code == 2
    (folder / "kg.toml").write_text("colour = 1", encoding="utf-8")
    assert run(folder, "build").exit_code == 2
    (folder / "kg.toml").write_text("", encoding="utf-8")
    assert run(folder, "build").exit_code == 2


@pytest.mark.parametrize("options", [[], ["--strict"]])
@pytest.mark.parametrize("records", [[RECORD], [RECORD, BAD], [BAD], [{**RECORD, "creator": ["agent/a"]}, b"\xff{"]])
def test_json_is_one_object(folder, records, options):
    """`build --json` prints one object and nothing else, whatever comes of the build, and its counts add up."""
    lines = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in records]
    (folder / "records.jsonl").write_bytes(b"\n".join(lines))
    process = run(folder, "build", "--json", *options)
    printed = json.loads(process.stdout)
    assert {"generation", "read", "published", "rejected", "merged", "stubs", "problems", "triples", "seconds"} <= set(
        printed
    )
    assert sum(printed["read"].values()) == sum(printed["published"].values()) + printed["rejected"] + printed["merged"]
    assert (printed["generation"] is None) == (process.exit_code == 1)
    for problem in printed["problems"]:
        assert {"source", "field", "value", "expected", "message"} <= set(problem)


def test_settings_are_looked_for_above(folder):
    """The settings come from the nearest kg.toml above, and the environment goes before them."""
    (folder / "a" / "b").mkdir(parents=True)
    assert kg(folder / "a" / "b", "build").returncode == 0
    assert (folder / "var" / "current").is_symlink()
    import os
    import subprocess

    from serving import KG

    environment = {**os.environ, "KG_BASE": "https://other.example.org/", "KG_VAR": "elsewhere"}
    subprocess.run([KG, "build"], cwd=folder / "a", env=environment, check=True, capture_output=True)
    manifest = json.loads((folder / "elsewhere" / "current" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["base"] == "https://other.example.org/"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('license = ""', 2),
        ('license = "CC0"', 2),
        ('languages = ["not a language"]', 2),
        ('base = "https://exa<mple.org/"', 2),
        ('base = "http://[/"', 2),
        ('base = "https://archive.example.org:99999/"', 2),
        ('base = "https://archive.example.org/#/"', 2),
        ('shapes = "nowhere.ttl"', 2),
        ('var = "records.jsonl"', 1),
        ('[[sources]]\npath = "records.jsonl"\nformat = "jsonx"', 2),
        ('[[sources]]\npath = ""', 2),
        ('[[sources]]\npath = "\\u0000"', 1),
        ('[[sources]]\npath = "**x/["', 1),
        ('[[sources]]\npath = "nowhere"', 1),
    ],
)
def test_wrong_settings(folder, text, code):
    """Whatever stands in kg.toml, `kg build` works or says which setting or file is wrong."""
    sources = "" if "sources" in text else '\n[[sources]]\npath = "records.jsonl"\n'
    (folder / "kg.toml").write_text(text + sources, encoding="utf-8")
    process = run(folder, "build")
    assert isinstance(process.exception, SystemExit), process.exception
    assert (process.exit_code, process.stderr[:4]) == (code, "kg: ")


@pytest.mark.parametrize("name", ["KG_LANGUAGES", "KG_SOURCES", "KG_KEEP", "KG_BASE", "KG_CONFIG"])
def test_wrong_environment(folder, monkeypatch, name):
    """A variable that can't be read is named."""
    monkeypatch.setenv(name, "en,ru")
    process = CliRunner().invoke(
        cli, ["build"] if name == "KG_CONFIG" else ["--config", str(folder / "kg.toml"), "build"]
    )
    assert process.exit_code == 2
    assert name.removeprefix("KG_").lower() in process.stderr.lower() or "en,ru" in process.stderr


def test_port_is_taken(folder):
    """A port in use is reported, with exit code 2."""
    run(folder, "build")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        process = run(folder, "serve", "--port", str(listener.getsockname()[1]))
    assert process.exit_code == 2
    assert "--port" in process.stderr
    assert run(folder, "serve", "--host", "no such host").exit_code == 2


def test_no_address_of_this_machine(folder):
    """Where the machine has not the address, another one is advised, and not another port."""
    run(folder, "build")
    process = run(folder, "serve", "--host", "203.0.113.1")
    assert process.exit_code == 2
    assert "--host" in process.stderr
    assert "--port" not in process.stderr


def test_access_log_that_can_not_be_written(folder):
    """An access log in no folder is said before anything is served."""
    run(folder, "build")
    text = (folder / "kg.toml").read_text(encoding="utf-8")
    (folder / "kg.toml").write_text(f'access_log = "nowhere/log"\n{text}', encoding="utf-8")
    process = run(folder, "serve", "--port", str(free_port()))
    assert process.exit_code == 2
    assert "access_log nowhere/log" in process.stderr
    assert "Serving" not in process.stderr


def test_no_settings(tmp_path):
    """Where there is no kg.toml, that is what is said."""
    process = kg(tmp_path, "build")
    assert process.returncode == 2
    assert b"there is no kg.toml here or above" in process.stderr


def test_check_of_nothing(folder):
    """A check has exit code 1 where a build would publish nothing."""
    (folder / "records.jsonl").write_text("", encoding="utf-8")
    assert run(folder, "check").exit_code == run(folder, "build").exit_code == 1


@pytest.mark.parametrize("kind", ["record", "agent"])
def test_keys(tmp_path, kind):
    """`kg keys` lists every key of a kind, wherever it is run."""
    process = kg(tmp_path, "keys", kind)
    words = process.stdout.decode().split()
    assert {key.name for key in keys_of(kind)} <= set(words)


def test_diff_of_long_values(folder):
    """Of long values that are alike at first, a diff shows where they differ; at its end it counts."""

    def write(*records):
        (folder / "records.jsonl").write_text("\n".join(map(json.dumps, records)), encoding="utf-8")

    long = "The same words, again and again. " * 20
    write(RECORD | {"summary": f"{long}ONE{long}"}, {"id": "record/3", "title": "C"})
    run(folder, "build")
    write(RECORD | {"summary": f"{long}TWO{long}"}, {"id": "record/4", "title": "D"}, {"id": "record/5", "title": "E"})
    printed = run(folder, "diff").stdout
    assert "ONE" in printed
    assert "TWO" in printed
    assert printed.splitlines()[-1] == "A build would change 4 things: 2 created, 1 changed, 1 deleted."
    run(folder, "build")
    assert run(folder, "diff").stdout.splitlines() == ["A build would change nothing."]


def test_where_the_others_are(folder):
    """Where a line of the report tells of several problems, it says how to see each."""
    lines = [RECORD, BAD, {"id": "record/3"}]
    (folder / "records.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    process = run(folder, "check")
    assert "2 rejected" in process.stdout
    assert "--json lists each with its place" in process.stdout


def test_a_file_in_two_sources(folder):
    """A file that two sources name is read once, and that is said."""
    (folder / "kg.toml").write_text('[[sources]]\npath = "*.jsonl"\n[[sources]]\npath = "."\n', encoding="utf-8")
    printed = json.loads(run(folder, "build", "--json").stdout)
    assert (printed["published"], printed["rejected"]) == ({"record": 1}, 0)
    (problem,) = printed["problems"]
    assert (problem["severity"], problem["source"]) == ("note", "records.jsonl")
    assert "two sources" in problem["message"]


def test_query(folder):
    """`kg query` takes a file or standard input; what is no query has exit code 1, what is no text 2."""
    run(folder, "build")
    assert kg(folder, "query", "--format", "csv", input=b"SELECT (1 AS ?n) {}").stdout.split() == [b"n", b"1"]
    (folder / "q.rq").write_bytes(b"\xff")
    assert run(folder, "query", str(folder / "q.rq")).exit_code == 2
    assert run(folder, "query", str(folder / "nowhere.rq")).exit_code == 2
    process = kg(folder, "query", input=b"SELECT")
    assert (process.returncode, process.stderr[:4]) == (1, b"kg: ")


def test_progress_on_a_terminal():
    """On a terminal a line tells records, triples, rate and time left."""
    screen = io.StringIO()
    with ProgressDisplay(console=Console(file=screen, force_terminal=True, width=120)) as display:
        display.show(12_000, 340_000, 1_000_000, 4_000_000)
        display._bar.refresh()
    assert "12,000 records, 340,000 triples" in screen.getvalue()
    assert "triples/s" in screen.getvalue()
    assert "-:--:--" in screen.getvalue() or "0:0" in screen.getvalue()


def test_progress_in_a_log(monkeypatch):
    """Elsewhere a line now and then tells the same, and with --json none does."""
    monkeypatch.setattr("kg.publish.report.progress.LINE_INTERVAL", 0.0)
    for quiet in (False, True):
        log = io.StringIO()
        with ProgressDisplay(quiet=quiet, console=Console(file=log, width=120)) as display:
            display.show(12_000, 340_000, 1_000_000, 4_000_000)
        said = log.getvalue()
        assert said == "" if quiet else ("12,000 records, 340,000 triples" in said and " s left" in said)
