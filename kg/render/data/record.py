"""Accessors of a JSON record for pages and citations: labels, texts, references, dates."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kg import language_ranges
from kg.date_roles import principal

Record = Mapping[str, Any]


def labels(record: Record) -> dict[str, str]:
    """Language → title or name."""
    labels_: dict[str, str] = record.get("title") or record.get("name") or {}
    return labels_


def texts(value: Any, languages: Sequence[str]) -> tuple[list[str], str]:
    """Texts in the language that serves a reader best, and that language; empty without a text.

    Args:
        value: language → one text or several.
        languages: language ranges of the reader, the best first.

    >>> texts({"en": "Letter", "ru": ["Письмо", "Записка"]}, ["ru", "en"]), texts({"@none": "Letter"}, ["en"])
    ((['Письмо', 'Записка'], 'ru'), (['Letter'], ''))
    """
    if not isinstance(value, dict):
        return [], ""
    for language in language_ranges.in_order(value, languages) if len(value) > 1 else value:
        if text := value[language]:
            return _as_list(text), language_ranges.attribute(language)
    return [], ""


def all_texts(value: Any) -> Iterator[str]:
    """Texts in all languages."""
    for text in value.values() if isinstance(value, dict) else ():
        yield from _as_list(text)


def references(record: Record, *keys: str) -> Iterator[str]:
    """References under some keys.

    >>> list(references({"sender": [{"id": "agent/a"}], "places": ["place/b"]}, "places", "sender"))
    ['place/b', 'agent/a']
    """
    for key in keys:
        for link in record.get(key, ()):
            yield link["id"] if isinstance(link, dict) else link


def first_date(record: Record) -> str:
    """*The* date of a thing in EDTF; empty without one that could be read."""
    edtf: str = principal(record.get("dates", ())).get("edtf", "")
    return edtf


def _as_list(text: str | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else text
