"""`kg template`: empty tables that are read, filled in, without any settings."""

import csv
import io

import openpyxl
import pytest
from click.testing import CliRunner
from tables import normalised

from kg.cli import cli
from kg.iris import KINDS
from kg.proposal.template import as_csv, as_xlsx, columns_of
from kg.records.readers.tables.column_keys import of_heading

FILLED = {"Id": "17", "Title": "A letter", "Name": "Havana", "Kind": "place", "Dates": "5 April 1963", "Note": "Torn."}


def template(*arguments):
    return CliRunner().invoke(cli, ["template", *arguments])


@pytest.mark.parametrize("kind", KINDS)
def test_headings_are_keys(kind):
    """Each heading of an empty table is a key that the kind has, and each column is explained in kg's own row."""
    columns = columns_of(kind)
    assert len({column.heading for column in columns}) == len(columns) > 10
    assert all(of_heading(column.heading, kind) is not None for column in columns)
    assert all(column.explanation.startswith("kg:") and "xample" in column.explanation for column in columns[1:])


@pytest.mark.parametrize("kind", ["record", "place"])
def test_filled_csv_is_read_without_settings(kind, tmp_path):
    """A row that is filled in becomes a record of the kind, though no settings name a column; explanations are none."""
    rows = list(csv.reader(io.StringIO(as_csv(kind).decode("utf-8-sig"))))
    out = io.StringIO(newline="")
    kept = {"record": "Kind Name", "place": "Title"}[kind].split()
    values = {heading: value for heading, value in FILLED.items() if heading not in kept}
    csv.writer(out).writerows([*rows, [values.get(heading, "") for heading in rows[0]]])
    (record,) = normalised(tmp_path, out.getvalue())
    assert record["id"] == f"{kind}/17"
    assert record["title" if kind == "record" else "name"] == {"@none": FILLED["Title" if kind == "record" else "Name"]}
    assert record["dates"][0]["edtf"] == "1963-04-05"


def test_filled_workbook_is_read_without_settings(tmp_path):
    """A workbook that is filled in is read the same; long numbers and leading zeros stay, since its cells are texts."""
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx("record")))
    sheet = book.active
    headings = [cell.value for cell in sheet[1]]
    for heading, value in {**FILLED, "Id": "0017"}.items():
        if heading in headings:
            sheet.cell(3, headings.index(heading) + 1, value)
    book.save(tmp_path / "records.xlsx")
    (record,) = normalised(tmp_path, (tmp_path / "records.xlsx").read_bytes(), "records.xlsx", format="xlsx")
    assert (record["id"], record["title"]) == ("record/0017", {"@none": "A letter"})


def test_where_it_is_written(tmp_path, monkeypatch):
    """It goes to standard output, or into a file whose suffix gives the format and which is never overwritten."""
    monkeypatch.chdir(tmp_path)
    assert template().stdout_bytes == as_csv("record")
    assert template("--format", "xlsx", "agent").stdout_bytes[:2] == b"PK"
    assert template("--out", "a.xlsx").exit_code == 0
    assert (tmp_path / "a.xlsx").read_bytes()[:2] == b"PK"
    before = (tmp_path / "a.xlsx").read_bytes()
    again = template("--out", "a.xlsx", "place")
    assert (again.exit_code, (tmp_path / "a.xlsx").read_bytes()) == (2, before)
    assert template("letter").exit_code == 2
