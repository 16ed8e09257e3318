"""Languages at every door: a label in a variant of a reader's language serves the reader."""

import csv
import io
import json
import re

import pytest
from publishing import publish
from starlette.testclient import TestClient

from kg.web.app import Application

RECORDS = [
    {
        "id": "record/a",
        "title": {"fr": "Le port", "en-US": "The harbor"},
        "summary": {"de": "Vom Hafen.", "en-GB": "About the harbour and the envoy."},
        "creator": ["agent/v"],
        "subjects": ["topic/v"],
        "type": ["topic/letter"],
        "places": ["place/p"],
        "dates": "1930",
    },
    {
        "id": "record/two",
        "title": {"he": "מכתב", "en": "Letter to the envoy"},
        "summary": {"he": "על הנמל.", "en": "Harbour."},
    },
    {"id": "record/hit", "title": {"en": "Note"}, "summary": {"en": "Nothing."}, "text": {"ru": ["О послаинике."]}},
    {
        "id": "record/plain",
        "title": "Codex",
        "summary": {"fr": "Livre.", "en": "A book."},
        "scopeNote": {"fr": "Cuir."},
    },
    {"id": "topic/v", "name": {"de": "Schifffahrt", "en-GB": "Shipping and harbours"}},
    {"id": "topic/letter", "name": {"de": "Brief", "en-CA": "Letter"}},
    {"id": "place/p", "name": {"ru": "Порт", "en-AU": "Port"}},
    {"id": "agent/v", "name": {"ru": "Вера Орлова", "en-GB": "Vera Orlova"}, "agentType": "person"},
]


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    """Folder of a generation whose labels are in variants of languages, and a client of it."""
    made, _ = publish(tmp_path_factory.mktemp("languages"), RECORDS, languages=("en", "ru"))
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        yield client


@pytest.mark.parametrize(
    "path",
    [
        "record/a.html",
        "record/a.bib",
        "record/a.ris",
        "record/a.csl.json",
        "record/a.cite.html",
        "search?q=harbor&format=json",
        "search?q=harbor&format=atom",
        "search?q=harbor&format=rss",
        "search?q=harbor&format=csv",
        "search?q=harbor&format=bib",
        "search?q=harbor",
        "record/",
        "topic/v.html",
    ],
)
def test_titles_at_every_door(collection, path):
    """The English title is shown where it is tagged en-US, at each door."""
    answer = collection.get(f"/data/{path}", headers={"accept-language": "en-GB"})
    assert answer.status_code == 200
    shown = answer.text.partition("</header>")[2] if path.endswith("/") else answer.text
    assert "The harbor" in re.sub("</?mark>", "", shown)


def test_names_of_linked_things(collection):
    """People, topics, types and places are called by their English names, on pages and in facets."""
    page = collection.get("/data/record/a.html").text
    for name in ("Vera Orlova", "Shipping and harbours", "Port"):
        assert name in page
    facets = collection.get("/data/search?q=harbor&format=json").json()["facets"]
    assert [each["label"] for each in facets["topic"]] == ["Shipping and harbours"]
    assert [each["label"] for each in facets["type"]] == ["Letter"]


def test_tables(collection):
    """A variant stands in the column of its language, and not among the others."""
    (row, *_) = csv.DictReader(io.StringIO(collection.get("/data/data/record.csv").text))
    assert (row["title_en"], row["title_other"]) == ("The harbor", "Le port@fr")
    assert row["subjects"] == "Shipping and harbours"


@pytest.mark.parametrize("format_", ["atom", "rss", "csv", "json"])
def test_summary_in_the_language_of_the_title(collection, format_):
    """A summary is in the language of the title, where no hit is the reason for another."""
    text = collection.get(f"/data/search?q=envoy&format={format_}").text
    assert "Letter to the envoy" in text
    assert "הנמל" not in text


def test_snippet_of_the_hit(collection):
    """A snippet is in another language where the hit stands there, and says so."""
    (result,) = collection.get("/data/search?q=послаинике&format=json").json()["results"]
    assert result["snippet_language"] == "ru"


def test_snippet_for_a_title_of_no_known_language(collection):
    """Where nobody has told the language of a title, a snippet is in the reader's."""
    (result,) = collection.get("/data/search?q=codex&format=json").json()["results"]
    assert (result["snippet"], result["snippet_language"]) == ("A book.", "en")


def test_feeds_name_their_languages(collection):
    """Titles and summaries of a feed name their languages, a summary in its HTML; the feed itself is in that of the page."""
    feed = collection.get("/data/search?q=harbor&format=atom").text
    assert '<title xml:lang="en-US">The harbor</title>' in feed
    assert "&lt;p lang=&#34;en-GB&#34;&gt;" in feed
    assert '<feed xml:lang="en"' in feed


def test_a_reader_of_the_more_special_one(tmp_path):
    """A site in pt-BR shows labels in pt; one in es-MX those in es-419."""
    records = [
        {"id": "record/1", "title": {"fr": "Lettre", "pt": "Carta"}},
        {"id": "record/2", "title": {"fr": "Note", "es-419": "Nota"}},
    ]
    made, _ = publish(tmp_path, records, languages=("pt-BR", "es-MX"), tables=False)
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        items = [json.loads(client.get(f"/data/record/{key}.csl.json").text) for key in (1, 2)]
    titles = [(item[0] if isinstance(item, list) else item)["title"] for item in items]
    assert titles == ["Carta", "Nota"]
