"""Problem details of HTTP (RFC 9457): one shape, `application/problem+json`, and its twin as a page."""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import (
    GenerationError,
    KgError,
    QueryBusy,
    QueryCrashed,
    QueryError,
    QueryRefused,
    QuerySyntaxError,
    QueryTimeout,
    QueryTooHeavy,
    QueryTooLarge,
    QueryTooMany,
    QueryUnwritable,
    RemoteError,
    RemoteTimeout,
    SearchRefused,
)
from kg.render.data.negotiation import choose
from kg.render.site.pages import Site, render_page
from kg.render.site.translations import LANGUAGES
from kg.web.http.headers import CORS, PAGE, combined

_LOG = logging.getLogger("kg")

MEDIA_TYPE = "application/problem+json"

TITLES = {
    400: "The request can't be understood",
    403: "Not allowed",
    404: "There is nothing here",
    405: "This method is not allowed here",
    406: "None of the formats you accept",
    408: "The request came too slowly",
    410: "No longer here",
    413: "Too much",
    414: "The address is too long",
    415: "Unknown media type",
    429: "Too many requests",
    500: "Something went wrong here",
    502: "The store behind this site does not answer",
    503: "Busy just now",
    504: "It took too long",
    507: "It needs more memory than it may have",
}

_OF_QUERIES: tuple[tuple[type[QueryError], int], ...] = (
    (QuerySyntaxError, 400),
    (QueryRefused, 400),
    (SearchRefused, 400),
    (QueryUnwritable, 406),
    (QueryTooHeavy, 507),
    (QueryTooLarge, 413),
    (QueryCrashed, 500),
    (QueryTooMany, 429),
    (QueryBusy, 503),
    (QueryTimeout, 504),
)


VARY = "Accept, Accept-Language, Cookie"
"""Headers on which a problem depends: JSON or a page, in the reader's language."""

_NOT_HERE = (404, 410)
_MAX_GUESS_LENGTH = 200
_SUFFIX = re.compile(r"\.[a-z]{1,6}$")
_WORD = re.compile(r"[^\W_]+")

_MAX_SEARCH_LENGTH = 1_000
"""Characters of a refused search that its field keeps."""


@dataclass(eq=False)
class Problem(Exception):  # RFC 9457 calls it a problem
    """A request that gets no answer but this.

    Attributes:
        status: the HTTP status.
        detail: what is wrong with this request, and what to do.
        headers: to send along: Allow, Retry-After.
        more: further members of the JSON object.
        formats: formats that there are, where none was acceptable.
        path: of the thing whose formats these are.
        language: of the detail.
    """

    status: int
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)
    formats: Sequence[Any] = ()
    path: str = ""
    language: str = LANGUAGES[0]

    @property
    def title(self) -> str:
        """Title of problems with this status."""
        return TITLES.get(self.status, "Error")

    def spoken(self, _language: str) -> "Problem":
        """The problem in a reader's language, where its detail is translated."""
        return self


def of(fault: KgError) -> Problem:
    """The problem that an error of ours is to a client; a failure of the store is never a 404."""
    if isinstance(fault, QueryError):
        status = next((status for kind, status in _OF_QUERIES if isinstance(fault, kind)), 500)
        more: dict[str, Any] = {}
        if isinstance(fault, QuerySyntaxError):
            more = {"line": fault.line, "column": fault.column}
        if isinstance(fault, QueryRefused) and "update" in fault.what.lower():
            status = 403
        headers = {"Retry-After": "5"} if status in {429, 503} else {}
        return Problem(status, str(fault), headers, more)
    if isinstance(fault, RemoteError):
        status = 504 if isinstance(fault, RemoteTimeout) else 502
        _LOG.warning("%d: %s", status, fault)  # where the store is, and what it said, is for its keeper
        return Problem(status, "What you asked for is kept in a store that gave no answer. Try again in a few minutes.")
    if isinstance(fault, GenerationError):
        _LOG.warning("503: %s", fault)
        return Problem(503, "Nothing can be served at the moment.", {"Retry-After": "10"})
    return Problem(500, "The server met an error; its keeper finds it in the log.")


def _words(request: Request, problem: Problem) -> str:
    """The words in an address that leads nowhere, to be searched: the end of its path, without a suffix."""
    if problem.status not in _NOT_HERE:
        return ""
    last = request.scope["path"].rstrip("/").rpartition("/")[2][:_MAX_GUESS_LENGTH]
    return " ".join(_WORD.findall(_SUFFIX.sub("", last)))


def wants_page(request: Request) -> bool:
    """Whether a client wants a problem as a page: where it prefers HTML."""
    accept = combined(request, "accept")
    return "html" in accept and choose(accept, (MEDIA_TYPE, "text/html")) == "text/html"


def response(request: Request, problem: Problem, site: Site) -> Response:
    """A problem as the client wants it: as a page where it takes HTML, else as JSON."""
    problem = problem.spoken(site.language)
    headers = {**problem.headers, "Vary": VARY, "Cache-Control": "no-cache", **CORS}
    if wants_page(request):
        asked = (
            ""
            if problem.status == 414
            else request.query_params.get("q", "")[:_MAX_SEARCH_LENGTH] or _words(request, problem)
        )
        values = {"problem": problem, "formats": problem.formats, "path": problem.path, "sought": asked}
        body, media_type = render_page("error", site, values), "text/html; charset=utf-8"
        headers |= PAGE
    else:
        told = {"type": "about:blank", "title": problem.title, "status": problem.status, "detail": problem.detail}
        body, media_type = orjson.dumps({**told, **problem.more}), MEDIA_TYPE
    return Response(body, problem.status, headers, media_type)
