"""Readers of other packages: by an entry point, checked, and never the end of a build."""

import json
import re
import subprocess
import sys

import pytest
from locations import ROOT

from kg import settings
from kg.errors import SettingsError
from kg.records.problems import SourceProblem
from kg.records.readers import READERS, plugins
from kg.records.readers.base import RawRecord, ReadFailure, SourceFile
from kg.records.readers.plugins import ReaderPlugin

EXAMPLE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8").partition("## A reader in another package")[2]
CODE = re.search(r"```python\n(.*?)```", EXAMPLE, re.DOTALL)[1]
PROJECT = re.search(r"```toml\n(.*?)```", EXAMPLE, re.DOTALL)[1]
ENTRY = "TY  - JOUR\nTI  - On letters\nAU  - Scribe, Berta\nDA  - 1963/05/04\nKW  - Letters\nPY  - 1963\nER  - \n"


def install(folder, name, code, points):
    """A package as an installer lays it: a module, and the metadata with its entry points."""
    (folder / f"{name}.py").write_text(code, encoding="utf-8")
    metadata = folder / f"{name}-1.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n", encoding="utf-8")
    lines = "".join(f"{point} = {value}\n" for point, value in points.items())
    (metadata / "entry_points.txt").write_text(f"[kg.readers]\n{lines}", encoding="utf-8")


def kg(folder, packages, command, *options):
    """A command of kg with some packages beside it."""
    arguments = [
        sys.executable,
        "-c",
        "from kg.cli import main; main()",
        "--config",
        str(folder / "kg.toml"),
        command,
        *options,
    ]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{packages}:{ROOT}"}
    return subprocess.run(arguments, capture_output=True, text=True, timeout=120, env=environment, check=False)


def project(folder, source=""):
    """A collection with a file of RIS."""
    (folder / "kg.toml").write_text(f'[[sources]]\npath = "letters.ris"\n{source}', encoding="utf-8")
    (folder / "letters.ris").write_text(ENTRY, encoding="utf-8")


@pytest.mark.parametrize("source", ["", 'format = "ris"\n'])
def test_the_example_of_the_documents_builds(tmp_path, source):
    """The package of docs/extending.md, installed as its pyproject.toml says, reads its files, and their words are told."""
    name, value = re.search(r'^(\w+) = "(kg_\w+:\w+)"$', PROJECT, re.MULTILINE).groups()
    assert len(CODE.strip().splitlines()) <= 35
    packages = tmp_path / "packages"
    packages.mkdir()
    install(packages, value.partition(":")[0], CODE, {name: value})
    project(tmp_path, source)
    done = kg(tmp_path, packages, "build", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["published"] == {"record": 1}
    lines = (tmp_path / "var/current/records/0001.jsonl").read_text(encoding="utf-8").splitlines()
    record = json.loads(lines[0])
    assert record["title"] == {"@none": "On letters"}
    assert record["creator"][0]["name"] == {"@none": "Scribe, Berta"}
    assert record["dates"][0]["edtf"] == "1963-05-04"
    assert record["extra"] == [{"field": "TY", "value": "JOUR"}, {"field": "PY", "value": "1963"}]


def test_a_broken_plugin_is_told_and_never_a_traceback(tmp_path):
    """A package that can't be imported is named by a build that asks for its format, and by one that does not."""
    packages = tmp_path / "packages"
    packages.mkdir()
    install(packages, "kg_broken", "raise ImportError('no libmarc')\n", {"marc": "kg_broken:PLUGIN"})
    project(tmp_path, 'format = "marc"\n')
    done = kg(tmp_path, packages, "build")
    assert done.returncode == 2
    assert "no libmarc" in " ".join(done.stderr.split())
    project(tmp_path)
    (tmp_path / "letters.ris").write_text('{"id": "record/1", "title": "A"}', encoding="utf-8")
    done = kg(tmp_path, packages, "build", "--json")
    assert done.returncode == 0
    assert any("no libmarc" in problem["message"] for problem in json.loads(done.stdout)["problems"])
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("code", "points", "fault"),
    [
        ("PLUGIN = 5", {"marc": "kg_p:PLUGIN"}, "is no ReaderPlugin, but int"),
        ("import sys; sys.exit(3)", {"marc": "kg_p:PLUGIN"}, "can't be loaded (SystemExit"),
        ("", {"marc": "kg_p:PLUGIN"}, "can't be loaded (AttributeError"),
        (
            "from kg.records.readers.plugins import ReaderPlugin\nPLUGIN = ReaderPlugin('other', print, print)",
            {"marc": "kg_p:PLUGIN"},
            "reads the format 'other'",
        ),
        (
            "from kg.records.readers.plugins import ReaderPlugin\nPLUGIN = ReaderPlugin('marc', None, print)",
            {"marc": "kg_p:PLUGIN"},
            "lacks a function",
        ),
        (
            "from kg.records.readers.plugins import ReaderPlugin\nPLUGIN = ReaderPlugin('json', print, print)",
            {"json": "kg_p:PLUGIN"},
            "has a reader already",
        ),
    ],
)
def test_what_is_no_plugin_is_named(tmp_path, monkeypatch, code, points, fault):
    """An entry point that gives no reader is left out, with the reason."""
    install(tmp_path, "kg_p", code, points)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "kg_p", raising=False)
    found = plugins.installed.__wrapped__(frozenset(READERS))
    assert found.by_format == {}
    assert fault in found.faults[next(iter(points))]
    monkeypatch.delitem(sys.modules, "kg_p", raising=False)


def fails(_source):
    yield RawRecord({"id": "record/1"})
    raise KeyError("245")


def exits(_source):
    raise SystemExit(3)
    yield


@pytest.mark.parametrize(
    ("read", "read_records"),
    [
        (fails, 1),
        (exits, 0),
        (lambda _: None, 0),
        (lambda _: [5, None, RawRecord("x"), RawRecord({"id": "record/1"}, problems=(5,)), ReadFailure("x")], 0),
        (lambda _: [RawRecord({"id": "record/1", "when": {1, 2}, 5: b"x", "note": object()})], 1),
        (lambda _: [SourceProblem("a", "", "", 5, "", "", "note"), SourceProblem("a", "", "", "", "", "", "grave")], 0),
    ],
)
def test_what_a_plugin_gives_is_checked(tmp_path, read, read_records):
    """An exception, an exit or something else than items of a reader becomes a read failure; records are plain JSON."""
    items = list(plugins.read(ReaderPlugin("marc", read, lambda _head, _name: True), SourceFile(tmp_path, "a.marc")))
    records = [item for item in items if isinstance(item, RawRecord)]
    failures = [item for item in items if isinstance(item, ReadFailure)]
    assert len(records) == read_records
    assert len(items) == len(records) + len(failures)
    assert all("the reader of marc" in failure.problem.message for failure in failures)
    assert all(json.loads(json.dumps(item.record)) == item.record for item in records)


def test_a_plugin_that_fails_to_look_at_a_file_does_not_take_it():
    """Only a plain yes takes a file."""
    for sniff in (lambda _head, _name: 1 / 0, lambda _head, _name: "yes", lambda _head, _name: None):
        assert not plugins.knows(ReaderPlugin("marc", fails, sniff), b"", "a")


def test_a_format_without_a_reader_is_told_with_the_nearest(tmp_path):
    """A format that neither kg nor a package reads is a mistake in kg.toml."""
    (tmp_path / "kg.toml").write_text('[[sources]]\npath = "a"\nformat = "jsn"\n', encoding="utf-8")
    with pytest.raises(SettingsError, match="json is meant, perhaps"):
        settings.load(tmp_path / "kg.toml")
