"""The page of /sparql, what it is made of, and the static files."""

import html
import re

import pytest
from publishing import QUERY_FOLDERS, publish
from starlette.testclient import TestClient

from kg.render.queries.examples import examples
from kg.render.site.assets import address, assets
from kg.render.site.translations import LANGUAGES
from kg.web.app import Application

pytestmark = pytest.mark.every_engine
HTML = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
NASTY = '<script>alert("x")</script>'


def test_policy(client):
    """The page's policy lets scripts come from here alone; none stands in the page, nor a style."""
    page = client.get("/data/sparql", headers=HTML)
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=", page.text)


def test_every_file_that_the_page_names_is_there(client):
    """What the page loads lies here, may be kept for ever, and has its type."""
    page = client.get("/data/sparql", headers=HTML).text
    names = set(re.findall(r'(?:src|href|data-outlines)="(/data/static/[^"]+)"', page))
    assert len(names) > 20
    for name in names:
        answer = client.get(name)
        assert answer.status_code == 200, name
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_static_files(client):
    """A file without a version, or with another one, is to be asked for again; with its tag it is 304; others are 404."""
    for name in ("static/kg.css", "static/v-0123456789abcdef/kg.css"):
        assert client.get(f"/data/{name}").headers["cache-control"] == "public, max-age=3600"
    answer = client.get(f"/data/{address('vendor/yasgui.min.js')}")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["content-encoding"] == "br"
    again = client.get(answer.url.path, headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    for name in ("static/", "static/../pages.py", "static/%2e%2e/pages.py", "static/vendor", "static/nothing.js"):
        assert client.get(f"/data/{name}").status_code == 404, name


def test_scripts_import_what_is_there():
    """Each module of the workbench imports modules that lie beside it, and names no other host."""
    for name, asset in assets().items():
        if name.startswith("workbench/") and name.endswith(".js"):
            text = asset.body.decode()
            for target in re.findall(r'from "\./([^"]+)"', text):
                assert f"workbench/{target}" in assets(), (name, target)
            assert set(re.findall(r"https?://[a-z0-9./-]+", text)) <= {
                "http://www.w3.org/2000/svg",
                "http://www.w3.org/2001/",
                "http://www.w3.org/1999/02/22-rdf-syntax-ns",
            }


def test_terms_and_names(client):
    """Completion gets prefixes, and classes and properties with their uses; names come in the reader's language."""
    terms = client.get("/data/workbench/terms.json").json()
    assert terms["prefixes"]["schema"] == "https://schema.org/"
    classes = {each["iri"]: each for each in terms["classes"]}
    assert classes["https://schema.org/ArchiveComponent"]["count"] >= 76
    properties = {each["iri"]: each for each in terms["properties"]}
    assert properties["http://purl.org/dc/terms/creator"]["label"] == "Author"
    asked = {"thing": ["agent/fidel-castro-ruz", "agent/nobody"], "lang": "ru"}
    answer = client.get("/data/workbench/names.json", params=asked)
    assert answer.json() == {"agent/fidel-castro-ruz": "Фидель Кастро Рус"}
    assert {"Accept-Language", "Cookie"} <= set(answer.headers["vary"].split(", "))
    assert client.get("/data/workbench/names.json", params={"thing": ["x"] * 101}).status_code == 400
    assert client.get("/data/workbench/secret").status_code == 404


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("SELECT (42 AS ?n) {}", '<td class="number"><bdi>42</bdi>'),
        (f"SELECT ('{NASTY}'@en AS ?x) {{}}", "&lt;script&gt;alert"),
        ("SELECT (<javascript:alert(1)> AS ?x) {}", "<bdi>javascript:alert(1)</bdi>"),
        ("SELECT (<https://example.org/?a=%22%3E> AS ?x) {}", 'rel="external nofollow noopener"'),
        ("SELECT (<agent/fidel-castro-ruz> AS ?x) {}", '<a href="/data/agent/fidel-castro-ruz"'),
        ("SELECT ('a\\tb\\n\\\"c' AS ?x) {}", "a\tb\n&#34;c"),
        ("SELECT ?x ?y { VALUES (?x ?y) { (UNDEF 1) } }", "<td></td>"),
        ("SELECT * {}", "1 row"),
        ("SELECT * { FILTER(false) }", "0 rows"),
        ("ASK {}", "Yes"),
        ("ASK { FILTER(false) }", "No"),
        (f"CONSTRUCT {{ <http://a/> <http://b/> '{NASTY}' }} WHERE {{}}", "&lt;script&gt;alert"),
    ],
)
def test_answers_on_a_page(client, query, holds):
    """A browser that asks gets a page with the answer; nothing in it is HTML but ours."""
    page = client.get("/data/sparql", params={"query": query}, headers=HTML)
    assert page.status_code == 200
    assert holds in page.text
    assert "<script>" not in page.text


def test_a_long_answer_is_shown_in_part(client):
    """A page shows a thousand rows and says that there are more."""
    page = client.get("/data/sparql", params={"query": "SELECT * { ?s ?p ?o }"}, headers=HTML).text
    assert page.count("<tr>") == 1001
    assert "Only the beginning is shown" in page


@pytest.mark.parametrize(
    ("query", "status"),
    [("SELECT * {", 400), ("DELETE WHERE { ?s ?p ?o }", 403), ("SELECT * { SERVICE <x:> {} }", 400)],
)
def test_faults_on_a_page(client, query, status):
    """A query that has no answer keeps its status, and its text, on the page."""
    page = client.get("/data/sparql", params={"query": query}, headers=HTML)
    assert page.status_code == status
    assert 'role="alert"' in page.text


def test_format_goes_before_accept(client):
    """`format=html` gives a page to whoever asks; another format gives a browser a file."""
    assert (
        client.get("/data/sparql", params={"query": "ASK {}", "format": "html"})
        .headers["content-type"]
        .startswith("text/html")
    )
    answer = client.get("/data/sparql", params={"query": "ASK {}", "format": "json"}, headers=HTML)
    assert answer.headers["content-type"] == "application/sparql-results+json"


def test_queries_of_your_own(tmp_path):
    """A folder that the settings name adds examples and saved queries, and takes the place of those with its names."""
    own = tmp_path / "own"
    (own / "examples").mkdir(parents=True)
    (own / "saved").mkdir()
    (own / "examples" / "all.rq").write_text(
        "# title: Our own\n# description: All of it.\nSELECT * { ?s ?p ?o }", encoding="utf-8"
    )
    (own / "examples" / "titles.rq").write_text("# title: Titles of ours\nASK {}", encoding="utf-8")
    (own / "saved" / "one.rq").write_text("#+ summary: Just one\nSELECT (1 AS ?n) {}", encoding="utf-8")
    settings, _ = publish(tmp_path, [{"id": "record/1", "kind": "record", "title": {"en": "A"}}], queries="own")
    with TestClient(Application(settings), base_url="https://archive.example.org") as client:
        assert "Our own" in client.get("/data/sparql", headers=HTML).text
        assert '<li lang="en">' in client.get("/data/sparql", headers={**HTML, "accept-language": "ru"}).text
        assert client.get("/data/api/one.csv").text.split() == ["n", "1"]
        assert client.get("/data/api/companions.csv?agent=agent/a").status_code == 200
        assert "Titles of ours" in client.get("/data/sparql", headers=HTML).text
        assert "Titles of documents" not in client.get("/data/sparql", headers=HTML).text


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_examples_are_told_in_every_language(client, language):
    """Each example that comes along has its title and what comes of it in each language that pages speak."""
    page = html.unescape(client.get("/data/sparql", headers={**HTML, "accept-language": language}).text)
    for example in examples(QUERY_FOLDERS):
        title, description = example.translations[language]
        assert f"<strong>{title}</strong>" in page
        assert f"<span>{description}</span>" in page
