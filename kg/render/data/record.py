"""A thing's record as it was read, asked for what pages and citations tell: texts, links, names, dates."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Record = Mapping[str, Any]


def labels(record: Record) -> dict[str, str]:
    """Language → title or name."""
    found: dict[str, str] = record.get("title") or record.get("name") or {}
    return found


def texts(value: Any, languages: Sequence[str]) -> tuple[list[str], str]:
    """The texts in the first language that there are some in, and that language; empty where there are none.

    Args:
        value: language → one text or several.
        languages: those preferred, the best first.

    >>> texts({"en": "Letter", "ru": ["Письмо", "Записка"]}, ["ru", "en"]), texts({"@none": "Letter"}, ["en"])
    ((['Письмо', 'Записка'], 'ru'), (['Letter'], ''))
    """
    if not isinstance(value, dict):
        return [], ""
    for language in (*languages, "@none", *value):
        if said := value.get(language):
            return _each(said), "" if language == "@none" else language
    return [], ""


def all_texts(value: Any) -> Iterator[str]:
    """The texts in every language."""
    for said in value.values() if isinstance(value, dict) else ():
        yield from _each(said)


def references(record: Record, *keys: str) -> Iterator[str]:
    """The references under some keys.

    >>> list(references({"sender": [{"id": "agent/a"}], "places": ["place/b"]}, "places", "sender"))
    ['place/b', 'agent/a']
    """
    for key in keys:
        for link in record.get(key, ()):
            yield link["id"] if isinstance(link, dict) else link


def first_date(record: Record) -> str:
    """The first of its dates that can be read, as EDTF; empty where there is none."""
    return next((each["edtf"] for each in record.get("dates", ()) if each.get("edtf")), "")


def _each(said: str | list[str]) -> list[str]:
    return [said] if isinstance(said, str) else said
