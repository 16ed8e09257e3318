"""Embedded data: schema.org as search engines read it."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publishing import publish
from starlette.testclient import TestClient

from kg.render.page.embedded_data import in_script, iso_date, temporal_coverage
from kg.web.app import Application

ISO = re.compile(r"\d{4}(-\d\d(-\d\d(T[\d:]+(Z|[+-]\d\d:\d\d)?)?)?)?")
DATES = {
    "day": ("1963-04-05", "1963-04-05", None),
    "month": ("1963-04", "1963-04", None),
    "year": ("1963", "1963", None),
    "about": ("1963~", None, "about 1963"),
    "perhaps": ("1963-04?", None, "April 1963"),
    "span": ("1870/1875", None, "1870/1875"),
    "days": ("1963-02-22/1963-02-23", None, "1963-02-22/1963-02-23"),
    "open": ("1870/..", None, "1870/.."),
    "decade": ("187X", None, "1870s"),
    "one-of": ("[1848-03-03..1848-03-09]", None, "1848"),
    "season": ("1963-21", None, "1963"),
    "before-christ": ("-0043", None, ""),
}
RECORDS = [
    *(
        {"id": f"record/{key}", "title": {"en": key}, "dates": [{"role": "document", "edtf": edtf}]}
        for key, (edtf, _, _) in DATES.items()
    ),
    {
        "id": "record/full",
        "title": {"fr": "Le port", "en-US": "The harbor"},
        "summary": {"en": "About the harbor.", "fr": "Du port."},
        "creator": ["agent/vera", "agent/office", "agent/kin"],
        "sender": ["agent/vera"],
        "subjects": ["topic/ships"],
        "places": ["place/port"],
        "language": ["en", "und"],
        "heldIn": ["archive/region.fond-1"],
        "collections": ["collection/c"],
        "digitalObjects": [{"url": "https://example.org/1.jpg", "label": {"en": "Page 1"}}, {"url": "urn:x:1"}],
        "text": {"en": ["The whole text."]},
        "rights": {"en": ["Public domain.", "Law. " * 100]},
    },
    {
        "id": "agent/vera",
        "name": {"en": "Vera Orlova"},
        "agentType": "person",
        "dates": [{"role": "birth", "edtf": "1901~"}],
    },
    {
        "id": "agent/lived",
        "name": {"en": "Ana Ruiz"},
        "agentType": "person",
        "dates": [{"role": "existence", "edtf": "1901/1977-05"}],
    },
    {
        "id": "agent/office",
        "name": {"en": "Harbor Office"},
        "agentType": "organization",
        "dates": [{"role": "founded", "edtf": "1880"}],
    },
    {"id": "agent/kin", "name": {"en": "Orlov family"}, "agentType": "family"},
    {"id": "topic/ships", "name": {"en-GB": "Shipping"}},
    {"id": "place/port", "name": {"en": "Port"}, "latitude": 1.5, "longitude": -2.25},
    {"id": "collection/c", "name": {"en": "Papers"}},
    {"id": "archive/region", "name": {"en": "Regional archive"}, "level": "archive"},
    {"id": "archive/region.fond-1", "name": {"en": "Fond 1"}, "level": "fond", "partOf": ["archive/region"]},
]


@pytest.fixture(scope="module")
def embedded(tmp_path_factory):
    """The JSON-LD of a thing's page."""
    made, _ = publish(tmp_path_factory.mktemp("embedded"), RECORDS, dumps=False, tables=False, title="T", publisher="P")

    with TestClient(Application(made), base_url="https://archive.example.org") as client:

        def read(path):
            page = client.get(f"/data/{path}").text
            return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])

        yield read


@pytest.mark.parametrize("key", DATES)
def test_dates_are_iso(embedded, key):
    """dateCreated is a date of ISO 8601 or is not there; a span, or a date in words, is temporalCoverage."""
    _, created, coverage = DATES[key]
    data = embedded(f"record/{key}.html")
    assert data.get("dateCreated") == created
    said = data.get("temporalCoverage")
    assert (said is None) if coverage is None else coverage in said


def test_linked_things_have_type_and_name(embedded):
    """Whoever and whatever a thing is linked with has a type and a name in the reader's language."""
    data = embedded("record/full.html")
    assert [(each["@type"], each["name"]) for each in data["creator"]] == [
        ("Person", "Vera Orlova"),
        ("Organization", "Harbor Office"),
        ("Thing", "Orlov family"),
    ]
    assert data["about"]["name"] == "Shipping"
    assert data["spatialCoverage"]["@type"] == "Place"
    assert data["name"] == "The harbor"
    assert data["alternateName"] == "Le port"
    assert data["description"] == "About the harbor."
    assert data["inLanguage"] == "en"


def test_the_holding_archive(embedded):
    """The institution at the top of a document's containers is its holdingArchive, and no part of them."""
    data = embedded("record/full.html")
    assert data["holdingArchive"]["@type"] == "ArchiveOrganization"
    assert data["holdingArchive"]["name"] == "Regional archive"
    assert {each["name"] for each in data["isPartOf"]} == {"Fond 1", "Papers"}
    assert embedded("archive/region.fond-1.html")["holdingArchive"]["name"] == "Regional archive"


def test_properties_stand_at_types_that_have_them(embedded):
    """A letter is a Message too, since it has a sender; long texts are in no head of a page."""
    data = embedded("record/full.html")
    assert data["@type"] == ["ArchiveComponent", "Message"]
    assert "text" not in data
    assert "temporal" not in data
    assert data["copyrightNotice"] == "Public domain."
    assert data["associatedMedia"] == {
        "@type": "MediaObject",
        "contentUrl": "https://example.org/1.jpg",
        "name": "Page 1",
    }


def test_lives(embedded):
    """A person is born and dies on dates of ISO 8601, or on none; an existence from one to the other says both."""
    assert "birthDate" not in embedded("agent/vera.html")
    lived = embedded("agent/lived.html")
    assert (lived["birthDate"], lived["deathDate"]) == ("1901", "1977-05")
    assert embedded("agent/office.html")["foundingDate"] == "1880"
    assert embedded("place/port.html")["longitude"] == -2.25


def test_the_start_page(embedded):
    """The start page is a WebSite with its search, its publisher and its languages."""
    data = embedded("")
    assert (data["@type"], data["name"], data["publisher"]["name"]) == ("WebSite", "T", "P")
    assert data["potentialAction"]["target"]["urlTemplate"].endswith("/data/search?q={search_term_string}")


@given(st.text())
def test_nothing_ends_the_script(text):
    """Whatever a value holds, it can't end the script element, and comes back as it was."""
    written = in_script({"name": text}) if not re.search("[\ud800-\udfff]", text) else '{"name":""}'
    assert not set("<>&") & set(written)
    assert json.loads(written)["name"] in {text, ""}


@given(st.from_regex(r"\A-?[0-9X]{4}(-[0-9]{2}){0,2}[~?%]?(/([0-9]{4}|\.\.)?)?\Z"))
def test_only_iso_is_a_date(edtf):
    """What is taken for a date of schema.org has the form of ISO 8601."""
    assert not iso_date(edtf) or ISO.fullmatch(iso_date(edtf))


def test_unknown_ends():
    """An end that is unknown is neither open nor a date: the span is told in words."""
    assert "/" not in temporal_coverage("1870/", "en")
