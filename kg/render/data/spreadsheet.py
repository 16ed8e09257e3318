"""Tables as CSV, made for spreadsheets: nothing in them is run."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

_RUN = tuple("=+-@\t\r＝＋－＠")
"""What a cell begins with that a spreadsheet takes for a formula, in narrow or wide letters."""


def cell(value: Any) -> Any:
    """A value as it stands in a CSV: what would be run as a formula is led by an apostrophe.

    >>> cell("=HYPERLINK(1)"), cell("Cuba"), cell(-82.38)
    ("'=HYPERLINK(1)", 'Cuba', -82.38)
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_RUN) else value


def table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    r"""A whole table (RFC 4180).

    >>> table(["n", "said"], [[1, "a, b"], [2, None]])
    b'n,said\r\n1,"a, b"\r\n2,\r\n'
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue().encode()
