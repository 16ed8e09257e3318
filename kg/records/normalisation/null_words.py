"""Words for an empty value: dropped in a field, where programs leave them, and told; a sentence in a note.

ISAD(G) and DACS ask to say that there are no accruals, say: "None" under a note is what the archivist says (D-133).

>>> list(taken_for_nothing(["N/A", "", "Letter"])), stands(" N/A ")
(['N/A'], True)
"""

import re
from collections.abc import Iterator
from typing import Any

NULL_WORDS = frozenset({"", "none", "n/a", "null", "-", "--", "—", "–", "n.a.", "nil"})
"""Words, in small letters, by which programs and typists mark an empty value."""

SENTENCES = frozenset({"none", "n/a", "n.a.", "nil"})
"""Those of them that are an answer under a key of notes (`Key.answers`)."""

_MAX_NULL_WORD = max(map(len, NULL_WORDS))
# As JSON writes them; escapes of dashes too.
_IN_JSON = re.compile(
    rb'"[\s\\tn]*(?:none|n/a|null|-{1,2}|\\u201[34]|\xe2\x80[\x93\x94]|n\.a\.|nil)[\s\\tn]*"', re.IGNORECASE
)


def is_null(text: str, *, prose: bool = False) -> bool:
    """Return whether a trimmed text is taken for an empty value; in a note, fewer are.

    >>> is_null("None"), is_null("None", prose=True), is_null("-", prose=True)
    (True, False, True)
    """
    if len(text) > _MAX_NULL_WORD:
        return False
    word = text.lower()
    return word in NULL_WORDS and not (prose and word in SENTENCES)


def stands(text: str) -> bool:
    """Return whether a text is a word for an empty value, and not just blank."""
    text = text.strip()
    return bool(text) and is_null(text)


def may_hold(written: bytes) -> bool:
    """Return whether the JSON of a record may hold such a word; quick, with few false positives."""
    return _IN_JSON.search(written) is not None


def taken_for_nothing(value: Any, *, prose: bool = False) -> Iterator[str]:
    """Yield the words in a value, its lists and its objects, that are taken for nothing."""
    if isinstance(value, str):
        if stands(value) and is_null(value.strip(), prose=prose):
            yield value
    elif isinstance(value, list | dict):
        for child in value.values() if isinstance(value, dict) else value:
            yield from taken_for_nothing(child, prose=prose)
