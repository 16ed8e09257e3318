"""Guesses among values: what a source itself marks as predicted, or as without any certainty (D-150)."""

import re
from collections.abc import Mapping
from typing import Any

MEASURES = frozenset({"certainty", "cert", "confidence", "probability", "likelihood"})
"""Names of a measure of certainty, in small letters: of a key or attribute, or after any address in `@localType`."""

_MARKS = frozenset({"predicted", "guessed", "imputed", "machinegenerated", "machine_generated"})
"""Keys, in small letters, that mark a value as guessed where they are true."""

_WORDS_OF_A_GUESS = frozenset({"predicted", "guess", "guessed", "none", "no"})
"""Values of a measure, in small letters, that say the same as zero."""

_NUMBER = re.compile(r"[-+−]?\d+(?:[.,]\d+)?")


def says_nothing_certain(said: str) -> bool:
    """Return whether a measure says that nothing is certain: a word for a guess, zero or less.

    >>> says_nothing_certain("-1.0"), says_nothing_certain("predicted"), says_nothing_certain("0.8")
    (True, True, False)
    """
    said = said.strip().lower()
    if _NUMBER.fullmatch(said):
        return float(said.replace(",", ".").replace("−", "-")) <= 0
    return said in _WORDS_OF_A_GUESS


def is_guess(value: Mapping[str, Any]) -> bool:
    """Return whether an object of a record is marked as a guess: a link, or a part.

    >>> is_guess({"id": "topic/trade", "confidence": 0}), is_guess({"id": "topic/trade", "confidence": 0.8})
    (True, False)
    """
    marks = ((str(key).lower(), mark) for key, mark in value.items())
    return any(
        (key in _MARKS and mark is True)
        or (key in MEASURES and isinstance(mark, str | int | float) and says_nothing_certain(str(mark)))
        for key, mark in marks
    )
