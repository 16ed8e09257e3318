"""Citation formats, read back by libraries that reference managers use."""

import json
from dataclasses import replace

import rispy
from bibtexparser.entrypoint import parse_string
from hypothesis import given
from hypothesis import strategies as st

from kg.render.citations.citations import FORMATS
from kg.render.citations.cited_names import CitedName
from kg.render.citations.cited_record import CitedRecord

_BIBTEX, _RIS, _CSL = (each.write for each in FORMATS)
_CITED = CitedRecord(
    "1", "manuscript", "A telegram", "en", "https://a.example/record/1", (CitedName("Alekseyev", "Aleksandr"),)
)
_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40).filter(
    str.strip
)


def _titled(title, **more):
    return CitedRecord("1", "manuscript", title, "en", "https://a.example/record/1", _CITED.authors, **more)


@given(_TEXT)
def test_whatever_a_title_holds_the_files_can_be_read(title):
    "A title with braces, backslashes, hashes or line ends breaks no file, and RIS and CSL-JSON give it back."
    hostile = _titled(title)
    assert json.loads(_CSL([hostile]))[0]["title"] == title
    second = CitedRecord("2", "manuscript", title, "en", "https://a.example/record/2")
    entries = parse_string(_BIBTEX([hostile, second]).decode())
    assert [entry.key for entry in entries.entries] == ["1", "2"]
    assert not entries.failed_blocks
    read = rispy.loads(_RIS([hostile]).decode())
    assert read[0]["title"].split() == title.split()


def test_a_value_with_line_ends_is_no_field_of_its_own():
    "Nothing in a record can add a field to a file."
    hostile = _titled("A\nER  - \nTY  - BOOK", abstract="},\nauthor = {Somebody else")
    assert len(rispy.loads(_RIS([hostile]).decode())) == 1
    assert parse_string(_BIBTEX([hostile]).decode()).entries[0]["author"] == "Alekseyev, Aleksandr"


def test_a_list_in_pieces_is_one_document():
    "A list that is written batch by batch can be read as one, in each format."
    one, two, three = (replace(_titled(title), key=title) for title in ("One", "Two", "Three"))
    batches = [[one], [], [two, three]]
    texts = {each.suffix: b"".join(each.join(iter(batches))).decode() for each in FORMATS}
    assert [each["title"] for each in json.loads(texts["csl.json"])] == ["One", "Two", "Three"]
    assert len(rispy.loads(texts["ris"])) == 3
    assert [each.key for each in parse_string(texts["bib"]).entries] == ["One", "Two", "Three"]


def test_the_formats_are_those_of_reference_managers(client):
    "A record's page links to its citations, each served with its media type."
    page = client.get("/data/record/177838.html").text
    for format_ in FORMATS:
        assert f'href="/data/record/177838.{format_.suffix}"' in page
        answer = client.get(f"/data/record/177838.{format_.suffix}")
        assert answer.headers["content-type"].startswith(format_.media_type)
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "Alekseyev" in answer.text
    assert "Gary Goldberg" in client.get("/data/record/177838.cite.html").text
    for path in ("record/none.bib", "record/none.cite.html", "agent/raul-castro-ruz.bib"):
        assert client.get(f"/data/{path}").status_code == 404


def test_zotero_finds_archive_and_type(client):
    "The head of a record's page has Zotero's tags, and no place that it would read as a location in the archive."
    page = client.get("/data/record/177838.html").text
    assert '<meta name="z:itemType" content="manuscript">' in page
    assert '<meta name="z:archiveLocation" content="AVP RF, f. 0104, op. 19, p. 124, d. 3, ll. 83-84">' in page
    assert '<meta name="DCTERMS.spatial" content="Cuba">' in page
    assert "DC.coverage" not in page
