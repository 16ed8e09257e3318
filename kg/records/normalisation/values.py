"""Value normalisers: a value in the form that the model defines, or a fault with the reason.

Each function takes a value in its original form and returns the normalised value, or `ABSENT` for an empty one (absent
stays absent: no empty string, no "None", no "n/a"), or raises `ValueFault`.
"""

import json
import math
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any

from kg import iris, language_ranges
from kg.errors import KeyFault
from kg.records.dates import edtf_strings, encoded_dates
from kg.records.model.keys import Key, Value
from kg.records.names import language_tags
from kg.records.normalisation.null_words import is_null

ABSENT: Any = object()
"""Marker of an absent value."""

# Characters outside XML 1.0 (2.2, Char) and noncharacters: not every format can publish such text (D-7).
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-](0\d|1[0-4]):[0-5]\d)?")
_UNDETERMINED = language_ranges.UNDETERMINED
_NO_LANGUAGE = frozenset({language_ranges.NO_LANGUAGE, _UNDETERMINED, ""})
"""Keys of a text whose language is not known; XML says so by an empty `xml:lang` (XML 1.0, 2.12)."""
_DAY = re.compile(r"-?\d{4}-\d\d-\d\d")
_TARGET_CACHE_SIZE = 1 << 15
"""References in the cache of parsed references: the same few targets recur."""


class ValueFault(ValueError):
    """Value that can't be normalised.

    Attributes:
        expected: the expected form.
    """

    def __init__(self, message: str, expected: str) -> None:
        super().__init__(message)
        self.expected = expected


def normalise_text(value: Any, *, prose: bool = False) -> Any:
    r"""Return a string, trimmed, with Unix line ends and U+FFFD for unpublishable characters; ABSENT for an empty one.

    In prose "None" is a sentence, elsewhere a word for an empty value.

    >>> normalise_text(" a\r\nb "), normalise_text("N/A") is ABSENT, normalise_text(12)
    ('a\nb', True, '12')
    """
    if not isinstance(value, str):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueFault("is no text", "text")
        return ABSENT if isinstance(value, float) and not math.isfinite(value) else str(value)
    value = value.strip()
    if is_null(value, prose=prose):
        return ABSENT
    if "\r" in value:
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    return replace_unfit(value)


def replace_unfit(string: str) -> str:
    """Return a string with U+FFFD for each character that can't be published."""
    # A printable string holds no unfit character, and that test is quick.
    return string if string.isprintable() or not _UNFIT.search(string) else _UNFIT.sub("\ufffd", string)


def as_text(value: Any) -> str:
    """Return any value as publishable text, for a value without a key."""
    string = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return replace_unfit(string.strip().replace("\r\n", "\n").replace("\r", "\n")) or "(empty)"


def unfit_texts(value: Any) -> Iterator[str]:
    """Return the texts in a JSON value that hold unpublishable characters."""
    if isinstance(value, str):
        if _UNFIT.search(value):
            yield value
    elif isinstance(value, dict):
        for child in value.values():
            yield from unfit_texts(child)
    elif isinstance(value, list):
        for child in value:
            yield from unfit_texts(child)


def by_language(value: Any, *, many: bool, prose: bool = False) -> Any:
    """Return text by language: a plain string or list is of unknown language; tags become canonical.

    >>> by_language("Letter", many=False), by_language({"RU": ["Письмо", ""]}, many=True)
    ({'@none': 'Letter'}, {'ru': ['Письмо']})
    """
    if not isinstance(value, dict):
        value = {"@none": value}
    normalised: dict[str, list[str]] = {}
    for tag, texts in value.items():
        texts_in_language = normalised.setdefault(language_of(tag), [])
        for item in texts if isinstance(texts, list) else (texts,):
            if item is not None and (text := normalise_text(item, prose=prose)) is not ABSENT:
                texts_in_language.append(text)
    if many:
        return {tag: list(dict.fromkeys(texts)) for tag, texts in normalised.items() if texts} or ABSENT
    if any(len(set(texts)) > 1 for texts in normalised.values()):
        raise ValueFault("has several values in one language", "one text in each language")
    return {tag: texts[0] for tag, texts in normalised.items() if texts} or ABSENT


@lru_cache(4096)
def language_of(tag: Any) -> str:
    """Return the canonical tag of a text by language, `@none` for an unknown language (`und`, RFC 5646, 4.1)."""
    if isinstance(tag, str) and tag.strip().lower() in _NO_LANGUAGE:
        return language_ranges.NO_LANGUAGE
    canonical = language_tags.tag(tag) if isinstance(tag, str) else None
    if canonical is None:
        raise ValueFault(f"{str(tag)[:40]!r} is no language tag", "language tags (BCP 47) as keys, or @none")
    return canonical


def link(value: Any, kinds: tuple[str, ...]) -> Any:
    """Return a reference, or an object with a reference as its `id` and an embedded description."""
    if isinstance(value, str):
        return _target(value, kinds)
    if isinstance(value, dict):
        if value.get("id") is None:
            raise ValueFault("has no id", f"an object with an id: kind/key, the kind being {' or '.join(kinds)}")
        description = {key: item for key, item in value.items() if key != "id"}
        target = link(value.get("id"), kinds)
        return {"id": target, **description} if description else target
    raise ValueFault("is no reference", f"kind/key, the kind being {' or '.join(kinds)}")


@lru_cache(_TARGET_CACHE_SIZE)
def _target(value: str, kinds: tuple[str, ...]) -> str:
    try:
        target = iris.repair(value.strip())
    except KeyFault as fault:
        raise ValueFault(fault.what, f"kind/key, the kind being {' or '.join(kinds)}") from None
    if target.partition("/")[0] not in kinds:
        raise ValueFault(f"leads to a {target.partition('/')[0]}", f"a reference to {' or '.join(kinds)}")
    return target


def url(value: Any) -> Any:
    """Return an outward link as a valid IRI."""
    value = normalise_text(value)
    if value is ABSENT:
        return value
    try:
        return iris.external(value)
    except KeyFault as fault:
        raise ValueFault(fault.what, "an absolute IRI: https://… (or http, mailto, urn, ark, doi, info)") from None


def tag(value: Any) -> Any:
    """Return a canonical language tag; `und` says that the language is not known, and stays."""
    value = normalise_text(value)
    if value is ABSENT:
        return value
    if value.lower() == _UNDETERMINED:
        return _UNDETERMINED
    canonical = language_tags.tag(value)
    if canonical is None:
        raise ValueFault("is no language tag", "a language tag (BCP 47): en, ru, sr-Latn")
    return canonical


def edtf(value: Any) -> Any:
    """Return a date in EDTF, also from the forms of programs: `19630405`, `1963/9999`."""
    value = normalise_text(value)
    if value is ABSENT:
        return value
    expected = "a date in EDTF (ISO 8601-2): 1963-04-05, 1962~, 1962/1963"
    try:
        found = edtf_strings.check(value) if "9999" not in value else None
    except edtf_strings.DateFault as fault:
        found, why = None, str(fault)
    else:
        why = "means no date"
    if found is None:
        with suppress(edtf_strings.DateFault):
            found = encoded_dates.decode(value)
    if found is None:
        raise ValueFault(why, expected)
    return found


def day(value: Any) -> Any:
    """Return an existing calendar day."""
    value = normalise_text(value)
    if value is not ABSENT and not (_DAY.fullmatch(value) and _is_edtf(value)):
        raise ValueFault("is no day", "a calendar day: 1963-04-05")
    return value


def instant(value: Any) -> Any:
    """Return a date and time (xsd:dateTime)."""
    value = normalise_text(value)
    if value is ABSENT:
        return value
    match = _INSTANT.fullmatch(value)
    if not match or not _is_edtf(match[1]):
        raise ValueFault("is no date and time", "a date and time with its zone: 1971-06-10T09:08:00-05:00")
    return value


def _is_edtf(value: str) -> bool:
    try:
        edtf_strings.check(value)
    except edtf_strings.DateFault:
        return False
    return True


def number(value: Any, key: Key) -> Any:
    """Return a finite number within the key's bounds."""
    try:
        amount = float(value)
    except (TypeError, ValueError):
        raise ValueFault("is no number", "a number") from None
    low = -math.inf if key.minimum is None else key.minimum
    high = math.inf if key.maximum is None else key.maximum
    if isinstance(value, bool) or not math.isfinite(amount) or not low <= amount <= high:
        raise ValueFault("is out of bounds", f"a number from {low:g} to {high:g}")
    return int(amount) if amount.is_integer() else amount


def choice(value: Any, key: Key) -> Any:
    """Return a word of the key's vocabulary."""
    value = normalise_text(value)
    if value is not ABSENT and value not in key.choices:
        raise ValueFault("is not one of the words", f"one of {', '.join(key.choices)}")
    return value


def verbatim(value: Any) -> Any:
    """Return a value that was put aside as it stands: no word in it means nothing.

    >>> verbatim("null"), verbatim("") is ABSENT
    ('null', True)
    """
    if isinstance(value, str) and not value.strip():
        return ABSENT
    return as_text(value)


SCALARS: dict[Value, Callable[[Any, Key], Any]] = {
    Value.STRING: lambda value, _: normalise_text(value),
    Value.LINK: lambda value, key: link(value, key.to),
    Value.URL: lambda value, _: url(value),
    Value.TAG: lambda value, _: tag(value),
    Value.EDTF: lambda value, _: edtf(value),
    Value.DAY: lambda value, _: day(value),
    Value.INSTANT: lambda value, _: instant(value),
    Value.NUMBER: number,
    Value.CHOICE: choice,
}
"""Kind of value → its normaliser."""
