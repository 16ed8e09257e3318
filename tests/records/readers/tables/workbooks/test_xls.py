"""Old Excel workbooks as rows of text."""

import datetime as dt

import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from row_sources import read

from kg.records.readers.tables.workbooks import xls


def styled(number_format):
    """A style with a number format."""
    return xlwt.easyxf(num_format_str=number_format)


def test_types_of_cells(tmp_path):
    """Each type of cell gives the text that the program shows."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Letters")
    for column, value in enumerate(["text\r\nmore", 7, 7.5, True, None, 9007199254740993]):
        sheet.write(0, column, value)
    for column, (value, code) in enumerate(
        [
            (17, "00000"),
            (dt.date(1963, 2, 14), "mmm yyyy"),
            (0.12, "0%"),
            (dt.datetime(1963, 2, 14, 14, 30), "d.m.yyyy h:mm"),  # noqa: DTZ001
        ]
    ):
        sheet.write(1, column, value, styled(code))
    book.save(str(tmp_path / "a.xls"))
    found = read(xls.sheets, tmp_path / "a.xls")
    assert found.cells == {
        1: ("text\nmore", "7", "7.5", "TRUE", "", "9007199254740992"),
        2: ("00017", "1963-02", "12%", "1963-02-14T14:30"),
    }
    assert found.told("holds more") == [(2, 1, "1963-02-14")]


def test_dates_of_1904(tmp_path):
    """A workbook that counts days from 1904 is read so."""
    book = xlwt.Workbook()
    book.dates_1904 = True
    book.add_sheet("S").write(0, 0, 21594, styled("yyyy-mm-dd"))
    book.save(str(tmp_path / "a.xls"))
    assert read(xls.sheets, tmp_path / "a.xls").cells == {1: ("1963-02-14",)}


def test_hidden_and_merged_parts(tmp_path):
    """Hidden rows, columns and sheets, and merged cells, are told as in newer workbooks."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    sheet.write_merge(0, 0, 0, 1, "Fond")
    sheet.write(0, 2, "Title")
    sheet.write(1, 0, "a")
    sheet.row(1).hidden = True
    sheet.col(1).hidden = True
    hidden = book.add_sheet("Lists")
    hidden.write(0, 0, "x")
    hidden.visibility = 1
    book.save(str(tmp_path / "a.xls"))
    found = read(xls.sheets, tmp_path / "a.xls")
    assert found.sheets == {"S": {1: ("Fond", "Fond", "Title"), 2: ("a",)}}
    assert found.told("merged") == [(None, None, "A1:B1")]
    assert found.told("the row is hidden") == [(2, None, "")]
    assert found.told("hidden columns") == [(None, None, "B")]
    assert found.told("sheet is hidden") == [(None, None, "Lists")]
    assert read(xls.sheets, tmp_path / "a.xls", sheet="lists").sheets == {"Lists": {1: ("x",)}}


def test_large_files(tmp_path, monkeypatch):
    """A file over the bound is rejected before it is read."""
    monkeypatch.setattr(xls, "MAX_BYTES", 10)
    (tmp_path / "a.xls").write_bytes(xls.OLE_MAGIC + b"\0" * 100)
    (rejection,) = read(xls.sheets, tmp_path / "a.xls").rejections
    assert "larger than" in rejection.message


def test_missing_file(tmp_path):
    """A file that can't be opened is an OSError."""
    with pytest.raises(FileNotFoundError):
        read(xls.sheets, tmp_path / "none.xls")


VALUES = (
    st.booleans()
    | st.integers(-(10**14), 10**14)
    | st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=20)
)


def save(path, table):
    """Write a workbook of one sheet."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    for row, values in enumerate(table):
        for column, value in enumerate(values):
            sheet.write(row, column, value)
    book.save(str(path))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(VALUES, min_size=1, max_size=5), max_size=5))
def test_any_table_is_read_as_written(tmp_path, table):
    """Any table that xlwt writes is read with the same texts at the same places."""
    save(tmp_path / "a.xls", table)
    texts = {
        n: tuple(str(each).upper() if isinstance(each, bool) else str(each) for each in row)
        for n, row in enumerate(table, 1)
    }
    assert read(xls.sheets, tmp_path / "a.xls").cells == texts


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_bytes_fail(tmp_path, data):
    """Any change of a file's bytes is read or rejected, and raises nothing."""
    path = tmp_path / "a.xls"
    if not path.exists():
        save(path, [["a", 7, True], ["b", 7.5]])
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(8, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.none() | st.integers(8, len(content)))
    (tmp_path / "b.xls").write_bytes(content[:cut])
    found = read(xls.sheets, tmp_path / "b.xls")
    assert found.sheets or found.remarks
