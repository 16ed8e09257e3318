"""Citations, read back by libraries that reference managers use."""

import json

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from hypothesis import given
from hypothesis import strategies as st

from kg.render.citations.citations import FORMATS, STYLES, bibtex, csl_json, in_style, plain, ris
from kg.render.citations.csl_item import CitationSource, csl_date, item

_PEOPLE = {
    "agent/a": {
        "agentType": "person",
        "name": {"en": "Aleksandr Alekseyev"},
        "names": [
            {"text": "Shitov, Aleksandr", "language": "en", "family": "Shitov", "given": "Aleksandr", "form": "former"},
            {"text": "Alekseyev, Aleksandr", "language": "en", "family": "Alekseyev", "given": "Aleksandr"},
        ],
    },
    "agent/b": {"agentType": "organization", "name": {"en": "Ministry of Foreign Affairs"}},
    "topic/telegram": {"name": {"en": "Telegram"}},
}


def _item(**more):
    record = {
        "id": "record/1",
        "title": {"en": "A telegram"},
        "creator": ["agent/a"],
        "type": ["topic/telegram"],
        **more,
    }
    return item(CitationSource("https://a.example/record/1", record, _PEOPLE, "AVP RF", "An archive", ["en"]))


def test_a_person_is_family_and_given_name_and_a_body_is_not():
    "People are cited by family name, bodies by the whole of theirs."
    assert _item()["author"] == [{"family": "Alekseyev", "given": "Aleksandr"}]
    assert _item(creator=["agent/b"])["author"] == [{"literal": "Ministry of Foreign Affairs"}]


def test_what_is_absent_stays_absent():
    "No key of an item is empty, and no style prints an invented value."
    bare = item(
        CitationSource("https://a.example/record/1", {"id": "record/1", "title": {"en": "A"}}, {}, "", "", ["en"])
    )
    assert set(bare) == {"id", "type", "title", "URL"}
    for name in STYLES:
        assert "None" not in in_style(name, bare)


def test_a_style_keeps_names_whole_and_the_reference_as_one():
    "Neither initials nor a reference turned round: as archivists would have it."
    cited = _item(reference="AVP RF, f. 0104, op. 19", dates=[{"role": "document", "edtf": "1963-04-05"}])
    assert in_style("Chicago", cited) == (
        "Alekseyev, Aleksandr. “A Telegram.” Telegram. An archive, April 5, 1963. AVP RF, f. 0104, op. 19."
        " https://a.example/record/1."
    )
    assert "AVP RF, f. 0104, op. 19" in in_style("MLA", cited)
    assert plain(cited, "5 April 1963").startswith("Aleksandr Alekseyev, “A telegram”, 5 April 1963, AVP RF, f. 0104")


@pytest.mark.parametrize(
    ("edtf", "expected"),
    [
        ("1963-04-05", {"date-parts": [[1963, 4, 5]]}),
        ("1962~", {"date-parts": [[1962]], "circa": True}),
        ("1962-10/1962-11", {"date-parts": [[1962, 10], [1962, 11]]}),
        ("{1963-02-22,1963-02-23}", {"literal": "{1963-02-22,1963-02-23}"}),
        ("196X", {"literal": "196X"}),
    ],
)
def test_dates_are_those_of_csl(edtf, expected):
    "A date that CSL can represent has date parts; any other one stays literal."
    assert csl_date(edtf) == expected


_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40).filter(
    str.strip
)


@given(_TEXT)
def test_whatever_a_title_holds_the_files_can_be_read(title):
    "A title with braces, backslashes, hashes or line ends breaks no file, and RIS and CSL-JSON give it back."
    hostile = {**_item(), "title": title}
    assert json.loads(csl_json([hostile]))[0]["title"] == title
    entries = parse_string(bibtex([hostile, {**hostile, "id": "2"}]).decode())
    assert [entry.key for entry in entries.entries] == ["1", "2"]
    assert not entries.failed_blocks
    read = rispy.loads(ris([hostile]).decode())
    assert read[0]["title"].split() == title.split()


def test_a_value_with_line_ends_is_no_field_of_its_own():
    "Nothing in a record can add a field to a file."
    hostile = {**_item(), "title": "A\nER  - \nTY  - BOOK", "abstract": "},\nauthor = {Somebody else"}
    assert len(rispy.loads(ris([hostile]).decode())) == 1
    assert parse_string(bibtex([hostile]).decode()).entries[0]["author"] == "Alekseyev, Aleksandr"


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
