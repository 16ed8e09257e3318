"""The package as others install it."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


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
    """Installed outside the checkout, `kg` builds and answers."""
    target = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    folder = tmp_path / "work"
    folder.mkdir()
    shutil.copytree(ROOT / "data", folder / "data")
    shutil.copy(ROOT / "kg.toml", folder)
    # The wheel's own copy goes before the editable one of this environment.
    start = (
        f"import sys; sys.path.insert(0, {str(target)!r}); import kg; assert kg.__file__.startswith({str(target)!r})"
    )
    run = f"{start}; from kg.cli import cli; cli({{arguments}})"
    for arguments in (["build"], ["query", "-", "--format", "csv"]):
        script = run.format(arguments=repr(arguments))
        question = b"SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
        environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(target)}
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=folder,
            input=question,
            capture_output=True,
            check=False,
            env=environment,
        )
        assert done.returncode == 0, done.stderr.decode()
    assert int(done.stdout.split()[1]) > 5000
