"""Saved queries at /api/: typed parameters in, rows out."""

import html

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from publishing import QUERY_FOLDERS
from pyoxigraph import Store

from kg.errors import KgError, ParameterFault
from kg.render.queries import headers
from kg.render.queries.parameters import TYPES, Parameter
from kg.render.queries.saved_queries import PARAMETERS_LINE, read, saved_queries
from kg.render.site.translations import LANGUAGES, translations
from kg.settings import QUERIES

pytestmark = pytest.mark.every_engine
SAVED = saved_queries(QUERY_FOLDERS)
NAMES = sorted(SAVED)
LACKING = {("fuseki", "places-near"): "its geof:distance gives no metres between points in degrees"}


@pytest.mark.parametrize("name", NAMES)
def test_each_gives_rows(client, name, request):
    """Each saved query gives rows with the values of its own examples."""
    if reason := LACKING.get((request.node.callspec.params["engine"], name)):
        request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
    answer = client.get(f"/data/api/{name}", params=SAVED[name].example, headers={"accept": "application/json"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["results"]["bindings"]


@pytest.mark.parametrize("name", NAMES)
def test_each_says_what_it_is(name):
    """A saved query has a summary, a description, tags, and says of each parameter what it is."""
    query = SAVED[name]
    assert query.summary != name
    assert query.description
    assert query.tags
    assert all(each.description for each in query.parameters)
    assert all(each.example or each.default for each in query.parameters)


@pytest.mark.parametrize(
    ("accept", "suffix", "media_type"),
    [
        ("application/sparql-results+json", "", "application/sparql-results+json"),
        ("application/json", "", "application/sparql-results+json"),
        ("text/csv", "", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "", "text/tab-separated-values; charset=utf-8"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "", "text/html; charset=utf-8"),
        ("*/*", "", "application/sparql-results+json"),
        ("text/html", ".csv", "text/csv; charset=utf-8"),
        ("text/csv", ".html", "text/html; charset=utf-8"),
    ],
)
def test_formats(client, accept, suffix, media_type):
    """An answer comes in the format that Accept asks for; a suffix goes before it."""
    address = f"/data/api/companions{suffix}"
    answer = client.get(address, params={"agent": "agent/fidel-castro-ruz"}, headers={"accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert "alexandr-alekseyev" in answer.text


@pytest.mark.parametrize(
    ("name", "parameters", "says"),
    [
        ("companions", {}, "missing"),
        ("companions", {"agent": "Fidel Castro"}, "IRI"),
        ("companions", {"agent": "http://a> } SELECT <b"}, "IRI"),
        ("companions", {"agent": "agent/x", "colour": "red"}, "no parameter"),
        ("documents-between", {"from": "1962-02-30", "to": "1962-10-28"}, "day"),
        ("documents-between", {"from": "16 October", "to": "1962-10-28"}, "day"),
        ("correspondents", {"least": "1.5"}, "whole number"),
        ("correspondents", {"least": "1 } #"}, "whole number"),
        ("places-near", {"latitude": "NaN", "longitude": "0"}, "number"),
        ("titles-with", {"words": "x" * 2000}, "characters"),
        ("titles-with", {"words": "a\x00b"}, "control"),
    ],
)
def test_wrong_values(client, name, parameters, says):
    """A value of the wrong type is a 400 that says what is wrong and what the parameters are."""
    answer = client.get(f"/data/api/{name}", params=parameters, headers={"accept": "application/json"})
    assert answer.status_code == 400
    assert says in answer.json()["detail"]
    assert {each["name"] for each in answer.json()["parameters"]} == {each.name for each in SAVED[name].parameters}


def test_wrong_value_on_a_page(client):
    """On a page the form says what is wrong, and keeps what was typed as text."""
    wrong = '"><script>alert(1)</script>'
    answer = client.get("/data/api/companions.html", params={"agent": wrong})
    assert answer.status_code == 400
    assert "<script>" not in answer.text
    assert "&#34;&gt;&lt;script&gt;" in answer.text


@pytest.mark.parametrize(("parameter", "status"), [("twice", 400), ("format", 400), ("accept", 406), ("name", 404)])
def test_refusals(client, parameter, status):
    """What can't be answered is refused with its own status."""
    asked = {
        "twice": ("/data/api/companions?agent=agent/a&agent=agent/b", "*/*"),
        "format": ("/data/api/companions?agent=agent/a&format=pdf", "*/*"),
        "accept": ("/data/api/companions?agent=agent/a", "image/png"),
        "name": ("/data/api/nothing", "*/*"),
    }
    address, accept = asked[parameter]
    answer = client.get(address, headers={"accept": accept})
    assert answer.status_code == status
    assert answer.json()["detail"]


@given(st.text(max_size=60))
def test_texts_enter_as_terms(text):
    """Whatever a text holds, the query that it enters asks for that text and nothing else."""
    try:
        query = SAVED["titles-with"].bound({"words": text}, "https://archive.example.org/")
    except ParameterFault:
        return
    block = next(line for line in query.split("\n") if "VALUES (?_words)" in line)
    rows = list(Store().query(f"SELECT ?_words {{ {block} }}"))
    assert [row[0].value for row in rows] == [text]


@given(st.sampled_from(sorted(TYPES)), st.text(max_size=40))
def test_any_value_is_a_term_or_a_fault(type_, text):
    """A value of any type becomes one term, or a fault that says so; nothing else happens."""
    parameter = Parameter("?_x", "x", required=True, type=type_)
    try:
        term = parameter.term(text, "https://archive.example.org/")
    except ParameterFault:
        return
    (row,) = Store().query(f"SELECT ?x {{ VALUES (?x) {{ ({term}) }} }}")
    assert row[0] == term


def test_a_parameter_that_is_left_out_stays_free(client):
    """What may be left out narrows where it is given, and leaves all where it is not."""
    some = client.get("/data/api/correspondents.csv", params={"sender": "agent/nikita-khrushchev"}).text
    every = client.get("/data/api/correspondents.csv").text
    assert 1 < len(some.splitlines()) < len(every.splitlines())


def test_list(client):
    """The list leads to the page of each query, and to the page that describes all addresses."""
    page = client.get("/data/api/").text
    assert all(f"/data/api/{name}.html" in page for name in NAMES)
    assert 'href="/data/docs"' in page


def test_the_description_has_each_query(client):
    """The description names every query with every parameter; examples and defaults fit their schemas."""
    document = client.get("/data/openapi.json").json()
    paths = document["paths"]
    assert {path for path in paths if path.startswith("/api/")} == {"/api/", *(f"/api/{name}" for name in SAVED)}
    assert {"406", "413", "429"} <= set(paths["/api/companions"]["get"]["responses"])
    for name, query in SAVED.items():
        operation = paths[f"/api/{name}"]["get"]
        assert operation["responses"]["200"]["description"]
        described = {each["name"]: each for each in operation["parameters"] if "name" in each}
        assert {each.name for each in query.parameters} | {"format"} == set(described)
        for each in query.parameters:
            schema = described[each.name]["schema"]
            assert described[each.name]["required"] == (each.required and each.default is None)
            assert ("default" in schema) == (each.default is not None)
            for value in (*schema.get("examples", ()), schema.get("default")):
                assert value is None or jsonschema_rs.is_valid(schema, value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("#+ summary: x\nSELECT * { ?s ?p ?_thing_iri }", PARAMETERS_LINE),
        ("#+ what is this\nASK {}", "no line of a header"),
        ("#+ tags:\n#+   - a\n#+   - b: c\nASK {}", "no line of a header"),
        (f"#+ summary: x\nSELECT * {{ {PARAMETERS_LINE}\n ?s ?p ?_when_xsd_duration }}", "type"),
        (f"#+ summary: x\nSELECT * {{ {PARAMETERS_LINE}\n ?s ?p ?_format }}", "called format"),
    ],
)
def test_wrong_headers(tmp_path, text, says):
    """A header that can't be read names the file and the line."""
    path = tmp_path / "wrong.rq"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KgError, match=r"wrong\.rq") as caught:
        read(path)
    assert says in str(caught.value)


def test_grlc_reads_the_headers_alike():
    """Every decorator line is one that YAML reads the same: a space follows each colon and hyphen."""
    for path in (QUERIES / "saved").glob("*.rq"):
        text = path.read_text(encoding="utf-8")
        assert headers.read_decorators(text)
        for line in text.splitlines():
            if line.startswith("#+"):
                assert line.count(": ") + line.endswith(":") <= 1, line


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_told_in_every_language(client, language):
    """What a query asks, what comes of it and what its parameters are is told in the reader's language."""
    say = translations(language).gettext
    accept = {"accept": "text/html", "accept-language": language}
    overview = html.unescape(client.get("/data/api/", headers=accept).text)
    for name, query in SAVED.items():
        page = html.unescape(client.get(f"/data/api/{name}.html", headers=accept).text)
        for text in (query.summary, query.description):
            assert say(text) != text
            assert f'lang="{language}"' in page
            assert say(text) in page
            assert say(text) in overview
        assert all(f'<span lang="{language}">{say(each.description)}</span>' in page for each in query.parameters)


@pytest.mark.parametrize(
    "text", ["companions = 1", "[nothing]\nagent = 'agent/a'", "[companions]\nnobody = 'agent/a'", "[companions"]
)
def test_values_to_try_that_are_none(tmp_path, text):
    """A file of values to try that names what is not there is told with its place, before anybody is served."""
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "examples.toml").write_text(text, encoding="utf-8")
    with pytest.raises(KgError) as fault:
        saved_queries((QUERIES, tmp_path))
    assert "examples.toml" in str(fault.value)
    assert fault.value.todo


def test_what_comes_along_speaks_of_no_collection():
    """Queries that come with kg have no values to try that only one collection could answer."""
    assert not any(each.example for each in saved_queries((QUERIES,)).values())
