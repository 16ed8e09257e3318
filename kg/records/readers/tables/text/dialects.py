"""Dialect of a table as text: what stands between cells, and how they are quoted.

The delimiter is that by which most lines of the beginning have the same number of cells; Excel's first line `sep=;`
and the settings go first.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DELIMITERS = (",", ";", "\t", "|")
"""Delimiters that are looked for."""

_SEPARATOR_LINE = re.compile(r"\s*sep=(.)\s*", re.IGNORECASE)
_NAMES = {"tab": "\t", "\\t": "\t", "semicolon": ";", "comma": ",", "pipe": "|"}
_MAX_ROWS = 200
_MAX_SKIPPED = 10_000


@dataclass(frozen=True, slots=True)
class Dialect:
    """Dialect of a file.

    Attributes:
        delimiter: what stands between cells.
        width: how many cells most rows have.
        skipped: lines before the table that only say what the delimiter is.
        quote: the quotation mark around cells; empty for none.
        escape: what makes the next sign one of the text; empty where a quotation mark is doubled.
        comment: what lines begin with that are no rows; empty for none.
    """

    delimiter: str = ","
    width: int = 1
    skipped: int = 0
    quote: str = '"'
    escape: str = ""
    comment: str = ""


def find(head: str, wanted: str, said: Mapping[str, Any], *, is_whole: bool) -> Dialect:
    r"""Return the dialect of a text by its beginning.

    Args:
        head: its first lines.
        wanted: the delimiter of the settings, empty for none.
        said: what metadata say of the dialect, by the words of CSVW.
        is_whole: whether that is all of it; else the last line may be cut.

    >>> find("sep=;\na;b\n", "", {}, is_whole=True).delimiter
    ';'
    >>> find("a\tb, c\n1\t2\n", "", {}, is_whole=True).delimiter
    '\t'
    """
    first, _, rest = head.partition("\n")
    separator = _SEPARATOR_LINE.fullmatch(first)
    if separator:
        head = rest
    sign = said.get("quoteChar", '"')
    quote = "" if sign is None else sign if isinstance(sign, str) and len(sign) == 1 else '"'
    if not is_whole:
        head = head[: head.rfind("\n") + 1] or head
    delimiter = _NAMES.get(wanted.strip().lower(), wanted) or (separator[1] if separator else "")
    options = [delimiter] if delimiter else list(DELIMITERS)
    scores = {each: _score(head, each, quote) for each in options}
    best = max(options, key=lambda each: scores[each][0])
    if not delimiter and scores[best][1] < 2:
        best = ","
    comment, skipped = said.get("commentPrefix"), said.get("skipRows")
    return Dialect(
        best,
        max(1, scores[best][1]),
        skipped if isinstance(skipped, int) and 0 < skipped < _MAX_SKIPPED else 1 if separator else 0,
        quote,
        "\\" if said.get("doubleQuote") is False else "",
        comment if isinstance(comment, str) else "",
    )


def _score(head: str, delimiter: str, quote: str) -> tuple[float, int]:
    """How well a delimiter parts the lines, and the number of cells that most have."""
    widths: Counter[int] = Counter()
    text = io.StringIO(head, newline="")
    reader = csv.reader(
        text, delimiter=delimiter, quotechar=quote or None, quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE
    )
    try:
        for row in reader:
            if any(row):
                widths[len(row)] += 1
            if widths.total() >= _MAX_ROWS:
                break
    except csv.Error:
        pass
    if not widths:
        return 0.0, 1
    width, count = max(widths.items(), key=lambda item: (item[1] * min(item[0], 2), item[0]))
    if width < 2:
        return 0.0, width
    return count / widths.total() + min(width, 50) / 1000, width


def lenient_cells(line: str, delimiter: str, quote: str) -> list[str]:
    """Return the cells of a line in which quotation marks are not as they should be, in linear time.

    A mark closes a cell only before a delimiter or the end; a cell that no mark closes stands as it is written.

    >>> lenient_cells('"a "b" c","d', ",", '"')
    ['a "b" c', '"d']
    """
    return [
        cell[1:-1].replace(quote * 2, quote) if len(cell) > 1 and cell[0] == cell[-1] == quote else cell
        for cell in written_cells(line, delimiter, quote)
    ]


def written_cells(line: str, delimiter: str, quote: str) -> list[str]:
    """Return the cells of a line as they are written, with their quotation marks, in linear time.

    >>> written_cells('"a "b" c","d', ",", '"')
    ['"a "b" c"', '"d']
    """
    cells: list[str] = []
    place, length = 0, len(line)
    closes = bool(quote)
    while True:
        end = -1
        if closes and line.startswith(quote, place):
            end = _closing(line, place + 1, delimiter, quote)
            closes = end >= 0
        if end >= 0:
            cells.append(line[place : end + 1])
            place = end + 1
        else:
            stop = line.find(delimiter, place)
            stop = length if stop < 0 else stop
            cells.append(line[place:stop])
            place = stop
        if place >= length:
            return cells
        place += len(delimiter)


def _closing(line: str, place: int, delimiter: str, quote: str) -> int:
    """Place of the mark that closes a cell; -1 where there is none."""
    while (place := line.find(quote, place)) >= 0:
        after = place + 1
        if after == len(line) or line.startswith(delimiter, after):
            return place
        place = after + 1 if line.startswith(quote, after) else after
    return -1
