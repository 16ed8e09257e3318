"""Order of day and month in dates of figures alone, `05/06/1972`, by the cells of a column that tell it.

>>> order_of(["05/06/1972", "23/06/1972"]), order_of(["05/06/1972"])
('d/M/yyyy', 'either')
"""

import re
from collections.abc import Iterable, Sequence

from kg.records.inference.choices import KeyChoice

EITHER, BOTH = "either", "both"
"""Outcome of a column in which no cell tells the order, and of one whose cells tell both."""

_FIGURES = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2[12]\d{3}")
_MONTHS, _DAYS = 12, 31


def order_of(cells: Iterable[str]) -> str:
    """Return the order of day and month in the cells of a column.

    Returns:
        The form of the dates, `d/M/yyyy` or `M-d-yyyy`; `EITHER` or `BOTH`; empty where no cell is in doubt.
    """
    found = [match for cell in cells if (match := _FIGURES.fullmatch(cell))]
    pairs = [(int(match[1]), int(match[3])) for match in found]
    if not any(first <= _MONTHS >= second and first != second for first, second in pairs):
        return ""
    day_first = any(_MONTHS < first <= _DAYS and second <= _MONTHS for first, second in pairs)
    month_first = any(_MONTHS < second <= _DAYS and first <= _MONTHS for first, second in pairs)
    if day_first == month_first:
        return BOTH if day_first else EITHER
    sign = found[0][2]
    return sign.join(("d", "M", "yyyy") if day_first else ("M", "d", "yyyy"))


def set_formats(choices: Sequence[KeyChoice]) -> None:
    """Set the form of the dates of each column whose cells tell it; where none does, that is a doubt."""
    for choice in choices:
        if choice.key.partition(".")[0] != "dates" or choice.pattern:
            continue
        order = order_of(choice.profile.filled)
        if order in {EITHER, BOTH}:
            tells = "no cell tells" if order == EITHER else "the cells tell both"
            choice.doubts.append(
                f"whether the day or the month is first {tells}; such dates are kept as they are written until"
                ' format = "d/M/yyyy" or "M/d/yyyy" is set'
            )
        elif order:
            choice.format = order
            first = "day" if order.startswith("d") else "month"
            choice.why = f"{choice.why}; the {first} is first, as cells with a number above 12 tell"
