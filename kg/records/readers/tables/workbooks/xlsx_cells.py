"""Cells of an xlsx workbook as text, by their types (ECMA-376-1, 18.18.11) and number formats."""

from dataclasses import dataclass, field
from typing import Any

from kg.records.readers.tables.workbooks.findings import CellRemarks
from kg.records.readers.tables.workbooks.formats.number_formats import NumberFormat
from kg.records.readers.tables.workbooks.shared_strings import SharedStrings, rich_text, unescaped
from kg.records.readers.tables.workbooks.xml_stream import local

TRUE = frozenset({"1", "true", "on"})
"""Values of attributes and cells that mean yes."""

_PLAIN = NumberFormat()
_EXACT_DIGITS = 16
_LINK_FORMULA = "HYPERLINK("


@dataclass(slots=True)
class CellTexts:
    """Texts of the cells of a workbook.

    Attributes:
        formats: the number format of each style.
        strings: the shared strings.
    """

    formats: list[NumberFormat]
    strings: SharedStrings
    _styles: dict[str | None, NumberFormat] = field(default_factory=dict)

    def text(self, cell: Any, column: int, remarks: CellRemarks) -> str:
        """Return the text of a cell with content, as a person sees it.

        Args:
            cell: the element.
            column: its index, for remarks.
            remarks: where findings go.
        """
        kind = cell.get("t")
        if kind == "s":
            return self._shared(cell, column, remarks)
        if kind == "inlineStr":
            text = next((rich_text(each) for each in cell if local(each) == "is"), "")
            return self._format(cell).of_text(text)
        is_plain = len(cell) == 1 and cell[0].tag[-2:] == "}v"
        value, formula = (cell[0].text or "", None) if is_plain else _value_and_formula(cell)
        if formula is not None:
            if not value and kind != "str":
                remarks.formula_without_value(column, formula)
            elif formula.lstrip().upper().startswith(_LINK_FORMULA):
                remarks.add(column, "the cell's link is made by a formula, and only its text is read", f"={formula}")
        if not value:
            return ""
        if kind is None or kind == "n":
            return self._number(value, cell, column, remarks, is_computed=formula is not None)
        return self._other(value, kind, cell, column, remarks)

    def _shared(self, cell: Any, column: int, remarks: CellRemarks) -> str:
        number = cell[-1].text or ""
        text = self.strings.text(number)
        if text is None:
            remarks.add(column, "the file is damaged: it lacks the text of this cell", number, "a shared string")
            return ""
        return self._format(cell).of_text(text)

    def _number(self, raw: str, cell: Any, column: int, remarks: CellRemarks, *, is_computed: bool) -> str:
        number_format = self._format(cell)
        if number_format.is_general and len(raw) < _EXACT_DIGITS and raw.isdecimal() and raw.isascii():
            return raw
        made = number_format.of_number(raw, is_computed=is_computed)
        if made is None:
            remarks.add(column, "is no number, as the file says it is; kept as it stands", raw)
            return raw
        if made.whole or made.fault:
            remarks.of_cell_text(column, made)
        return made.text

    def _other(self, value: str, kind: str, cell: Any, column: int, remarks: CellRemarks) -> str:
        """Text of a cell that holds no number."""
        if kind == "b":
            return "TRUE" if value.strip().lower() in TRUE else "FALSE"
        if kind == "e":
            remarks.error_value(column, value)
            return value
        if kind == "d" and (made := self._format(cell).of_date(value)):
            remarks.of_cell_text(column, made)
            return made.text
        return self._format(cell).of_text(unescaped(value))

    def _format(self, cell: Any) -> NumberFormat:
        style = cell.get("s")
        made = self._styles.get(style)
        if made is None:
            index = whole_number(style or "0")
            made = self._styles[style] = self.formats[index] if index < len(self.formats) else _PLAIN
        return made


def _value_and_formula(cell: Any) -> tuple[str, str | None]:
    value, formula = "", None
    for child in cell:
        name = local(child)
        if name == "v":
            value = child.text or ""
        elif name == "f":
            formula = child.text or ""
    return value, formula


def whole_number(text: str) -> int:
    """Return the whole number in an attribute; 0 for anything else.

    >>> whole_number("7"), whole_number("-7"), whole_number("")
    (7, 0, 0)
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
