"""OpenDocument workbooks as rows of text."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from row_sources import ODF_NAMES, ODS, ods_cell, ods_content, ods_table, read, write_ods

from kg.records.readers.tables.workbooks import ods
from kg.records.readers.tables.workbooks.ods_cells import shown_number

MONTH = (
    '<number:date-style style:name="N1"><number:month number:textual="true"/><number:text> </number:text><number:year/>'
    '</number:date-style><style:style style:name="ce1" style:family="table-cell" style:data-style-name="N1"/>'
)


def of_rows(tmp_path, *rows, styles="", **options):
    """A workbook with one sheet, read."""
    return read(ods.sheets, write_ods(tmp_path / "a.ods", ods_table(*rows, **options), styles=styles))


def test_types_of_cells(tmp_path):
    """Each type of cell gives the text that is shown, with every digit of its value."""
    found = of_rows(
        tmp_path,
        ods_cell("text")
        + ods_cell("00007", "float", value="7")
        + ods_cell("1,234.50 €", "currency", value="1234.5")
        + ods_cell("12 %", "percentage", value="0.12")
        + ods_cell("1.23456789012346E+019", "float", value="12345678901234567890")
        + ods_cell("14.02.63", "date", **{"date-value": "1963-02-14"})
        + ods_cell("14:30", "time", **{"time-value": "PT14H30M00S"})
        + ods_cell("WAHR", "boolean", **{"boolean-value": "true"})
        + ods_cell("7", "float", value="7.0"),
    )
    assert found.cells == {
        1: ("text", "00007", "1234.50 €", "12 %", "12345678901234567890", "1963-02-14", "14:30:00", "TRUE", "7")
    }
    assert found.remarks == []


def test_dates_at_their_precision(tmp_path):
    """A date has the parts that its cell's style shows, the style of its column too; what is hidden is told."""
    date = {"date-value": "1963-02-01"}
    whole = {"date-value": "1963-02-14T14:30:00"}
    head = '<table:table-column/><table:table-column table:default-cell-style-name="ce1"/>'
    cells = ods_cell("Feb 1963", "date", **date, **{"table_style-name": "ce1"}) + ods_cell("Feb 1963", "date", **whole)
    found = of_rows(tmp_path, cells, head=head, styles=MONTH)
    assert found.cells == {1: ("1963-02", "1963-02")}
    assert found.told("holds more") == [(1, 1, "1963-02-14T14:30:00")]


def test_texts(tmp_path):
    """Paragraphs and breaks are lines, counted blanks and tabs stay, other white space is one blank."""
    cell = (
        '<table:table-cell office:value-type="string"><text:p>a<text:s text:c="3"/>b<text:tab/>c<text:line-break/>d</text:p>'
        "<text:p>  e\n  <text:span>f</text:span> g</text:p></table:table-cell>"
    )
    assert of_rows(tmp_path, cell).cells == {1: ("a   b\tc\nd\n e f g",)}


def test_comments_and_links(tmp_path):
    """Comments and addresses of links are told at their cells, and are no part of the text."""
    cell = (
        '<table:table-cell office:value-type="string"><office:annotation><dc:creator>me</dc:creator><text:p>see</text:p>'
        '<text:p>file 9</text:p></office:annotation><text:p><text:a xlink:href="https://a.example.org/7">scan</text:a></text:p>'
        "</table:table-cell>"
    )
    found = of_rows(tmp_path, cell)
    assert found.cells == {1: ("scan",)}
    assert found.told("comment") == [(1, 0, "see\nfile 9")]
    assert found.told("link") == [(1, 0, "https://a.example.org/7")]


def test_repeated_cells_and_rows(tmp_path):
    """Repeated cells and rows with text are as many; empty ones to the end of the sheet are none."""
    found = of_rows(
        tmp_path,
        ods_cell("a", **{"table_number-columns-repeated": "2"})
        + '<table:table-cell table:number-columns-repeated="3"/>'
        + ods_cell("b")
        + '<table:table-cell table:number-columns-repeated="16378"/>',
        f'<table:table-row table:number-rows-repeated="2">{ods_cell("c")}</table:table-row>',
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>',
        ods_cell("d"),
    )
    assert found.cells == {1: ("a", "a", "", "", "", "b"), 2: ("c",), 3: ("c",), 1_048_004: ("d",)}


def test_repetition_without_end(tmp_path):
    """A text that is repeated over a whole sheet ends in a rejection, not in memory."""
    row = f'<table:table-row table:number-rows-repeated="1048576">{ods_cell("x", **{"table_number-columns-repeated": "16384"})}</table:table-row>'
    (rejection,) = of_rows(tmp_path, ods_cell("a"), row).rejections
    assert "repeats cells" in rejection.message


def test_merged_cells(tmp_path):
    """Each cell of a merged range has the text of the first, and the sheet says so once."""
    covered = "<table:covered-table-cell/>"
    found = of_rows(
        tmp_path,
        ods_cell("Fond", **{"table_number-columns-spanned": "2"})
        + covered
        + ods_cell("Title", **{"table_number-rows-spanned": "2"}),
        ods_cell("A") + ods_cell("B") + covered,
    )
    assert found.cells == {1: ("Fond", "Fond", "Title"), 2: ("A", "B", "Title")}
    assert found.told("merged") == [(1, 0, "A1:B1")]


def test_hidden_parts(tmp_path):
    """Hidden rows and columns are read and told; a hidden sheet is told, and read where the settings name it."""
    styles = '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>'
    head = '<table:table-column/><table:table-column table:visibility="collapse" table:number-columns-repeated="2"/>'
    rows = (ods_cell("a"), f'<table:table-row table:visibility="filter">{ods_cell("b")}</table:table-row>')
    tables = (ods_table(*rows, head=head), ods_table(ods_cell("x"), name="Lists", style="ta2"))
    path = write_ods(tmp_path / "a.ods", *tables, styles=styles)
    found = read(ods.sheets, path)
    assert found.sheets == {"S1": {1: ("a",), 2: ("b",)}}
    assert found.told("the row is hidden") == [(2, None, "")]
    assert found.told("hidden columns") == [(None, None, "B to C")]
    assert found.told("sheet is hidden") == [(None, None, "Lists")]
    assert read(ods.sheets, path, sheet="Lists").sheets == {"Lists": {1: ("x",)}}


def test_formulas(tmp_path):
    """A formula gives its value; one without a value, and one with an error, are told."""
    found = of_rows(
        tmp_path,
        ods_cell("2", "float", value="2", table_formula="of:=1+1")
        + ods_cell("", "", table_formula="of:=SUM([.A1])")
        + ods_cell("#N/A", table_formula="of:=NA()"),
    )
    assert found.cells == {1: ("2", "", "#N/A")}
    assert found.told("has no value") == [(1, 1, "=SUM([.A1])")]
    assert found.told("error value") == [(1, 2, "#N/A")]


def test_words_in_place_of_a_number(tmp_path):
    """Words that a cell shows for a number are its text, a formula's TRUE among them; the number is told, but zero."""
    found = of_rows(
        tmp_path,
        ods_cell("none", "float", value="0")
        + ods_cell("lost", "float", value="-1")
        + ods_cell("TRUE", "float", value="1", table_formula="of:=TRUE()")
        + ods_cell("###", "float", value="7"),
    )
    assert found.cells == {1: ("none", "lost", "TRUE", "7")}
    assert found.told("as it is shown") == [(1, 1, "-1")]


def test_several_sheets(tmp_path):
    """Sheets come in order, empty ones too; a copy of another file's cells is none."""
    tables = (ods_table(ods_cell("a")), '<table:table table:name="Empty"/>', ods_table(ods_cell("b"), name="S3"))
    copy = ods_table(ods_cell("c"), name="'file:///a.ods'#$S")
    link = f"<table:dde-links><table:dde-link>{ods_table(ods_cell('d'), name='D')}</table:dde-link></table:dde-links>"
    found = read(ods.sheets, write_ods(tmp_path / "a.ods", *tables, copy, link))
    assert found.sheets == {"S1": {1: ("a",)}, "Empty": {}, "S3": {1: ("b",)}}


def test_unknown_sheet(tmp_path):
    """A sheet of the settings that is not there is told with the nearest name."""
    found = read(ods.sheets, write_ods(tmp_path / "a.ods", ods_table(ods_cell("a"))), sheet="S2")
    assert [(each.value, each.expected) for each in found.rejections] == [("S2", 'sheet = "S1"')]


def test_one_file_without_a_package(tmp_path):
    """A workbook as one XML file is read like another."""
    content = ods_content(ods_table(ods_cell("a"))).replace("document-content", "document")
    (tmp_path / "a.fods").write_text(content.replace("<office:document ", f'<office:document office:mimetype="{ODS}" '))
    assert read(ods.sheets, tmp_path / "a.fods").cells == {1: ("a",)}


def test_password(tmp_path):
    """A workbook with a password is told so."""
    manifest = '<m:manifest xmlns:m="x"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>'
    path = write_ods(tmp_path / "a.ods", parts={"META-INF/manifest.xml": manifest, "content.xml": b"\x00\x01"})
    (rejection,) = read(ods.sheets, path).rejections
    assert "password" in rejection.message


def test_styles_of_the_package(tmp_path):
    """Styles that stand in styles.xml count, and those that they are based on."""
    styles = MONTH + '<style:style style:name="ce2" style:family="table-cell" style:parent-style-name="ce1"/>'
    part = f"<office:document-styles {ODF_NAMES}><office:styles>{styles}</office:styles></office:document-styles>"
    cell = ods_cell("Feb 1963", "date", **{"date-value": "1963-02-01", "table_style-name": "ce2"})
    assert read(ods.sheets, write_ods(tmp_path / "a.ods", ods_table(cell), parts={"styles.xml": part})).cells == {
        1: ("1963-02",)
    }


@pytest.mark.parametrize(
    ("shown", "value", "text", "whole"),
    [
        ("1 234,50", "1234.5", "1234.50", ""),
        ("1.234", "1234", "1234", ""),
        ("1.234", "1.234", "1.234", ""),
        ("(5)", "-5", "-5", ""),
        ("-5", "-5", "-5", ""),
        ("0,33", "0.333333333333333", "0.33", "0.333333333333333"),
        ("12,5 %", "0.125", "12.5 %", ""),
        ("MS 00017", "17", "MS 00017", ""),
        ("No. 2/7", "7", "No. 2/7", ""),
        ("001-23-4567", "1234567", "001-23-4567", ""),
        ("1 1/2", "1.5", "1.5", ""),
        ("###", "1963", "1963", ""),
        ("-", "0", "0", ""),
    ],
)
def test_shown_numbers(shown, value, text, whole):
    """A number is as it is shown, with a point and without group separators; else it is its value."""
    cell = shown_number(shown, Decimal(value))
    assert (cell.text, cell.whole) == (text, whole)


TEXTS = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(TEXTS | st.integers(-(10**30), 10**30), min_size=1, max_size=5), max_size=5))
def test_any_table_is_read_as_written(tmp_path, table):
    """Any table of texts and numbers is read with the same texts at the same places."""
    rows = [
        "".join(
            ods_cell(str(each), "float", value=str(each)) if isinstance(each, int) else ods_cell(each)
            for each in values
        )
        for values in table
    ]
    texts = {}
    for number, values in enumerate(table, 1):
        cells = [str(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        texts |= {number: tuple(cells)} if cells else {}
    assert of_rows(tmp_path, *rows).cells == texts
