"""Files that no reader knows: left out and told with what to do, notes beside descriptions, nothing of programs."""

import json

import pytest
from click.testing import CliRunner

from kg.cli import cli

RECORD = json.dumps({"id": "record/1", "title": "A letter"})


def build(folder, path, *arguments):
    (folder / "kg.toml").write_text(f'[[sources]]\npath = "{path}"\n', encoding="utf-8")
    return CliRunner().invoke(cli, ["--config", str(folder / "kg.toml"), "build", *arguments])


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("letters.dbx", "rejected"),
        ("letters.mdb", "rejected"),
        ("letters", "rejected"),
        ("README.md", "note"),
        ("readme", "note"),
        ("scan 0001.tif", "note"),
        ("ead.xsd", "note"),
        ("Thumbs.db", None),
        ("desktop.ini", None),
        ("~$letters.docx", None),
        ("letters.jsonl~", None),
        (".DS_Store", None),
    ],
)
def test_in_a_folder(tmp_path, name, severity):
    """A file among others is left out and told, with the command that looks into it; the others are published."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(b"\x07\x08 what is this?")
    (tmp_path / "in" / "good.jsonl").write_text(RECORD, encoding="utf-8")
    run = build(tmp_path, "in", "--json")
    printed = json.loads(run.stdout)
    assert run.exit_code == 0
    assert printed["published"] == {"record": 1}
    told = [(each["source"], each["severity"]) for each in printed["problems"]]
    assert told == ([(f"in/{name}", severity)] if severity else [])
    assert all("kg init" in each["todo"] for each in printed["problems"])
    assert build(tmp_path, "in", "--strict").exit_code == (1 if severity == "rejected" else 0)


@pytest.mark.parametrize("name", ["letters.dbx", "README.md", "scan.pdf"])
def test_where_it_is_all(tmp_path, name):
    """A build that has only such a file ends with 1, publishes nothing, and says what to do with this file."""
    (tmp_path / name).write_bytes(b"\x07\x08 what is this?")
    run = build(tmp_path, name)
    assert run.exit_code == 1
    assert f"kg init {name}" in run.stdout
    assert "See the problems above" in run.stderr
    assert not (tmp_path / "var" / "current").exists()
    assert json.loads(build(tmp_path, name, "--json").stdout)["problems"][0]["severity"] == "rejected"
