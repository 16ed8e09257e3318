"""Sound tables of every format, small and with all that the format has, and mutations of them."""

import io
import random
import re
import sqlite3
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import xlwt
from openpyxl.comments import Comment
from pyarrow import parquet
from row_sources import ODS, ods_cell, ods_content, ods_table, write_ods

ROWS = [
    ["id", "title", "dates", "creator", "Note", "Count"],
    ["1", "A letter", "1963-02-14", "Castro Ruz, Fidel", "folded; torn", "7"],
    ["2", "Дело о мире", "31 June 1963", "agent/5; Ray, Manuel", "a\nb", "1,5"],
    ["3", 'Said "no"', "", "", "caf&eacute;", "#N/A"],
]
_NUMBERS = (
    b"0",
    b"-1",
    b"1",
    b"255",
    b"65536",
    b"2147483648",
    b"99999999999999999999",
    b"1e308",
    b"1e-999999999",
    b"NaN",
)
_MARKS = (
    b'"',
    b"\0",
    b"\xff",
    b"\n",
    b"\r",
    b"\x1f",
    b";",
    b",",
    b"\t",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"<",
    b"&#0;",
    b"=",
)


def _csv(path: Path, delimiter: str = ",") -> None:
    lines = (delimiter.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in ROWS * 4)
    path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8")


def _xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in ROWS:
        sheet.append(row)
    sheet.append([4, "Numbers", datetime(1963, 2, 14, 12, 30), Decimal("12.50"), time(7, 5), True])  # noqa: DTZ001
    sheet.append([5, "=A1", "=1/0", date(1899, 12, 31), 0.1 + 0.2, 43000])
    for cell, form in zip(sheet[6], ["0000", "@", "d.m.yy h:mm", "#,##0.00 [$€-407]", "[h]:mm", "0%"], strict=True):
        cell.number_format = form
    sheet["B7"].comment = Comment("who says so?", "x")
    sheet["B2"].hyperlink = "https://example.org/"
    sheet.merge_cells("D2:E3")
    sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions["F"].hidden = True
    book.create_sheet("Hidden").sheet_state = "hidden"
    book.save(path)


def _xls(path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Letters")
    for number, row in enumerate(ROWS):
        for column, text in enumerate(row):
            sheet.write(number, column, text)
    sheet.write(5, 0, 4.5, xlwt.easyxf(num_format_str="0000.00"))
    sheet.write(5, 2, datetime(1963, 2, 14), xlwt.easyxf(num_format_str="YYYY-MM-DD"))  # noqa: DTZ001
    sheet.write(5, 3, xlwt.Formula("1/0"))
    sheet.write_merge(6, 7, 1, 2, "merged")
    book.add_sheet("Hidden").visibility = 1
    book.save(str(path))


def _ods_tables() -> str:
    rows = ["".join(map(ods_cell, row)) for row in ROWS]
    more = ods_cell("0007", "float", value="7") + ods_cell("14.02.63", "date", **{"date-value": "1963-02-14T07:05:00"})
    more += ods_cell("12 %", "percentage", value="0.123") + ods_cell("x", table_formula="of:=1/0")
    more += ods_cell("m", **{"table_number-columns-spanned": "2", "table_number-rows-spanned": "2"})
    return ods_table(*rows, more, f'<table:table-row table:number-rows-repeated="3">{more}</table:table-row>')


def _fods(path: Path) -> None:
    content = ods_content(_ods_tables()).replace("document-content", "document")
    path.write_text(
        content.replace("<office:document ", f'<office:document office:mimetype="{ODS}" '), encoding="utf-8"
    )


def _parquet(path: Path) -> None:
    columns = {name: [row[place] for row in ROWS[1:]] for place, name in enumerate(ROWS[0])}
    columns |= {
        "days": pa.array([date(1963, 2, 14), None, date(1, 1, 1)]),
        "lists": pa.array([["a", "b"], [], None]),
        "parts": pa.array([{"a": 1, "b": [1.5]}, None, {"a": 2, "b": []}]),
        "bytes": pa.array([b"x", b"\xff", None]),
        "words": pa.array(["x", "y", "x"]).dictionary_encode(),
        "money": pa.array([Decimal("12.50"), None, Decimal("-1.00")]),
        "at": pa.array([datetime(1963, 2, 14), None, None], pa.timestamp("us", "UTC")),  # noqa: DTZ001
    }
    parquet.write_table(pa.table(columns), path, row_group_size=2)


def _sqlite(path: Path) -> None:
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    names = ", ".join(f'"{name}"' for name in ROWS[0])
    connection.execute(f"CREATE TABLE letters ({names}, kept BLOB, size REAL)")
    rows = [[*row, b"\xff\0", 1.5] for row in ROWS[1:]] * 40
    connection.executemany("INSERT INTO letters VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()


SEEDS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "csv": ("csv", _csv),
    "tsv": ("csv", lambda path: _csv(path, "\t")),
    "xlsx": ("xlsx", _xlsx),
    "xls": ("xls", _xls),
    "ods": ("ods", lambda path: write_ods(path, _ods_tables())),
    "fods": ("ods", _fods),
    "parquet": ("parquet", _parquet),
    "sqlite": ("sql", _sqlite),
}
"""Ending of a file → its format, and what writes a sound one."""


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A file with some faults: in the parts of a package as often as in its bytes."""
    if content[:2] == b"PK" and chance.random() < 0.7:
        return _with_other_part(content, chance)
    for _ in range(chance.choice([1, 1, 2, 4, 16])):
        content = _with_fault(content, chance)
    return content


def _with_other_part(content: bytes, chance: random.Random) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        chosen = chance.choice(package.namelist())
        for name in package.namelist():
            part = package.read(name)
            for _ in range(chance.choice([1, 2, 8]) if name == chosen else 0):
                part = _with_fault(part, chance)
            out.writestr(name, part)
    return made.getvalue()


def _with_fault(content: bytes, chance: random.Random) -> bytes:
    if content[:64].lstrip()[:1] == b"<" and chance.random() < 0.6:
        return _with_other_value(content, chance)
    place, length = chance.randrange(len(content) + 1), chance.choice([1, 2, 4, 40, 400])
    before, cut, after = content[:place], content[place : place + length], content[place + length :]
    return chance.choice(
        [
            lambda: before + chance.randbytes(len(cut)) + after,
            lambda: before + bytes(sign ^ 1 << chance.randrange(8) for sign in cut[:1]) + cut[1:] + after,
            lambda: before + after,
            lambda: before + cut * chance.choice([2, 3, 500]) + after,
            lambda: before + chance.choice(_MARKS + _NUMBERS) + cut + after,
            lambda: before + chance.choice(_MARKS) * chance.choice([3, 3000]) + cut + after,
            lambda: before,
            lambda: before + bytes([chance.choice([0, 255, 127, 128])]) * len(cut) + after,
        ]
    )()


def _with_other_value(content: bytes, chance: random.Random) -> bytes:
    """XML with an attribute or a text of another value, or with an element more or less often."""
    values = list(re.finditer(rb'"[^"<>]*"|>[^<>]+<|<[^/?!<>]+/>|<[^/?!<>]+>[^<>]*</[^<>]+>', content))
    if not values:
        return content
    chosen = chance.choice(values)
    written = chosen[0]
    if written[:1] == b"<":
        made = written * chance.choice([0, 2, 300])
    else:
        other = chance.choice(values)[0].strip(b'"<>') if chance.random() < 0.3 else chance.choice(_NUMBERS + _MARKS)
        made = written[:1] + other.replace(b'"', b"").replace(b"<", b"") + written[-1:]
    return content[: chosen.start()] + made + content[chosen.end() :]
