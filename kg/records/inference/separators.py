"""Separators: the sign that stands between several values in the cells of a column.

A comma parts values only where they come again, each for itself; between names and places it belongs to the name.

>>> separation(["Castro, Fidel; Guevara, Ernesto", "Castro, Fidel"], comma_parts=False)
Separation(sign=';', cells=1, example=('Castro, Fidel', 'Guevara, Ernesto'))
>>> separation(["Havana, Cuba", "Moscow, USSR"], comma_parts=False) is None
True
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SIGNS = (";", "|", "\n", "¦", "•", " // ", " / ", " - ", " – ", ",")
"""Signs that part values, the surest first; a comma last, since it stands within values, too."""

DOUBTFUL = frozenset({" - ", " – "})
"""Signs that as often stand between a term and its subdivision: they are proposed alone."""
_WITHIN_VALUES = DOUBTFUL | {","}
"""Signs that stand within values, too, and part these only where the parts come again, each for itself."""

_MAX_PART = 100
"""Characters of a part up to which it may be a value of its own, and no sentence."""
_MIN_SHARE = 0.8
"""Share of the cells with a sign whose parts all look like values."""
_MIN_RECURRING = 0.5
"""Share of the parts that come again elsewhere in the column, where a comma parts them."""


@dataclass(frozen=True, slots=True)
class Separation:
    """Sign that parts the values of a column.

    Attributes:
        sign: the sign, as it stands in the settings.
        cells: the number of cells that it parts.
        example: the parts of one of them.
    """

    sign: str
    cells: int
    example: tuple[str, ...]


def separation(cells: Iterable[str], *, comma_parts: bool) -> Separation | None:
    """Return the sign that parts the values in cells; None where each cell seems to be one value.

    Args:
        cells: the texts of a column's cells.
        comma_parts: whether a comma may part values here: not between names and places.
    """
    filled = [cell for cell in cells if cell]
    for sign in SIGNS:
        with_sign = [cell for cell in filled if (sign if sign in DOUBTFUL else sign.strip(" ")) in cell]
        if not with_sign or (sign == "," and not comma_parts):
            continue
        parted = [parts for cell in with_sign if _are_values(parts := split(cell, sign))]
        if not parted or len(parted) < _MIN_SHARE * len(with_sign):
            continue
        if sign in _WITHIN_VALUES and not _recur(parted, filled):
            continue
        return Separation(sign, len(parted), max(parted, key=len))
    return None


def split(cell: str, sign: str) -> tuple[str, ...]:
    """Return the values in a cell."""
    return tuple(stripped for part in cell.split(sign) if (stripped := part.strip()))


def _are_values(parts: Sequence[str]) -> bool:
    """Whether parts may be values: two or more, short, none of them a sentence."""
    return len(parts) > 1 and all(len(part) <= _MAX_PART and not part.endswith((".", "!", "?", ":")) for part in parts)


def _recur(parted: Sequence[Sequence[str]], filled: Sequence[str]) -> bool:
    """Whether most parts come more than once in the column, in another cell or as a whole cell."""
    counts = Counter(part.casefold() for parts in parted for part in set(parts))
    counts.update(cell.casefold() for cell in filled if "," not in cell)
    parts = [part.casefold() for each in parted for part in each]
    return sum(counts[part] > 1 for part in parts) >= _MIN_RECURRING * len(parts)
