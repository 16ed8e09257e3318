"""Damaged and hostile workbooks: told, and bounded."""

import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from row_sources import ods_cell, ods_table, read, sheet_data, write_ods, write_xlsx

from kg.records.readers.tables.workbooks import merged_cells, ods, package, xlsx, xlsx_parts, xml_stream
from kg.records.readers.tables.workbooks import xls as old_excel

CELLS = sheet_data('<c t="s"><v>0</v></c><c s="1"><v>23056</v></c>')


@pytest.fixture
def workbook(tmp_path):
    """A sound workbook."""
    return write_xlsx(tmp_path / "a.xlsx", CELLS, strings=["<t>x</t>"], formats=["yyyy-mm-dd"])


def rejection(source, path):
    """The one reason for which a file is rejected."""
    (found,) = read(source, path).rejections
    assert found.expected
    return found.message


@pytest.mark.parametrize("share", [0, 0.3, 0.6, 0.95])
@pytest.mark.parametrize("source", [xlsx.sheets, ods.sheets])
def test_cut_off(workbook, share, source):
    """A file that is cut off is rejected, and says so."""
    content = workbook.read_bytes()
    workbook.write_bytes(b"PK" + content[2 : 2 + int(len(content) * share)])
    assert "damaged" in rejection(source, workbook)


def test_wrong_check_sum(workbook):
    """Bytes that differ from their check sum are told, after the rows before them."""
    with zipfile.ZipFile(workbook) as opened:
        info = opened.getinfo("xl/worksheets/sheet1.xml")
    content = bytearray(workbook.read_bytes())
    central = content.rindex(b"xl/worksheets/sheet1.xml") - 46
    content[central + 16 : central + 20] = (info.CRC ^ 1).to_bytes(4, "little")
    workbook.write_bytes(content)
    assert "xl/worksheets/sheet1.xml" in rejection(xlsx.sheets, workbook)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"xl/workbook.xml": None}, "list of sheets is missing"),
        ({"xl/worksheets/sheet1.xml": None}, "cells of the sheet S1 are missing"),
        ({"xl/workbook.xml": "<workbook"}, "is no XML"),
        ({"xl/worksheets/sheet1.xml": "<worksheet><sheetData><row><c><v>7</v></c></row></sheetDat>"}, "is no XML"),
        ({"xl/sharedStrings.xml": b"\xff\xfe\x00"}, "is no XML"),
        ({"xl/styles.xml": '<!DOCTYPE a [<!ENTITY b "c">]><styleSheet/>'}, "DOCTYPE"),
        ({"xl/workbook.xml": None, "xl/workbook.bin": b"\0", "_rels/.rels": None}, "xlsb"),
    ],
)
def test_missing_and_wrong_parts(tmp_path, parts, words):
    """A part that is missing or no XML is named."""
    path = write_xlsx(tmp_path / "a.xlsx", CELLS, parts=parts)
    assert words in rejection(xlsx.sheets, path)


def test_rows_before_a_fault_are_given(tmp_path):
    """Rows before a fault in the XML come, and then the fault."""
    broken = "<worksheet><sheetData><row><c><v>7</v></c></row><row><c></row>"
    found = read(xlsx.sheets, write_xlsx(tmp_path / "a.xlsx", "", parts={"xl/worksheets/sheet1.xml": broken}))
    assert found.cells == {1: ("7",)}
    assert len(found.rejections) == 1


BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'


def test_entities_do_not_grow(tmp_path):
    """A part with entities is refused, in a text and in an attribute, before any of them grows."""
    for cell in ("<c><v>&c;</v></c>", '<c r="&c;"><v>1</v></c>'):
        part = f"{BOMB}<worksheet>{sheet_data(cell)}</worksheet>"
        path = write_xlsx(tmp_path / "a.xlsx", "", parts={"xl/worksheets/sheet1.xml": part})
        assert "DOCTYPE" in rejection(xlsx.sheets, path)
    content = BOMB + "<office/>"
    assert "DOCTYPE" in rejection(ods.sheets, write_ods(tmp_path / "a.ods", parts={"content.xml": content}))


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_zip_bombs(tmp_path, monkeypatch, kind):
    """A file that unpacks to hundreds of times its size ends in a rejection."""
    monkeypatch.setattr(package, "MAX_SMALL_BYTES", 1 << 20)
    blanks = " " * (8 << 20)
    if kind == "xlsx":
        path = write_xlsx(tmp_path / "a.xlsx", CELLS, parts={"xl/sharedStrings.xml": f"<sst>{blanks}</sst>"})
    else:
        path = write_ods(tmp_path / "a.ods", parts={"content.xml": f"<a>{blanks}</a>"})
    assert "unpacks to over" in rejection(xlsx.sheets if kind == "xlsx" else ods.sheets, path)


def test_everything_unpacked_is_bounded(workbook, monkeypatch):
    """The parts of a package together give no more bytes than the bound."""
    monkeypatch.setattr(package, "MAX_UNPACKED_BYTES", 500)
    assert "is read no further" in rejection(xlsx.sheets, workbook)


def test_list_of_parts_without_end(tmp_path, monkeypatch):
    """A list of parts that would fill the memory is refused before it is read."""
    monkeypatch.setattr(package, "MAX_DIRECTORY_BYTES", 1000)
    path = write_xlsx(tmp_path / "a.xlsx", CELLS, parts={f"xl/{n}": b"" for n in range(100)})
    assert "list of the file's parts" in rejection(xlsx.sheets, path)


@pytest.mark.parametrize("junk", ["<c><f>%s</f></c>", "<c/>%s", "%s"])
def test_row_without_end(tmp_path, monkeypatch, junk):
    """A row or an element of many megabytes ends in a rejection."""
    monkeypatch.setattr(xml_stream, "MAX_PENDING_BYTES", 1 << 18)
    sheet = sheet_data(junk % ("<x/>" * (1 << 18)))
    assert "a row, or an element" in rejection(xlsx.sheets, write_xlsx(tmp_path / "a.xlsx", sheet))


def test_skipped_cells_without_end(tmp_path, monkeypatch):
    """Rows that skip to the last column, each, end in a rejection."""
    monkeypatch.setattr(xlsx, "MAX_EMPTY_CELLS", 100_000)
    rows = "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 50))
    assert "skip over" in rejection(xlsx.sheets, write_xlsx(tmp_path / "a.xlsx", f"<sheetData>{rows}</sheetData>"))


def test_merged_cells_without_end(tmp_path, monkeypatch):
    """Merged ranges beyond the bound are not filled, and told once."""
    monkeypatch.setattr(merged_cells, "MAX_FILLED_CELLS", 100)
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 20))
    sheet = f'<sheetData>{rows}</sheetData><mergeCells><mergeCell ref="A1:XFC1048576"/></mergeCells>'
    found = read(xlsx.sheets, write_xlsx(tmp_path / "a.xlsx", sheet))
    assert len(found.cells) == 19
    assert found.told("not filled") == [(1, None, "")]


def test_entries_without_end(tmp_path, monkeypatch):
    """A list of sheets or formats without end is refused."""
    monkeypatch.setattr(xlsx_parts, "MAX_ENTRIES", 100)
    path = write_xlsx(tmp_path / "a.xlsx", CELLS, formats=["0"] * 200)
    assert "over 100 entries" in rejection(xlsx.sheets, path)


def test_password_of_an_entry(tmp_path):
    """A package with encrypted parts is told so."""
    content = bytearray(write_xlsx(tmp_path / "a.xlsx", CELLS).read_bytes())
    at = 0
    while (at := content.find(b"PK\x01\x02", at)) >= 0:
        content[at + 8] |= 1
        at += 4
    (tmp_path / "a.xlsx").write_bytes(content)
    assert "password" in rejection(xlsx.sheets, tmp_path / "a.xlsx")


def test_password_of_a_workbook(tmp_path):
    """An xlsx with a password, which lies in a compound file, is told so."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(old_excel.OLE_MAGIC + b"\0" * 70_000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 100)
    assert "password" in rejection(old_excel.sheets, path)


def mutated(data, content):
    """Some bytes of a file changed, left out or repeated."""
    content = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        change = data.draw(st.sampled_from(["set", "cut", "drop", "repeat"]))
        if change == "set":
            content[at] = data.draw(st.integers(0, 255))
        elif change == "cut" and at > 4:
            del content[at:]
        elif change == "drop":
            del content[at : at + data.draw(st.integers(1, 20))]
        else:
            content[at:at] = content[at : at + data.draw(st.integers(1, 40))]
    return bytes(content)


def fuzz(data, source, path, content):
    """A changed file is read or rejected."""
    path.write_bytes(content[:2] + mutated(data, content)[2:])
    found = read(source, path)
    assert found.sheets or found.remarks


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_bytes_of_a_package_fail(tmp_path, data):
    """Any change of a package's bytes is read or rejected, and raises nothing."""
    path = write_xlsx(tmp_path / "a.xlsx", CELLS, strings=["<t>x</t>"], formats=["yyyy-mm-dd"])
    fuzz(data, xlsx.sheets, path, path.read_bytes())
    path = write_ods(tmp_path / "a.ods", ods_table(ods_cell("a") + ods_cell("7", "float", value="7")))
    fuzz(data, ods.sheets, path, path.read_bytes())


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_xml_of_a_part_fails(tmp_path, data):
    """Any change of a part's XML is read or rejected, and raises nothing."""
    path = write_xlsx(
        tmp_path / "a.xlsx",
        CELLS + '<mergeCells><mergeCell ref="A1:B2"/></mergeCells>',
        strings=["<t>x</t>"],
        formats=["yyyy-mm-dd"],
    )
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as opened:
        parts = {name: opened.read(name) for name in opened.namelist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    found = read(xlsx.sheets, write_xlsx(path, CELLS, parts=parts | {name: mutated(data, parts[name])}))
    assert found.sheets or found.remarks
