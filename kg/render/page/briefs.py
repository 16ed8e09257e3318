"""Who somebody was, and what something is, in a few words beside the link to it: explained where it is met.

The words come from the record of the thing itself. Of a person they are those of the time: who was ambassador in
1962 and minister in 1970 is the ambassador beside a paper of 1962.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from kg.render.data.record import texts

LONGEST = 140
"""Characters of a brief; a longer sentence is cut at a word."""

_PROSE = ("biography", "description", "summary", "scopeNote")
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+(?=[A-ZА-ЯЁÁÉÍÓÚÑ])|\n")


def brief(record: dict[str, Any], day: str | None, languages: Sequence[str]) -> tuple[str, str]:
    """Who or what it is, and the language of these words; empty where nothing is said.

    Args:
        record: the thing's record.
        day: the day that matters (ISO 8601), or None.
        languages: those the reader prefers, the best first.

    >>> brief({"occupations": {"en": ["Ambassador to Cuba"], "es": ["Embajador en Cuba"]}}, None, ["es", "en"])
    ('Embajador en Cuba', 'es')
    """
    offices, language = texts(record.get("occupations"), languages)
    held = next(_held(record, day), None) if day else None
    if held and len(offices) != 1:
        return _cut(held[:1].upper() + held[1:]), ""
    if offices:
        return _cut(offices[0]), language
    for key in _PROSE:
        said, language = texts(record.get(key), languages)
        if said:
            return _cut(_SENTENCE_END.split(said[0].strip(), maxsplit=1)[0].rstrip(".;")), language
    return "", ""


def _held(record: dict[str, Any], day: str | None) -> Iterator[str]:
    """The offices that somebody held on a day."""
    for relation in record.get("relations", ()):
        start, _, end = relation.get("dates", "").partition("/")
        if not relation.get("role") or not start or not day:
            continue
        begins = start == ".." or start <= day[: len(start)]
        ends = end in {"", ".."} or day[: len(end)] <= end
        if begins and ends:
            yield relation["role"]


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0].rstrip(",;:") + " …"
