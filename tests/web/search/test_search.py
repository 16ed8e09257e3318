"""/search over HTTP: what is found, in which shapes, and what is refused."""

import csv
import io
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from publishing import BASE, publish
from starlette.testclient import TestClient

from kg.render.site.translations import LANGUAGES
from kg.store.search.collation import name_order, title_order
from kg.store.search.fields import LACKED
from kg.web.app import Application

pytestmark = pytest.mark.every_engine

SEARCH = "/data/search"
ATOM = "{http://www.w3.org/2005/Atom}"


def ask(client, **parameters):
    answer = client.get(SEARCH, params={"format": "json", **parameters})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("raul castro toast ambassadors seated", "record/177838"),
        ("raul kastor celebrations", "record/177838"),
        ("Рауль Кастро февраль запись беседы", "record/177838"),
        ("conversacion raul castro embajadores", "record/177838"),
        ("Mikojan", "agent/anastas-mikoyan"),
    ],
)
def test_half_remembered(client, words, key):
    """Half-remembered words and misspelt names find the record, in any of its languages."""
    assert key in [each["id"] for each in ask(client, q=words)["results"][:3]]


def test_what_became_of_the_words(client):
    """A search that finds nothing is put right, or taken loosely, and says so."""
    assert ask(client, q="celebratoins")["corrected"] == "celebrations"
    loose = ask(client, q="raul castro ambassadors seated banana")
    assert loose["loose"]
    assert loose["total"]
    assert ask(client, q="xyzzyx")["total"] == 0


def test_accept_json(client):
    """Accept: application/json is as good as format=json; a browser gets the page."""
    answer = client.get(SEARCH, params={"q": "castro"}, headers={"accept": "application/json"})
    assert answer.json() | {"next": ""} == ask(client, q="castro") | {"next": ""}
    assert client.get(SEARCH, headers={"accept": "text/html,*/*;q=0.8"}).headers["content-type"].startswith("text/html")


def test_sentence(client):
    """A sentence says what was found."""
    said = ask(client, collection="collection/alekseyev-conversations", kind="record")["sentence"]
    assert said.startswith("11 documents from ")
    assert "1963" in said


def test_undated_are_told(tmp_path):
    """A search by time says how many documents it leaves out, as they have no date; people, places and stubs need none."""
    records = [
        {"id": "record/dated", "title": "Harbour", "dates": "1930", "mentions": ["agent/harbour"]},
        {"id": "record/undated", "title": "Harbour", "related": ["record/stub"]},
        {"id": "record/told", "title": "Harbour", "status": "described-only"},
        {"id": "agent/harbour", "name": "Harbour"},
        {"id": "place/harbour", "name": "Harbour"},
    ]
    made, _ = publish(tmp_path, records)
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        assert ask(client, q="harbour", year="1930")["undated_left_out"] == 2
        assert ask(client, q="harbour", year="1700")["undated_left_out"] == 2
        assert ask(client, kind="agent", year="1930")["undated_left_out"] == 0
        assert ask(client, q="harbour")["undated_left_out"] == 0


def test_uncertain_dates_can_be_left_out(client):
    """With dates=certain only what lies in the time whole is left."""
    loose, certain = ask(client, year="1962-10"), ask(client, year="1962-10", dates="certain")
    assert 0 < certain["total"] < loose["total"]


def counted_by_sparql(client, query):
    body = query[query.index("SELECT") :]
    head = query[: query.index("SELECT")]
    inner = body[body.index("WHERE") : body.rindex("GROUP BY")]
    answer = client.get("/data/sparql", params={"query": f"{head}SELECT (COUNT(DISTINCT ?thing) AS ?n) {inner}"})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["results"]["bindings"][0]["n"]["value"])


def test_facets_are_what_sparql_counts(client):
    """Each count of each facet is that of the SPARQL query which the narrowed search shows."""
    seen = 0
    for name, values in ask(client)["facets"].items():
        for value in values:
            narrowed = ask(client, **{name: value["value"]})
            assert narrowed["total"] == value["count"], (name, value)
            assert counted_by_sparql(client, narrowed["sparql"]) == value["count"], (name, value)
            seen += 1
    assert seen > 40


def test_years_are_what_sparql_counts(client):
    """Each year has as many documents as the SPARQL query of that year finds."""
    years = {each["year"]: each["count"] for each in ask(client, kind="record")["years"]}
    for year in (1962, 1963, 1964):
        narrowed = ask(client, kind="record", year=year)
        assert narrowed["total"] == years.get(year, 0)
        assert counted_by_sparql(client, narrowed["sparql"]) == narrowed["total"]
    certain = ask(client, kind="record", year="1962", dates="certain")
    assert counted_by_sparql(client, certain["sparql"]) == certain["total"]


TALKS = {"collection": "collection/alekseyev-conversations", "kind": "record"}


def test_a_time_finds_what_happened_in_it(client):
    """A document that was written later is found by the day of which it tells, and says so; its people are in the facet."""
    found = ask(client, **TALKS, year="1963-02..1963-03")
    matched = {each["id"]: each["matched"] for each in found["results"]}
    assert matched["record/177838"]["role"] == "event"
    assert matched["record/177838"]["start"] == "1963-02-22"
    assert found["time"] == {"first": "1963-02-01", "last": "1963-03-31"}
    assert "agent/raul-castro-ruz" in {each["value"] for each in found["facets"]["person"]}
    page = client.get(SEARCH, params={**TALKS, "year": "1963-02"}, headers={"accept": "text/html"}).text
    assert "describes events of 22 and 23 February 1963" in page


@pytest.mark.parametrize("time", ["february 1963", "февраль 1963", "febrero de 1963"])
def test_a_time_in_words_is_the_time_in_figures(client, time):
    """A time is read as people write it, in the field and among the words."""
    total = ask(client, **TALKS, year="1963-02")["total"]
    assert ask(client, **TALKS, year=time)["total"] == total > 0
    assert ask(client, **TALKS, q=f'date:"{time}"')["total"] == total


@pytest.mark.parametrize(
    "asked", [{"role": "event"}, {"role": "sent", "year": "1962-10"}, {"role": ["event", "document"], "year": "1963"}]
)
def test_roles_are_what_sparql_finds(client, asked):
    """A role of dates narrows a list as its SPARQL query does, with a time and without."""
    found = ask(client, **asked)
    assert counted_by_sparql(client, found["sparql"]) == found["total"] > 0
    assert {each["matched"]["role"] for each in found["results"]} <= set(
        asked["role"] if isinstance(asked["role"], list) else [asked["role"]]
    )


def test_a_scan_is_found_by_its_role_alone(client):
    """The day on which a document was put on line is no time of the document; who asks for that role finds it."""
    assert "record/177838" not in {each["id"] for each in ask(client, year="2018-06-27")["results"]}
    assert {each["id"] for each in ask(client, year="2018-06-27", role="uploaded")["results"]} == {"record/177838"}


@pytest.mark.parametrize("sort", ["relevance", "date", "title"])
def test_pages_have_numbers(client, sort):
    """`page` counts the pages of a list; behind the last one there is nothing."""
    whole = [each["id"] for each in ask(client, q="castro", sort=sort, limit=12)["results"]]
    pages = [
        [each["id"] for each in ask(client, q="castro", sort=sort, limit=5, page=page)["results"]]
        for page in (1, 2, 2_000)
    ]
    assert pages == [whole[:5], whole[5:10], []]


@pytest.mark.parametrize("what", LACKED)
def test_gaps_are_what_sparql_counts(client, what):
    """Documents that lack something are those of the SPARQL query."""
    lacking = ask(client, kind="record", lacks=what)
    assert counted_by_sparql(client, lacking["sparql"]) == lacking["total"] < ask(client, kind="record")["total"]


@pytest.mark.parametrize(
    "asked", [{"q": "castro missiles"}, {"q": "from:alekseyev"}, {"person": "castro", "year": "1963"}]
)
def test_words_are_what_sparql_finds(client, asked):
    """A search with words finds what its SPARQL query finds."""
    found = ask(client, **asked)
    assert counted_by_sparql(client, found["sparql"]) == found["total"] > 0


@pytest.mark.parametrize("sort", ["relevance", "date", "newest", "title"])
def test_pages_by_cursor(client, sort):
    """Page by page everything comes once."""
    seen, found = [], ask(client, q="castro OR kennedy", sort=sort, limit=7)
    total = found["total"]
    while True:
        seen += [each["id"] for each in found["results"]]
        if not found["next"]:
            break
        found = client.get(found["next"]).json()
    assert len(seen) == len(set(seen)) == total


def test_csv(client):
    """CSV has a line for each."""
    found = ask(client, q="castro")
    rows = list(csv.DictReader(io.StringIO(client.get(SEARCH, params={"q": "castro", "format": "csv"}).text)))
    assert len(rows) == found["total"]
    assert rows[0]["iri"].startswith(BASE)
    assert {row["matched_date"] for row in rows} == {""}


def test_csv_says_by_which_date_a_thing_was_found(client):
    """With a time, a row has the date that touches it, and what happened then."""
    asked = {**TALKS, "year": "1963-02", "format": "csv", "columns": "iri,matched_date,matched_role"}
    rows = {row.pop("iri"): row for row in csv.DictReader(io.StringIO(client.get(SEARCH, params=asked).text))}
    matched = {"matched_date": "{1963-02-22,1963-02-23}", "matched_role": "event"}
    assert rows[f"{BASE}record/177838"] == matched


@pytest.mark.parametrize("name", ["atom", "rss"])
def test_feeds(client, name):
    """Feeds are well formed and have an entry for each of the page."""
    root = ET.fromstring(client.get(SEARCH, params={"q": 'castro & "kennedy"', "format": name, "limit": 5}).text)
    assert len(root.findall(f"{ATOM}entry") or root.findall("channel/item")) >= 1


@pytest.mark.parametrize(
    ("name", "path"), [("atom", f"{ATOM}entry/{ATOM}summary"), ("rss", "channel/item/description")]
)
def test_a_feed_says_the_date_with_its_role(client, name, path):
    """Each entry says by which date it was found and what happened then; without a time, what its own date is."""
    for asked, said in (
        ({"year": "1963-02"}, "describes events of 22 and 23 February 1963"),
        ({"q": "id:record/177838"}, ""),
    ):
        root = ET.fromstring(client.get(SEARCH, params={**TALKS, **asked, "format": name}).text)
        told = [each.text for each in root.findall(path)]
        assert all(each.startswith("<p>") for each in told)
        assert any(said in each for each in told)


@pytest.mark.parametrize("name", ["atom", "rss"])
@pytest.mark.parametrize("sign", ["\x01", "\ufffe", "\x1f"])
def test_feeds_hold_no_sign_that_xml_has_not(client, name, sign):
    """What was asked stands in a feed without the characters that no document of XML can hold."""
    asked = {"q": f"cas{sign}tro", "format": name, "limit": 5}
    assert "castro" in "".join(ET.fromstring(client.get(SEARCH, params=asked).text).itertext())


def test_words_stay_words_in_the_query(client):
    """What a reader wrote stands in the query that finds the same as it was written, also where it looks like ours."""
    found = client.get(SEARCH, params={"q": '"<search> <terms/>"', "format": "json"}).json()
    assert "<search> <terms/>" in found["sparql"]
    assert f"SERVICE <{BASE}search>" in found["sparql"]


def test_turtle_and_citations(client):
    """Turtle, BibTeX, RIS and CSL-JSON hold what was found."""
    import pyoxigraph
    import rispy

    parameters = {"q": "raul castro", "kind": "record", "limit": 3}
    turtle = client.get(SEARCH, params={**parameters, "format": "ttl"})
    assert list(pyoxigraph.parse(turtle.content, format=pyoxigraph.RdfFormat.TURTLE))
    assert client.get(SEARCH, params={**parameters, "format": "bib"}).text.count("\turl = ") == 3
    assert len(rispy.loads(client.get(SEARCH, params={**parameters, "format": "ris"}).text)) == 3
    assert len(client.get(SEARCH, params={**parameters, "format": "csl.json"}).json()) == 3


def test_page(client):
    """The page marks hits, keeps its state in links, and is not for crawlers."""
    page = client.get(SEARCH, params={"q": "raul castro", "year": "1963"}, headers={"accept": "text/html"})
    assert "<mark>" in page.text
    assert 'name="robots" content="noindex' in page.text
    assert "q=raul%20castro&amp;person=" in page.text
    assert "?q=raul%20castro&amp;year=1963&amp;lang=ru" in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]


def test_completions(client):
    """What is typed is completed with names and life dates, in the form of OpenSearch and the reader's language."""
    typed, names, said, addresses, more = client.get(f"{SEARCH}/suggest", params={"q": "nikita kh"}).json()
    assert (typed, names[0], said[0]) == ("nikita kh", "Nikita Khrushchev", "Person · 1894–1971")
    assert addresses[0] == f"{BASE}agent/nikita-khrushchev"
    assert (more["languages"][0], more["paths"][0]) == ("en", "agent/nikita-khrushchev")
    russian = client.get(f"{SEARCH}/suggest", params={"q": "nikita kh"}, headers={"accept-language": "ru"}).json()
    assert (russian[1][0], russian[2][0]) == ("Никита Сергеевич Хрущёв", "Лицо · 1894–1971")
    assert client.get(f"{SEARCH}/suggest", params={"q": "("}).json()[1] == []
    assert client.get(f"{SEARCH}/suggest").json()[1] == []


def test_completions_by_the_name_that_is_shown(client):
    """A thing that is found by another name than the one shown stands behind those whose shown name begins so."""
    names = client.get(f"{SEARCH}/suggest", params={"q": "cas"}).json()[1]
    assert names.index("Raúl Castro Ruz") < names.index("White House")


def test_completions_say_when_a_document_is_of(client):
    """A document among the completions says what it is and its date."""
    _, names, said, _, _ = client.get(f"{SEARCH}/suggest", params={"q": "memorandum of conv"}).json()
    assert "Memorandum of conversation between Kennedy and Gromyko, 18 October 1962" in names
    assert "Document · 18 October 1962" in said


def test_opensearch_description(client):
    """Browsers find how to search here."""
    root = ET.fromstring(client.get(f"{SEARCH}/opensearch.xml").text)
    templates = [url.get("template") for url in root if url.tag.endswith("Url")]
    assert f"{BASE}search?q={{searchTerms}}" in templates


@pytest.mark.parametrize(
    "parameters",
    [
        {"q": "x" * 1_500},
        {"q": "("},
        {"q": "year:soon"},
        {"year": "soon"},
        {"year": "1963..1962"},
        {"sort": "sideways"},
        {"dates": "maybe"},
        {"limit": "0"},
        {"limit": "1e9"},
        {"limit": "٣"},
        {"after": "tomorrow"},
        {"page": "abc"},
        {"page": "0"},
        {"page": "9999"},
        {"role": "anything"},
        {"year": "4/5/1963"},
        {"kind": "nothing"},
        {"format": "pdf"},
        {"person": "x" * 1000},
        [("q", "a"), ("q", "b")],
        [("person", f"agent/{n}") for n in range(30)],
    ],
    ids=str,
)
def test_bad_parameters_are_told(client, parameters):
    """What can't be meant is 400 with help, as a page too."""
    answer = client.get(SEARCH, params=parameters)
    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert client.get(SEARCH, params=parameters, headers={"accept": "text/html"}).status_code == 400


def test_nothing_of_a_parameter_reaches_the_page_unescaped(client):
    """Markup, template syntax and IRIs in parameters are shown as text."""
    hostile = "</script><b>{{7*7}}</b>\"'><img src=x>"
    for name in ("q", "person", "place", "type", "topic"):
        page = client.get(SEARCH, params={name: hostile}, headers={"accept": "text/html"})
        assert page.status_code == 200
        assert "<b>" not in page.text
        assert "<img" not in page.text
        assert "49</b>" not in page.text


NAMES = st.sampled_from(
    [
        "q",
        "kind",
        "person",
        "place",
        "language",
        "archive",
        "from",
        "year",
        "dates",
        "sort",
        "after",
        "page",
        "role",
        "limit",
        "format",
        "x",
    ]
)
VALUES = st.text(max_size=12) | st.sampled_from(
    ["1962", "record", "agent/x", "1", "date", "-5", "agent/\0", "certain", "json"]
)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=5))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
def test_any_parameters(client, pairs):
    """Whatever the parameters: found, or told why not; never an error of ours."""
    pairs = [(name, value.encode("utf-8", "replace").decode()) for name, value in pairs]
    assert client.get(SEARCH, params=pairs).status_code in {200, 400}


def test_without_an_index(tmp_path):
    """Where no index was made, the page says so."""
    from publishing import publish
    from starlette.testclient import TestClient

    from kg.web.app import Application

    made, _ = publish(tmp_path, [{"id": "record/1", "title": {"en": "One"}}], search=False)
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        assert "search = true" in client.get(SEARCH).json()["detail"]


@pytest.mark.parametrize("language", ["en", "ru", "es"])
def test_by_title(client, language):
    """Sorted by title, a list is in the order of the names that this reader sees, people by surname, page by page to its end."""
    shown, after = [], ""
    while after is not None:
        page = client.get(
            SEARCH,
            params={"format": "json", "kind": "agent", "sort": "title", "limit": 17, "after": after},
            headers={"accept-language": language},
        ).json()
        shown += page["results"]
        after = page["next"] and dict(parse_qsl(urlsplit(page["next"]).query))["after"]
    assert len(shown) == page["total"] > 40
    records = {each["id"]: client.get(f"/data/{each['id']}.json").json() for each in shown}
    headings = [name_order.heading(records[each["id"]], each["titles"], language) for each in shown]
    assert headings == sorted(headings, key=lambda heading: title_order.sort_key(heading, language))
    assert len({heading[0] for heading in headings}) > 10
    assert headings != [each["title"] for each in shown]


def test_languages_of_titles():
    """Titles are kept in order for each language that pages speak."""
    assert title_order.LANGUAGES == LANGUAGES
