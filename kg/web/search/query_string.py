"""What a search asks, as it stands in an address: read from a request, and written into links."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import Request

from kg.iris import KINDS
from kg.read.search import SORTS, SearchQuery
from kg.store.search.fields import FACETS, LACKED, LACKS
from kg.store.search.query_language import parse_days
from kg.web.http.problems import Problem

LIMIT = 20
"""Things on a page, if not said."""

MOST = 100
MOST_EXPORTED = 1_000
_MOST_FILTERS = 20
_SINGLE = ("q", "year", "dates", "sort", "after", "limit", "format")
CERTAIN = "certain"
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no document of XML can hold (XML 1.0, 2.2), and nothing has; a feed repeats what was asked."""

_TAG = re.compile("[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class State:
    """What is asked.

    Attributes:
        words: in the language of searches.
        filters: (facet, value) that all hold, in the order in which they were chosen.
        time: as it was written, `1962..1963`.
        certain: whether uncertain dates are left out.
        sort: one of SORTS, or empty for the one that suits.
        after: where the list goes on.
        limit: how many on a page.
        format: what was asked for by `format=`; empty if nothing was.
    """

    words: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    time: str = ""
    certain: bool = False
    sort: str = ""
    after: str = ""
    limit: int = LIMIT
    format: str = ""

    @property
    def wanted(self) -> SearchQuery:
        """What is looked for. Raises SearchRefused for a time that is none."""
        return SearchQuery(self.words, self.filters, parse_days(self.time) if self.time else None, self.certain)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """What is looked for, as names and values: all but where the list stands."""
        asked = [("q", self.words), *self.filters, ("year", self.time)]
        asked += [("dates", CERTAIN if self.certain else ""), ("sort", self.sort)]
        asked += [("limit", str(self.limit) if self.limit != LIMIT else "")]
        return [(name, value) for name, value in asked if value]

    def address(self, **more: str) -> str:
        """The part of an address behind the question mark, with more added; from the beginning of the list."""
        return urlencode([*self.pairs, *((name, value) for name, value in more.items() if value)], quote_via=quote)

    def with_filter(self, name: str, value: str) -> "State":
        """Narrowed by one more value of a facet."""
        return self if (name, value) in self.filters else replace(self, filters=(*self.filters, (name, value)))

    def without_filter(self, name: str, value: str) -> "State":
        """Without one value of a facet."""
        return replace(self, filters=tuple(each for each in self.filters if each != (name, value)))

    def at_time(self, time: str) -> "State":
        """Narrowed to a time, or to none."""
        return replace(self, time=time)


def read(request: Request) -> State:
    """What a request asks. Raises Problem, 400 with help, for what can't be meant; other names are left alone."""
    try:
        pairs = parse_qsl(request.scope["query_string"].decode("ascii"), keep_blank_values=True, errors="strict")
    except (UnicodeDecodeError, ValueError):
        raise Problem(400, "The address holds bytes that are no UTF-8.") from None
    given: dict[str, str] = {}
    filters: dict[tuple[str, str], None] = {}
    for name, value in pairs:
        text = _UNWRITABLE.sub("", value).strip()
        if (name in FACETS or name == LACKS) and text:
            filters[name, text] = None
        elif name in _SINGLE and text and given.setdefault(name, text) != text:
            raise Problem(400, f"`{name}` is there twice; a search has one.")
    _check(given, filters)
    return State(
        words=given.get("q", ""),
        filters=tuple(filters),
        time=given.get("year", ""),
        certain=given.get("dates") == CERTAIN,
        sort=given.get("sort", ""),
        after=given.get("after", ""),
        limit=int(given.get("limit", LIMIT)),
        format=given.get("format", ""),
    )


def _check(given: dict[str, str], filters: Iterable[tuple[str, str]]) -> None:
    _one_of(given, "dates", (CERTAIN, "all"))
    _one_of(given, "sort", SORTS)
    limit = given.get("limit", "1")
    if not (limit.isascii() and limit.isdecimal() and len(limit) < 6 and 1 <= int(limit) <= MOST_EXPORTED):
        raise Problem(400, f"`limit` is a number from 1 to {MOST_EXPORTED:,} ({MOST} for pages).")
    chosen = list(filters)
    if len(chosen) > _MOST_FILTERS:
        raise Problem(400, f"A search is narrowed by at most {_MOST_FILTERS} values.")
    for name, value in chosen:
        if len(value) > 600:
            raise Problem(400, f"`{name}` is longer than any value of it.")
        if name == "kind" and value not in KINDS:
            raise Problem(400, f"`kind` is one of {', '.join(KINDS)}.")
        if name == LACKS and value not in LACKED:
            raise Problem(400, f"`{LACKS}` is one of {', '.join(LACKED)}.")
        if name == "language" and not _TAG.fullmatch(value):
            raise Problem(400, "`language` is the tag of a language, as `ru` or `sr-Latn`.")


def _one_of(given: dict[str, str], name: str, known: Iterable[str]) -> None:
    choices = list(known)
    if name in given and given[name] not in choices:
        raise Problem(400, f"`{name}` is one of {', '.join(choices)}.")
