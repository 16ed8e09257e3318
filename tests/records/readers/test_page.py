"""The text of a record page."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from locations import SOURCES

from kg.records.model import validation
from kg.records.normalisation.records import normalise_record
from kg.records.readers import READERS, sniff
from kg.records.readers.base import RawRecord, ReadFailure, SourceFile

HERE = Path(__file__).resolve().parent
CASE = HERE / "cases" / "page.txt"
REAL = SOURCES / "wilson" / "177838.txt"
real = pytest.mark.skipif(not REAL.exists(), reason="the page of the digital archive is not here")


def read(path):
    items = list(READERS["page"](SourceFile(path, path.name, origin="pages")))
    assert all(isinstance(item, RawRecord) for item in items)
    return [item.record for item in items]


def name_of(link):
    return next(iter(link["name"].values()))


@pytest.mark.parametrize("path", [CASE, pytest.param(REAL, marks=real)])
def test_every_line_is_kept(path):
    """Every line of a page is found in a record, but for headings, labels and the furniture of the page."""
    furniture = {
        *("Skip to content", "Related Documents", "Document Information", "Source", "Rights", "Type", "Language"),
        *("Record ID", "Original Classification", "Original Uploaded Date", "Donors"),
    }
    page_text = " ".join(repr(record) for record in read(path)).replace("\\n", " ").replace("\\'", "'")
    page_text = " ".join(page_text.split())
    support = "This document was made possible with support from "
    for raw in path.read_text(encoding="utf-8").replace("\u00a0", " ").splitlines():
        line = " ".join(raw.split()).removeprefix(support).removeprefix("the ")
        for piece in line.split(". Obtained"):
            assert piece in furniture or piece.rstrip(".") in page_text, piece


@pytest.mark.parametrize("path", [CASE, pytest.param(REAL, marks=real)])
def test_records_are_sound(path):
    """Records from the reader are normalised and fit the model."""
    for record in read(path):
        sound, problems = normalise_record(record, path.name, "")
        assert not problems
        assert not validation.faults(sound, path.name, "")


def test_case():
    """A page gives its record and one for each related document, described only there."""
    page, related = read(CASE)
    assert page["id"] == "record/900001"
    assert [(date["role"], date["edtf"]) for date in page["dates"]] == [
        ("document", "1961-03-03"),
        ("event", "{1961-03-01,1961-03-02}"),
        ("uploaded", "2020-01-02"),
    ]
    assert name_of(page["journalAuthor"][0]) == "B. Scribe"
    assert [name_of(each) for each in page["participants"]] == ["Anna Miller", "B. Scribe"]
    assert page["participants"][0]["occupations"] == {"en": ["Minister of Trade of the Republic of Utopia"]}
    assert name_of(page["translator"][0]) == "Emil Wordsmith"
    assert name_of(page["obtainedBy"][0]) == "Dora Finder"
    assert page["summary"] == {"en": ["Miller and Scribe talk about the weather."]}
    assert page["text"]["en"][0].endswith("They part as friends.")
    assert page["extra"] == [{"field": "Subject", "value": "Weather", "language": "en"}]
    assert page["copyNumber"] == ["4"]
    assert page["outgoingNumber"] == ["77"]
    assert page["classification"] == {"en": ["Secret"]}
    assert (related["status"], related["related"]) == ("described-only", ["record/900001"])
    assert page["related"] == [related["id"]]


@real
def test_the_memorandum():
    """Record 177838: all that stands on its page, and its five related documents."""
    page, *related = read(REAL)
    assert page["id"] == "record/177838"
    assert page["dates"][0]["edtf"] == "1963-04-05"
    assert page["dates"][1]["edtf"] == "{1963-02-22,1963-02-23}"
    assert page["language"] == ["en"]
    assert set(page["text"]) == {"en"}
    assert "originalLanguage" not in page
    assert [(level["level"], level["value"]) for level in page["referenceLevels"]] == [
        *(
            ("archive", "AVP RF"),
            ("fond", "0104"),
            ("opis", "19"),
            ("papka", "124"),
            ("delo", "3"),
            ("leaves", "83-84"),
        ),
    ]
    assert name_of(page["donors"][0]) == name_of(page["sponsors"][0]) == "Blavatnik Family Foundation"
    assert page["donors"][0]["id"] == page["sponsors"][0]["id"]
    assert len(page["rights"]["en"]) == 2
    assert len(related) == 5
    assert all(each["summary"] and len(each["dates"]) == 2 for each in related)
    assert len({each["journalAuthor"][0]["id"] for each in [page, *related]}) == 1


@pytest.mark.parametrize(
    ("raw", "fragment"),
    [
        (b"Document Information\n\nType\n\nLetter\n", "key"),
        (b"Document Information\n\nRecord ID\n\ncaf\xe9\n", "is not UTF-8"),
        (b"", "key"),
    ],
)
def test_unreadable(tmp_path, raw, fragment):
    """A page without an id, or in another encoding, is one clear problem."""
    path = tmp_path / "page.txt"
    path.write_bytes(raw)
    (item,) = READERS["page"](SourceFile(path, "page.txt"))
    assert isinstance(item, ReadFailure)
    assert fragment in item.problem.message


def test_sniff():
    """A page is known by its labels."""
    assert sniff(CASE.read_bytes()[:8192], "page.txt") == "page"
    assert sniff(b"Just a text.\n", "page.txt") is None


LABELLED = {
    "Source": "A. Archive, f. 1. Obtained by Dora Finder and translated by Emil Wordsmith.",
    "Language": "Russian",
    "Rights": "Free.",
    "Type": "Letter",
    "Record ID": "900002",
    "Original Classification": "Secret",
    "Original Uploaded Date": "2020-01-02",
    "Donors": "A Foundation",
    "Subject": "Weather",
}


@given(st.permutations(list(LABELLED)))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_labels_in_any_order(tmp_path, labels):
    """Whatever the order of the labels, a page says the same."""
    file = tmp_path / "page.txt"

    def read_in(order):
        page_text = "\n\n".join(f"{label}\n\n{LABELLED[label]}" for label in order)
        file.write_text(f"3 March 1961\n\nTalk\n\nText.\n\nSummary.\n\nDocument Information\n\n{page_text}\n")
        (record,) = read(file)
        return record

    assert read_in(labels) == read_in(LABELLED)
    assert read_in(labels)["text"] == {"en": ["Text."]}
    assert read_in(labels)["originalLanguage"] == ["ru"]
