"""The page of a long record shows a part of it, with a link to the whole; work that is long waits with long work."""

import re
import threading

import pytest
from publishing import publish
from starlette.testclient import TestClient

from kg.render.data.excerpt import FEW_VALUES, MAX_LINKS
from kg.web.app import Application
from kg.web.pages import documents
from kg.web.serving import published
from kg.web.serving.page_cache import PageCache

PARAGRAPHS = 12_000
LANGUAGES = [f"{code}-x-{number}" for number in range(60) for code in ("en", "fr")]
RECORDS = [
    {"id": "record/long", "title": {"en": "Long"}, "text": {"en": "\n\n".join(f"Nr {n}." for n in range(PARAGRAPHS))}},
    {"id": "record/many", "title": {"en": "Many"}, "extent": [f"{n} leaves of a file" for n in range(3_000)]},
    {
        "id": "record/languages",
        "title": {each: f"Title {each}" for each in LANGUAGES} | {"ru": "Название"},
        "text": dict.fromkeys(LANGUAGES, "words " * 100) | {"ru": "слова " * 100},
    },
    {"id": "record/people", "title": {"en": "People"}, "participants": [f"agent/{n:05}" for n in range(3_000)]},
    {"id": "record/short", "title": {"en": "Short"}, "text": {"en": "Short."}},
    {
        "id": "record/texts",
        "title": {"en": "Texts"},
        "dates": "1962-10-27",
        "creator": ["agent/writer"],
        "text": {"en": [f"Lighthouse {number}. " * 6_000 for number in range(5)]},
    },
    {"id": "agent/writer", "name": {"en": "A. Writer"}},
]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    made, report = publish(tmp_path_factory.mktemp("long"), RECORDS)
    assert not report.rejected
    with TestClient(Application(made), base_url="https://archive.example.org", follow_redirects=False) as client:
        yield client


def _page(site, address, **headers):
    page = site.get(f"/data/{address}", headers=headers)
    assert page.status_code == 200, page.text
    return page.text


def _numbers(text):
    return [int(each) for each in re.findall(r"<p>Nr (\d+)\.</p>", text)]


def test_the_parts_of_a_text_are_the_whole(site):
    """From part to part by the links of the pages each paragraph is shown once, none of them with too many."""
    shown, address = [], "record/long.html"
    while address:
        text = _page(site, address)
        assert len(_numbers(text)) <= 1_000
        shown += _numbers(text)
        after = re.search(r'<a rel="next" href="/data/(record/long\.html\?part=\d+)"', text)
        address = after and after[1]
    assert shown == list(range(PARAGRAPHS))


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Part 2 of 12 of the text"), ("es", "Parte 2 de 12 del texto"), ("ru", "Часть 2 из 12 текста")],
)
def test_a_part_says_so_and_leads_to_the_whole(site, language, said):
    """In each language a landmark of its own says which part it is, and leads to the ones beside it and to the data."""
    text = _page(site, "record/long.html?part=2", **{"Accept-Language": language})
    assert text.count(said) == 2
    assert len(re.findall(r'<nav class="walk" aria-label="[^"]+">', text)) == 1
    for link in ('rel="prev" href="/data/record/long.html?part=1"', 'href="/data/record/long.json"'):
        assert link in text
    assert f"Nr {PARAGRAPHS - 1}." in site.get("/data/record/long.json").text


@pytest.mark.parametrize(("part", "status"), [("13", 404), ("0", 400), ("x", 400), ("1", 200), ("12", 200)])
def test_parts_that_are_not_there(site, part, status):
    """A part that a text has not is no page; a short record has no second part."""
    assert site.get(f"/data/record/long.html?part={part}").status_code == status
    assert site.get("/data/record/short.html?part=2").status_code == 404


def test_many_values_are_a_part_with_their_number(site):
    """Of thousands of values a page shows some, with a link to the next ones; the data have all."""
    text = _page(site, "record/many.html")
    assert len(re.findall(r"<bdi[^>]*>\d+ leaves of a file", text)) == FEW_VALUES
    assert f"1 to {FEW_VALUES} of 3,000" in text
    assert f'href="/data/record/many.html?values=extent&amp;first={FEW_VALUES + 1}#v-extent"' in text
    assert site.get("/data/record/many.json").text.count(" leaves of a file") == 3_000
    assert site.get("/data/record/many.nt").text.count(" leaves of a file") >= 3_000
    people = _page(site, "record/people.html")
    assert f"1 to {MAX_LINKS} of 3,000" in people
    assert site.get("/data/record/people.nt").text.count("/agent/") >= 3_000


def test_of_many_languages_the_readers_is_shown(site):
    """Of a hundred languages a page has the reader's first, and tells how many others the data have."""
    text = _page(site, "record/languages.html", **{"Accept-Language": "ru"})
    assert '<h1 lang="ru" dir="auto"><bdi>Название</bdi></h1>' in text
    assert text.count('class="other-label"') < 30
    assert len(re.findall(r">ещё 91 — в данных<", text)) == 2


@pytest.mark.parametrize("suffix", ["html", "ttl", "jsonld", "nt", "rdf", "json"])
def test_long_work_is_done_beside_the_loop(site, monkeypatch, suffix):
    """Pages and data of long records are made in threads, those of short ones in the event loop."""
    monkeypatch.setattr(site.app._live._current, "page_cache", PageCache())
    made = {}
    for module in (published, documents):
        whole = module.answer

        def noted(request, *args, whole=whole, **more):
            made[request.url.path] = threading.get_ident()
            return whole(request, *args, **more)

        monkeypatch.setattr(module, "answer", noted)
    for name in ("long", "many", "languages", "short"):
        site.get(f"/data/record/{name}.{suffix}")
    short = made.pop(f"/data/record/short.{suffix}")
    assert len(made) == 3
    assert short not in made.values()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("record/texts.html", "Lighthouse 0."),
        ("record/texts.html?values=text&first=4", "Lighthouse 3."),
        ("record/texts.html?values=text&first=4&part=2", "Lighthouse 3."),
        ("agent/writer.html", "Texts"),
        ("search?q=lighthouse", "<mark>Lighthouse</mark> 0."),
        ("record/texts.cite.html", "A. Writer"),
        ("basket?thing=record/texts", "Texts"),
        ("record/", "Texts"),
    ],
)
def test_no_page_reads_a_long_record_whole(site, monkeypatch, address, told):
    """Neither the page of a long record nor any that names it reads more of it than it shows."""
    monkeypatch.setattr(site.app._live._current, "page_cache", PageCache())
    generation = site.app._live._current.publication._generation
    read, lengths = generation.segments.read, []
    monkeypatch.setattr(
        generation.segments, "read", lambda offset, length: (lengths.append(length), read(offset, length))[1]
    )
    assert told in _page(site, address)
    assert sum(lengths) < 100_000 < generation.catalogue.thing("record/texts").length


def test_parts_of_a_later_text(site):
    """The parts of a text that is not the first of its list keep its place in the list."""
    text = _page(site, "record/texts.html?values=text&first=4")
    assert 'rel="next" href="/data/record/texts.html?values=text&amp;first=4&amp;part=2"' in text
    assert 'href="/data/record/texts.html?values=text&amp;first=5#v-text"' in text
