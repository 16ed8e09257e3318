"""Table as a format gives it: sheets of rows of cells, each cell the text that a person sees.

A row source reads a format and knows nothing of records; the reader of tables makes records of its rows and knows
nothing of formats.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from kg.records.problems import Severity
from kg.records.readers.base import SourceFile

VALUE_SEPARATOR = "\x1f"
"""Sign between the values of a cell in a column of lists: the INFORMATION SEPARATOR ONE of ISO 646."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Finding of a row source, which becomes a problem with file, sheet, row and column.

    Attributes:
        message: the fault and its consequence, for a person.
        value: the text of the cell, or what stands in the file there.
        expected: the expected form.
        column: the index of the column from 0; None where the whole row or sheet is meant.
        severity: as of a problem; the row is left out where it is `rejected`.
    """

    message: str
    value: str = ""
    expected: str = ""
    column: int | None = None
    severity: Severity = "note"


class TableRow(NamedTuple):
    """Row of a table; a tuple, since there are millions.

    Attributes:
        number: its number from 1, as a spreadsheet program shows it; in text, where it would show it.
        cells: the text of each cell as a person sees it, "" where there is none; later columns may be missing.
        remarks: findings at its cells.
        raw: the row as it stood in the file, where that is text; kept if the record is rejected.
    """

    number: int
    cells: tuple[str, ...]
    remarks: tuple[Remark, ...] = ()
    raw: bytes | None = None


row_of: Callable[[tuple[int, tuple[str, ...], tuple[Remark, ...], bytes | None]], TableRow] = partial(
    tuple.__new__, TableRow
)
"""Function that makes a row of its four values: that of a named tuple takes longer than a parser for the row."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Sheet of a workbook, or the one table of another format.

    Attributes:
        name: its name; "" where the format has one table alone.
        rows: its rows in order, streamed, those without any text left out; merged cells have the text of their first
            cell each, and hidden rows come like others, with a remark.
        headings: the names of the columns where the format itself knows them (Parquet, a database); else None, and
            they stand in a row.
        remarks: findings of the whole sheet.
        lists: indexes of columns whose cells are lists of values, with `VALUE_SEPARATOR` between them, since the format
            itself knows lists (Parquet, arrays of PostgreSQL).
    """

    name: str
    rows: Iterator[TableRow]
    headings: tuple[str, ...] | None = None
    remarks: tuple[Remark, ...] = ()
    lists: frozenset[int] = frozenset()


RowSource = Callable[[SourceFile], Iterator[Sheet | Remark]]
"""Function that streams the sheets of a file, each to be read before the next; a remark is about the whole file.

A file that is damaged ends with a remark `rejected`; OSError is raised for a file that can't be opened, nothing else.
"""


def counted(number: int, noun: str) -> str:
    """Return a number of things with its verb.

    >>> counted(1, "cell"), counted(2000, "cell")
    ('1 cell is', '2,000 cells are')
    """
    return f"{number:,} {noun} is" if number == 1 else f"{number:,} {noun}s are"


def column_letter(column: int) -> str:
    """Return the letter of a column, as spreadsheet programs show it.

    Args:
        column: its index from 0.

    >>> column_letter(0), column_letter(25), column_letter(26), column_letter(16383)
    ('A', 'Z', 'AA', 'XFD')
    """
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
