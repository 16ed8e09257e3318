"""Readers of tables, each beside the bare parse of the same file: by a library that is used for that, or by lxml alone.

Of each format three programs read the same file: the bare parse to its last cell, the row source, which gives texts,
and the whole reader, which gives records. Each counts its own processor time, without the start of Python.
"""

import csv
import sqlite3
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pyarrow as pa
import xlsxwriter
import xlwt
from pyarrow import parquet

from benchmarks.collections import Plan
from benchmarks.processes import Job, Ran, in_turn
from benchmarks.results import Row

REPEATS = 3
MAX_ROWS = {"xlsx": 10_000, "xls": 10_000, "ods": 10_000}
"""Format → most rows of a file: workbooks take thirty times as long as texts, and as long for each row of more."""

HEADINGS = ("Id", "Title", "Date", "Creator", "Extent", "Language", "Note", "Shelf", "Subject 1", "Subject 2")

_TIMED = """
import resource, sys, time
path, size = sys.argv[1], 0
{imports}
began = time.process_time()
{body}
print(time.process_time() - began, size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
"""Program that prints processor time in seconds, rows, and most memory in kilobytes."""

_BARE = {
    "csv": ("import csv", """
with open(path, encoding="utf-8", newline="") as file:
    for row in csv.reader(file): size += 1"""),
    "xlsx": ("import openpyxl", """
book = openpyxl.load_workbook(path, read_only=True, data_only=True)
for row in book.active.iter_rows(values_only=True): size += 1"""),
    "xls": ("import io, xlrd", """
sheet = xlrd.open_workbook(path, io.StringIO(), formatting_info=True, ragged_rows=True).sheet_by_index(0)
for row in range(sheet.nrows): size += bool(sheet.row_values(row))"""),
    "ods": ("import zipfile\nfrom lxml import etree", """
for _, row in etree.iterparse(zipfile.ZipFile(path).open("content.xml"), tag="{*}table-row"):
    texts = ["".join(cell.itertext()) for cell in row]
    size += 1
    row.clear()"""),
    "parquet": ("from pyarrow import parquet", """
for batch in parquet.ParquetFile(path).iter_batches(1000, use_threads=False):
    for row in zip(*(column.to_pylist() for column in batch.columns)): size += 1"""),
    "sql": ("import sqlite3", "for row in sqlite3.connect(path).execute('SELECT * FROM letters'): size += 1"),
}  # fmt: skip
"""Format → imports and body of the bare parse."""
_KG = "from pathlib import Path\nfrom kg.records import readers\nfrom kg.records.readers.base import SourceFile"
_ROWS = "for sheet in readers.ROW_SOURCES[{0!r}](SourceFile(Path(path), 'a')):\n    for row in sheet.rows: size += 1"
_RECORDS = "for item in readers.read({0!r}, SourceFile(Path(path), 'a')): size += 1"


_ODS_NUMBER = '<table:table-cell office:value-type="float" office:value="{0}"><text:p>{0}</text:p></table:table-cell>'
_ODS_TEXT = '<table:table-cell office:value-type="string"><text:p>{0}</text:p></table:table-cell>'
_ODS_START = "<office:document-content {}><office:body><office:spreadsheet><table:table table:name='L'>"


def rows(size: int) -> Iterator[tuple[str | int, ...]]:
    """Rows as an archive has them: numbers, names, dates as text, gaps."""
    for n in range(1, size + 1):
        names = f"Doe, Jane {n % 97}"
        note = f"Folded twice; the seal of box {n % 31} is lost" if n % 3 else ""
        subjects = ("Harbours", f"Ships {n % 40}" if n % 2 else "")
        yield (
            n,
            f"Letter {n} about harbours and ships",
            f"{1850 + n % 100}-0{n % 9 + 1}",
            names,
            f"{n % 12} p.",
            "en",
            note,
            f"MS {n:06}",
            *subjects,
        )


def _write_csv(path: Path, size: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *rows(size)])


def _write_xlsx(path: Path, size: int) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((HEADINGS, *rows(size))):
            sheet.write_row(number, 0, row)


def _write_xls(path: Path, size: int) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Letters")
    for number, row in enumerate((HEADINGS, *rows(size))):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    book.save(str(path))


def _write_ods(path: Path, size: int) -> None:
    names = ("office", "table", "text")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package, package.open("content.xml", "w") as part:
        part.write(_ODS_START.format(spaces).encode())
        for row in (HEADINGS, *rows(size)):
            cells = "".join((_ODS_NUMBER if isinstance(each, int) else _ODS_TEXT).format(each) for each in row)
            part.write(f"<table:table-row>{cells}</table:table-row>".encode())
        part.write(b"</table:table></office:spreadsheet></office:body></office:document-content>")


def _write_parquet(path: Path, size: int) -> None:
    parquet.write_table(pa.table(dict(zip(HEADINGS, map(list, zip(*rows(size), strict=True)), strict=True))), path)


def _write_sql(path: Path, size: int) -> None:
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    connection.execute(f"CREATE TABLE letters ({', '.join(f'{chr(34)}{each}{chr(34)}' for each in HEADINGS)})")
    connection.executemany(f"INSERT INTO letters VALUES ({', '.join('?' * len(HEADINGS))})", rows(size))
    connection.commit()
    connection.close()


WRITERS: dict[str, Callable[[Path, int], None]] = {
    "csv": _write_csv,
    "xlsx": _write_xlsx,
    "xls": _write_xls,
    "ods": _write_ods,
    "parquet": _write_parquet,
    "sql": _write_sql,
}


def measure(plan: Plan) -> Iterator[tuple[str, list[Row]]]:
    """Rows for each size and format: bare parse, row source, whole reader."""
    for size in plan.sizes:
        found: list[Row] = []
        for format_, write in WRITERS.items():
            count = min(size, MAX_ROWS.get(format_, size))
            path = plan.work / f"tables-{count}.{format_}"
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                write(path, count)
            found += _measured(path, format_, count)
        yield f"tables, {size:,} rows of {len(HEADINGS)} columns", found


def _measured(path: Path, format_: str, size: int) -> list[Row]:
    programs = {
        "bare parse": _BARE[format_],
        "rows": (_KG, _ROWS.format(format_)),
        "records": (_KG, _RECORDS.format(format_)),
    }
    jobs = [
        Job([sys.executable, "-c", _TIMED.format(imports=imports, body=body), str(path)])
        for imports, body in programs.values()
    ]
    turns = [in_turn(jobs) for _ in range(REPEATS)]
    runs = {what: [turn[place] for turn in turns] for place, what in enumerate(programs)}
    seconds = {what: median(float(each.output.split()[0]) for each in some) for what, some in runs.items()}
    return [_row(size, f"{format_}, {what}", seconds[what], seconds["bare parse"], some) for what, some in runs.items()]


def _row(size: int, what: str, seconds: float, bare: float, runs: list[Ran]) -> Row:
    count = int(runs[0].output.split()[1])
    return {
        "size": size,
        "what": what,
        "runs": len(runs),
        "cpu_seconds": round(seconds, 3),
        "records_a_second": round(count / max(seconds, 1e-6)),
        "peak_mb": round(max(int(each.output.split()[2]) for each in runs) / 1e3),
        "times_bare": round(seconds / max(bare, 1e-6), 2),
    }
