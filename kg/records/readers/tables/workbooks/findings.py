"""Findings that the row sources of workbooks share: the words for a cell, a sheet, a file."""

from collections.abc import Iterator
from difflib import get_close_matches

from kg.errors import SourceError
from kg.records.problems import Severity
from kg.records.readers.tables.table import Remark, TableRow
from kg.records.readers.tables.workbooks.formats.number_formats import CellText

ERROR_VALUES = frozenset(
    {"#N/A", "#VALUE!", "#REF!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#GETTING_DATA", "#SPILL!"}
)
"""Values of cells with an error, as the programs of every language store them."""

_WHOLE_VALUE = "a number format that shows the whole value"
_OWN_COLUMN = "a column of its own for what is to be published"


class CellRemarks(list[Remark]):
    """Remarks on the cells of a row."""

    def add(
        self, column: int | None, message: str, value: str = "", expected: str = "", severity: Severity = "note"
    ) -> None:
        """Add a remark."""
        self.append(Remark(message, value, expected, column, severity))

    def formula_without_value(self, column: int, formula: str) -> None:
        """Tell a formula of which the file has no result."""
        self.add(
            column,
            "the formula has no value, since no spreadsheet program has computed it; the cell is taken for empty",
            f"={formula.removeprefix('=')}",
            "the workbook opened and saved by a spreadsheet program, or the value in place of the formula",
        )

    def error_value(self, column: int, value: str) -> None:
        """Tell an error value, which stays as it is."""
        self.add(column, "the cell has an error value, which is kept as it is", value, "a value, or an empty cell")

    def of_cell_text(self, column: int, cell: CellText) -> None:
        """Tell what a number format hides."""
        if cell.whole:
            self.add(column, "the cell is read as it is shown, and holds more than that", cell.whole, _WHOLE_VALUE)
        if cell.fault:
            self.add(column, f"{cell.fault}; it is kept as it stands", cell.text, "a date")

    def comment(self, column: int, text: str) -> None:
        """Tell a comment."""
        self.add(column, "the cell has a comment, which is no part of its text", text, _OWN_COLUMN)

    def link(self, column: int, address: str, text: str) -> None:
        """Tell the address of a link, unless it is the text."""
        if text.strip() not in {address, address.removesuffix("/"), address.removeprefix("mailto:")}:
            self.add(column, "the cell has a link, and only its text is read", address, _OWN_COLUMN)

    def hidden_row(self) -> None:
        """Tell that a row is hidden."""
        self.add(None, "the row is hidden, or filtered out, and is read like others", expected="visible rows alone")

    def unfilled(self) -> None:
        """Tell that merged cells are filled no further."""
        self.add(None, "from here on merged cells are not filled: there are too many", expected="fewer merged cells")


def chosen_sheets(sheets: list[tuple[str, bool]], wanted: str) -> tuple[list[int], list[Remark]]:
    """Return the indexes of the sheets to be read, and remarks on the others.

    Args:
        sheets: name of each, and whether it is hidden.
        wanted: the name in the settings; "" for every visible one.
    """
    if not wanted:
        hidden = [
            Remark("the sheet is hidden, and left out", name, f'sheet = "{name}" in kg.toml, to read it')
            for name, is_hidden in sheets
            if is_hidden
        ]
        return [index for index, (_, is_hidden) in enumerate(sheets) if not is_hidden], hidden
    names = [name for name, _ in sheets]
    for fold in (str, str.strip, lambda name: name.strip().casefold()):
        found = [index for index, name in enumerate(names) if fold(name) == fold(wanted)]
        if found:
            return found[:1], []
    near = get_close_matches(wanted, names, 1, 0.5)
    expected = f'sheet = "{near[0]}"' if near else f"one of {', '.join(names[:10])}"
    return [], [
        Remark("the workbook has no sheet of that name; nothing is read", wanted, expected, severity="rejected")
    ]


def hidden_columns(letters: str) -> Remark:
    """Return the remark on hidden columns.

    Args:
        letters: their letters.
    """
    return Remark("hidden columns are read like others", letters, 'left out by "HEADING" = "-" in kg.toml')


def guarded(rows: Iterator[TableRow], faults: list[SourceError]) -> Iterator[TableRow]:
    """Yield rows up to a fault, which is told after them.

    Args:
        rows: the rows.
        faults: where the fault goes.
    """
    try:
        yield from rows
    except SourceError as fault:
        faults.append(fault)


def rejection(fault: SourceError) -> Remark:
    """Return the last remark on a file that can be read no further."""
    return Remark(fault.what, expected=fault.todo or "", severity="rejected")
