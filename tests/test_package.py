"""The package as others install it."""

import re
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from datetime import date
from pathlib import Path

import click
import pytest
from locations import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from this source."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_wheel_is_whole(wheel):
    """Ontology, queries, templates and static files are in the wheel."""
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in (
        "kg/ontology_files/context.jsonld",
        "kg/ontology_files/keys.json",
        "kg/ontology_files/terms.ttl",
        "kg/ontology_files/record.schema.json",
        "kg/queries/examples/titles.rq",
        "kg/render/templates/thing.html",
        "kg/render/static/kg.css",
        "kg/render/static/vendor/yasgui.min.js",
        "kg/render/static/vendor/LICENSES.txt",
        "kg/render/static/workbench/main.js",
        "kg/render/static/examples/places.png",
        "kg/queries/saved/companions.rq",
    ):
        assert name in names


def test_wheel_works_elsewhere(wheel, tmp_path):
    """Installed into a bare environment, `kg` builds, answers and serves with no checkout in sight."""
    bare = tmp_path / "bare"
    venv.create(bare)
    site = next((bare / "lib").glob("python*/site-packages"))
    install = [sys.executable, "-m", "pip", "--python", str(bare / "bin" / "python"), "install", "-q", "--no-deps"]
    subprocess.run([*install, "--no-index", str(wheel)], check=True, capture_output=True)
    # What kg stands on comes from here: a path in a .pth brings packages, and not this environment's own editable kg.
    (site / "libraries.pth").write_text(f"{Path(click.__file__).parent.parent}\n", encoding="utf-8")
    folder = tmp_path / "work"
    folder.mkdir()
    shutil.copytree(ROOT / "data", folder / "data")
    shutil.copy(ROOT / "kg.toml", folder)

    def run(*arguments, **more):
        done = subprocess.run(
            arguments, cwd=folder, capture_output=True, check=False, env={"PATH": "/usr/bin:/bin"}, **more
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    where = "import kg.settings as s; print(s.__file__, s.ONTOLOGY, s.QUERIES)"
    assert all(path.startswith(str(site)) for path in run(bare / "bin" / "python", "-c", where).decode().split())
    run(bare / "bin" / "kg", "build")
    counted = run(bare / "bin" / "kg", "query", "--format", "csv", input=b"SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert int(counted.split()[1]) > 5000
    page = "from kg.web.app import Application; from kg.settings import load; Application(load(None))"
    run(bare / "bin" / "python", "-c", page)


def _version():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def test_command_tells_its_version():
    """`kg --version` prints the version of pyproject.toml."""
    done = subprocess.run(
        [Path(sys.executable).with_name("kg"), "--version"], capture_output=True, check=True, text=True
    )
    assert done.stdout == f"kg {_version()}\n"


def test_newest_changes_are_those_of_the_version():
    """CHANGELOG's newest release, below what is unreleased, has the version of pyproject.toml and a date."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = [each for each in re.findall(r"^## (.+)$", text, re.MULTILINE) if each != "Unreleased"]
    version, _, day = sections[0].partition(" – ")
    assert version == _version()
    assert date.fromisoformat(day)
