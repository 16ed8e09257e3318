"""A page is of bounded size and work whatever the record: counted in bytes, rows and values, by no clock."""

import random
import re

import pytest
from publishing import publish
from starlette.testclient import TestClient

from kg.mapping.mapper import Mapper
from kg.read.record_reader import RecordReader
from kg.read.things import MAX_LINKED_BYTES
from kg.render.data.excerpt import FEW_VALUES
from kg.web.app import Application

RELATIONS = 3_000
MAX_WIRE_BYTES = 60_000
MAX_STATEMENTS, MAX_SQL_STEPS = 1_500, 1_000_000
NAMES = [f"Person {number:04} of the {place}" for number, place in enumerate(["mill", "mine", "port"] * 1_000)]

HUB = {
    "id": "agent/hub",
    "name": {"en": "Chief of staff"},
    "names": [{"text": f"Chief, {number}"} for number in range(RELATIONS)],
    "identifiers": [f"hub-{number}" for number in range(RELATIONS)],
    "sameAs": [f"https://example.org/hub/{number}" for number in range(RELATIONS)],
    "dates": [{"role": "active", "edtf": f"{1000 + number}"} for number in range(1_000)],
    "occupations": {"en": [f"Clerk of ledger {number}" for number in range(RELATIONS)]},
    "relations": [
        {
            "target": {"id": f"agent/p{number:04}", "name": {"en": NAMES[number]}},
            "role": "conversedWith",
            "count": number,
            "note": {"en": f"The chief of staff and {NAMES[number]} conversed {number} times on the tapes."},
        }
        for number in range(RELATIONS)
    ],
    "extra": [{"field": f"odd[@id='rule{number}']", "value": f"Rule {number}"} for number in range(RELATIONS)],
}
LARGE = [
    {"id": f"agent/large-{number}", "name": {"en": f"Large {number}"}, "biography": {"en": "Words. " * 60_000}}
    for number in range(12)
]
DICTIONARY = [f"{random.Random(number).randrange(1 << 48):x}" for number in range(4_000)]
CROWD = {
    "id": "record/crowd",
    "title": {"en": "Everybody met"},
    "participants": [f"agent/p{number:04}" for number in range(RELATIONS)],
    "mentions": [f"agent/large-{number}" for number in range(12)],
    "subjects": [f"topic/t{number}" for number in range(RELATIONS)],
    "places": [f"place/t{number}" for number in range(RELATIONS)],
    "related": [f"record/r{number}" for number in range(RELATIONS)],
    "digitalObjects": [{"url": f"https://example.org/{number}.tif"} for number in range(RELATIONS)],
    "text": {"en": " ".join(DICTIONARY * 20), "ru": "Слова документа. " * 50_000, "ja": "記録の言葉。" * 50_000},
    "summary": {"en": [" ".join(random.Random(n).sample(DICTIONARY, 40)) for n in range(500)]},
    "extra": [{"field": f"key{number}", "value": " ".join(DICTIONARY[:80])} for number in range(RELATIONS)],
}
DOCUMENTS = [
    {
        "id": f"record/d{number}",
        "title": {"en": f"Talk {number}"},
        "participants": ["agent/hub"],
        "mentions": ["agent/hub"],
    }
    for number in range(300)
]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    made, report = publish(tmp_path_factory.mktemp("bounded"), [HUB, CROWD, *LARGE, *DOCUMENTS])
    assert not report.rejected
    with TestClient(Application(made), base_url="https://archive.example.org", follow_redirects=False) as client:
        yield client


def _page(site, address, coding="identity"):
    page = site.get(f"/data/{address}", headers={"Accept-Encoding": coding})
    assert page.status_code == 200, page.text
    return page


@pytest.mark.parametrize("coding", ["gzip", "br"])
@pytest.mark.parametrize(
    "address",
    ["agent/hub.html", "agent/hub.html?values=extra&first=101", "record/crowd.html", "record/crowd.html?part=3"],
)
def test_no_page_is_over_sixty_kilobytes(site, address, coding):
    """As it is sent, a page stays below 60 kB, of a thing with thousands of parts and with text that hardly compresses."""
    page = _page(site, address, coding)
    assert page.headers["content-encoding"] == coding
    assert int(page.headers["content-length"]) <= MAX_WIRE_BYTES


@pytest.mark.parametrize("address", ["agent/hub.html?lang=en", "record/crowd.html?lang=en"])
def test_the_work_for_a_page_is_bounded(site, monkeypatch, address):
    """Of the records of its links a page reads a megabyte, it maps a few values, and walks a bounded number of rows."""
    read, mapped, steps = [], [], []
    parsed, statements = RecordReader.for_others, Mapper.statements

    def noted(self, offset, length):
        read.append(length)
        return parsed(self, offset, length)

    def counted(self, record):
        found = statements(self, record)
        mapped.append(sum(len(values) for each in found.values() for values in each.values()))
        return found

    monkeypatch.setattr(RecordReader, "for_others", noted)
    monkeypatch.setattr(Mapper, "statements", counted)
    catalogue = site.app._live._current.publication.catalogue
    execute = type(catalogue)._db.fget

    def watched(self):
        connection = execute(self)
        connection.set_progress_handler(lambda: steps.append(1) or 0, 1_000)
        return connection

    monkeypatch.setattr(type(catalogue), "_db", property(watched))
    _page(site, address)
    assert sum(read) <= max(read) + MAX_LINKED_BYTES + 200_000
    assert sum(mapped) <= MAX_STATEMENTS
    assert len(steps) * 1_000 <= MAX_SQL_STEPS


def test_the_weightiest_are_first_and_the_rest_is_paged(site):
    """Relations that the source counts most often are on the page, twenty of them, and each other one on a further page."""
    shown, address = [], "agent/hub.html"
    for _ in range(3):
        text = _page(site, address).text
        numbers = [int(each.replace(",", "")) for each in re.findall(r'class="tail">, ([\d,]+) times', text)]
        assert len(numbers) == FEW_VALUES
        shown += numbers
        address = re.search(r'href="/data/(agent/hub\.html\?values=relations&amp;first=\d+)', text)[1].replace(
            "&amp;", "&"
        )
    assert shown == list(range(RELATIONS - 1, RELATIONS - 1 - 3 * FEW_VALUES, -1))
    last = _page(site, f"agent/hub.html?values=relations&first={RELATIONS - 9}").text
    assert f"2,991 to 3,000 of {RELATIONS:,}" in last
    assert "values=relations&amp;first=3001" not in last


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("values=relations&first=3001", 404),
        ("values=none&first=2", 404),
        ("values=relations&first=x", 400),
        ("values=x", 200),
    ],
)
def test_values_that_are_not_there(site, query, status):
    """A number beyond the values of a key is no page."""
    assert site.get(f"/data/agent/hub.html?{query}").status_code == status


def test_the_sources_other_fields_are_closed_and_counted(site):
    """What the model has no key for is one closed part with the number of all of it, without a path."""
    text = _page(site, "agent/hub.html").text
    assert re.search(rf"<details><summary[^>]*>Everything else the source says \({RELATIONS} fields\)", text)
    assert "[@" not in text.partition("</head>")[2]


def test_a_document_stands_in_one_line_with_all_its_roles(site):
    """A document that links twice is listed once, with the more telling role, and the number of documents counts it once."""
    text = _page(site, "agent/hub.html").text
    section = re.search(r'<section aria-labelledby="g-documents".*?</section>', text, re.DOTALL)[0]
    assert section.count("/data/record/d") == FEW_VALUES
    assert section.count("(participant)") == FEW_VALUES
    assert '<span class="count">300</span>' in section
    seen, address = set(), "agent/hub.html"
    while address:
        section = re.search(
            r'<section aria-labelledby="g-documents".*?</section>', _page(site, address).text, re.DOTALL
        )[0]
        found = re.findall(r'href="/data/(record/d\d+)"', section)
        assert not seen & set(found)
        seen |= set(found)
        after = re.search(r'rel="next" href="/data/([^"]+)"', section)
        address = after and after[1].replace("&amp;", "&")
    assert len(seen) == 300
