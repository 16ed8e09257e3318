"""The basket: documents in the address, cited, taken along, opened as a search."""

import csv
import io
import json

import rispy

ONE, TWO = "record/177838", "record/alekseyev-castro-1963-02-16"
BASKET = "/data/basket"


def test_the_address_has_the_basket(client):
    """Each document of the address stands on the page with its citation, and a tick to take it away."""
    answer = client.get(BASKET, params={"thing": [ONE], "add": [TWO]})
    page = answer.text
    assert page.count('class="copy"') == 3  # two, and all as plain text
    for reference in (ONE, TWO):
        assert f'name="thing" value="{reference}" checked' in page
    assert "script-src 'self'" in answer.headers["content-security-policy"]


def test_an_address_of_a_document_will_do(client):
    """A document is named by kind and key, by its path, or by its permanent address."""
    iri = client.get(f"/data/{ONE}.csl.json").json()[0]["URL"]
    for written in (ONE, f"/data/{ONE}", iri):
        assert f'value="{ONE}"' in client.get(BASKET, params={"add": written}).text


def test_what_is_no_document_is_told(client):
    """What can't be in a basket is named on the page, and nothing of it is lost in silence."""
    page = client.get(BASKET, params={"thing": ["record/never", "agent/raul-castro-ruz", "<i>"]}).text
    assert "record/never" in page
    assert "agent/raul-castro-ruz" in page
    assert "&lt;i&gt;" in page


def test_files_have_all_of_it(client):
    """A basket is taken along as CSV, RIS, BibTeX and CSL-JSON."""
    asked = {"thing": [ONE, TWO]}
    rows = list(csv.DictReader(io.StringIO(client.get(BASKET, params={**asked, "format": "csv"}).text)))
    assert [row["iri"].endswith(reference) for row, reference in zip(rows, (ONE, TWO), strict=True)] == [True, True]
    assert len(rispy.loads(client.get(BASKET, params={**asked, "format": "ris"}).text)) == 2
    assert client.get(BASKET, params={**asked, "format": "bib"}).text.count("@unpublished{") == 2
    assert len(json.loads(client.get(BASKET, params={**asked, "format": "csl.json"}).content)) == 2
    chosen = client.get(BASKET, params={**asked, "format": "csv", "columns": "title,people"}).text
    assert chosen.splitlines()[0] == "title,people"


def test_a_basket_opens_as_a_search(client):
    """A search for the things of a basket finds these alone, and says the same as SPARQL."""
    found = client.get("/data/search", params={"thing": [ONE, TWO], "format": "json"}).json()
    assert sorted(each["id"] for each in found["results"]) == sorted([ONE, TWO])
    narrowed = client.get("/data/search", params={"thing": [ONE, TWO], "q": "toast", "format": "json"}).json()
    assert narrowed["total"] < 2
    asked = client.get("/data/sparql", params={"query": found["sparql"], "format": "json"}).json()
    assert len(asked["results"]["bindings"]) == 2


def test_a_basket_is_bounded(client):
    """A basket of more than a hundred documents is refused with the reason."""
    answer = client.get(BASKET, params={"thing": [f"record/{n}" for n in range(101)]})
    assert answer.status_code == 400
    assert answer.json()["parameter"] == "thing"


def test_an_empty_basket_says_how_to_fill_it(client):
    """An empty basket is a page that says how to put something in."""
    page = client.get(BASKET).text
    assert "The basket is empty" in page
