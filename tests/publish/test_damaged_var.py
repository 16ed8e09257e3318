"""Damage to `var`: each command says what is broken, and the one command that mends it does.

The table of docs/operation.md is made from the states here: `PYTHONPATH=tests python tests/publish/test_damaged_var.py` prints it.
"""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from locations import ROOT
from publishing import BASE
from serving import KG

from kg import cli, settings
from kg.checks import doctor
from kg.store.generation.generations import Generations

READERS = ("serve", "query")
WRITERS = ("build", "check", "diff", "rollback")
ALL = (*WRITERS, *READERS, "doctor")
DOCUMENT = ROOT / "docs" / "operation.md"
MARK = "| What is broken |"


def live(var: Path, name: str = "") -> Path:
    """A file of the live generation, without the hard link that others have to it."""
    path = var / "generations" / "0003" / name
    if path.is_file():
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content)
    return path


def cut(name: str) -> Callable[[Path], None]:
    """A cut of a file of the live generation to its first 100 bytes; of several, the first by name."""

    def harm(var: Path) -> None:
        path = live(var, str(next(iter(sorted((live(var)).glob(name)))).relative_to(live(var))))
        path.write_bytes(path.read_bytes()[:100])

    return harm


def gone(name: str) -> Callable[[Path], None]:
    """The loss of a file or folder of the live generation, or of the first of those that match a pattern."""

    def harm(var: Path) -> None:
        path = min(live(var).glob(name))
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    return harm


def instead(name: str, content: str | None = None) -> Callable[[Path], None]:
    """A file with some content in the place of what is there, or a folder without any."""

    def harm(var: Path) -> None:
        path = var / name
        if path.is_symlink() or path.is_file():
            path.unlink()
        elif path.is_dir():
            shutil.rmtree(path)
        path.write_text(content) if content is not None else (path / "x").mkdir(parents=True)

    return harm


def current_to(target: str) -> Callable[[Path], None]:
    """A link `current` to some target."""

    def harm(var: Path) -> None:
        (var / "current").unlink()
        (var / "current").symlink_to(target)

    return harm


def lost(*names: str) -> Callable[[Path], None]:
    """The loss of some files or folders of `var`."""

    def harm(var: Path) -> None:
        for name in names:
            path = var / name
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()

    return harm


def scratch_links(var: Path) -> None:
    (var / ".scratch-a").symlink_to("nowhere")
    (var / ".scratch-b").symlink_to(var.parent / "records.jsonl")
    (var / ".scratch-c").write_text("")


def no_whole_generation(var: Path) -> None:
    lost("state", "current")(var)
    for folder in (var / "generations").iterdir():
        (folder / "catalogue.sqlite").unlink()


@dataclass(frozen=True)
class State:
    """A damage.

    Attributes:
        name: the damage, in words.
        harm: function that does it.
        said: a part of what is said of it.
        mends: the command that mends it; empty where nothing has to be done.
        stops: the commands that stop; the others go on.
        tells: those of the others that say it beside their work.
        also: commands that stop for another damage, which is there too.
    """

    name: str
    harm: Callable[[Path], None]
    said: str
    mends: str
    stops: tuple[str, ...]
    tells: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


DAMAGED = (*READERS, "diff", "doctor")
LIVE = {"stops": DAMAGED, "tells": ("build", "check")}
AWAY = "mv {0} {0}.away"
STATES = [
    State("`current` leads to a number that is gone", current_to("generations/0009"), "generation 9, which is gone", "kg rollback", **LIVE),
    State("the live generation is gone", lost("generations/0003"), "generation 3, which is gone", "kg rollback", **LIVE),
    State("`current` is missing", lost("current"), "is missing", "kg rollback", **LIVE),
    State("`current` leads elsewhere", current_to("/etc"), "leads to no generation", "kg rollback", **LIVE),
    State("`current` is a file", instead("current", "3"), "is no link", AWAY.format("var/current"), ALL),
    State("`current` is a folder", instead("current"), "is no link", AWAY.format("var/current"), ALL),
    State("a file of the store is cut", cut("store/*.sst"), "are expected", "kg build", **LIVE),
    State("a file of the store is gone", gone("store/CURRENT"), "store/CURRENT can't be read", "kg build", **LIVE),
    State("the store is gone", gone("store"), "can't be read", "kg build", **LIVE),
    State("the catalogue is cut", cut("catalogue.sqlite"), "catalogue.sqlite has 100 bytes", "kg build", **LIVE),
    State("the catalogue is gone", gone("catalogue.sqlite"), "catalogue.sqlite can't be read", "kg build", **LIVE),
    State("the file of records is cut", cut("records/0001.jsonl"), "records/0001.jsonl has 100 bytes", "kg build", **LIVE),
    State("the file of records is gone", gone("records/0001.jsonl"), "records/0001.jsonl can't be read", "kg build", **LIVE),
    State("the search index is cut", cut("search/*"), "are expected", "kg build", **LIVE),
    State("a dump is gone", gone("dumps/*.nt.gz"), ".nt.gz can't be read", "kg build", **LIVE),
    State("the manifest is gone", gone("manifest.json"), "is no whole generation", "kg build", **LIVE),
    State("the manifest is cut", cut("manifest.json"), "is no whole generation", "kg build", **LIVE),
    State("the manifest holds rubbish", instead("generations/0003/manifest.json", '{"generation": [], "base": 5, "published": 1, "triples": "a", "counts": 3}'), "is no whole generation", "kg build", **LIVE),
    State("an older generation is damaged", lost("generations/0001/catalogue.sqlite"), "catalogue.sqlite can't be read", "rm -r var/generations/0001", (), ("doctor",)),
    State("the generation before is damaged", lost("generations/0002/records/0001.jsonl"), "records/0001.jsonl can't be read", "rm -r var/generations/0002", (), ("doctor",)),
    State("there is a folder with a huge number", instead("generations/" + "9" * 30), "is no whole generation", "rm -r var/generations/" + "9" * 30, (), ("doctor",)),
    State("there is an empty folder with a number", instead("generations/99999999"), "is no whole generation", "rm -r var/generations/99999999", (), ("doctor",)),
    State("a file has a generation's name", instead("generations/0004", "x"), "is no whole generation", "rm -r var/generations/0004", (), ("doctor",)),
    State("`generations` is a file", instead("generations", "x"), "is no folder", AWAY.format("var/generations"), ALL),
    State("links and files are called `.scratch-…`", scratch_links, "", "", ()),
    State("`lock` is a folder", instead("lock"), "is no file", AWAY.format("var/lock"), WRITERS, ("doctor",)),
    State("the change log holds rubbish", instead("state/log.sqlite", "rubbish " * 999), "the change log can't be read", "mv var/state/log.sqlite var/state/log.sqlite.damaged", WRITERS, ("doctor",)),
    State("the change log is a folder", instead("state/log.sqlite"), "is no file", AWAY.format("var/state/log.sqlite"), WRITERS, ("doctor",)),
    State("`state` is a file", instead("state", "x"), "is no folder", AWAY.format("var/state"), WRITERS, ("doctor",)),
    State("`rejected` is a file", instead("rejected", "x"), "is no folder", AWAY.format("var/rejected"), WRITERS, ("doctor",)),
    State("the change log is gone", lost("state"), "is missing", "kg build", (), ("build", "check", "doctor")),
    State("the change log and `current` are gone", lost("state", "current"), "is missing", "kg rollback", **LIVE),
    State("the change log and `current` are gone, and no generation is whole", no_whole_generation, "no generation is whole", "mv var/generations var/generations.damaged", WRITERS, (), (*READERS, "doctor")),
]  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A folder with three generations; record c was deleted by the second."""
    folder = tmp_path_factory.mktemp("built")
    letters = [{"id": f"record/{key}", "title": {"en": f"Letter {key}"}} for key in "abc"]
    (folder / "kg.toml").write_text(f'base = "{BASE}"\n[[sources]]\npath = "records.jsonl"\n', encoding="utf-8")
    (folder / "q.rq").write_text("ASK {}", encoding="utf-8")
    for count in (3, 2, 2):
        (folder / "records.jsonl").write_text("\n".join(map(json.dumps, letters[:count])), encoding="utf-8")
        assert run(folder, "build").exit_code == 0
    return folder


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(cli, "run_server", lambda *_: None)
    monkeypatch.setattr(doctor, "_CHECKS", doctor._CHECKS[-3:-1])


def run(folder, command):
    arguments = {"query": ["query", str(folder / "q.rq")], "doctor": ["doctor", "--json"], "build": ["build", "--json"]}
    arguments["check"] = ["check", "--json"]
    return CliRunner().invoke(
        cli.cli, ["--config", str(folder / "kg.toml"), *arguments.get(command, [command])], catch_exceptions=False
    )


def deleted(folder):
    """Time of the deletion of record c, by the live catalogue."""
    made = settings.load(folder / "kg.toml")
    with closing(Generations.of_settings(made).open_live()) as generation:
        thing = generation.catalogue.thing("record/c")
        return thing and thing.deleted


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name.replace("`", ""))
def test_damage_is_told_and_mended(built, tmp_path, state):
    """Each command stops or goes on as the table says, and names the damage; the command that mends it does."""
    was = deleted(built)
    for command in ALL:
        folder = tmp_path / command
        shutil.copytree(built, folder, symlinks=True)
        state.harm(folder / "var")
        done = run(folder, command)
        said = (done.stdout + done.stderr).replace("\\", "").replace(f"{folder}/", "")
        assert (done.exit_code == 1) == (command in state.stops + state.also), (command, said)
        if command in state.stops:
            assert state.said in said, (command, said)
            assert state.mends in said.replace("`", ""), (command, said)
        elif command in state.tells:
            assert state.said in said, (command, said)
        equals_first = "it equals generation 1" in said  # where the record was not deleted yet
        if command in {"build", "rollback"} and done.exit_code == 0 and not equals_first:
            assert deleted(folder) == was, command
    if state.mends.startswith("kg "):
        assert run(folder, state.mends.split()[1]).exit_code == 0
    elif state.mends:
        subprocess.run(["/bin/sh", "-c", state.mends], cwd=folder, check=True)
    done = run(folder, "build")
    assert done.exit_code == 0, done.stderr
    assert run(folder, "serve").exit_code == 0
    if state.harm is not no_whole_generation and state.name != "`generations` is a file":
        assert deleted(folder) == was


def test_rollback_passes_over_damaged_generations(built, tmp_path):
    """A rollback without a number takes the next older generation that is whole; with one it refuses a damaged one."""
    folder = tmp_path / "a"
    shutil.copytree(built, folder, symlinks=True)
    (folder / "var" / "generations" / "0002" / "catalogue.sqlite").unlink()
    done = run(folder, "rollback")
    assert (done.exit_code, "it equals generation 1" in done.stdout) == (0, True)
    assert "passed over" in done.stderr
    assert "0002: the generation is damaged" in done.stderr
    done = CliRunner().invoke(cli.cli, ["--config", str(folder / "kg.toml"), "rollback", "2"])
    assert (done.exit_code, "0002: the generation is damaged" in done.stderr) == (1, True)


def test_numbers_only_go_forward(built, tmp_path):
    """A number that `current` once had is not given again, though its generation is gone."""
    folder = tmp_path / "a"
    shutil.copytree(built, folder, symlinks=True)
    current_to("generations/0009")(folder / "var")
    assert json.loads(run(folder, "build").stdout)["generation"] == 10


def test_a_new_log_knows_what_was_deleted(built, tmp_path):
    """A change log that is made anew holds every key of the newest whole generation, with its times."""
    folder = tmp_path / "a"
    shutil.copytree(built, folder, symlinks=True)

    def rows():
        with closing(sqlite3.connect(folder / "var" / "state" / "log.sqlite")) as db:
            return db.execute("SELECT ref, created, deleted FROM published ORDER BY ref").fetchall()

    before = rows()
    lost("state", "current")(folder / "var")
    assert run(folder, "build").exit_code == 0
    assert rows() == before


def test_every_byte_is_compared_by_a_deep_diagnosis(built, tmp_path):
    """`kg doctor --deep` names a file that has other bytes of the same number, and exits with 1."""
    folder = tmp_path / "a"
    shutil.copytree(built, folder, symlinks=True)
    command = [KG, "--config", str(folder / "kg.toml"), "doctor", "--deep", "--json"]
    (good,) = [each for each in json.loads(_output(command))["findings"] if each["name"] == "digests"]
    assert good["grade"] == "good"
    records = live(folder / "var", "records/0001.jsonl")
    records.write_bytes(records.read_bytes().replace(b"Letter", b"Lettre"))
    (bad,) = [each for each in json.loads(_output(command))["findings"] if each["name"] == "digests"]
    assert (bad["grade"], "records/0001.jsonl" in bad["said"]) == ("bad", True)


def _output(command):
    return subprocess.run(command, capture_output=True, check=False).stdout


def table():
    """The table of docs/operation.md."""
    lines = [f"{MARK} Stops, and says so | Goes on, and says so | What mends it |", "| --- | --- | --- | --- |"]
    for state in STATES:
        stopped = state.stops + state.also
        stops = "all" if set(stopped) == set(ALL) else ", ".join(stopped) or "none"
        mends = f"`{state.mends}`" if state.mends else "nothing has to be done"
        lines.append(f"| {state.name} | {stops} | {', '.join(state.tells) or 'none'} | {mends} |")
    return "\n".join(lines) + "\n"


def test_table_in_the_documentation():
    """The table in docs/operation.md is the one of these states."""
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text[text.index(MARK) :].startswith(table()), (
        "run tests/publish/test_damaged_var.py and paste what it prints"
    )


if __name__ == "__main__":
    sys.stdout.write(table())
