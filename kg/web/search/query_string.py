"""Query string of a search: read from a request, and written into links."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import Depends, Query
from pydantic import AfterValidator, Field, model_validator
from starlette.requests import Request

from kg.date_roles import DATE_ROLES
from kg.errors import Message, SearchRefused
from kg.iris import KINDS, spellings
from kg.read.search_request import ORDERED_BY_DATE, SORTS, SearchQuery
from kg.read.times import read_days
from kg.render.site.translations import translations
from kg.store.search.fields import FACETS, LACKED, LACKS, THING
from kg.store.search.query_language import MAX_LENGTH, MAX_OFFSET, REPEATED
from kg.web.http import parameters
from kg.web.http.parameter_problems import Expected, ParameterProblem, bad_parameter, refusal
from kg.web.http.parameters import Check, Parameters, at_most, choice, matching, pairs_of, text, whole_number

LIMIT = 20
"""Things on a page, if not said."""

MAX_PAGE_SIZE = 100
MOST_EXPORTED = 1_000
_MOST_FILTERS = 20
MOST_THINGS = 100
"""Things that a search or a basket names by themselves."""

_SINGLE = ("q", "year", "dates", "sort", "after", "page", "limit", "format")
"""Parameters that a search has once."""

CERTAIN = "certain"
_LONGEST_TIME = 200
"""Characters of a time in words."""

_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no document of XML can hold (XML 1.0, 2.2); a feed repeats the words of a search."""

_TAG = re.compile("[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class SearchState:
    """SearchState of a search.

    Attributes:
        words: in the language of searches.
        filters: (facet, value) that all hold, in the order in which they were chosen.
        time: as it was written, `1962..1963`, `February 1963`.
        certain: whether uncertain dates are left out.
        sort: one of SORTS, or empty for the one that suits.
        after: where the list goes on.
        page: the page of the list, where `after` does not say it.
        limit: how many on a page.
        format: what was asked for by `format=`; empty if nothing was.
    """

    words: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    time: str = ""
    certain: bool = False
    sort: str = ""
    after: str = ""
    page: int = 1
    limit: int = LIMIT
    format: str = ""

    @property
    def wanted(self) -> SearchQuery:
        """The query. Raises SearchRefused for a time that is none."""
        return SearchQuery(self.words, self.filters, read_days(self.time) if self.time else None, self.certain)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The query as names and values, without the place in the list."""
        asked = [("q", self.words), *self.filters, ("year", self.time)]
        asked += [("dates", CERTAIN if self.certain else ""), ("sort", self.sort)]
        asked += [("limit", str(self.limit) if self.limit != LIMIT else "")]
        return [(name, value) for name, value in asked if value]

    def address(self, **more: str) -> str:
        """The part of an address behind the question mark, with more added; from the beginning of the list."""
        return urlencode([*self.pairs, *((name, value) for name, value in more.items() if value)], quote_via=quote)

    def with_filter(self, name: str, value: str) -> "SearchState":
        """Narrowed by one more value of a facet."""
        return self if (name, value) in self.filters else replace(self, filters=(*self.filters, (name, value)))

    def without_filter(self, name: str, value: str) -> "SearchState":
        """Without one value of a facet."""
        return replace(self, filters=tuple(each for each in self.filters if each != (name, value)))

    def to_list(self) -> "SearchState":
        """In the order that suits, as a list of things has it."""
        return replace(self, sort="")

    def with_words(self, words: str) -> "SearchState":
        """With other words."""
        return replace(self, words=words)

    def everywhere(self) -> "SearchState":
        """With boilerplate searched too."""
        return self.with_words(f"{self.words} {REPEATED}:yes")

    def at_time(self, time: str) -> "SearchState":
        """Narrowed to a time, or to none."""
        return replace(self, time=time)


def _time(value: str) -> str:
    """A time that a search can be narrowed to."""
    try:
        read_days(value)
    except SearchRefused:
        first, _, last = value.partition("..")
        for part in filter(None, (first.strip(), last.strip())):
            try:
                read_days(part)
            except SearchRefused:
                raise refusal("time") from None
        raise refusal("time_order" if first and last else "time") from None
    return value


def _cursor(value: str) -> str:
    """A cursor of a list; the index takes a number of any size."""
    try:
        int(value)
    except ValueError:
        raise refusal("cursor") from None
    return value


_Words = Annotated[str, text(600)]
_Several = AfterValidator(at_most(_MOST_FILTERS))


def _facet(what: str, alias: str | None = None) -> Any:
    return Field(default_factory=list, description=what, alias=alias)


class SearchParameters(Parameters):
    """The query string of a search; a facet may come several times, and all of its values hold.

    The parameters stand in the order in which links write them (`SearchState.address`).
    """

    q: Annotated[str, text(MAX_LENGTH)] = Field("", description="Words to search for, in the search syntax.")
    kind: Annotated[list[Annotated[str, choice(KINDS)]], _Several] = _facet("Category of entries.")
    type: Annotated[list[_Words], _Several] = _facet("Type of document: topic/KEY or its name.")
    person: Annotated[list[_Words], _Several] = _facet(
        "Person or organisation in a document, in any role: agent/KEY or a name."
    )
    place: Annotated[list[_Words], _Several] = _facet("Place: place/KEY or its name.")
    collection: Annotated[list[_Words], _Several] = _facet("Collection: collection/KEY or its name.")
    topic: Annotated[list[_Words], _Several] = _facet("Topic: topic/KEY or its name.")
    language: Annotated[list[Annotated[str, matching(_TAG, "language_tag")]], _Several] = _facet(
        "Language of the documents, as a tag such as ru."
    )
    archive: Annotated[list[_Words], _Several] = _facet("Archive, fonds, series or file: archive/KEY or its name.")
    sender: Annotated[list[_Words], _Several] = _facet("Author or sender: agent/KEY or a name.", alias="from")
    recipient: Annotated[list[_Words], _Several] = _facet("Recipient: agent/KEY or a name.", alias="to")
    thing: Annotated[list[_Words], AfterValidator(at_most(MOST_THINGS))] = _facet(
        "Entry: kind/KEY; any one of several will do."
    )
    lacks: Annotated[list[Annotated[str, choice(LACKED)]], _Several] = _facet("Information that a document lacks.")
    role: Annotated[list[Annotated[str, choice(DATE_ROLES)]], _Several] = _facet("What the date stands for.")
    year: Annotated[str, text(_LONGEST_TIME), Check(_time, {"type": "string"})] = Field(
        "", description="Time of the documents: a year, month, day or period (1962..1963), also in words."
    )
    dates: Annotated[str, choice((CERTAIN, "all"))] = Field(
        "all", description="Whether to include dates that only possibly fall within that time."
    )
    sort: Annotated[str, choice(SORTS)] = Field(
        "", description="Order; by default relevance if there are words to search for, otherwise date."
    )
    limit: Annotated[int, whole_number(1, MOST_EXPORTED)] = Field(
        LIMIT, description=f"Results on a page: at most {MAX_PAGE_SIZE} in HTML, JSON, Atom, RSS and Turtle."
    )
    after: Annotated[str, Check(_cursor, {"type": "string"})] = Field(
        "", description="Point from which to continue the list: `next` in the JSON."
    )
    page: Annotated[int, whole_number(1, MAX_OFFSET)] = Field(
        1,
        description="Page of the list, from 1. `after` takes precedence, and continues the list from any point.",
    )

    @model_validator(mode="before")
    @classmethod
    def cleaned(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Values without what no document holds."""
        return {name: _clean(value) for name, value in given.items()}


def _clean(value: Any) -> Any:
    """A text, or each of a list, without blanks at its ends and without characters that no document holds."""
    if isinstance(value, list):
        return [each for each in map(_clean, value) if each]
    return _UNWRITABLE.sub("", str(value)).strip()


def _canonical(name: str, value: str) -> str:
    """A value of a facet; of a thing its reference, however its key is written."""
    kind = value.partition("/")[0] if name == THING else FACETS[name].kind if name in FACETS else ""
    return spellings(value)[0] if kind and value.startswith(f"{kind}/") else value


_LISTS = frozenset({*FACETS, LACKS, THING})
_OF_PAGES = frozenset({"after", "page", "format"})
"""Parameters of a search that mean something else, or nothing, on the page of a thing."""


def searched(formats: tuple[str, ...]) -> Any:
    """Dependency of a route's handler: the search in its query string.

    Args:
        formats: values of `format`.
    """

    class FormattedParameters(SearchParameters):
        format: Annotated[str, choice(formats)] = Field("", description="Format; takes precedence over Accept.")

    async def read_search(request: Request, asked: Annotated[FormattedParameters, Query()]) -> SearchState:
        return replace(_state(asked, pairs_of(request)), format=asked.format)

    return Depends(read_search)


def read(request: Request) -> SearchState:
    """The search in the address of a thing's page, beside that page's own parameters. Raises ParameterProblem."""
    pairs = [each for each in pairs_of(request) if each[0] not in _OF_PAGES]
    return _state(parameters.read(SearchParameters, pairs, _LISTS), pairs)


def _state(asked: SearchParameters, pairs: list[tuple[str, str]]) -> SearchState:
    parameters.once(pairs, _SINGLE)
    cleaned = [(name, _canonical(name, _clean(value))) for name, value in pairs if name in _LISTS]
    filters = tuple(dict.fromkeys(each for each in cleaned if each[1]))
    narrowing = [each for each in filters if each[0] != THING]
    if len(narrowing) > _MOST_FILTERS:
        raise bad_parameter(*narrowing[_MOST_FILTERS], "too_many", most=_MOST_FILTERS)
    by_date = asked.sort in ORDERED_BY_DATE if asked.sort else not asked.q
    if asked.after and not by_date and not 0 <= int(asked.after) <= MAX_OFFSET:
        raise bad_parameter("after", asked.after, "deep_cursor", most=MAX_OFFSET)
    if (asked.page - 1) * asked.limit > MAX_OFFSET:
        raise bad_parameter("page", str(asked.page), "deep_cursor", most=MAX_OFFSET)
    return SearchState(
        words=asked.q,
        filters=filters,
        time=asked.year,
        certain=asked.dates == CERTAIN,
        sort=asked.sort,
        after=asked.after,
        page=asked.page,
        limit=asked.limit,
    )


@contextmanager
def refusals(state: SearchState, *, searchable: bool) -> Iterator[None]:
    """Searches within the context: a search that can't be understood is a problem of the parameter `q`.

    Args:
        state: the search.
        searchable: whether anything can be searched here at all; if not, the parameters are not to blame.

    Raises:
        ParameterProblem: the words can't be understood; it says why.
    """
    try:
        yield
    except SearchRefused as fault:
        if not searchable:
            raise
        why = fault.message

        def hint(language: str) -> str:
            said = why.said(translations(language).gettext) if isinstance(why, Message) else why
            return f"{said[:1].upper()}{said[1:]}"

        raise ParameterProblem("q", state.words, Expected("search"), hint=hint) from None
