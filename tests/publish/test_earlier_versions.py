"""A `var` that an earlier version of kg has built is served and built upon.

`cases/version-0.1.0` holds five records and the `var` that kg 0.1.0 made of them, packed there with
`kg build && tar cf - --exclude=LOG --exclude=lock var | xz -9e > var.tar.xz`. The next version adds a folder of its own.
"""

import shutil
import tarfile
from contextlib import closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kg import settings
from kg.publish.build import build
from kg.publish.rollback import rollback
from kg.store.generation.generations import Generations
from kg.store.triples.embedded import EmbeddedGraph
from kg.web.app import Application

CASES = sorted((Path(__file__).parent / "cases").glob("version-*"))
REFERENCES = ("record/letter", "agent/writer", "agent/nobody-described")


_SAFELY = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # Python 3.11.4


def _unpacked(case, folder):
    shutil.copytree(case, folder)
    with tarfile.open(folder / "var.tar.xz") as packed:
        packed.extractall(folder, **_SAFELY)
    return settings.load(folder / "kg.toml")


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def earlier(request, tmp_path):
    """Settings of a collection whose `var` an earlier version has built."""
    return _unpacked(request.param, tmp_path / "collection")


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.name)
def client(request, tmp_path_factory):
    """A client of a server of that `var`."""
    made = _unpacked(request.param, tmp_path_factory.mktemp("earlier") / "collection")
    with TestClient(Application(made), base_url="https://archive.example.org", follow_redirects=False) as client:
        yield client


def _times(made):
    with closing(Generations.of_settings(made).open_live()) as live:
        things = [live.catalogue.thing(reference) for reference in REFERENCES]
        return [(thing.created, thing.modified, thing.digest) for thing in things]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/", "Five records"),
        ("/record/", "A letter"),
        ("/record/letter.html", "A letter"),
        ("/record/letter.ttl", '"Письмо"@ru'),
        ("/record/letter.jsonld", "agent/writer"),
        ("/agent/nobody-described.nt", "terms/Stub"),
        (
            "/sparql?query=ASK%20%7B%20%3Chttps%3A%2F%2Farchive.example.org%2Frecord%2Fletter%3E%20%3Fp%20%3Fo%20%7D&format=json",
            "true",
        ),
        ("/dumps/kg.nt.gz", ""),
    ],
)
def test_it_is_served(client, path, text):
    """Pages, data, search, queries and dumps of the generation are answered."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert text in answer.text


def test_its_things_are_read_from_the_store(client, monkeypatch):
    """What is said of a thing comes from the store, since today's mapping gives other triples."""
    asked = []
    describe = EmbeddedGraph.describe
    monkeypatch.setattr(EmbeddedGraph, "describe", lambda graph, iri: asked.append(iri) or describe(graph, iri))
    assert client.get("/agent/writer.ttl").status_code == 200
    assert asked == ["https://archive.example.org/agent/writer"]


def test_its_index_waits_for_a_build(client, earlier):
    """An index that this kg does not read is left out: pages are served, a search says what to do, a build mends it."""
    answer = client.get("/search?q=letter&format=json")
    assert answer.status_code == 400
    assert "publish the collection again" in answer.json()["detail"]
    build(earlier)
    with TestClient(Application(earlier), base_url="https://archive.example.org") as renewed:
        assert "record/letter" in renewed.get("/search?q=letter&format=json").text


def test_its_lists_have_what_documents_name(client):
    """Its index of names is made when it is opened."""
    page = client.get("/agent/").text
    assert "/agent/writer" in page
    assert "/agent/nobody-described" in page


def test_nothing_has_changed_for_the_next_build(earlier):
    """A build of the same records calls none of them new, changed or gone, and keeps their times."""
    before = _times(earlier)
    report = build(earlier)
    assert (report.generation, report.created, report.changed, report.deleted) == (2, 0, 0, 0)
    assert _times(earlier) == before


def test_one_record_that_changed_is_called_that(earlier):
    """A build upon it compares record by record: the one that says something else has changed, and no other."""
    path = earlier.folder / "records.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("A town", "A city"), encoding="utf-8")
    report = build(earlier)
    assert (report.created, report.changed, report.deleted) == (0, 1, 0)


def test_it_is_rolled_back_to(earlier):
    """A generation of the earlier version is published anew."""
    before = _times(earlier)
    build(earlier)
    assert rollback(earlier, 1).rollback_of == 1
    assert _times(earlier) == before
