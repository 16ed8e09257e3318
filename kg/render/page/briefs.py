"""Briefs: a few words beside a link that explain its target, from the target's own record (D-50).

The brief of a person fits the time of the page: a person with the offices of ambassador in 1962 and minister in 1970 is
the ambassador beside a document of 1962.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from kg.render.data.record import texts

MAX_LENGTH = 140
"""Maximum length of a brief in characters; a longer sentence is cut at a word."""

_PROSE_KEYS = ("biography", "description", "summary", "scopeNote")
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+(?=[A-ZА-ЯЁÁÉÍÓÚÑ])|\n")


def brief(record: dict[str, Any], day: str | None, languages: Sequence[str]) -> tuple[str, str]:
    """Brief of a thing and its language; empty without any.

    Args:
        record: the thing's record.
        day: day of the page's subject (ISO 8601), or None.
        languages: preferred languages, the best first.

    >>> brief({"occupations": {"en": ["Ambassador to Cuba"], "es": ["Embajador en Cuba"]}}, None, ["es", "en"])
    ('Embajador en Cuba', 'es')
    """
    offices, language = texts(record.get("occupations"), languages)
    office = next(_offices_on(record, day), None) if day else None
    if office and len(offices) != 1:
        return _cut(office[:1].upper() + office[1:]), ""
    if offices:
        return _cut(offices[0]), language
    for key in _PROSE_KEYS:
        paragraphs, language = texts(record.get(key), languages)
        if paragraphs:
            return _cut(_SENTENCE_END.split(paragraphs[0].strip(), maxsplit=1)[0].rstrip(".;")), language
    return "", ""


def _offices_on(record: dict[str, Any], day: str | None) -> Iterator[str]:
    """Offices of a person on a day."""
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
    return text if len(text) <= MAX_LENGTH else text[:MAX_LENGTH].rsplit(" ", 1)[0].rstrip(",;:") + " …"
