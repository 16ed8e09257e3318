"""Headings of a table: the row that has them, the rows around it that belong to them, a name for each column.

Tables come with a title above, with groups of columns in merged cells, and with a row of explanations or of machine
names below. What is taken for such is told, so that no record goes in silence.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from kg.records.inference.headings import GROUP
from kg.records.readers.tables.table import Sheet, TableRow, column_letter
from kg.source_settings import SourceSettings

OWN = "kg:"
"""Beginning of a heading of kg's own: never data."""

OWN_ROW = "kg: "
"""Beginning of a row of kg's own, which explains the columns."""

VERSION = "version"
"""Name of the column of kg's own with the version of the published record that a row was exported with."""

HEAD_ROWS = 30
"""Rows among which the headings are looked for."""

_OWN_HEADING = re.compile(r"\s*kg:[^\s,;]{1,60}\s*", re.IGNORECASE)
_HEAD_SIZE = 4 << 20
"""Characters in rows after which no more rows are looked at for the headings."""

_MACHINE_NAME = re.compile(r"[a-z][A-Za-z0-9]*(?:[_.:@-][A-Za-z0-9@-]+)*")
_YEAR_SIGN, _DAY_SIGN, _MONTH_SIGN = "(?:[yj]{2,4}|a{4}|г{2,4})", "(?:dd|tt|jj|дд)", "(?:mm|мм)"
_ASKED_FOR = re.compile(
    rf"\b{_YEAR_SIGN}\W?{_MONTH_SIGN}\W?{_DAY_SIGN}\b|\b{_DAY_SIGN}\W?{_MONTH_SIGN}\W?{_YEAR_SIGN}\b"
    r"|^\W*(?:required|mandatory|optional|repeatable|free text|obligatorio|opcional|обязательно|необязательно|"
    r"pflichtfeld|optionales? feld|obligatoire|facultatif)\b"
    r"|\be\. ?g\.|\bfor example\b|\bp\. ?ej\.|\bнапример\b|\bz\. ?b\.",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")


@lru_cache(4096)
def folded(heading: str) -> str:
    """Return a heading without case, accents and blanks around its words, for comparison.

    >>> folded(" Título  original: "), folded("Nº")
    ('titulo original', 'no')
    """
    plain = unicodedata.normalize("NFKD", heading.strip()[:1000]).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(plain.split()).rstrip(" :.")


@dataclass(frozen=True, slots=True)
class Headings:
    """Headings of a table.

    Attributes:
        names: the name of each column, as messages and `extra` call it; empty where it has none.
        spellings: by which each column may be called in kg.toml, folded.
        row: the number of the row that has them; 0 where the format knows them.
        above: rows above, which are no records.
        below: rows below that explain the columns, and are no records.
        rest: the rows after them.
    """

    names: tuple[str, ...]
    spellings: tuple[tuple[str, ...], ...]
    row: int
    above: tuple[TableRow, ...]
    below: tuple[TableRow, ...]
    rest: Iterator[TableRow]

    def label(self, column: int) -> str:
        """Return how messages call a column: by its letter and its heading.

        >>> Headings(("No.", ""), (), 1, (), (), iter(())).label(1)
        'column B'
        """
        name = self.name(column)
        letter = f"column {column_letter(column)}"
        return f"{letter} ({name[:60]})" if name else letter

    def name(self, column: int) -> str:
        """Return the heading of a column, empty where it has none."""
        return self.names[column] if column < len(self.names) else ""


def find(sheet: Sheet, settings: SourceSettings, is_known: Callable[[str], bool]) -> Headings | None:
    """Return the headings of a sheet; None for one without rows, or without the row of the settings.

    Args:
        sheet: the sheet, of which no row has been read.
        settings: `header` is the number of the row.
        is_known: whether a text names a column of the settings, or is a key of the model.
    """
    if sheet.headings is not None:
        names = tuple(" ".join(name.split()) for name in sheet.headings)
        return Headings(names, tuple((folded(name),) for name in names), 0, (), (), sheet.rows)
    rows = iter(sheet.rows)
    head = _until(rows, settings.header) if settings.header else _first_rows(rows)
    if settings.header and (not head or head[-1].number != settings.header):
        return None
    if not head:
        return None
    own = _own_columns(head)  # what kg read is no sign of what the archivist's rows are
    plain = [without_cells(row, own) for row in head]
    place = len(head) - 1 if settings.header else _header_place(plain, is_known)
    if not settings.header and _has_words_above(plain, place, is_known):
        place -= 1
    if settings.header:
        head += _first_rows(rows)
        plain = [without_cells(row, own) for row in head]
    groups = _group_cells(plain, place, is_known)
    below, machine_names = _rows_below(plain, place, is_known, certain=settings.header is not None)
    names, spellings = _names(head[place].cells, groups, machine_names)
    after = place + 1 + len(below)
    above = tuple(head[: place - (1 if groups else 0)])
    return Headings(names, spellings, head[place].number, above, tuple(below), chain(head[after:], rows))


def _own_columns(head: list[TableRow]) -> frozenset[int]:
    """Columns of kg's own, by the first row that has headings of such."""
    found = (frozenset(place for place, cell in enumerate(row.cells) if _OWN_HEADING.fullmatch(cell)) for row in head)
    return next(filter(None, found), frozenset())


def without_cells(row: TableRow, columns: frozenset[int]) -> TableRow:
    """Return a row without the cells of some columns, and without what is to be told of them."""
    if not columns:
        return row
    cells = tuple("" if place in columns else cell for place, cell in enumerate(row.cells))
    return row._replace(cells=cells, remarks=tuple(each for each in row.remarks if each.column not in columns))


def _first_rows(rows: Iterator[TableRow]) -> list[TableRow]:
    """The next rows, as many as tell the headings; fewer where they are long."""
    head: list[TableRow] = []
    size = 0
    for row in rows:
        head.append(row)
        size += sum(map(len, row.cells))
        if len(head) >= HEAD_ROWS or size > _HEAD_SIZE:
            break
    return head


def _until(rows: Iterator[TableRow], number: int) -> list[TableRow]:
    """Rows up to the one of a number; of those before it the last few."""
    before: list[TableRow] = []
    for row in rows:
        before = [*before[-HEAD_ROWS:], row]
        if row.number >= number:
            break
    return before


def _filled(cells: tuple[str, ...]) -> list[str]:
    return [text for cell in cells if (text := cell.strip())]


def _header_place(head: list[TableRow], is_known: Callable[[str], bool]) -> int:
    """Place of the row with the headings: with the most known ones, else the first that is as wide as the table."""
    known = [0 if _is_own(row) else sum(map(is_known, _filled(row.cells))) for row in head]
    best = max(known)
    if best >= 2 or (best and len(_filled(head[known.index(best)].cells)) <= 2):
        return known.index(best)
    widths = [0 if _is_own(row) else len(set(_filled(row.cells))) for row in head]
    usual = sorted(widths)[len(widths) // 2]
    least = max(1, -(-usual * 3 // 5))
    place = next((place for place, width in enumerate(widths) if width >= least), 0)
    return place + 1 if _is_group_row(head, place) else place


def _is_own(row: TableRow) -> bool:
    """Whether a row is one of kg's own, with explanations."""
    return any(cell.startswith(OWN_ROW) for cell in _filled(row.cells)[:1])


def _is_group_row(head: list[TableRow], place: int) -> bool:
    """Whether a row has groups of columns, and the next one the headings: with more of them, and without figures."""
    if place + 2 >= len(head):
        return False
    upper, lower = _filled(head[place].cells), _filled(head[place + 1].cells)
    has_groups = len(set(upper)) < len(upper) or len(upper) < len(lower)
    is_all_text = not any(_DIGIT.search(text) or len(text) > 60 for text in lower)
    return has_groups and is_all_text and len(set(lower)) > len(set(upper)) and _differs(head[place + 1], head, place)


def _differs(row: TableRow, head: list[TableRow], place: int) -> bool:
    """Whether figures stand below a row that has none, or as wide rows below repeat none of its cells."""
    later = head[place + 2 :]
    if any(_DIGIT.search(cell) for each in later for cell in each.cells):
        return True
    own = set(_filled(row.cells))
    return not any(own & set(_filled(each.cells)) for each in later)


def _group_cells(head: list[TableRow], place: int, is_known: Callable[[str], bool]) -> list[str]:
    """Groups above the headings, one for each column; empty where the row above has none."""
    if place == 0:
        return []
    upper, lower = head[place - 1].cells, head[place].cells
    filled = _filled(upper)
    if head[place - 1].number != head[place].number - 1 or not filled:
        return []
    is_merged = len(set(filled)) < len(filled) > 1
    if not is_merged and (len(filled) < 2 or len(filled) >= len(_filled(lower))):
        return []
    if sum(map(is_known, filled)) > sum(map(is_known, _filled(lower))):
        return []
    groups: list[str] = []
    current = ""
    for column in range(max(len(upper), len(lower))):
        text = upper[column].strip() if column < len(upper) else ""
        has_heading = column < len(lower) and bool(lower[column].strip())
        current = text or (current if has_heading and not is_merged else "")
        groups.append(current)
        if text and not has_heading:  # a heading over two rows groups nothing
            current = ""
    return groups


def _has_words_above(head: list[TableRow], place: int, is_known: Callable[[str], bool]) -> bool:
    """Whether a row has machine names, and the row above it the headings for people."""
    if place == 0 or head[place - 1].number != head[place].number - 1:
        return False
    own, above = _filled(head[place].cells), _filled(head[place - 1].cells)
    return len(set(above)) >= len(own) * 0.6 and _is_machine_names(own, is_known, certain=False)


def _rows_below(
    head: list[TableRow], place: int, is_known: Callable[[str], bool], *, certain: bool
) -> tuple[list[TableRow], tuple[str, ...]]:
    """Rows below the headings that explain them, and the machine names that one of them has."""
    below: list[TableRow] = []
    machine_names: tuple[str, ...] = ()
    for number in range(place + 1, min(place + 4, len(head))):
        row = head[number]
        filled = _filled(row.cells)
        if filled and filled[0].startswith(OWN_ROW):
            below.append(row)
        elif not machine_names and _is_machine_names(filled, is_known, certain=certain):
            machine_names = row.cells
            below.append(row)
        elif not certain and number == place + 1 + len(below) and _explains(head, number):
            below.append(row)
        else:
            break
    return below, machine_names


def _is_machine_names(filled: list[str], is_known: Callable[[str], bool], *, certain: bool) -> bool:
    if len(filled) < 2 or len(set(filled)) < len(filled) or not all(map(_MACHINE_NAME.fullmatch, filled)):
        return False
    known = sum(map(is_known, filled))
    if certain:
        return known == len(filled)
    has_form = sum(bool(re.search(r"[_.:@]|[a-z][A-Z]", text)) for text in filled)
    return known + has_form > len(filled) / 2


def _explains(head: list[TableRow], number: int) -> bool:
    """Whether a row says what is to stand in the columns: by words for that, and where figures stand below none."""
    row, later = head[number], head[number + 1 :]
    filled = _filled(row.cells)
    asked = sum(bool(_ASKED_FOR.search(text)) for text in filled)
    without = 0
    for column, cell in enumerate(row.cells):
        texts = [each.cells[column].strip() for each in later if column < len(each.cells)]
        texts = [text for text in texts if text]
        if cell.strip() and len(texts) > 1 and all(map(_DIGIT.search, texts)):
            without += not _DIGIT.search(cell)
            if _DIGIT.search(cell) and not _ASKED_FOR.search(cell):
                return False
    return asked + without >= 2 and (asked > 0 or without * 2 >= len(filled))


def _names(
    cells: tuple[str, ...], groups: list[str], machine_names: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Name of each column, and the spellings by which it may be called."""
    width = max(len(cells), len(groups), len(machine_names))
    own = [" ".join(cells[column].split()) if column < len(cells) else "" for column in range(width)]
    counts = Counter(map(folded, own))
    names: list[str] = []
    spellings: list[tuple[str, ...]] = []
    for column in range(width):
        heading = own[column]
        is_own = heading.lower().startswith(OWN)  # whatever group the cells above spread to it
        group = " ".join(groups[column].split()) if column < len(groups) and not is_own else ""
        is_grouped = bool(group and heading) and folded(group) != folded(heading)
        name = f"{group}{GROUP}{heading}" if is_grouped else heading or group
        machine_name = machine_names[column] if column < len(machine_names) else ""
        called = [name, machine_name]
        if is_grouped:
            called += [f"{group} {heading}", f"{group}: {heading}"]
            called += [heading] if counts[folded(heading)] == 1 else []
        names.append(name)
        spellings.append(tuple(dict.fromkeys(folded(each) for each in called if each.strip())))
    while names and not names[-1]:
        names.pop()
        spellings.pop()
    return tuple(names), tuple(spellings)
