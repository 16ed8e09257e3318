"""Number of a cell as text: every digit that the file has, and none that it has not.

A workbook keeps numbers as binary floating point. Excel shows 15 digits, and a long number as 1.23457E+19; other
programs write integers of any length. An archivist's numbers are often identifiers, so that each digit counts (D-192).
"""

import re
from decimal import Context, Decimal, InvalidOperation

MAX_NUMBER_CHARACTERS = 400
"""Maximum length of a number in a file; a longer one is no number of a spreadsheet program."""
MAX_EXPONENT = 30
"""Powers of ten up to which a number is written out; beyond it has an exponent."""
SHOWN_DIGITS = 15
"""Digits that spreadsheet programs show of the result of a computation."""

CONTEXT = Context(prec=2 * MAX_NUMBER_CHARACTERS, Emin=-(10**6), Emax=10**6)
"""Arithmetic without rounding, for any number that is read."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,5})?", re.ASCII)


def number(raw: str, *, is_computed: bool = False) -> Decimal | None:
    """Return the number in a cell; None for what is none.

    Args:
        raw: as it stands in the file.
        is_computed: whether a formula made it; the noise of binary arithmetic after the 15th digit is left out.

    >>> number("0.10000000000000001"), number("0.30000000000000004", is_computed=True), number("12345678901234567890")
    (Decimal('0.1'), Decimal('0.3'), Decimal('12345678901234567890'))
    >>> number("#N/A"), number("1E+20")
    (None, Decimal('1E+20'))
    """
    raw = raw.strip()
    if len(raw) > MAX_NUMBER_CHARACTERS or not _NUMBER.fullmatch(raw):
        return None
    try:
        value = CONTEXT.create_decimal(raw)
    except InvalidOperation:
        return None
    digits = len(value.as_tuple().digits)
    if digits <= SHOWN_DIGITS or raw.lstrip("+-").isdigit() or digits > 17:  # 17 digits tell a binary number exactly
        return value
    return CONTEXT.create_decimal(f"{float(raw):.15g}" if is_computed else repr(float(raw)))


def plain(value: Decimal) -> str:
    """Return a number as digits, without zeros at its end.

    >>> plain(Decimal("7.0")), plain(Decimal("1E+20")), plain(Decimal("1.5E+300")), plain(Decimal("-0.50"))
    ('7', '100000000000000000000', '1.5E+300', '-0.5')
    """
    if not value:
        return "0"
    value = CONTEXT.normalize(value)
    return f"{value:f}" if abs(value.adjusted()) <= MAX_EXPONENT else str(value)
