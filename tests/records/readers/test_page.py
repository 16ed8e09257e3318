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


HEAD = "Record of a Conversation with Anna Miller, Minister of Trade, 22 February 1963"
SUPPORT = "This document was made possible with support from A Foundation"


def told_and_read(tmp_path, text):
    """The problems and the records of a page."""
    path = tmp_path / "page.txt"
    path.write_text(text, encoding="utf-8")
    items = list(READERS["page"](SourceFile(path, "page.txt", origin="pages")))
    problems = [item for item in items if not isinstance(item, RawRecord)]
    return problems, [item.record for item in items if isinstance(item, RawRecord)]


def page_of(head, information="Record ID\n\n1", related=""):
    return f"Skip to content\n\n{head}\n\nText.\n\nSummary.\n\n{related}Document Information\n\n{information}\n"


DATES = [
    "Undated", "n.d.", "1962/63", "05/04/1963", "[April?] 1963", "April 31, 1963", "б/д", "Sin fecha", "ohne Datum",
    "Весна или лето 1963", "early 1960s or 1970s?", "some time that spring",
]  # fmt: skip


@pytest.mark.parametrize("date", DATES)
def test_the_line_above_the_title_is_the_date(tmp_path, date):
    """Between the top and the title stands the date, whether or not it can be read; what can't is told."""
    problems, (record,) = told_and_read(tmp_path, page_of(f"{date}\n\n{HEAD}\n\n{SUPPORT}"))
    assert record["title"] == {"en": HEAD}
    assert record["dates"][0]["text"] == date
    assert name_of(record["participants"][0]) == "Anna Miller"
    assert name_of(record["sponsors"][0]) == "A Foundation"
    assert record["text"] == {"@none": ["Text."]}
    assert all(problem.value == date and problem.at == "line 3" for problem in problems)
    assert problems or "edtf" in record["dates"][0] or date in {"Undated", "n.d.", "б/д", "Sin fecha", "ohne Datum"}


def test_a_title_without_a_date(tmp_path):
    """A title right above the sponsor's line has no date, which is told."""
    problems, (record,) = told_and_read(tmp_path, page_of(f"{HEAD}\n\n{SUPPORT}"))
    assert record["title"] == {"en": HEAD}
    assert [problem.field for problem in problems] == ["date"]


RELATED_DATES = ["n.d.", "Undated", "1962/63", "some time that spring", "March 32, 1963"]


@pytest.mark.parametrize("date", RELATED_DATES)
@pytest.mark.parametrize("first", [True, False])
def test_a_related_document_whose_date_cannot_be_read(tmp_path, date, first):
    """A related document is date, title and summary, whatever the date says."""
    documents = [(date, "Letter B", "Sum B."), ("March 23, 1963", "Letter A", "Sum A.")][:: 1 if first else -1]
    related = "Related Documents\n\n" + "\n\n".join(line for each in documents for line in each) + "\n\n"
    _, (page, *records) = told_and_read(tmp_path, page_of(f"April 5, 1963\n\n{HEAD}", related=related))
    assert page["summary"] == {"en": ["Summary."]}
    read_as = [(each["dates"][0]["text"], each["title"]["en"], each["summary"]["en"]) for each in records]
    assert read_as == [(day, title, [summary]) for day, title, summary in documents]


def test_a_second_paragraph_of_a_related_document(tmp_path):
    """What follows a summary may be a second paragraph or a title without a date: it is kept, and told."""
    related = "Related Documents\n\nMarch 23, 1963\n\nLetter A\n\nSum A.\n\nLetter B\n\n"
    problems, (_, record) = told_and_read(tmp_path, page_of(f"April 5, 1963\n\n{HEAD}", related=related))
    assert record["summary"] == {"en": ["Sum A."]}
    assert record["extra"][0]["value"] == "Letter B"
    assert [problem.value for problem in problems] == ["Letter B"]


INFORMATION = {
    "capitals": "SOURCE\n\nAVP RF, f. 1, op. 2, d. 3\n\nLANGUAGE\n\nRussian\n\nRECORD ID\n\n1",
    "colons": "Source:\n\nAVP RF, f. 1, op. 2, d. 3\n\nLanguage:\n\nRussian\n\nRecord ID:\n\n1",
    "one line": "Source: AVP RF, f. 1, op. 2, d. 3\n\nLanguage: Russian\n\nRecord ID: 1",
    "lines": "Source: AVP RF, f. 1, op. 2, d. 3\nLanguage: Russian\nRecord ID: 1",
    "below": "Source\nAVP RF, f. 1,\nop. 2, d. 3\nLanguage\nRussian\nRecord ID\n1",
    "ru": "Источник\n\nAVP RF, f. 1, op. 2, d. 3\n\nЯзык\n\nRussian\n\nНомер записи\n\n1",
    "es": "Fuente: AVP RF, f. 1, op. 2, d. 3\n\nIdioma\n\nRussian\n\nNúmero de registro\n\n1",
    "fr": "SOURCE : AVP RF, f. 1, op. 2, d. 3\n\nLangue\n\nRussian\n\nIdentifiant\n\n1",
    "de": "Quelle\n\nAVP RF, f. 1, op. 2, d. 3\n\nSPRACHE\n\nRussian\n\nDatensatz-ID\n\n1",
}


@pytest.mark.parametrize("form", INFORMATION)
def test_labels_in_any_form(tmp_path, form):
    """Labels are known in capitals, with colons, with the value on their line, and in five languages."""
    problems, (record,) = told_and_read(tmp_path, page_of(f"April 5, 1963\n\n{HEAD}", INFORMATION[form]))
    assert record["id"] == "record/1"
    assert record["reference"] == "AVP RF, f. 1, op. 2, d. 3"
    assert record["language"] == ["ru"]
    assert not problems


UNKNOWN = {
    "Source\n\nArchive X. Obtained by Jim Roe.\n\nOriginal Archive\n\nArchive of the Town": "Archive of the Town",
    "Source\n\nArchive X, box 5\n\nFinding Number\n\n77": "77",
    "Source: Archive X, box 5\n\nFinding Number: 77": "77",
    "Finding Number\n\n77": "77",
    "Type\n\nLetter\n\nFinding Number\n\n77": "77",
    "Language\n\nRussian\n\nFinding Number\n\n77": "77",
    "Original Classification\n\nSecret\n\nShelf\n\nArchive of the Town": "Archive of the Town",
    "Rights\n\nFree.\n\nFinding Number\n\n77": "77",
    "Donors\n\nA Foundation\n\nOriginal Archive\n\nArchive of the Town": "Archive of the Town",
    "Source\n\nArchive X.\n\nA second paragraph, which may be part of it.": "A second paragraph, which may be part of it.",
}


@pytest.mark.parametrize("information", UNKNOWN)
def test_what_is_no_label_that_is_known(tmp_path, information):
    """An unknown label ends a value that is complete; it and what can't be known are kept under extra, and told."""
    text = page_of(f"April 5, 1963\n\n{HEAD}", f"{information}\n\nRecord ID\n\n1")
    problems, (record,) = told_and_read(tmp_path, text)
    assert UNKNOWN[information] in [each["value"] for each in record["extra"]]
    assert [problem.value for problem in problems] == [UNKNOWN[information]]
    rest = {key: value for key, value in record.items() if key != "extra"}
    assert UNKNOWN[information] not in str(rest)
    assert "Finding Number" not in str(rest)
    assert "Original Archive" not in str(rest)
