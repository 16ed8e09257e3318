"""Table of routes: rows that say what is served where, and the match of a path with a row.

A path is matched as it was sent, escapes and all, since a key may hold an escaped slash or dot.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic import BaseModel
from starlette.responses import Response

from kg.iris import KINDS

READ = ("GET", "HEAD", "OPTIONS")
QUERY = ("GET", "HEAD", "POST", "OPTIONS")
"""Methods, in the order of Allow."""

_PARAMETER = re.compile(r"\{(\w+)(:path)?\}")

Handler = Callable[..., Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Route:
    """A row of the table.

    Attributes:
        path: template of the path below the base; `{name}` stands for a segment, `{name:path}` for any rest.
        handler: coroutine function of the request, its context and the parameters that it declares.
        what: the resource in a noun phrase, for the reference and the description.
        media_types: of its representations, the one first that is sent to who asks for none.
        methods: methods that are allowed.
        cacheable: whether its responses are kept in the page cache.
        negotiated: media types among which Accept chooses a representation; None where that is not told.
        private: parameters of a reader's own way to the page. With the first of them the address counts as it was sent,
            and nothing is kept; without it they say nothing.
        repeats: whether its responses are looked up in the cache of SPARQL answers (D-96).
        long_address: whether its address may hold a whole query, or a long name.
        direct: whether its handler is called without FastAPI, and reads its parameters itself.
        parameters: of a direct route, the type that declares them.
        values: values of a parameter of the path where these are few.
        statuses: status → what it means here, of responses besides 200 and 304.
        problems: statuses of problems.
        example: an address below the base that is answered, where it is not the path itself; empty for none. In it
            `{record}`, `{thing}`, `{dump}` and `{table}` stand for some of the collection.
        undescribed: why the description has it not; empty where it has.
        body: the request body in OpenAPI, of POST.
        description: more about it.
        operation: its name in the description; empty for one made of the path.
        status: of the response, where that is not 200.
        refused: handler of a request whose parameters are bad, where that is not only a problem.
        wing: the part of the site that it belongs to.
    """

    path: str
    handler: Handler
    what: str
    media_types: tuple[str, ...] = ("text/html",)
    methods: tuple[str, ...] = READ
    cacheable: bool = False
    negotiated: tuple[str, ...] | None = None
    private: tuple[str, ...] = ()
    repeats: bool = False
    long_address: bool = False
    direct: bool = False
    parameters: type[BaseModel] | None = None
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    statuses: Mapping[int, str] = field(default_factory=dict)
    problems: tuple[int, ...] = ()
    example: str | None = None
    undescribed: str = ""
    body: Mapping[str, Any] | None = None
    description: str = ""
    operation: str = ""
    status: int = 200
    refused: Handler | None = None
    wing: str = ""

    @property
    def sliced(self) -> bool:
        """Whether its handler takes turns in the event loop; probes cost nothing, and queries wait for a worker."""
        return self.cacheable or not (self.direct or self.repeats)


class Matched(NamedTuple):
    """A row, and the parameters of a path as they were sent."""

    route: Route
    parameters: Mapping[str, str]


class Caches(NamedTuple):
    """Caches in which requests below a first segment are looked up."""

    pages: bool
    answers: bool


class RouteTable:
    """Rows by path: first those without parameters, then templates in their order."""

    def __init__(self, rows: Iterable[Route]) -> None:
        self.rows = tuple(rows)
        self._exact: dict[str, Matched] = {}
        self._templates: dict[str, list[tuple[re.Pattern[str], Route]]] = {}
        self.caches: dict[str, Caches] = {}
        self._long: set[str] = set()
        for row in self.rows:
            for path, given in _expanded(row):
                self._add(row, path, given)

    def _add(self, row: Route, path: str, given: Mapping[str, str]) -> None:
        place = path.partition("/")[0]
        if row.long_address:
            self._long.add(place)
        before = self.caches.get(place, Caches(pages=False, answers=False))
        self.caches[place] = Caches(before.pages or row.cacheable, before.answers or row.repeats)
        if "{" in path:
            self._templates.setdefault(place, []).append((_pattern(path, row.values), row))
        else:
            self._exact.setdefault(path, Matched(row, given))

    def match(self, path: str) -> Matched | None:
        """The row of a path below the base; None where there is none."""
        exact = self._exact.get(path)
        if exact is not None:
            return exact
        place = path.partition("/")[0]
        for pattern, row in self._templates.get(place, ()):
            if found := pattern.fullmatch(path):
                given = {"kind": place} if row.path.startswith("/{kind}") else {}
                return Matched(row, {**given, **found.groupdict()})
        return None

    def may_be_long(self, path: str) -> bool:
        """Whether a path begins like that of a row whose address may be long."""
        return path.partition("/")[0] in self._long

    @property
    def fixed(self) -> Iterable[str]:
        """Paths without parameters."""
        return self._exact

    def leads(self, path: str) -> bool:
        """Whether a path begins like that of a row."""
        return path.partition("/")[0] in self.caches


def _expanded(row: Route) -> Iterable[tuple[str, dict[str, str]]]:
    """Paths of a row, one for each kind of things where it has one for all of them."""
    path = row.path.removeprefix("/")
    if not path.startswith("{kind}"):
        return [(path, {})]
    return [(path.replace("{kind}", kind, 1), {"kind": kind}) for kind in KINDS]


def _pattern(path: str, values: Mapping[str, tuple[str, ...]]) -> re.Pattern[str]:
    """The paths of a template as a regular expression."""
    parts, at = [], 0
    for found in _PARAMETER.finditer(path):
        name, rest = found.groups()
        some = "|".join(map(re.escape, values.get(name, ()))) or (".+" if rest else "[^/]+")
        parts += [re.escape(path[at : found.start()]), f"(?P<{name}>{some})"]
        at = found.end()
    return re.compile("".join([*parts, re.escape(path[at:])]))
