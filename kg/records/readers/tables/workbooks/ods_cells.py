"""Cells of an OpenDocument workbook as text: what they show, with every digit of the value that they hold (ODF 1.3)."""

import re
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from kg.records.readers.tables.workbooks.findings import ERROR_VALUES, CellRemarks
from kg.records.readers.tables.workbooks.formats import numbers, serial_dates
from kg.records.readers.tables.workbooks.formats.number_formats import CellText, signed
from kg.records.readers.tables.workbooks.formats.serial_dates import DateParts, DateTime
from kg.records.readers.tables.workbooks.ods_styles import Styles
from kg.records.readers.tables.workbooks.xml_stream import attribute, local

_BLANKS = re.compile(r"[ \t\r\n]+")
_DIGIT_GROUPS = re.compile(r"\d(?:[\d.,'’\u00a0\u2009\u202f ]*\d)?", re.ASCII)
_SEPARATORS = re.compile(r"\D", re.ASCII)
_DURATION = re.compile(
    r"(-?)P(?:(\d{1,7})D)?T?(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:[.,](\d{1,9}))?S)?", re.ASCII
)
_MAX_BLANKS = 10_000
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
VALUE_TYPE = f"{_OFFICE}value-type"
_VALUE = f"{_OFFICE}value"
FORMULA = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}formula"
_PARAGRAPH = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}p"
_NUMBERS = frozenset({"float", "percentage", "currency"})
_LEFT_OUT = frozenset({"annotation", "annotation-end", "ruby-text", "note", "shapes"})
_ALL_OF_TIME = DateParts.HOUR | DateParts.MINUTE | DateParts.SECOND


def cell_text(cell: Any, column: int, styles: Styles, style: str, remarks: CellRemarks) -> str:
    """Return the text of a cell; what it leaves out goes to the remarks.

    Args:
        cell: the element.
        column: its index, for the remarks.
        styles: the workbook's styles.
        style: the name of the cell's own.
        remarks: where findings go.
    """
    kind = cell.get(VALUE_TYPE, "")
    formula = cell.get(FORMULA, "")
    formula = formula.partition(":=")[2] or formula
    text = "\n".join(_paragraphs(cell))
    _tell_around(cell, column, remarks)
    if not kind and not text:
        if formula:
            remarks.formula_without_value(column, formula)
        return ""
    if formula and (text in ERROR_VALUES or text.startswith("Err:")):
        remarks.error_value(column, text)
        return text
    if kind in _NUMBERS:
        return _number(cell.get(_VALUE, ""), text, column, remarks, is_computed=bool(formula))
    if kind in {"date", "time"}:
        return _moment(attribute(cell, f"{kind}-value"), text, styles.date_parts(style), column, remarks)
    other = attribute(cell, "boolean-value").upper() if kind == "boolean" else ""
    return other or text or attribute(cell, "string-value")


def plain_text(cell: Any, attributes: Mapping[str, str]) -> str | None:
    """Return the text of a cell with a text on one line, or with a whole number; None for any other cell.

    Args:
        cell: the element.
        attributes: its attributes.
    """
    if len(cell) != 1 or FORMULA in attributes:
        return None
    element = cell[0]
    if element.tag != _PARAGRAPH or len(element):
        return None
    text = _one_line(element.text or "")
    kind = attributes.get(VALUE_TYPE)
    if kind == "string":
        return text
    is_whole = kind == "float" and attributes.get(_VALUE) == text and text.isdecimal() and text.isascii()
    return text if is_whole else None


def _one_line(text: str) -> str:
    """Text of a paragraph, whose blanks in a row are one (ODF 1.3, part 3, 6.1.2)."""
    return (text if text.isprintable() and "  " not in text else _BLANKS.sub(" ", text)).strip(" ")


def _moment(raw: str, text: str, shown: DateParts, column: int, remarks: CellRemarks) -> str:
    """Text of a date or of a duration."""
    made = _time(raw, shown) if "P" in raw else _date(raw, shown)
    if made is None:
        return text or raw
    remarks.of_cell_text(column, made)
    return made.text


def shown_number(shown: str, value: Decimal) -> CellText:
    """Return a number as its cell shows it, without group separators and with a point; the value where that is another.

    >>> shown_number("00007", Decimal(7)).text, shown_number("1.234,50 €", Decimal("1234.5")).text
    ('00007', '1234.50 €')
    >>> shown_number("12 %", Decimal("0.123"))
    CellText(text='12 %', whole='0.123', fault='')
    >>> shown_number("1.23456789012346E+019", Decimal("12345678901234567890")).text
    '12345678901234567890'

    Words in a number's place are what a person sees; the number is told, unless they stand for zero.

    >>> shown_number("none", Decimal(0)), shown_number("lost", Decimal(-1)).whole, shown_number("###", Decimal(7)).text
    (CellText(text='none', whole='', fault=''), '-1', '7')
    """
    plain = numbers.plain(value)
    groups = list(_DIGIT_GROUPS.finditer(shown))
    if not groups and any(map(str.isalpha, shown)):
        return CellText(shown, plain if value else "")
    if len(groups) != 1:
        digits = _SEPARATORS.sub("", shown)
        is_same = digits and len(digits) < numbers.MAX_NUMBER_CHARACTERS and Decimal(digits) == abs(value)
        is_same = is_same or any(group[0] == plain.lstrip("-") for group in groups)
        return CellText(signed(shown, is_signed=value < 0) if is_same and "E" not in shown else plain)
    group = groups[0][0]
    target = abs(value).scaleb(2, numbers.CONTEXT) if "%" in shown else abs(value)
    digits = _SEPARATORS.sub("", group)
    separators = [match.start() for match in _SEPARATORS.finditer(group)]
    places = {0, len(group) - separators[-1] - 1} if separators else {0}
    for is_rounded in (False, True):
        for decimals in sorted(places, reverse=True):
            wanted = _rounded(target, decimals) if is_rounded else target
            if wanted is not None and Decimal(digits).scaleb(-decimals, numbers.CONTEXT) == wanted:
                number = f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
                text = shown[: groups[0].start()] + number + shown[groups[0].end() :]
                return CellText(signed(text, is_signed=value < 0), plain if is_rounded else "")
    return CellText(plain)


def _rounded(value: Decimal, decimals: int) -> Decimal | None:
    if abs(value.adjusted()) > numbers.MAX_EXPONENT:
        return None
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, numbers.CONTEXT)


def _number(raw: str, shown: str, column: int, remarks: CellRemarks, *, is_computed: bool) -> str:
    if raw == shown and raw.isdecimal() and raw.isascii():
        return raw
    value = numbers.number(raw, is_computed=is_computed)
    if value is None:
        if raw:
            remarks.add(column, "is no number, as the file says it is; kept as it is shown", raw)
        return shown or raw
    made = shown_number(shown, value) if shown else CellText(numbers.plain(value))
    if is_computed and value == 1 and made.text == shown and shown.isalpha():
        made = CellText(shown)  # a formula's TRUE, which LibreOffice stores as a number
    remarks.of_cell_text(column, made)
    return made.text


def _date(raw: str, shown: DateParts) -> CellText | None:
    at = serial_dates.of_iso(raw)
    if at is None:
        return None
    if not shown or raw[:1] == "-":
        return CellText(at.full)
    text, is_hidden = serial_dates.text(at, shown & ~DateParts.ELAPSED)
    return CellText(text, at.full if is_hidden else "")


def _time(raw: str, shown: DateParts) -> CellText | None:
    match = _DURATION.fullmatch(raw)
    if not match or match[1]:
        return None
    day, hour, minute, second = (int(match[index] or 0) for index in (2, 3, 4, 5))
    total = ((day * 24 + hour) * 60 + minute) * 60 + second
    milliseconds = total * 1000 + int((match[6] or "0")[:3].ljust(3, "0"))
    shown = shown & serial_dates.TIME or _ALL_OF_TIME
    if milliseconds >= serial_dates.DAY_MILLISECONDS:
        shown |= DateParts.ELAPSED
    text, is_hidden = serial_dates.text(DateTime("", milliseconds), shown, milliseconds / serial_dates.DAY_MILLISECONDS)
    return CellText(text, DateTime("", milliseconds).full if is_hidden else "")


def _tell_around(cell: Any, column: int, remarks: CellRemarks) -> None:
    """Tell comments and links, which are no part of the text."""
    if len(cell) == 1 and len(cell[0]) == 0:
        return
    for element in cell.iter("{*}annotation", "{*}a"):
        if local(element) == "annotation":
            remarks.comment(column, "\n".join(_paragraphs(element)))
        elif (address := attribute(element, "href")) and address[:1] != "#":
            remarks.link(column, address, "".join(_runs(element)))


def _paragraphs(element: Any) -> Iterator[str]:
    for child in element:
        if local(child) == "p":
            if len(child) == 0:
                yield _one_line(child.text or "")
            else:
                yield "".join(_runs(child))


def _runs(element: Any) -> Iterator[str]:
    """Pieces of a paragraph's text; blanks are one, unless an element says more (ODF 1.3, part 3, 6.1.2)."""
    yield _BLANKS.sub(" ", element.text or "")
    for child in element:
        name = local(child)
        if name == "s":
            count = attribute(child, "c")
            yield " " * (min(int(count), _MAX_BLANKS) if count.isascii() and count.isdecimal() else 1)
        elif name == "tab":
            yield "\t"
        elif name == "line-break":
            yield "\n"
        elif name not in _LEFT_OUT:
            yield from _runs(child)
        yield _BLANKS.sub(" ", child.tail or "")
