"""Formats of tables: known by their first bytes, and read by the reader that the registry has for them."""

import sqlite3

import openpyxl
import pyarrow as pa
import pytest
import xlwt
from pyarrow import parquet
from row_sources import ODS, ods_cell, ods_content, ods_table, write_ods

from kg.records import readers
from kg.records.readers.base import RawRecord, SourceFile

ROWS = [["id", "title"], ["7", "A letter"]]


def write_xlsx(path):
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.save(path)


def write_xls(path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    for number, row in enumerate(ROWS):
        for column, text in enumerate(row):
            sheet.write(number, column, text)
    book.save(str(path))


TABLE = ods_table(*("".join(map(ods_cell, row)) for row in ROWS))


def write_fods(path):
    content = ods_content(TABLE).replace("document-content", "document")
    path.write_text(content.replace("<office:document ", f'<office:document office:mimetype="{ODS}" '))


def write_sqlite(path):
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE letters (id, title)")
    connection.execute("INSERT INTO letters VALUES (?, ?)", ROWS[1])
    connection.commit()
    connection.close()


WRITERS = {
    "a.xlsx": ("xlsx", write_xlsx),
    "a.xlsm": ("xlsx", write_xlsx),
    "a.xls": ("xls", write_xls),
    "a.ods": ("ods", lambda path: write_ods(path, TABLE)),
    "no-ending": ("ods", lambda path: write_ods(path, TABLE)),
    "a.fods": ("ods", write_fods),
    "a.parquet": ("parquet", lambda path: parquet.write_table(pa.table({"id": ["7"], "title": ["A letter"]}), path)),
    "a.db": ("sql", write_sqlite),
}


@pytest.mark.parametrize("name", WRITERS)
def test_each_format_is_known_and_read(tmp_path, name):
    """A file of each format is known by its first bytes, and its row is a record."""
    wanted, write = WRITERS[name]
    write(tmp_path / name)
    format_ = readers.sniff((tmp_path / name).read_bytes()[:8192], name)
    assert format_ == wanted
    (item,) = readers.read(format_, SourceFile(tmp_path / name, name))
    assert isinstance(item, RawRecord)
    assert item.record["id"] == "record/7"
    assert list(item.record["title"].values()) == ["A letter"]


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"PK\x03\x04....word/document.xml", "a.docx"),
        (b"PK\x03\x04....mimetypeapplication/vnd.oasis.opendocument.text", "a.odt"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "a.doc"),
        (b"PK\x03\x04....", "a.zip"),
    ],
)
def test_other_packages_are_none(head, name):
    """Documents of other programs in the same packages are no tables."""
    assert readers.sniff(head, name) is None
