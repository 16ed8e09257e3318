"""Code of a plan of columns: one function without loops that puts the cells of a row into its record (D-206).

A row has tens of cells, and a table millions of rows: a call and three look-ups for each cell were two thirds of the
time of a record. The statements are those below, with numbers in them; headings, keys and texts are values of the
function's globals, never part of its source. What a cell gives is as `CellWriter.put` has it; the statements are the
usual cases of that, the first value under its key.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from string import Template
from typing import Any

from kg.records.model.keys import Record, Value
from kg.records.readers.tables.cells import PARTS, CellForm, CellWriter, finish_parts, one_line
from kg.records.readers.tables.row_draft import RowDraft

MAX_COLUMNS = 400
"""Maximum number of columns of a function: a longer one takes longer to be compiled than most tables to be read."""

_LINE = "$cell if $cell.isprintable() and '  ' not in $cell else one_line($cell)"
_VALUES = {
    CellForm.TEXT: "{tag$n: $cell}",
    CellForm.LINE: f"{{tag$n: {_LINE}}}",
    CellForm.TEXTS: "{tag$n: [$cell]}",
    CellForm.WORD: _LINE,
    CellForm.WORDS: f"[{_LINE}]",
}
"""Form of a cell → its value in a record."""

_FIRST = " if $cell: record[key$n] = {}"
_LINK = """
 if $cell:
  if (link := links$n.get($cell)) is None:
   if fault := put$n(record, $cell): draft.put_aside(column$n, $cell, fault)
  elif (before := record.get(key$n)) is None: record[key$n] = [link]
  else: before.append(link)"""
_PUT = " if $cell and (fault := put$n(record, $cell)): draft.put_aside(column$n, $cell, fault)"
_CONSTANT = " $cell = constant$n if not {0} or {0} in nulls$n else {0}"
_LEFTOVER = """
 if $cell:
  extra.append({'field': heading$n, 'value': $cell})
  counts[$n] += 1"""
_FINISH = f" if {PARTS!r} in record: finish_parts(record)"


FillRecord = Callable[[tuple[str, ...], Record, RowDraft], None]
"""Function that puts the cells of a row, as many as there are columns, into its record, which has its kind."""


def filling(
    writers: Sequence[CellWriter], leftover: Sequence[tuple[int, str]], counts: list[int], kind: str
) -> FillRecord:
    """Return the function of a plan.

    Args:
        writers: those of the columns with a key, without patterns, in their order; constants may have no place.
        leftover: place and heading of each column that no key takes.
        counts: for each column the number of cells put under `extra`, which is added to.
        kind: the kind of the records.
    """
    code = _Code(kind, {"counts": counts})
    code.add(f" {''.join(f'c{place}, ' for place in range(len(counts)))} = map(strip, cells)")
    for number, writer in enumerate(writers):
        code.add_column(number, writer)
    if any(writer.key.value is Value.PART for writer in writers):
        code.add(_FINISH)
    if leftover:
        code.add(" extra = draft.extra")
    for place, heading in leftover:
        code.values[f"heading{place}"] = heading
        code.add(Template(_LEFTOVER).substitute(n=place, cell=f"c{place}"))
    return code.function()


@dataclass(slots=True)
class _Code:
    """Code under way."""

    kind: str
    values: dict[str, Any]
    _lines: list[str] = field(default_factory=list)
    _keys: set[str] = field(default_factory=set)

    def add(self, statement: str) -> None:
        self._lines.append(statement)

    def add_column(self, number: int, writer: CellWriter) -> None:
        """Add the statements of a column."""
        place, constant = writer.column.index, writer.column.constant
        cell = "''" if place is None else f"c{place}"
        key = writer.key_of(self.kind)
        for name, value in self._values_of(writer, key):
            self.values[f"{name}{number}"] = value
        if constant:
            written, cell = cell, f"t{number}"
            self.add(Template(_CONSTANT.format(written)).substitute(n=number, cell=cell))
        self.add(Template(self._statement(writer.form, is_first=key not in self._keys)).substitute(n=number, cell=cell))
        self._keys.add(key)

    @staticmethod
    def _values_of(writer: CellWriter, key: str) -> Iterator[tuple[str, Any]]:
        yield from {
            "key": key,
            "tag": writer.tag,
            "put": writer.put,
            "column": writer.column,
            "links": writer.links,
            "constant": writer.column.constant,
            "nulls": writer.column.nulls,
        }.items()

    @staticmethod
    def _statement(form: CellForm, *, is_first: bool) -> str:
        if form is CellForm.LINK:
            return _LINK
        return _FIRST.format(_VALUES[form]) if is_first and form in _VALUES else _PUT

    def function(self) -> FillRecord:
        """Compile the code."""
        source = "\n".join(["def fill(cells, record, draft):", *self._lines])
        names = self.values | {"strip": str.strip, "one_line": one_line, "finish_parts": finish_parts}
        exec(compile(source, "<columns of a table>", "exec"), names)  # noqa: S102  # of the statements above alone
        made: FillRecord = names["fill"]
        return made
