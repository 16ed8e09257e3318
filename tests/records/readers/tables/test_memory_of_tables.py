"""Memory of the readers of tables: that of the rows under way, and not of the file."""

import csv
import sqlite3
import tracemalloc
import zipfile
from contextlib import closing

import pyarrow as pa
import pytest
import xlsxwriter
from pyarrow import parquet
from row_sources import ods_cell, ods_content, ods_table

from kg.records import readers
from kg.records.readers.base import SourceFile

FEW, MANY = 1_000, 12_000
MAX_GROWTH = 1 << 20
"""Bytes by which twelve times as many rows may need more: caches of names grow up to their bounds."""


def _rows(size):
    yield "id", "title"
    yield from ((str(n), f"Letter {n}") for n in range(size))


def _csv(path, size):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(_rows(size))


def _xlsx(path, size):
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(_rows(size)):
            sheet.write_row(number, 0, row)


def _ods(path, size):
    rows = ("".join(map(ods_cell, row)) for row in _rows(size))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("content.xml", ods_content(ods_table(*rows)))


def _parquet(path, size):
    _, *rows = _rows(size)
    numbers, titles = zip(*rows, strict=True)
    parquet.write_table(pa.table({"id": numbers, "title": titles}), path, row_group_size=FEW)


def _sqlite(path, size):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE letters (id, title)")
        _, *rows = _rows(size)
        connection.executemany("INSERT INTO letters VALUES (?, ?)", rows)
        connection.commit()


WRITERS = {"csv": _csv, "xlsx": _xlsx, "ods": _ods, "parquet": _parquet, "sql": _sqlite}


def _peak(format_, path):
    """Most bytes that Python holds while a file is read, its records counted and let go."""
    tracemalloc.start()
    try:
        count = sum(1 for _ in readers.read(format_, SourceFile(path, path.name, origin="a")))
        return tracemalloc.get_traced_memory()[1], count
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("format_", WRITERS)
def test_memory_does_not_grow_with_the_rows(tmp_path, format_):
    """Twelve times as many rows take no more memory: rows come one after the other, or some hundred at a time."""
    peaks = {}
    for size in (FEW, MANY):
        path = tmp_path / f"{size}.{format_}"
        WRITERS[format_](path, size)
        peaks[size], count = _peak(format_, path)
        assert count >= size
    assert peaks[MANY] < peaks[FEW] + MAX_GROWTH, peaks
