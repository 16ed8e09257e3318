"""Edits of workbooks: xlsx and ods."""

import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from round_trips import FixedEdits, ods, ods_content, ods_package, parts_of, xlsx
from tables import source_of

from kg.errors import SourceError
from kg.publish.round_trip import ods as ods_edits
from kg.publish.round_trip import xlsx as xlsx_edits
from kg.publish.round_trip import xml_rows
from kg.records.readers.tables.workbooks import ods as ods_rows
from kg.records.readers.tables.workbooks import xlsx as xlsx_rows

EDITS = {"xlsx": xlsx_edits.write, "ods": ods_edits.write}
MAKERS = {"xlsx": xlsx, "ods": ods}
ROW_SOURCES = {"xlsx": xlsx_rows.sheets, "ods": ods_rows.sheets}
# Characters of XML 1.0; blanks at the ends and line breaks are no subject of a writer that adds cells.
CELL = st.text(st.characters(min_codepoint=32, codec="utf-8", exclude_characters="\x7f\ufffe\uffff"), max_size=9).map(
    str.strip
)
ROWS = st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=5)
TEXTS = ("agent/1 Castro <Fidel> & Ñ", "_x0041_ | b")


def written(folder, content, format_, edits):
    """A workbook with edits."""
    path = folder / f"letters.{format_}"
    path.write_bytes(content)
    out = io.BytesIO()
    EDITS[format_](path, out, edits)
    return out.getvalue()


def cells_of(folder, content, format_):
    """Number and cells of each row, as the reader has them."""
    source = source_of(folder, content, f"letters.{format_}")
    return {row.number: row.cells for sheet in ROW_SOURCES[format_](source) for row in getattr(sheet, "rows", ())}


@pytest.mark.parametrize("format_", EDITS)
@settings(max_examples=40)
@given(rows=ROWS)
def test_own_cells_stay(tmp_path_factory, format_, rows):
    """Any table that is written as a workbook keeps its own cells, and has the added ones behind them."""
    folder = tmp_path_factory.mktemp("workbook")
    content = MAKERS[format_](rows)
    before = cells_of(folder, content, format_)
    edits = FixedEdits(before, *TEXTS)
    made = written(folder, content, format_, edits)
    after = cells_of(folder, made, format_)
    for number, cells in before.items():
        first = min(edits.columns)
        assert [*cells, *[""] * (first - len(cells))] == list(after[number][:first])
        assert after[number][first:] == (TEXTS if number > 1 else ("kg:0", "kg:1"))
    assert after.keys() - {1} == before.keys() - {1}
    again = written(folder, made, format_, FixedEdits(before, *TEXTS, there=min(edits.columns, default=0)))
    assert again == made


def test_all_else_in_a_workbook_stays(tmp_path):
    """Formats, widths, comments, merged cells, formulas, filters and other sheets of a workbook stay as they are."""
    workbook = openpyxl.load_workbook(io.BytesIO(xlsx([["No.", "Title"], ["1", "Letter"], ["2", "Note"]])))
    sheet = workbook.active
    sheet["B2"].font = openpyxl.styles.Font(bold=True)
    sheet["A1"].font = sheet["B1"].font = openpyxl.styles.Font(italic=True)
    sheet["B3"].comment = openpyxl.comments.Comment("see file 3", "archivist")
    sheet["A5"], sheet["A6"] = "=SUM(A2:A3)", "total"
    sheet.merge_cells("A6:B6")
    sheet.column_dimensions["B"].width = 40
    sheet.auto_filter.ref = "A1:B3"
    workbook.create_sheet("Notes")["A1"] = "not to be touched"
    saved = io.BytesIO()
    workbook.save(saved)
    made = written(tmp_path, saved.getvalue(), "xlsx", FixedEdits([2, 3], "record/1", only="Letters"))
    before, after = parts_of(saved.getvalue()), parts_of(made)
    assert list(before) == list(after)
    assert [name for name in before if before[name] != after[name]] == ["xl/worksheets/sheet1.xml"]
    sheet = openpyxl.load_workbook(io.BytesIO(made))["Letters"]
    assert [sheet["C1"].value, sheet["C2"].value, sheet["C3"].value] == ["kg:0", "record/1", "record/1"]
    assert sheet["C1"].font.italic
    assert not sheet["C2"].font.bold
    assert sheet["B2"].font.bold
    assert sheet["B3"].comment.text == "see file 3"
    assert (sheet["A5"].value, sheet.auto_filter.ref, sheet.column_dimensions["B"].width) == (
        "=SUM(A2:A3)",
        "A1:B3",
        40,
    )
    assert [str(area) for area in sheet.merged_cells.ranges] == ["A6:B6"]
    assert sheet.dimensions == "A1:C6"


def test_repeated_cells_and_rows_are_divided(tmp_path):
    """A cell or row of an OpenDocument workbook that stands for several is divided where a cell is added."""
    body = (
        '<table:table table:name="L"><table:table-row><table:table-cell office:value-type="string"><text:p>Title</text:p>'
        '</table:table-cell><table:table-cell table:number-columns-repeated="3" table:style-name="s"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="string"><text:p>Note</text:p>'
        '</table:table-cell><table:table-cell table:number-columns-repeated="9"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048573"><table:table-cell/></table:table-row></table:table>'
    )
    content = ods_package(ods_content(body))
    made = written(tmp_path, content, "ods", FixedEdits([3], "record/2"))
    assert cells_of(tmp_path, made, "ods") == {1: ("Title", "kg:0"), 2: ("Note",), 3: ("Note", "record/2")}
    assert 'table:number-rows-repeated="1048573"' in parts_of(made)["content.xml"].decode()
    assert 'table:number-columns-repeated="2" table:style-name="s"' in parts_of(made)["content.xml"].decode()


def test_tables_in_drawings_are_no_rows(tmp_path):
    """Rows of a table that lies in a drawing or in another program's copy are no rows of the sheet."""
    inner = '<table:table table:name="x"><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell></table:table-row></table:table>'
    body = (
        f'<table:table table:name="L"><table:shapes>{inner}</table:shapes><table:table-row><table:table-cell>'
        "<text:p>Title</text:p></table:table-cell></table:table-row></table:table>"
    )
    made = written(tmp_path, ods_package(ods_content(body)), "ods", FixedEdits([], "x"))
    assert f"<table:shapes>{inner}</table:shapes>" in parts_of(made)["content.xml"].decode()
    assert cells_of(tmp_path, made, "ods") == {1: ("Title", "kg:0")}


def test_a_full_sheet_is_refused(tmp_path):
    """A sheet that is filled to its last column is refused with what to do."""
    content = xlsx([["Title", *[""] * 16_382, "last"], ["a"]])
    with pytest.raises(SourceError, match="no room"):
        written(tmp_path, content, "xlsx", FixedEdits([2], "x"))


def test_a_document_type_is_refused(tmp_path):
    """A workbook whose XML has a document type declaration is refused, so that no entity grows."""
    content = ods_content("").replace("?>", '?><!DOCTYPE x [<!ENTITY a "aaaa">]>', 1)
    with pytest.raises(SourceError, match="document type"):
        written(tmp_path, ods_package(content), "ods", FixedEdits([], "x"))


def test_hostile_sheets_are_bounded(tmp_path, monkeypatch):
    """A row without end, and one that is repeated without end, are refused before they fill the memory."""
    monkeypatch.setattr(xml_rows, "MAX_ROW_BYTES", 1 << 20)
    cell = "<table:table-cell><text:p>a</text:p></table:table-cell>"
    for row in (
        f"<table:table-row>{cell * 60_000}",
        f'<table:table-row table:number-rows-repeated="999999999">{cell}',
    ):
        body = f'<table:table table:name="L">{row}</table:table-row></table:table>'
        with pytest.raises(SourceError, match=r"over 1 MB|repeated"):
            written(tmp_path, ods_package(ods_content(body)), "ods", FixedEdits([], "x"))
