"""Problem details of HTTP (RFC 9457): one shape, `application/problem+json`, and its twin as a page."""

import logging
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import (
    GenerationError,
    KgError,
    Message,
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
from kg.render.site.translations import LANGUAGES, translations
from kg.web.http.headers import CORS, PAGE, combined

_LOG = logging.getLogger("kg")

MEDIA_TYPE = "application/problem+json"

TITLES = {
    400: "The request could not be understood",
    403: "Not allowed",
    404: "Page not found",
    405: "This method is not allowed here",
    406: "No suitable format",
    408: "The request arrived too slowly",
    410: "No longer available",
    413: "The request is too large",
    414: "The address is too long",
    415: "Unknown media type",
    416: "The file has no such range",
    429: "Too many requests",
    500: "Something went wrong",
    502: "The database is not responding",
    503: "The server is busy",
    504: "The request took too long",
    507: "The request needs too much memory",
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
        detail: what is wrong with this request, and what to do; a Message is said in the reader's language.
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

    def spoken(self, language: str) -> "Problem":
        """The problem in a reader's language, where its detail is a message (D-171)."""
        if language == self.language or not isinstance(self.detail, Message):
            return self
        detail = self.detail.said(translations(language).gettext)
        return Problem(self.status, detail, self.headers, self.more, self.formats, self.path, language)


def of(fault: KgError) -> Problem:
    """The problem that an error of ours is to a client; a failure of the store is never a 404.

    What an engine, a remote store or the system says may tell of this machine. It goes to the log, under a number that
    the client is told (D-107).
    """
    if isinstance(fault, QueryError) and not isinstance(fault, QueryCrashed):
        status = next((status for kind, status in _OF_QUERIES if isinstance(fault, kind)), 500)
        more: dict[str, Any] = {}
        if isinstance(fault, QuerySyntaxError):
            more = {"line": fault.line, "column": fault.column}
        if isinstance(fault, QueryRefused) and "update" in fault.what.lower():
            status = 403
        headers = {"Retry-After": "5"} if status in {429, 503} else {}
        return Problem(status, fault.message, headers, more)
    if isinstance(fault, RemoteError):
        status = 504 if isinstance(fault, RemoteTimeout) else 502
        told = Message("The database with the requested data did not respond. Try again in a few minutes.")
        return _incident(status, told, fault)
    if isinstance(fault, GenerationError):
        return _incident(503, Message("The site is unavailable at the moment."), fault, {"Retry-After": "10"})
    if isinstance(fault, QueryCrashed):
        return _incident(
            500, Message("This query could not be executed. Phrase it differently, or request less."), fault
        )
    return _incident(500, Message("An error occurred on the server."), fault)


def unexpected(fault: Exception, doing: str) -> Problem:
    """The problem that any other error is to a client, with its traceback in the log.

    Args:
        fault: the error.
        doing: the request, printable.
    """
    number = _number()
    _LOG.error("incident %s: %s", number, doing, exc_info=fault)
    return _numbered(500, Message("An error occurred on the server."), number, {})


def _incident(status: int, told: Message, fault: KgError, headers: Mapping[str, str] | None = None) -> Problem:
    number = _number()
    _LOG.warning("%d, incident %s: %s: %r", status, number, type(fault).__name__, str(fault))
    return _numbered(status, told, number, headers or {})


def _number() -> str:
    """The number of an incident: of chance, so that it tells nothing of how many there are."""
    return secrets.token_hex(4)


def _numbered(status: int, told: Message, number: str, headers: Mapping[str, str]) -> Problem:
    detail = Message(
        "%(told)s The site's administrator can find it in the log by the number %(number)s.",
        told=told,
        number=number,
    )
    return Problem(status, detail, headers, {"incident": number})


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
        title = translations(site.language).gettext(problem.title)
        told = {"type": "about:blank", "title": title, "status": problem.status, "detail": problem.detail}
        body, media_type = orjson.dumps({**told, **problem.more}), MEDIA_TYPE
    return Response(body, problem.status, headers, media_type)
