"""Inventory of a generation, and what becomes of one that is damaged."""

import json
import os
import shutil
from pathlib import Path

import pytest
from publishing import publish
from starlette.testclient import TestClient
from waiting import eventually

from kg.errors import GenerationError, KgError
from kg.publish import build, rollback
from kg.store.generation import inventory
from kg.store.generation.generation import GenerationFolder
from kg.store.generation.generations import Generations
from kg.web.app import Application

LETTERS = [{"id": f"record/{n}", "title": {"en": f"Letter {n}"}, "text": {"en": ["said " * 900]}} for n in range(30)]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Settings of a collection with a generation."""
    return publish(tmp_path_factory.mktemp("built"), LETTERS)[0]


@pytest.fixture
def made(built, tmp_path):
    """The same in a copy of its own."""
    shutil.copytree(built.folder, tmp_path / "a", symlinks=True)
    return built.model_copy(update={"folder": tmp_path / "a"})


def files(made):
    manifest = GenerationFolder((made.var_folder / "current").resolve()).check_whole()
    return {name: size for name, (size, _) in manifest.files.items()}


def test_every_file_is_listed(made):
    """The manifest holds size and digest of every file of a generation but itself and the engine's log."""
    folder = (made.var_folder / "current").resolve()
    listed = files(made)
    found = {str(path.relative_to(folder)): path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    assert found.keys() - listed.keys() == {"manifest.json", "store/LOCK", "store/LOG"}
    assert listed.items() <= found.items()
    manifest = GenerationFolder(folder).read_manifest()
    assert list(inventory.differing_digests(folder, manifest.files)) == []


def test_files_that_change_are_named(made):
    """A file of the same size with other bytes is found by its digest."""
    folder = (made.var_folder / "current").resolve()
    content = (folder / "records" / "0001.jsonl").read_bytes()
    (folder / "records" / "0001.jsonl").write_bytes(content.replace(b"said", b"sbid", 1))
    manifest = GenerationFolder(folder).check_whole()
    assert list(inventory.differing_digests(folder, manifest.files)) == ["records/0001.jsonl"]


@pytest.mark.parametrize("cut", [lambda file: file.write_bytes(file.read_bytes()[:10]), lambda file: file.unlink()])
@pytest.mark.parametrize(
    "name", ["records/0001.jsonl", "catalogue.sqlite", "store/CURRENT", "dumps/kg-0001.nt.gz", "search"]
)
def test_damaged_generation_is_not_served_nor_published_anew(made, name, cut):
    """A file that is cut or gone is named with its sizes: at the start of a server, and by a rollback."""
    build.build(made)
    folder = made.var_folder / "generations" / "0001"
    name = next(each for each in files(made) if each.startswith(name))
    (folder / name).write_bytes((folder / name).read_bytes())  # without the hard link of the next
    cut(folder / name)
    with pytest.raises(KgError, match=f"damaged: {name}"):
        rollback.rollback(made, 1)
    (made.var_folder / "current").unlink()
    (made.var_folder / "current").symlink_to("generations/0001")
    with pytest.raises(GenerationError, match=f"damaged: {name}"):
        Generations.of_settings(made).open_live(made.base)


def test_digests_stay_through_a_rollback(made):
    """A rollback keeps the digests of the files that it shares, so that damage to one is found later, too."""
    folder = (made.var_folder / "current").resolve()
    content = (folder / "records" / "0001.jsonl").read_bytes()
    build.build(made)
    (folder / "records" / "0001.jsonl").write_bytes(content.replace(b"said", b"sbid", 1))
    rollback.rollback(made, 1)
    again = (made.var_folder / "current").resolve()
    assert list(inventory.differing_digests(again, GenerationFolder(again).read_manifest().files)) == [
        "records/0001.jsonl"
    ]


def test_no_page_of_wrong_bytes(made):
    """Where the file of records is cut beneath a server, records are 503 and so is /healthz, never 200."""
    records = (made.var_folder / "current").resolve() / "records" / "0001.jsonl"
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        assert client.get("/healthz").status_code == 200
        with records.open("r+b") as file:
            file.truncate(1_000)
        for number in range(30):
            for suffix in ("html", "json", "ttl"):
                answer = client.get(f"/data/record/{number}.{suffix}")
                assert answer.status_code == 503, (number, suffix)
                assert "no-cache" in answer.headers["cache-control"]
        assert client.get("/healthz").status_code == 503


def test_manifest_of_the_version_before(made):
    """A manifest without an inventory is read, served and rolled back to."""
    path = (made.var_folder / "current").resolve() / "manifest.json"
    values = json.loads(path.read_text(encoding="utf-8"))
    del values["files"]
    path.write_text(json.dumps(values), encoding="utf-8")
    Generations.of_settings(made).open_live(made.base).close()
    build.build(made)
    assert rollback.rollback(made, 1).rollback_of == 1


ADDRESSES = (
    *("record/1.html", "record/1.json", "record/1.ttl", "record/", "search?q=letter", "search?q=said&sort=date"),
    *("search?q=letter&format=csv", "search/suggest?q=lett", "timeline?q=letter", "about", "", "dumps/"),
    *("dumps/kg.nt.gz", "dumps/SHA256SUMS", "data/", "data/record.csv", "data/record.csv-metadata.json"),
    *("docs", "record/1.ris", "graphs", "map?q=letter", "network?q=letter"),
    *("sparql?query=SELECT * { ?s ?p ?o } ORDER BY ?s LIMIT 9", "sparql?query=ASK {}"),
)
"""Addresses that read each of a generation's files."""


def answers(client):
    """Status, whether a cache may keep it, and body of each address."""
    found = {}
    for path in ADDRESSES:
        answer = client.get(f"/data/{path}")
        kept = answer.headers.get("cache-control", "no-cache") not in {"no-cache", "no-store"}
        found[path] = answer.status_code, kept, answer.content
    return found


@pytest.fixture(scope="module")
def whole(built):
    """The answers of a server whose files are whole."""
    with TestClient(Application(built), base_url="https://archive.example.org") as client:
        found = answers(client)
    assert {path for path, (status, _, _) in found.items() if status != 200} == set()
    return found


@pytest.mark.parametrize("part", ["records/*", "catalogue.sqlite", "search/*", "store/*.sst", "dumps/*", "tables/*"])
def test_no_answer_from_damaged_files(made, whole, part):
    """Where files are cut or gone beneath a server, an answer is as before or 503, and /healthz is 503."""
    files = list((made.var_folder / "current").resolve().glob(part))
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        for harm in (lambda file: os.truncate(file, file.stat().st_size // 2), Path.unlink):
            for file in files:
                harm(file)
            for path, (status, kept, body) in answers(client).items():
                as_before = (status, body) == (200, whole[path][2])
                assert as_before or (status, kept) == (503, False), (path, status, body[:300])
            assert client.get("/healthz").status_code == 503


def test_a_damaged_new_generation(made):
    """A server that meets a damaged new generation serves the old one on, and /healthz has the number of the new one."""
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        assert client.get("/healthz").json() == {"status": "ok", "generation": 1}
        shutil.copytree(made.var_folder / "generations" / "0001", made.var_folder / "generations" / "0002")
        os.truncate(made.var_folder / "generations" / "0002" / "records" / "0001.jsonl", 100)
        link = made.var_folder / "next"
        link.symlink_to("generations/0002")
        link.rename(made.var_folder / "current")
        eventually(lambda: client.get("/healthz").json() == {"status": "ok", "generation": 1, "refused": 2})
        assert client.get("/data/record/1.json").status_code == 200
        link.symlink_to("generations/0001")
        link.rename(made.var_folder / "current")
        eventually(lambda: client.get("/healthz").json() == {"status": "ok", "generation": 1})
