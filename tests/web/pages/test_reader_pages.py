"""What a reader meets on a page beside the record itself."""

import html
import re

import pytest
from publishing import publish
from starlette.testclient import TestClient

from kg.web.app import Application

PAGE = "/data/record/177838.html"


def test_a_page_speaks_the_language_of_its_reader(client):
    "Accept-Language is honoured, by weight; what pages do not speak falls back to English."
    for accepted, language in (
        ("ru", "ru"),
        ("fr, es;q=0.5, en;q=0.1", "es"),
        ("fr", "en"),
        ("es;q=0, en", "en"),
        ("??;q=x", "en"),
    ):
        page = client.get(PAGE, headers={"accept-language": accepted})
        assert f'<html lang="{language}">' in page.text
        assert "Accept-Language" in page.headers["vary"]


def test_the_switch_of_languages_stays(client):
    "A language chosen by the switch holds on the next page too; a made-up one changes nothing."
    chosen = client.get(PAGE + "?lang=ru", headers={"accept-language": "es"})
    assert '<html lang="ru">' in chosen.text
    assert "lang=ru" in chosen.headers["set-cookie"]
    assert chosen.headers["cache-control"].startswith("private")
    assert '<html lang="ru">' in client.get(PAGE, headers={"cookie": "lang=ru"}).text
    client.cookies.clear()
    refused = client.get(PAGE + '?lang="><script>')
    assert "set-cookie" not in refused.headers
    assert '<html lang="en">' in refused.text


def test_data_does_not_depend_on_the_language(client):
    "Turtle is the same for everybody, and caches are told so."
    turtle = client.get("/data/record/177838.ttl", headers={"accept-language": "ru"})
    assert "Accept-Language" not in turtle.headers["vary"]


def test_people_are_explained_beside_their_names(client):
    "Who somebody was, then, stands beside the name."
    assert "Ambassador of the USSR to Cuba" in client.get(PAGE).text


def test_the_archival_reference_is_a_path(client):
    "The levels of the archive are links, from the top down."
    path = re.search(r'<nav class="path".*?</nav>', client.get(PAGE).text, re.DOTALL)
    assert re.findall(r'href="/data/archive/([^"]+)"', path[0]) == [
        "avp-rf",
        "avp-rf.fond-0104",
        "avp-rf.fond-0104.opis-19",
        "avp-rf.fond-0104.opis-19.papka-124",
        "avp-rf.fond-0104.opis-19.papka-124.delo-3",
    ]


def test_records_with_the_same_people_say_why(client):
    "What is related by computation says what it has in common."
    assert re.search(r"\d+ (person|people) in common", client.get(PAGE).text)


def test_records_of_the_same_days(client):
    "Documents whose date begins in the days of this one's are named, those that are named already left out."
    page = client.get("/data/record/nsam-196.html").text
    related = re.search(r'<section aria-labelledby="g-related"[^>]*>.*?</section>', page, re.DOTALL)[0]
    why = dict(re.findall(r'href="/data/(record/[^"]+)".*?class="note">\(([^)]+)', related))
    shown = {each for each, reason in why.items() if reason == "from the same days"}
    asked = {"kind": "record", "year": "1962-10-22", "dates": "certain", "format": "json"}
    same = {each["id"] for each in client.get("/data/search", params=asked).json()["results"]}
    assert shown
    assert set(why) | {"record/nsam-196"} >= same
    assert "record/nsam-196" not in why
    assert len(why) == related.count("<li>")


def test_signs_are_words(client):
    "Licences, entries of authority files and durations are called what they are, not by their signs."
    recording = client.get("/data/record/kg-example-recording.html").text
    assert "<bdi>CC0 1.0: no rights reserved</bdi>" in recording
    assert "<bdi>3 minutes and 12 seconds</bdi>" in recording
    assert "<bdi>Wikidata Q1563</bdi>" in client.get("/data/place/havana.html").text
    havana = client.get("/data/place/havana.html", headers={"accept-language": "es"}).text
    assert "<bdi>23,13° N</bdi>" in havana
    assert "<bdi>82,38° O</bdi>" in havana
    russian = {"accept-language": "ru"}
    assert "<bdi>мужской</bdi>" in client.get("/data/agent/raul-castro-ruz.html", headers=russian).text
    assert "<bdi>фонд</bdi>" in client.get("/data/archive/avp-rf.fond-0104.html", headers=russian).text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("record/raul-castro_memorandum.html", "raul castro memorandum"),
        ("record/%D0%9A%D0%B0%D1%81%D1%82%D1%80%D0%BE", "Кастро"),
        ("nowhere/at/all", "all"),
        ('record/"><script>alert(1)', "script alert 1"),
    ],
)
def test_an_address_that_leads_nowhere_leads_to_a_search(client, path, words):
    "Where nothing is, a page offers to search for the words in the address, as words and nothing else."
    page = client.get(f"/data/{path}", headers={"accept": "text/html"})
    assert page.status_code == 404
    link = re.search(r'<a href="([^"]+)" rel="nofollow">Search for “([^<]*)”', page.text)
    assert link[2] == words
    assert client.get(html.unescape(link[1]), headers={"accept": "application/json"}).json()["query"] == words


def test_people_organisations_and_families_are_told_apart(client):
    "Above a name stands what it is the name of, where that is known."
    for key, kind in (("raul-castro-ruz", "Person"), ("castro-family", "Family"), ("u-thant", "Person")):
        assert f'<p class="kind">{kind}</p>' in client.get(f"/data/agent/{key}.html").text


def test_both_languages_of_a_text_stand_side_by_side(client):
    "Original and translation are both in the page, each with its language."
    text = client.get("/data/record/note-alekseyev-conversations.html").text
    assert len(re.findall(r'class="parallel"', text)) == 1
    assert 'class="prose" lang="ru"' in text
    assert 'class="prose" lang="en"' in text


@pytest.mark.parametrize("path", ["/data/", "/data/agent/raul-castro-ruz.html", "/data/place/havana.html"])
def test_bars_are_links_and_a_table_says_the_same(client, path):
    "A picture has the table behind it, and what it links to is there."
    page = client.get(path).text
    links = re.findall(r'<td><a href="([^"]+)"', page)
    assert links
    for link in links:
        assert client.get(html.unescape(link), follow_redirects=True).status_code == 200


def test_places_have_a_heading_of_their_own(client):
    "A place that a text names stands among places, and not among people."
    page = client.get(PAGE).text
    people, places = (
        re.search(rf'<section aria-labelledby="{name}">.*?</section>', page, re.DOTALL)[0]
        for name in ("people", "places")
    )
    assert "place/" not in people
    assert {"place/cuba", "place/kremlin"} <= set(re.findall(r'href="/data/([^"]+)"', places))
    assert "agent/fidel-castro-ruz" in people


def test_an_earlier_address_is_said_whole(client):
    "What a thing replaces has no name any more: its address stands there, and leads back to the thing."
    page = client.get("/data/agent/raul-castro-ruz.html").text
    assert ">https://archive.example.org/data/agent/r-castro</bdi>" in page


def test_what_has_no_name_is_called_what_it_is(tmp_path):
    "Where nothing but an address is known of a thing, no list, page or format shows the bare address for a name."
    letter = {"id": "record/1", "title": {"en": "A letter"}, "creator": ["agent/x-1"], "recipient": ["agent/x-4"]}
    made, _ = publish(tmp_path, [{**letter, "places": ["place/x-2"], "related": ["record/x-3"]}])
    shown = re.compile(r">\s*(?:agent/|place/|record/)?x-\d\s*<")
    paths = ("record/1.html", "agent/x-1.html", "agent/", "record/", "place/", "search", "timeline", "map", "network")
    with TestClient(Application(made), base_url="https://archive.example.org") as client:
        for path in (*paths, "search?format=atom", "search?format=rss", "search?person=agent/x-1"):
            page = client.get(f"/data/{path}").text
            assert not shown.search(page), path
        assert "Person or organisation without a name (x-1)" in client.get("/data/record/1.html").text
        assert "без названия (x-1)" in client.get("/data/search?lang=ru").text
        client.cookies.clear()
        found = client.get("/data/search?format=json").json()
        assert {each["title"] for each in found["results"]} >= {"Place without a name (x-2)"}
        assert found["facets"]["place"][0]["label"] == "Place without a name (x-2)"


def test_the_contact_is_a_link(client):
    "Whoever finds an error can say so."
    assert 'href="mailto:archive@example.org"' in client.get(PAGE).text
