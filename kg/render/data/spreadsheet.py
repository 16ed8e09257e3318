"""CSV writer for spreadsheets, with formulas defused."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

_FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")
"""First characters of a formula in a spreadsheet, in narrow or wide letters."""


def cell(value: Any) -> Any:
    """CSV value of a cell, with an apostrophe before a formula (D-19).

    >>> cell("=HYPERLINK(1)"), cell("Cuba"), cell(-82.38)
    ("'=HYPERLINK(1)", 'Cuba', -82.38)
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    r"""CSV document of a table (RFC 4180).

    >>> table(["n", "text"], [[1, "a, b"], [2, None]])
    b'n,text\r\n1,"a, b"\r\n2,\r\n'
    """
    return csv_rows([header]) + csv_rows([cell(value) for value in row] for row in rows)


def csv_rows(rows: Iterable[Sequence[Any]]) -> bytes:
    """Lines of CSV as they are; see `cell`."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()
