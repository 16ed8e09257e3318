"""Lists of what documents name: who is in them, in which order, with which number; the tree of the archives."""

import html
import re
from pathlib import Path

import pytest
from publishing import publish
from starlette.testclient import TestClient

from kg.web.app import Application
from kg.web.pages.lists.leaps import SIZE

RECORDS = [
    {
        "id": "agent/amery",
        "name": {"en": "Amery, Edith"},
        "agentType": "person",
        "occupations": {"en": ["Consul at Varna"]},
        "dates": [{"role": "birth", "edtf": "1801-05-09"}, {"role": "death", "edtf": "1877~"}],
    },
    {"id": "agent/nobody", "name": {"en": "Zeal, Nobody"}, "agentType": "person"},
    {"id": "archive/c", "name": {"en": "Ahto ledger"}, "level": "file", "partOf": ["archive/b"]},
    {"id": "archive/b", "name": {"en": "Customs series"}, "level": "series", "partOf": ["archive/a"]},
    {"id": "archive/a", "name": {"en": "Port archive"}, "level": "archive"},
    *(
        {
            "id": f"record/{n}",
            "title": {"en": f"Letter {n}"},
            "dates": "1844",
            "creator": ["agent/amery"],
            "recipient": [{"id": f"agent/x{n}", "name": {"en": f"Reader {n:03}"}}],
            "places": [{"id": "place/varna", "name": {"en": "Varna"}}],
            "type": [{"id": "topic/letter", "name": {"en": "Letter"}}],
            "heldIn": ["archive/c"],
            "related": ["record/nowhere"],
        }
        for n in range(120)
    ),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A client of a site with 121 people in documents, of whom one is described, and one who is in none."""
    made, _ = publish(tmp_path_factory.mktemp("lists"), RECORDS, tables=False, dumps=False)
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        yield client


def text(client, path, **parameters):
    """The content of a page, without tags."""
    page = client.get(f"/data/{path}", params=parameters, headers={"accept": "text/html"})
    assert page.status_code == 200, page.text
    main = re.search(r"<main.*?</main>", page.text, re.DOTALL)[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def heading(client, path, **parameters):
    """The number in the heading of a list."""
    said = re.search(
        r"<h1>.*?<span class=\"count\">([\d,]+)</span>", client.get(f"/data/{path}", params=parameters).text
    )
    return int(said[1].replace(",", ""))


def test_a_list_has_what_is_only_named(site):
    """Somebody without a record stands in the list, with documents; who is described, with office and life dates."""
    page = text(site, "agent/")
    assert "Amery, Edith 1801–about 1877 Consul at Varna 120 documents" in page
    assert "Reader 000 (mentioned only) 1 document" in page
    assert "Varna" in text(site, "place/")


@pytest.mark.parametrize(("kind", "facet"), [("agent", "person"), ("place", "place"), ("archive", "archive")])
def test_one_number_for_one_thing(site, kind, facet):
    """Start page, list, facet, the list of all values and the sentence have the same number."""
    number = heading(site, f"{kind}/")
    found = site.get("/data/search", params={"kind": "record", "format": "json"}).json()
    values = site.get(f"/data/search/values/{facet}", params={"kind": "record", "format": "json"}).json()
    start = re.search(rf'<a href="/data/{kind}/"><strong>(\d+)</strong>', site.get("/data/").text)
    assert number == found["distinct"][facet] == values["total"] == int(start[1])
    if kind == "agent":
        assert f"{number} people" in found["sentence"]
        assert f"{number} people" in text(site, "about")


def test_documents_of_an_entry_are_what_its_number_leads_to(site):
    """The number beside a name is that of the search to which it leads."""
    link = re.search(r'<a class="count" href="([^"]+)"[^>]*>120 documents', site.get("/data/agent/").text)
    assert site.get(f"{html.unescape(link[1])}&format=json").json()["total"] == 120


def test_only_named_documents_are_no_documents(site):
    """A stub of a document has its class alone, and queries for documents don't count it."""
    query = "SELECT (COUNT(DISTINCT ?d) AS ?n) WHERE { ?d a <https://schema.org/ArchiveComponent> . FILTER(CONTAINS(STR(?d), '/record/')) }"
    answer = site.get("/data/sparql", params={"query": query, "format": "json"}).json()
    assert answer["results"]["bindings"][0]["n"]["value"] == "120"
    triples = site.get("/data/record/nowhere.nt").text
    assert triples.count("rdf-syntax-ns#type") == 1
    assert "terms/Stub" in triples
    assert "schema.org/Person" in site.get("/data/agent/amery.nt").text


def test_others_stand_below_the_last_page(site):
    """Who is described and in no document is not in the list's number, and stands below its last page."""
    assert heading(site, "agent/") == 121
    assert heading(site, "agent/", list="others") == 1
    assert "Zeal, Nobody" in text(site, "agent/", list="others")
    assert "Zeal, Nobody" not in text(site, "agent/")
    path, pages = "agent/", 0
    while path:
        page = site.get(f"/data/{path}").text
        following = re.search(r'rel="next" href="/data/([^"]+)"', page)
        path, pages, last = following and html.unescape(following[1]), pages + 1, page
    assert pages == 121 // SIZE + 1
    assert "Zeal, Nobody" in last


def test_order_and_filter(site):
    """By documents those with the most come first; words and a type narrow the list, and its number."""
    assert text(site, "agent/", sort="documents").index("Amery") < text(site, "agent/", sort="documents").index(
        "Reader"
    )
    assert heading(site, "agent/", q="read 11") == 1
    assert heading(site, "agent/", q="rea") == 120
    assert heading(site, "agent/", type="person") == 1
    assert "No matching names." in text(site, "agent/", q="xyz")
    assert site.get("/data/agent/", params={"type": "ghost"}).status_code == 400
    assert site.get("/data/agent/", params={"sort": "size"}).status_code == 400


def test_letters_lead_to_names(site):
    """In a long list each letter leads to the names that begin with it."""
    page = site.get("/data/agent/").text
    letters = dict(re.findall(r'<li><a href="(/data/agent/[^"]+)" title="\d+">(\w)</a>', page))
    (to_r,) = [html.unescape(path) for path, letter in letters.items() if letter == "R"]
    assert "Reader 000" in site.get(to_r).text
    assert "Consul at Varna" not in site.get(to_r).text


@pytest.mark.parametrize(
    "q", ["%", "_", "\\", "'", '"><script>', "a" * 200, "\x00", "\ud800".encode("utf-8", "replace").decode()]
)
def test_any_filter(site, q):
    """A filter of any signs is answered, and is never markup."""
    page = site.get("/data/agent/", params={"q": q})
    assert page.status_code in {200, 400}
    assert "<script>" not in page.text


def test_types_have_a_list_of_their_own(site):
    """A type of documents is no topic: where there are no topics, the menu has none."""
    page = site.get("/data/").text
    nav = re.search(r"<nav.*?</nav>", page, re.DOTALL)[0]
    assert 'href="/data/topic/"' not in nav
    assert 'href="/data/collection/"' not in nav
    assert 'href="/data/dumps/"' not in nav
    assert 'href="/data/agent/"' in nav
    assert "Letter (mentioned only) 120 documents" in text(site, "topic/", list="types")


def test_the_tree_of_the_archive(site):
    """The institution comes first, in it the series, in that the file, each with its documents."""
    page = text(site, "archive/")
    assert re.search(r"Port archive archive 120 documents Customs series series 120 .*Ahto ledger file 120", page)
    assert page.count("Port archive") == 1


def test_a_big_archive_is_cut(tmp_path):
    """A level with many levels shows some, and leads to the rest; levels that are only named are in the tree."""
    records = [
        {"id": f"archive/f{n}", "name": {"en": f"File {n}"}, "partOf": [{"id": "archive/top", "name": {"en": "Top"}}]}
        for n in range(400)
    ]
    records += [{"id": "record/1", "title": {"en": "R"}, "heldIn": ["archive/f7"]}]
    made, _ = publish(tmp_path, records)
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        page = text(client, "archive/")
    assert "Top 1 document File 0" in page
    assert "388 more below" in page
    assert page.index("File 2") < page.index("File 10")


def test_only_authority_records(tmp_path):
    """Where documents name nothing of a kind, its list is what is described."""
    made, _ = publish(tmp_path, [{"id": "agent/a", "name": {"en": "A"}}, {"id": "archive/b", "name": {"en": "B"}}])
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        assert heading(client, "agent/") == heading(client, "archive/") == 1
        assert '<a href="/data/agent/"><strong>1</strong>' in client.get("/data/").text


def test_lists_of_names_need_no_search_index(tmp_path):
    """Without a search index lists have their numbers, and lead to no search."""
    made, _ = publish(tmp_path, RECORDS, search=False)
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        page = client.get("/data/agent/").text
    assert "120 documents" in page
    assert "/data/search?" not in page


def test_templates_name_no_kind_that_a_list_lacks():
    """The menu asks which lists there are."""
    base = Path(__file__).parents[4] / "kg" / "render" / "templates" / "base.html"
    assert "in site.menu" in base.read_text(encoding="utf-8")


def test_the_class_of_a_list_of_names_is_its_own(site):
    """What a script shows over a page, such as completions, has no class in common with a list of names."""
    (classes,) = re.findall(r'<ol class="([^"]+)">\s*<li><span>', site.get("/data/agent/").text)[:1]
    scripts = (Path(__file__).parents[4] / "kg" / "render" / "static").glob("*.js")
    made = {name for script in scripts for name in re.findall(r'className = "([^"]+)"', script.read_text("utf-8"))}
    assert made
    assert not made & set(classes.split())
