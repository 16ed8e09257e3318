"""`kg report`: terminal, page, table and data; a server for this machine alone."""

import csv
import http.client
import io
import json
import stat
import threading
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from kg.cli import cli
from kg.commands import report_server
from kg.commands.report_server import ServedFiles, make_server

LONG = "in/" + "a-very-long-name-of-a-folder/" * 5 + "letters of the years.jsonl"
RECORDS = [
    {"id": "record/1", "title": "A letter", "dates": "05/04/1963", "creator": [{"id": "agent/a", "name": "Roa, Raúl"}]},
    {"id": "record/2", "title": "Two", "dates": "06/05/1963", "creator": [{"id": "agent/b", "name": "Raúl Roa"}]},
    {"id": "record/3"},
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    (folder / "kg.toml").write_text('title = "Papers"\n[[sources]]\npath = "in"\n', encoding="utf-8")
    (folder / LONG).parent.mkdir(parents=True)
    (folder / LONG).write_text("\n".join(map(json.dumps, RECORDS)), encoding="utf-8")
    assert run(folder, "build").exit_code == 0
    return folder


def run(folder, *arguments, **more):
    return CliRunner().invoke(cli, ["--config", str(folder / "kg.toml"), *arguments], **more)


@pytest.mark.parametrize("columns", ["20", "80", "300"])
def test_terminal_keeps_names_whole(folder, columns):
    """On the narrowest terminal, too, a place is one line with the whole name of its file; equal kinds are one."""
    process = run(folder, "report", env={"COLUMNS": columns})
    assert process.exit_code == 0
    lines = process.stdout.splitlines()
    assert len([line for line in lines if f"{LONG} line 1" in line]) == 2
    assert (
        len([line for line in lines if "date-unread" in line or "dates can't be read" in line or "two ways" in line])
        == 1
    )
    for words in ("to do: ", "Named, not described: agent: 2", "Names that look alike: 1", "no place", "█"):
        assert words in process.stdout


def test_build_keeps_names_whole(folder):
    """The same holds for what a build and a check print."""
    for command in ("build", "check"):
        process = run(folder, command, env={"COLUMNS": "30"})
        assert f"{LONG} line 1" in process.stdout


def test_table_and_data(folder):
    """--csv and --json print the table and the data; --out writes a private file, the page if nothing is chosen."""
    rows = list(csv.DictReader(io.StringIO(run(folder, "report", "--csv").stdout)))
    data = json.loads(run(folder, "report", "--json").stdout)
    assert len([row for row in rows if row["list"] == "problem"]) == sum(kind["count"] for kind in data["problems"])
    for options, name, begin in (
        ([], "a.html", "<!doctype"),
        (["--csv"], "a.csv", "list,"),
        (["--json"], "a.json", "{"),
    ):
        out = folder / name
        assert run(folder, "report", *options, "--out", str(out)).exit_code == 0
        assert out.read_text(encoding="utf-8").startswith(begin)
        assert stat.S_IMODE(out.stat().st_mode) & 0o007 == 0
    assert not list(folder.glob("*.part"))


@pytest.mark.parametrize("options", [["--csv", "--json"], ["--serve", "--csv"], ["--serve", "--out", "a"]])
def test_one_form_at_a_time(folder, options):
    """Forms exclude one another."""
    process = run(folder, "report", *options)
    assert (process.exit_code, process.stderr[:4]) == (2, "kg: ")


def test_without_a_report(tmp_path, folder):
    """Without a generation, or with one that has no report, the error says what to do."""
    (tmp_path / "kg.toml").write_text("", encoding="utf-8")
    process = run(tmp_path, "report")
    assert process.exit_code == 1
    assert "kg build" in process.stderr
    assert run(folder, "build", "--full").exit_code == 0
    (folder / "var" / "current" / "report.json").rename(folder / "away")
    process = run(folder, "report")
    (folder / "away").rename(folder / "var" / "current" / "report.json")
    assert process.exit_code == 1
    assert "kg build" in process.stderr


def test_rollback_keeps_the_report(folder):
    """An earlier generation that is published again has its report."""
    run(folder, "build")
    assert run(folder, "rollback").exit_code == 0
    assert json.loads(run(folder, "report", "--json").stdout)["counts"]["published"] == {"record": 2}


@contextmanager
def serving(folder):
    paths = {"": folder / "page.html", "report.json": folder / "report.json"}
    (folder / "page.html").write_text("<h1>Report", encoding="utf-8")
    (folder / "report.json").write_text("{}", encoding="utf-8")
    server = make_server(ServedFiles(paths, lambda: iter([b"list\r\n", b"problem\r\n"])), 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def ask(server, path, method="GET", host=None):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    try:
        connection.request(method, path, headers={"Host": host} if host else {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def test_served_to_this_machine_alone(tmp_path):
    """The server listens at 127.0.0.1, answers to its own names alone, and gives a few files and nothing else."""
    with serving(tmp_path) as server:
        assert server.server_address[0] == "127.0.0.1"
        status, headers, body = ask(server, "/")
        assert (status, body) == (200, b"<h1>Report")
        assert headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert ask(server, "/report.csv")[2] == b"list\r\nproblem\r\n"
        assert ask(server, "/", "HEAD")[2] == b""
        assert ask(server, "/", host=f"localhost:{server.server_port}")[0] == 200
        assert ask(server, "/", host="evil.example.org")[0] == 421
        for path in ("/kg.toml", "/../kg.toml", "/page.html", "/%2e%2e/kg.toml"):
            assert ask(server, path)[0] == 404
        assert ask(server, "/", "POST")[0] == 501


def test_port_that_is_taken(tmp_path):
    """A port in use is said, with what to do."""
    with serving(tmp_path) as server, pytest.raises(report_server.UsageError, match="--port"):
        make_server(ServedFiles({}, list), server.server_port)
