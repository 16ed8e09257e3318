"""Make one value sound: what stands under a key, in the form that the model says, or a fault that says why not.

Each function takes a value as it came and gives it in sound form, or `ABSENT` where there is nothing (absent stays
absent: no empty string, no "None", no "n/a"), or raises `Fault`.
"""

import json
import math
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from kg import iris
from kg.errors import KeyFault
from kg.records.dates import edtf_strings
from kg.records.model.keys import Key, Value
from kg.records.names import language_tags

ABSENT: Any = object()
"""There is no value."""

NOTHING = frozenset({"", "none", "n/a", "null", "-", "--", "—", "–", "n.a.", "nil"})
"""Words, in small letters, by which programs and typists say that there is nothing."""

# What XML 1.0 can't hold (2.2, Char) and what is no character at all: such text could not be published everywhere.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-](0\d|1[0-4]):[0-5]\d)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_TARGETS = 1 << 15
"""How many references are kept at hand once they were read: the same few are linked to again and again."""
_LONGEST_WORD_FOR_NOTHING = max(map(len, NOTHING))


class Fault(ValueError):
    """A value that can't be made sound.

    Attributes:
        expected: what should have stood there.
    """

    def __init__(self, message: str, expected: str) -> None:
        super().__init__(message)
        self.expected = expected


def text(value: Any) -> Any:
    r"""A string, trimmed, its line ends those of Unix, unfit characters replaced by U+FFFD.

    >>> text(" a\r\nb "), text("N/A") is ABSENT, text(12)
    ('a\nb', True, '12')
    """
    if not isinstance(value, str):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Fault("is no text", "text")
        return ABSENT if isinstance(value, float) and not math.isfinite(value) else str(value)
    value = value.strip()
    if len(value) <= _LONGEST_WORD_FOR_NOTHING and value.lower() in NOTHING:
        return ABSENT
    if "\r" in value:
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    return fit(value)


def fit(string: str) -> str:
    """A string with U+FFFD for each character that can't be published."""
    # What is printable holds nothing unfit, and is told at once.
    return string if string.isprintable() or not _UNFIT.search(string) else _UNFIT.sub("\ufffd", string)


def as_text(value: Any) -> str:
    """A value that has no place, as text that can be published."""
    string = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return fit(string.strip().replace("\r\n", "\n").replace("\r", "\n")) or "(empty)"


def unfit(value: Any) -> Iterator[str]:
    """The texts in a JSON value in which characters can't be published."""
    if isinstance(value, str):
        if _UNFIT.search(value):
            yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from unfit(each)
    elif isinstance(value, list):
        for each in value:
            yield from unfit(each)


def by_language(value: Any, *, many: bool) -> Any:
    """Text by language: a plain string or list is of no known language; tags become canonical.

    >>> by_language("Letter", many=False), by_language({"RU": ["Письмо", ""]}, many=True)
    ({'@none': 'Letter'}, {'ru': ['Письмо']})
    """
    if not isinstance(value, dict):
        value = {"@none": value}
    found: dict[str, list[str]] = {}
    for tag, texts in value.items():
        sound = found.setdefault(language_of(tag), [])
        for each in texts if isinstance(texts, list) else (texts,):
            if each is not None and (one := text(each)) is not ABSENT:
                sound.append(one)
    if many:
        return {tag: list(dict.fromkeys(texts)) for tag, texts in found.items() if texts} or ABSENT
    if any(len(set(texts)) > 1 for texts in found.values()):
        raise Fault("has several values in one language", "one text in each language")
    return {tag: texts[0] for tag, texts in found.items() if texts} or ABSENT


@lru_cache(4096)
def language_of(tag: Any) -> str:
    """The canonical tag that a text by language stands under, `@none` where its language is not known."""
    found = tag if tag == "@none" else language_tags.tag(tag) if isinstance(tag, str) else None
    if found is None:
        raise Fault(f"{str(tag)[:40]!r} is no language tag", "language tags (BCP 47) as keys, or @none")
    return found


def link(value: Any, kinds: tuple[str, ...]) -> Any:
    """A reference, or an object with a reference as its `id` and something said of the thing besides."""
    if isinstance(value, str):
        return _target(value, kinds)
    if isinstance(value, dict):
        if value.get("id") is None:
            raise Fault("has no id", f"an object with an id: kind/key, the kind being {' or '.join(kinds)}")
        told = {key: each for key, each in value.items() if key != "id"}
        target = link(value.get("id"), kinds)
        return {"id": target, **told} if told else target
    raise Fault("is no reference", f"kind/key, the kind being {' or '.join(kinds)}")


@lru_cache(_TARGETS)
def _target(value: str, kinds: tuple[str, ...]) -> str:
    try:
        target = iris.repair(value.strip())
    except KeyFault as fault:
        raise Fault(fault.what, f"kind/key, the kind being {' or '.join(kinds)}") from None
    if target.partition("/")[0] not in kinds:
        raise Fault(f"leads to a {target.partition('/')[0]}", f"a reference to {' or '.join(kinds)}")
    return target


def url(value: Any) -> Any:
    """An outward link as a valid IRI."""
    value = text(value)
    if value is ABSENT:
        return value
    try:
        return iris.external(value)
    except KeyFault as fault:
        raise Fault(fault.what, "an absolute IRI: https://… (or http, mailto, urn, ark, doi, info)") from None


def tag(value: Any) -> Any:
    """A language tag, canonical."""
    value = text(value)
    if value is ABSENT:
        return value
    found = language_tags.tag(value)
    if found is None:
        raise Fault("is no language tag", "a language tag (BCP 47): en, ru, sr-Latn")
    return found


def edtf(value: Any) -> Any:
    """A date in EDTF."""
    value = text(value)
    if value is ABSENT:
        return value
    try:
        return edtf_strings.check(value)
    except edtf_strings.DateFault as fault:
        raise Fault(str(fault), "a date in EDTF (ISO 8601-2): 1963-04-05, 1962~, 1962/1963") from None


def day(value: Any) -> Any:
    """A calendar day that exists."""
    value = text(value)
    if value is not ABSENT and not (_DAY.fullmatch(value) and _is_edtf(value)):
        raise Fault("is no day", "a calendar day: 1963-04-05")
    return value


def instant(value: Any) -> Any:
    """A date and time (xsd:dateTime)."""
    value = text(value)
    if value is ABSENT:
        return value
    match = _INSTANT.fullmatch(value)
    if not match or not _is_edtf(match[1]):
        raise Fault("is no date and time", "a date and time with its zone: 1971-06-10T09:08:00-05:00")
    return value


def _is_edtf(value: str) -> bool:
    try:
        edtf_strings.check(value)
    except edtf_strings.DateFault:
        return False
    return True


def number(value: Any, key: Key) -> Any:
    """A finite number within the key's bounds."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        raise Fault("is no number", "a number") from None
    low = -math.inf if key.minimum is None else key.minimum
    high = math.inf if key.maximum is None else key.maximum
    if isinstance(value, bool) or not math.isfinite(found) or not low <= found <= high:
        raise Fault("is out of bounds", f"a number from {low:g} to {high:g}")
    return int(found) if found.is_integer() else found


def choice(value: Any, key: Key) -> Any:
    """One of the key's words."""
    value = text(value)
    if value is not ABSENT and value not in key.choices:
        raise Fault("is not one of the words", f"one of {', '.join(key.choices)}")
    return value


SCALARS: dict[Value, Callable[[Any, Key], Any]] = {
    Value.STRING: lambda value, _: text(value),
    Value.LINK: lambda value, key: link(value, key.to),
    Value.URL: lambda value, _: url(value),
    Value.TAG: lambda value, _: tag(value),
    Value.EDTF: lambda value, _: edtf(value),
    Value.DAY: lambda value, _: day(value),
    Value.INSTANT: lambda value, _: instant(value),
    Value.NUMBER: number,
    Value.CHOICE: choice,
}
"""How one value of each kind is made sound."""
