"""Excel workbooks as rows of text."""

import datetime as dt

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from row_sources import MAIN, PACKAGE_RELATIONS, RELATIONS, read, sheet_data, write_xlsx

from kg.records.readers.tables.workbooks import shared_strings, xlsx

STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main", "http://purl.oclc.org/ooxml/officeDocument/relationships"


def of_cells(tmp_path, *cells, **options):
    """A workbook with one row of cells, read."""
    return read(xlsx.sheets, write_xlsx(tmp_path / "a.xlsx", sheet_data(*cells), **options))


def test_types_of_cells(tmp_path):
    """Each type of cell gives the text that the program shows."""
    found = of_cells(
        tmp_path,
        '<c r="A1"><v>7</v></c>',
        '<c r="B1" t="n"><v>12345678901234567890</v></c>',
        '<c r="C1" t="s"><v>0</v></c>',
        '<c r="D1" t="inlineStr"><is><t>in line</t></is></c>',
        '<c r="E1" t="str"><f>A1&amp;"x"</f><v>7x</v></c>',
        '<c r="F1" t="b"><v>1</v></c>',
        '<c r="G1" t="d" s="1"><v>1963-02-01T00:00:00</v></c>',
        '<c r="H1" t="e"><v>#N/A</v></c>',
        '<c r="I1" s="2"><v>7</v></c>',
        strings=["<t>shared</t>"],
        formats=["mmm yyyy", "00000"],
    )
    assert found.cells == {
        1: ("7", "12345678901234567890", "shared", "in line", "7x", "TRUE", "1963-02", "#N/A", "00007")
    }
    assert found.told("error value") == [(1, 7, "#N/A")]


def test_texts(tmp_path):
    """Rich text is one text, without phonetic signs, with escaped characters and line breaks as they are."""
    found = of_cells(
        tmp_path,
        *(f'<c t="s"><v>{n}</v></c>' for n in range(4)),
        strings=[
            '<r><t xml:space="preserve">a </t></r><r><rPr><b/></rPr><t>b</t></r><rPh sb="0" eb="1"><t>P</t></rPh><phoneticPr/>',
            "<t>a_x000D_\nb_x0041_</t>",
            "<t>_x005F_x0041_</t>",
            '<t xml:space="preserve"> x &amp; y </t>',
        ],
    )
    assert found.cells == {1: ("a b", "a\nbA", "_x0041_", " x & y ")}


def test_formulas(tmp_path):
    """A formula gives its value; one without a value is told with its text, and an empty text is one."""
    found = of_cells(
        tmp_path,
        '<c r="A1"><f>1+1</f><v>2</v></c>',
        '<c r="B1"><f>SUM(A1)</f></c>',
        '<c r="C1"><f>SUM(A2)</f><v></v></c>',
        '<c r="D1" t="str"><f>""</f><v></v></c>',
        '<c r="E1"><f>0.1+0.2</f><v>0.30000000000000004</v></c>',
        '<c r="F1" t="str"><f>HYPERLINK("https://a.example.org/7","scan")</f><v>scan</v></c>',
    )
    assert found.cells == {1: ("2", "", "", "", "0.3", "scan")}
    assert found.told("has no value") == [(1, 1, "=SUM(A1)"), (1, 2, "=SUM(A2)")]
    assert found.told("made by a formula") == [(1, 5, '=HYPERLINK("https://a.example.org/7","scan")')]


def test_dates_of_1904(tmp_path):
    """A workbook that counts days from 1904 is read so."""
    found = of_cells(
        tmp_path, '<c s="1"><v>21594</v></c>', formats=["yyyy-mm-dd"], workbook='<workbookPr date1904="1"/>'
    )
    assert found.cells == {1: ("1963-02-14",)}


def test_hidden_parts(tmp_path):
    """Hidden rows and columns are read and told; a hidden sheet is told, and read where the settings name it."""
    book = openpyxl.Workbook()
    book.active.title = "Letters"
    book.active.append(["a", "b", "c"])
    book.active.append(["d"])
    book.active.row_dimensions[2].hidden = True
    book.active.column_dimensions["B"].hidden = True
    book.create_sheet("Lists").append(["x"])
    book["Lists"].sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    found = read(xlsx.sheets, tmp_path / "a.xlsx")
    assert found.sheets == {"Letters": {1: ("a", "b", "c"), 2: ("d",)}}
    assert found.told("the row is hidden") == [(2, None, "")]
    assert found.told("hidden columns") == [(None, None, "B")]
    assert found.told("sheet is hidden") == [(None, None, "Lists")]
    assert read(xlsx.sheets, tmp_path / "a.xlsx", sheet="lists ").sheets == {"Lists": {1: ("x",)}}


def test_unknown_sheet(tmp_path):
    """A sheet of the settings that is not there is told with the nearest name."""
    found = read(xlsx.sheets, write_xlsx(tmp_path / "a.xlsx", sheet_data()), sheet="S2")
    assert found.sheets == {}
    assert [(each.value, each.expected) for each in found.rejections] == [("S2", 'sheet = "S1"')]


def test_merged_cells(tmp_path):
    """Each cell of a merged range has the text of the first, and the sheet says so once."""
    book = openpyxl.Workbook()
    for row in (["Fond", None, "Title"], ["A", "B", None], ["1", "2", "x"], [None, "3", "y"], [None, None, None]):
        book.active.append(row)
    for area in ("A1:B1", "C1:C2", "A3:A5"):
        book.active.merge_cells(area)
    book.save(tmp_path / "a.xlsx")
    found = read(xlsx.sheets, tmp_path / "a.xlsx")
    assert found.cells == {1: ("Fond", "Fond", "Title"), 2: ("A", "B", "Title"), 3: ("1", "2", "x"), 4: ("1", "3", "y")}
    assert found.told("merged") == [(None, None, "A1:B1, C1:C2, A3:A5")]


def test_text_under_a_merged_cell(tmp_path):
    """A text that a merged cell covers is left out, and told."""
    rows = '<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row></sheetData>'
    sheet = f'{rows}<mergeCells><mergeCell ref="A1:B1"/></mergeCells>'
    found = read(xlsx.sheets, write_xlsx(tmp_path / "a.xlsx", sheet))
    assert found.cells == {1: ("1", "1")}
    assert found.told("covers this text") == [(1, 1, "2")]


def test_comments_and_links(tmp_path):
    """Comments and addresses of links are told at their cells; an address that is the text is not."""
    book = openpyxl.Workbook()
    book.active.append(["scan", "https://a.example.org/8"])
    book.active["A1"].comment = Comment("see file 9", "me")
    book.active["A1"].hyperlink = "https://a.example.org/7"
    book.active["B1"].hyperlink = "https://a.example.org/8"
    book.save(tmp_path / "a.xlsx")
    found = read(xlsx.sheets, tmp_path / "a.xlsx")
    assert found.told("comment") == [(1, 0, "see file 9")]
    assert found.told("link") == [(1, 0, "https://a.example.org/7")]


def test_threaded_comments(tmp_path):
    """Of a comment with answers all are told, and the copy for old programs is not."""
    relation = '<Relationship Id="{}" Type="' + RELATIONS + '/{}" Target="../{}"/>'
    links = relation.format("c", "comments", "comments1.xml") + relation.format("t", "threadedComment", "threaded1.xml")
    parts = {
        "xl/worksheets/_rels/sheet1.xml.rels": f'<Relationships xmlns="{PACKAGE_RELATIONS}">{links}</Relationships>',
        "xl/comments1.xml": f'<comments xmlns="{MAIN}"><commentList><comment ref="A1"><text><t>[Threaded comment] old</t></text></comment></commentList></comments>',
        "xl/threaded1.xml": '<ThreadedComments xmlns="x"><threadedComment ref="A1"><text>who?</text></threadedComment>'
        '<threadedComment ref="A1"><text>me</text></threadedComment></ThreadedComments>',
    }
    found = of_cells(tmp_path, '<c r="A1"><v>7</v></c>', parts=parts)
    assert found.told("comment") == [(1, 0, "who?"), (1, 0, "me")]


def test_strict_workbooks(tmp_path):
    """A workbook in the strict namespaces is read like another."""
    path = write_xlsx(
        tmp_path / "a.xlsx",
        sheet_data('<c r="B1" t="s"><v>0</v></c>'),
        strings=["<t>x</t>"],
        main=STRICT[0],
        relations=STRICT[1],
    )
    assert read(xlsx.sheets, path).cells == {1: ("", "x")}


def test_names_of_parts(tmp_path):
    """Parts are found by relations from the root and in other letters, and with backslashes."""
    sheet = f'<worksheet xmlns="{MAIN}">{sheet_data("<c><v>7</v></c>")}</worksheet>'
    links = f'<Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="/XL/other/S.xml"/>'
    parts = {
        "xl\\other\\s.xml": sheet,
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE_RELATIONS}">{links}</Relationships>',
    }
    path = write_xlsx(tmp_path / "a.xlsx", "", parts=parts)
    assert read(xlsx.sheets, path).cells == {1: ("7",)}


def test_nothing_outside_is_fetched(tmp_path):
    """A relation to another place is no part: the sheet is told as missing."""
    links = (
        f'<Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="http://127.0.0.1:9/a.xml" TargetMode="External"/>'
    )
    parts = {"xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE_RELATIONS}">{links}</Relationships>'}
    (rejection,) = read(xlsx.sheets, write_xlsx(tmp_path / "a.xlsx", "", parts=parts)).rejections
    assert "cells of the sheet S1 are missing" in rejection.message


def test_empty_formatted_rows_and_columns(tmp_path):
    """Rows and cells with a format alone are none, to the last row and column of a sheet."""
    cells = "".join('<c s="1"/>' for _ in range(16_384))
    rows = "".join(f'<row r="{n}"><c r="XFD{n}" s="1"/></row>' for n in range(3, 20_000))
    sheet = f'<sheetData><row r="1"><c r="A1"><v>7</v></c></row><row r="2">{cells}</row>{rows}<row r="1048576"><c r="B1048576"><v>8</v></c></row></sheetData>'
    found = read(xlsx.sheets, write_xlsx(tmp_path / "a.xlsx", sheet))
    assert found.cells == {1: ("7",), 1_048_576: ("", "8")}
    assert found.remarks == []


def test_cell_beyond_the_last_column(tmp_path):
    """A cell beyond the last column is left out and told, and takes no memory."""
    found = of_cells(tmp_path, '<c r="A1"><v>7</v></c>', '<c r="ZZZZZZ1"><v>8</v></c>', '<c r="XFE1"><v>9</v></c>')
    assert found.cells == {1: ("7",)}
    assert [value for _, _, value in found.told("beyond the last column")] == ["8", "9"]


def test_rows_and_cells_without_a_reference(tmp_path):
    """Rows and cells that do not say where they are follow one another."""
    sheet = "<sheetData><row><c><v>1</v></c><c><v>2</v></c></row><row><c/><c><v>3</v></c></row></sheetData>"
    assert read(xlsx.sheets, write_xlsx(tmp_path / "a.xlsx", sheet)).cells == {1: ("1", "2"), 2: ("", "3")}


def test_anchors_are_no_rows(tmp_path):
    """Rows and columns of a drawing's anchor are none of the sheet."""
    sheet = (
        sheet_data("<c><v>1</v></c>")
        + '<controls><x:from xmlns:x="y"><x:col>0</x:col><x:row>5</x:row></x:from></controls>'
    )
    assert read(xlsx.sheets, write_xlsx(tmp_path / "a.xlsx", sheet)).cells == {1: ("1",)}


def test_lost_shared_string(tmp_path):
    """A cell whose shared string is missing is told, and no text of another cell takes its place."""
    found = of_cells(
        tmp_path,
        '<c t="s"><v>5</v></c>',
        '<c t="s"><v>-1</v></c>',
        '<c t="s"><v>x</v></c>',
        "<c><v>7</v></c>",
        strings=["<t>a</t>"],
    )
    assert found.cells == {1: ("", "", "", "7")}
    assert [value for _, _, value in found.told("lacks the text")] == ["5", "-1", "x"]


def test_large_shared_strings(tmp_path, monkeypatch):
    """Shared strings beyond the bound of memory lie in a file, and are read from there."""
    monkeypatch.setattr(shared_strings, "MAX_CHARACTERS_IN_MEMORY", 100)
    texts = [f"text {n} ü" for n in range(50)]
    found = of_cells(
        tmp_path,
        *(f'<c t="s"><v>{n}</v></c>' for n in reversed(range(51))),
        strings=[f"<t>{each}</t>" for each in texts],
    )
    assert found.cells == {1: ("", *reversed(texts))}
    assert found.told("lacks the text") == [(1, 0, "50")]


VALUES = st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.dates(dt.date(1900, 3, 1)) | st.text(
    st.characters(exclude_categories=["C"]), max_size=20
)  # fmt: skip


def expected_text(value):
    """The text of a value."""
    return (
        {True: "TRUE", False: "FALSE", None: ""}.get(value) if value is None or isinstance(value, bool) else str(value)
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(VALUES, min_size=1, max_size=5), max_size=5))
def test_any_table_is_read_as_written(tmp_path, table):
    """Any table that openpyxl writes is read with the same texts at the same places."""
    book = openpyxl.Workbook()
    for row, values in enumerate(table, 1):
        for column, value in enumerate(values, 1):
            cell = book.active.cell(row, column, value)
            if isinstance(value, str):
                cell.data_type = "s"  # a text that begins with = is none of a formula
    book.save(tmp_path / "a.xlsx")
    texts = {}
    for number, values in enumerate(table, 1):
        cells = [expected_text(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        texts |= {number: tuple(cells)} if cells else {}
    found = read(xlsx.sheets, tmp_path / "a.xlsx")
    assert found.cells == texts
    assert found.remarks == []


def test_missing_file(tmp_path):
    """A file that can't be opened is an OSError."""
    with pytest.raises(FileNotFoundError):
        read(xlsx.sheets, tmp_path / "none.xlsx")
