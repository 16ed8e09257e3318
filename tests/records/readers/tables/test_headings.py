"""Headings of tables: the row that has them, groups above, machine names and explanations below."""

import pytest
from tables import items_of, problems_of, records_of

from kg.records.readers.base import RawRecord
from kg.records.readers.tables.headings import folded

COLUMNS = {"No.": "id", "Title": "title", "Date": "dates"}


def test_rows_above_the_headings_are_told_and_are_no_records(tmp_path):
    """Titles above a table are no records, and each is told."""
    items = items_of(tmp_path, "Letters\nmade by A\n\nNo.;Title;Date\n1;A;1963\n2;B;1964\n", columns=COLUMNS)
    assert [item.record["id"] for item in items if isinstance(item, RawRecord)] == ["record/1", "record/2"]
    assert [(each.at, each.value) for each in problems_of(items)] == [("row 1", "Letters"), ("row 2", "made by A")]


@pytest.mark.parametrize("groups", ["Identification,,Content,\n", "Identification,Identification,Content,Content\n"])
def test_groups_above_the_headings_are_joined_with_them(tmp_path, groups):
    """A heading in a group is called by both, and is known to kg.toml by either spelling."""
    content = f"{groups}No.,Kind of thing,Title,Date\n1,x,A,1963\n2,y,B,1964\n"
    columns = {"Identification / No.": "id", "Title": "title", "Content Date": "dates"}
    records = records_of(tmp_path, content, columns=columns)
    assert [record["id"] for record in records] == ["record/1", "record/2"]
    assert records[0]["extra"] == [{"field": "Identification / Kind of thing", "value": "x"}]


def test_a_heading_that_is_repeated_in_two_groups_is_told_apart(tmp_path):
    """Of two columns of one heading each is meant by its group."""
    content = "Letter,Letter,Person,Person\nNo.,Title,Name,Title\n1,A,Castro,Dr\n2,B,Ray,Prof\n"
    columns = {"No.": "id", "Letter / Title": "title", "Name": "creator"}
    (first, _) = records_of(tmp_path, content, columns=columns)
    assert first["title"] == {"@none": "A"}
    assert first["extra"] == [{"field": "Person / Title", "value": "Dr"}]


def test_machine_names_below_the_headings_are_understood(tmp_path):
    """A row of keys below the headings is no record, and gives the columns their keys."""
    items = items_of(tmp_path, "Number,Title of letter,When\nid,title,dates\n1,A,1963\n2,B,1964\n")
    records = [item.record for item in items if isinstance(item, RawRecord)]
    assert [(record["id"], record["dates"]) for record in records] == [("record/1", ["1963"]), ("record/2", ["1964"])]


def test_a_row_of_explanations_is_told_and_is_no_record(tmp_path):
    """A row that says what is to be written is no record; with `header` each row below is one."""
    content = "No.,Title,Date\nrunning number,the title,YYYY-MM-DD\n1,A,1963-01-01\n2,B,1964-01-02\n"
    items = items_of(tmp_path, content, columns=COLUMNS)
    assert [item.record["id"] for item in items if isinstance(item, RawRecord)] == ["record/1", "record/2"]
    assert [problem.at for problem in problems_of(items)] == ["row 2"]
    assert len(records_of(tmp_path, content, columns=COLUMNS, header=1)) == 3


def test_a_row_of_kg_is_no_record(tmp_path):
    """A row whose first cell begins with kg: explains a template, wherever it stands."""
    records = records_of(tmp_path, "id,title\nkg: a number,the title\n1,A\nkg: more,\n")
    assert [record["id"] for record in records] == ["record/1"]


def test_the_row_of_the_settings_has_the_headings(tmp_path):
    """`header` is the number that a spreadsheet shows; a row that is not there is told."""
    content = "No.,Title,Date\n\nNr,Titel,Jahr\n1,A,1963\n"
    columns = {"Nr": "id", "Titel": "title"}
    assert [each["id"] for each in records_of(tmp_path, content, columns=columns, header=3)] == ["record/1"]
    (told,) = problems_of(items_of(tmp_path, content, columns=columns, header=2))
    assert (told.severity, told.value) == ("rejected", "2")


def test_plain_rows_are_never_taken_for_headings_or_explanations(tmp_path):
    """The first records of tables of words alone are records."""
    content = "id,title,type,language\na,letter home,letter,spanish\nb,order,order,russian\nc,report,report,english\n"
    assert [each["id"] for each in records_of(tmp_path, content)] == ["record/a", "record/b", "record/c"]


def test_spellings_of_a_heading_are_one():
    """Case, accents, blanks and a stop at the end make no other heading."""
    assert folded(" TÍTULO  original: ") == folded("Titulo original")
    assert folded("Nº") == folded("No.") == "no"


def test_an_empty_table_is_told(tmp_path):
    """A file without rows, and one without rows below the headings, are told."""
    for content in ("", "\n\n", "id,title\n"):
        assert len(problems_of(items_of(tmp_path, content))) == 1


def test_a_table_without_a_title_is_told_once(tmp_path):
    """Where no column gives a title, the file is refused with what to do, and not each row."""
    (told,) = problems_of(items_of(tmp_path, "Nr,Bezeichnung\n1,A\n2,B\n"))
    assert told.severity == "rejected"
    assert "2 rows are left out" in told.message
    assert "kg init letters.csv" in told.expected
