"""Text of a number by its number format, as a spreadsheet program shows it, without what depends on the reader (D-192).

Zeros, signs and words of a format are part of the text: a shelf mark 17 of the format `"MS "00000` is "MS 00017". Group
separators are not, since 1,234 is 1.234 elsewhere; a number has a point. Dates are ISO 8601 with the parts that are
shown. What a format hides is told with the whole value.
"""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from itertools import pairwise

from kg.records.readers.tables.workbooks.formats import numbers, serial_dates
from kg.records.readers.tables.workbooks.formats.format_tokens import FormatSection, FormatToken, sections
from kg.records.readers.tables.workbooks.formats.serial_dates import DateParts

GENERAL = "General"
BUILT_IN = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: '"$"#,##0', 6: '"$"#,##0', 7: '"$"#,##0.00',
    8: '"$"#,##0.00', 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??", 14: "mm-dd-yy",
    15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss",
    22: "m/d/yy h:mm", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 41: "#,##0", 42: '"$"#,##0',
    43: "#,##0.00", 44: '"$"#,##0.00', 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    **dict.fromkeys((27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58), "yyyy-mm-dd"), 55: "yyyy-mm",
    56: "yyyy-mm-dd",
    **dict.fromkeys((32, 33), "h:mm:ss"), **dict.fromkeys((34, 35), "h:mm"),
}  # fmt: skip
"""Number → format, of those that a workbook does not spell out (ECMA-376-1, 18.8.30)."""

_COMPARISONS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "<>": operator.ne,
}  # fmt: skip
_MINUS = re.compile(r"[^\w]*[-−]")


@dataclass(frozen=True, slots=True)
class CellText:
    """Text of a cell.

    Attributes:
        text: as the program shows it.
        whole: the whole value, where the text hides some of it; else empty.
        fault: why the value is kept as a number, if it ought to be a date; else empty.
    """

    text: str
    whole: str = ""
    fault: str = ""


@dataclass(frozen=True)
class NumberFormat:
    """Number format of a workbook.

    Attributes:
        code: as the workbook has it.
        is_1904: whether the workbook counts days from 1904.
    """

    code: str = GENERAL
    is_1904: bool = False

    @cached_property
    def is_general(self) -> bool:
        """Whether it shows a number as it is."""
        return self.code.strip().lower() in {"general", "", "@", "standard", "0", "#"}

    @cached_property
    def _sections(self) -> list[FormatSection]:
        return sections(self.code)

    def of_text(self, text: str) -> str:
        """Return a text as it is shown: with the words that the format puts around it."""
        if self.is_general or not text:
            return text
        section = self._sections[3] if len(self._sections) > 3 else self._sections[-1]
        if not section.has("value"):
            return text
        return "".join(text if each.kind == "value" else each.text for each in section.tokens).strip()

    def of_number(self, raw: str, *, is_computed: bool = False) -> CellText | None:
        """Return the text of a number; None where it is none.

        Args:
            raw: as it stands in the file.
            is_computed: whether a formula made it.
        """
        value = numbers.number(raw, is_computed=is_computed)
        if value is None:
            return None
        if self.is_general and (self.code[:1] not in "0#" or value == value.to_integral_value()):
            return CellText(numbers.plain(value))
        section, is_signed = self._section(value)
        if section.shown:
            return _date(value, section.shown, is_1904=self.is_1904)
        return _number(value, section, is_signed=is_signed)

    def of_date(self, raw: str) -> CellText | None:
        """Return the text of a date in ISO 8601, as programs other than Excel store it; None for what is none."""
        at = serial_dates.of_iso(raw)
        if at is None:
            return None
        shown = self._sections[0].shown & ~DateParts.ELAPSED
        if not shown:
            return CellText(at.full)
        text, is_hidden = serial_dates.text(at, shown)
        return CellText(text, at.full if is_hidden else "")

    def _section(self, value: Decimal) -> tuple[FormatSection, bool]:
        """Section for a number, and whether the number's sign is shown before it."""
        parts = self._sections[:3]
        for section in parts:
            if section.condition and _COMPARISONS[section.condition[0]](value, Decimal(section.condition[1])):
                return section, value < 0
        free = [section for section in parts if not section.condition] or parts
        if len(free) < len(parts):
            return free[-1], value < 0
        if value < 0 and len(parts) > 1:
            return parts[1], True
        return (parts[2], False) if not value and len(parts) > 2 else (parts[0], value < 0)


def _date(value: Decimal, shown: DateParts, *, is_1904: bool) -> CellText:
    serial = float(value)
    at = serial_dates.moment(serial, is_1904=is_1904, has_fraction=bool(shown & DateParts.FRACTION))
    plain = numbers.plain(value)
    if at is None:
        return CellText(plain, fault="is no number of a day")
    if not at.day and not at.milliseconds and shown & serial_dates.DATE:
        return CellText(plain, fault="is a zero in place of a date")
    text, is_hidden = serial_dates.text(at, shown, serial)
    fault = "is a day that there was not" if at.day == "1900-02-29" and shown & serial_dates.DATE else ""
    return CellText(text, at.full if is_hidden else "", fault)


def _number(value: Decimal, section: FormatSection, *, is_signed: bool) -> CellText:
    plain = numbers.plain(value)
    if section.has("general"):
        around = [plain.lstrip("-") if each.kind == "general" else each.text for each in section.tokens]
        return CellText(signed("".join(around), is_signed=is_signed))
    if not section.has("digit"):
        words = section.literals.strip()
        if any(each.isalnum() for each in words):
            return CellText(words, plain if value else "")
        return CellText(plain, "" if words else plain)
    if section.has("exponent") or section.has("slash") or _is_scaled(section) or abs(value.adjusted()) > 30:
        return CellText(plain)
    shifted = abs(value).scaleb(2 * sum(each.kind == "percent" for each in section.tokens), numbers.CONTEXT)
    point = next((i for i, each in enumerate(section.tokens) if each.kind == "point"), len(section.tokens))
    decimals = sum(each.kind == "digit" for each in section.tokens[point:])
    rounded = shifted.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, numbers.CONTEXT)
    whole, _, fraction = f"{rounded:f}".partition(".")
    text = _filled(section.tokens[:point], whole.lstrip("0")) + _decimals(section.tokens[point:], fraction)
    if not any(each.isalnum() for each in text):  # the dash that accounting has for zero
        return CellText(plain)
    return CellText(signed(text, is_signed=is_signed), plain if rounded != shifted else "")


def _is_scaled(section: FormatSection) -> bool:
    """Whether commas at its end divide by thousands."""
    kinds = [each.kind for each in section.tokens if each.kind in {"digit", "comma", "point"}]
    return "comma" in kinds and (kinds[-1] == "comma" or ("comma", "point") in pairwise(kinds))


def _filled(tokens: tuple[FormatToken, ...], digits: str) -> str:
    """Text of the whole part: digits in their places from the right, the first place takes all that are left."""
    first = next((i for i, each in enumerate(tokens) if each.kind == "digit"), -1)
    parts: list[str] = []
    for index in range(len(tokens) - 1, -1, -1):
        token = tokens[index]
        if index == first:
            parts.append(digits or ("0" if token.text == "0" else ""))
        elif token.kind == "digit":
            parts.append(digits[-1:] or ("0" if token.text == "0" else ""))
            digits = digits[:-1]
        elif token.kind != "comma":
            parts.append(token.text)
    return "".join(reversed(parts)) if first >= 0 else "".join(reversed(parts)) + (digits or "0")


def _decimals(tokens: tuple[FormatToken, ...], digits: str) -> str:
    """Text of the decimals, with the point; zeros go where the format has none."""
    required = len([each for each in tokens if each.kind == "digit"])
    places = [each for each in tokens if each.kind == "digit"]
    while required and places[required - 1].text != "0" and digits[required - 1 : required] == "0":
        required -= 1
    text, place = "", 0
    for token in tokens:
        if token.kind == "digit":
            text += digits[place] if place < required else ""
            place += 1
        elif token.kind == "point":
            text += "." if required else ""
        elif token.kind != "comma":
            text += token.text
    return text


def signed(text: str, *, is_signed: bool) -> str:
    """Return the text of a number with its sign: a minus, for the brackets and the red of accounting too.

    >>> signed("(12)", is_signed=True), signed("-12", is_signed=True), signed("MS-7", is_signed=False)
    ('-12', '-12', 'MS-7')
    """
    text = text.strip()
    if not is_signed:
        return text
    if text[:1] == "(" and text[-1:] == ")":
        text = text[1:-1].strip()
    return text if _MINUS.match(text) else f"-{text}"
