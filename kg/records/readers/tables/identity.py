"""Identity of a row: its id with its kind, or a key made of what it says where there is no id.

A key made of title, date and reference stays when rows are sorted or put between; it changes with these words, which is
told. A number of the row would lead to another thing after the first row put above (D-189).
"""

from typing import Any

from kg import iris
from kg.errors import KeyFault
from kg.iris import KINDS
from kg.records.model.keys import Record, label_key
from kg.records.readers.base import SourceFile

MAX_COUNTED = 200_000
"""Rows without an id whose keys are remembered, so that equal ones are told apart; later ones are duplicates."""

_TELLING = ("dates", "reference", "identifiers", "creator", "sender", "recipient")
"""Keys that tell rows of one title apart."""


class RowIdentity:
    """Identities of the rows of a file."""

    def __init__(self, source: SourceFile) -> None:
        self._source = source
        self._times: dict[str, int] = {}

    def kind(self, written: str) -> str | None:
        """Return the kind that a cell names, by its word or the plural of that; None for another word.

        >>> from pathlib import Path
        >>> identity = RowIdentity(SourceFile(Path("a"), "a"))
        >>> identity.kind("Agents"), identity.kind("letter")
        ('agent', None)
        """
        word = written.casefold()
        return next((kind for kind in KINDS if word in {kind, f"{kind}s"}), None)

    def of_words(self, record: Record) -> tuple[str, int]:
        """Return the reference of a row without an id, and how many rows before it say the same.

        Raises:
            KeyFault: there is nothing to make a key of.
        """
        kind = record["kind"]
        words = list(_texts(record.get(label_key(kind))))
        if kind in {"record", "collection", "archive"}:
            words += [text for name in _TELLING for text in _texts(record.get(name))]
        if not words:
            raise KeyFault("the row has neither an id nor a title to make one of")
        key = iris.slug(" ".join(words), self._source.origin)
        before = self._times.get(key, 0)
        if before or len(self._times) < MAX_COUNTED:
            self._times[key] = before + 1
        return iris.reference(kind, f"{key}-{before + 1}" if before else key), before


def _texts(value: Any) -> list[str]:
    """Texts of a value, in their order."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for name, each in value.items() if name not in {"role", "id"} for text in _texts(each)]
    return [text for each in value for text in _texts(each)] if isinstance(value, list) else []
