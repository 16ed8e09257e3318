"""Language ranges: which tag among those of a text serves a reader, by RFC 4647.

Either side may be the more special one. Filtering (3.3.2) takes `en-GB` for the range `en`; look-up (3.4) takes `pt`
for the range `pt-BR`, and a text in a sibling (`es-419` for `es-MX`) comes after both. A text whose language is not
known comes after those in a language of the reader, and before all others (D-165).

>>> best(("fr", "en-US"), ("en", "ru")), best(("de", "pt"), ("pt-BR",)), best(("fr", "es-419", "es-ES"), ("es-MX",))
('en-US', 'pt', 'es-419')
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

NO_LANGUAGE = "@none"
"""Marker of a text whose language is not known, as in the context."""

UNDETERMINED = "und"
"""Primary subtag of a language that nobody has told (RFC 5646, 4.1)."""

MAX_TAG_LENGTH = 100
"""Characters of a tag up to which its rank is cached; a longer one comes from no honest source."""

Rank = tuple[int, int, int]
"""Order of a tag for a reader, the smallest first: number of the range, its step, subtags beyond the range."""

_OTHER_SCRIPT, _SERVES_NOT = 1 << 10, -1


def best(tags: Iterable[str], ranges: Sequence[str]) -> str | None:
    """Tag that serves a reader best, else one of no known language, else the first one; None without a tag.

    Args:
        tags: language tags, and `@none`.
        ranges: the reader's language ranges, the best first.
    """
    ordered_tags = tags if isinstance(tags, dict) else tuple(tags)
    if ranges and ranges[0] in ordered_tags:  # nothing precedes it, and most texts end here
        return ranges[0]
    wanted = tuple(ranges)
    return min(ordered_tags, key=lambda tag: rank(tag, wanted), default=None)


def serving(tags: Iterable[str], language_range: str) -> str | None:
    """Tag that serves a range best; None where none does.

    >>> serving(("de", "en-GB"), "en"), serving(("de",), "en"), serving(("@none",), "en")
    ('en-GB', None, None)
    """
    tag = best(tags, (language_range,))
    return tag if tag is not None and rank(tag, (language_range,))[0] == 0 else None


def in_order(tags: Iterable[str], ranges: Sequence[str]) -> list[str]:
    """Tags in the order in which they serve a reader.

    >>> in_order(("de", "@none", "ru", "en-GB", "en"), ("en", "ru"))
    ['en', 'en-GB', 'ru', '@none', 'de']
    """
    wanted = tuple(ranges)
    return sorted(tags, key=lambda tag: rank(tag, wanted))


def rank(tag: str, ranges: tuple[str, ...]) -> Rank:
    """Order of a tag for a reader; its first number is that of the range, or `len(ranges)` where none takes it."""
    return _rank(tag, ranges) if len(tag) <= MAX_TAG_LENGTH else _rank.__wrapped__(tag, ranges)


def is_undetermined(tag: str) -> bool:
    """Test for the tag of a text whose language is not known: `@none`, `und`, also with a script behind it.

    >>> is_undetermined("und-Latn"), is_undetermined("undocumented")
    (True, False)
    """
    return tag == NO_LANGUAGE or tag.lower().partition("-")[0] == UNDETERMINED


def attribute(tag: str) -> str:
    """Value of `lang` for a text under a tag; empty where nobody has told its language."""
    return "" if tag == NO_LANGUAGE else tag


@lru_cache(maxsize=4096)
def _rank(tag: str, ranges: tuple[str, ...]) -> Rank:
    if is_undetermined(tag):
        return len(ranges), 0, 0
    subtags = tag.lower().split("-")
    siblings: Rank | None = None
    for number, language_range in enumerate(ranges):
        step = _step(subtags, language_range.lower().split("-"))
        if 0 <= step < _OTHER_SCRIPT:
            return number, step, len(subtags)
        if step >= _OTHER_SCRIPT and siblings is None:
            siblings = number, step, len(subtags)
    # In another script it serves less than a text in any language of the reader, and more than all others.
    return (len(ranges), 1, siblings[0]) if siblings else (len(ranges), 2, 0)


def _step(subtags: list[str], language_range: list[str]) -> int:
    """How far the range was truncated until it took the tag, even where it is the tag itself; negative if never."""
    for cut, prefix in enumerate(_truncations(language_range)):
        if subtags == prefix:
            return 2 * cut
        if _filters(prefix, subtags):
            is_other = cut > 0 and _script(subtags) != _script(language_range) and bool(_script(language_range))
            return 2 * cut + 1 + (_OTHER_SCRIPT if is_other else 0)
    return _SERVES_NOT


def _truncations(subtags: list[str]) -> Iterator[list[str]]:
    """A range, then the shorter ones of look-up: "single letter or digit subtags are also removed" (RFC 4647, 3.4)."""
    length = len(subtags)
    while length:
        yield subtags[:length]
        length -= 1
        while length and len(subtags[length - 1]) == 1:
            length -= 1


def _filters(language_range: list[str], subtags: list[str]) -> bool:
    """Extended filtering (RFC 4647, 3.3.2): the tag has the range's subtags in this order, before any singleton."""
    if language_range[0] not in (subtags[0], "*"):
        return False
    at = 1
    for wanted in language_range[1:]:
        while at < len(subtags) and subtags[at] != wanted:
            if len(subtags[at]) == 1:
                return False
            at += 1
        if at == len(subtags):
            return False
        at += 1
    return True


def _script(subtags: list[str]) -> str:
    """Script subtag of a tag; empty without one (RFC 5646, 2.2.3)."""
    return next((each for each in subtags[1:3] if len(each) == 4 and each.isalpha()), "")
