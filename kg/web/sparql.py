"""The SPARQL endpoint: SPARQL 1.1 Protocol, query side, answered by processes that may die."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from kg.render.negotiation import parse, preference
from kg.render.pages import page
from kg.settings import QUERIES
from kg.store.pool import Answer
from kg.store.results import FORMATS
from kg.web.context import Context
from kg.web.documents import CORS
from kg.web.problems import Problem
from kg.web.searching import MORE_FOUND

MAX_BODY = 1 << 20
"""Longest body of a request, in bytes; the worker's own limit on a query is lower still."""

_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"
_FORM = "application/x-www-form-urlencoded"
_MEDIA_TYPES = {row.media_type.partition(";")[0]: name for name, row in FORMATS.items()}
_ALIASES = {"application/json": "json", "application/xml": "xml", "text/plain": "ntriples"}
_FAMILIES = {
    "json": ("json", "jsonld"),
    "xml": ("xml", "rdfxml"),
    "application/json": ("json", "jsonld"),
    "application/xml": ("xml", "rdfxml"),
    "json-ld": ("jsonld",),
    "rdf": ("rdfxml",),
    "ttl": ("turtle",),
    "nt": ("ntriples",),
    "text/plain": ("ntriples",),
}
"""Words of clients for `format=`: the first that can hold the answer is taken."""

_HEADERS = {**CORS, "Vary": "Accept", "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}


@dataclass(slots=True)
class Asked:
    """What a request asks."""

    query: str | None = None
    default_graphs: list[str] = field(default_factory=list)
    named_graphs: list[str] = field(default_factory=list)
    format: str | None = None
    timeout: float | None = None
    example: str | None = None


async def respond(request: Request, context: Context) -> Response:
    """Answer a query; without one, show the form."""
    asked = await _read(request)
    if asked.query is None:
        return _form(request, context, asked.example)
    formats = _formats(request, asked)
    stack = AsyncExitStack()
    try:
        answer = await stack.enter_async_context(
            context.serving.pool.query(
                asked.query,
                format=formats,
                default_graphs=asked.default_graphs,
                named_graphs=asked.named_graphs,
                timeout=asked.timeout,
            )
        )
        stack.enter_context(context.serving.hold())
    except BaseException:
        await stack.aclose()
        raise
    headers = {**_HEADERS, **MORE_FOUND} if answer.limited else _HEADERS
    if request.method == "HEAD":
        await stack.aclose()
        return Response(None, 200, headers, answer.media_type)
    return StreamingResponse(_sent(answer, stack), 200, headers, answer.media_type)


async def _sent(answer: Answer, stack: AsyncExitStack) -> AsyncIterator[bytes]:
    """An answer as it comes; the worker is free, or stopped, when it ends or the client leaves."""
    async with stack:
        async for chunk in answer:
            yield chunk


async def _read(request: Request) -> Asked:
    """The parts of a request (SPARQL 1.1 Protocol, 2.1)."""
    try:
        pairs = parse_qsl(request.scope["query_string"].decode("ascii"), keep_blank_values=True, errors="strict")
    except (UnicodeDecodeError, ValueError):
        raise Problem(400, "The address holds bytes that are no UTF-8.") from None
    if request.method != "POST":
        return _asked(pairs)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == _UPDATE:
        raise Problem(403, "Updates are off: this is a published collection, and it changes by its builds alone.")
    if content_type not in {_QUERY, _FORM}:
        detail = f"POST a query as {_QUERY}, or a form as {_FORM}; this is {content_type or 'neither'}."
        raise Problem(415, detail, {"Accept-Post": f"{_QUERY}, {_FORM}"})
    try:
        text = (await _body(request)).decode("utf-8")
        if content_type == _QUERY:
            if any(name in {"query", "update"} for name, _ in pairs):
                raise Problem(400, "There is a query in the address and another one in the body.")
            return _asked([*pairs, ("query", text)])
        return _asked([*pairs, *parse_qsl(text, keep_blank_values=True, errors="strict")])
    except UnicodeDecodeError:
        raise Problem(400, "The body is not UTF-8.") from None
    except ValueError as fault:
        raise Problem(400, f"The form can't be read: {fault}.") from None


async def _body(request: Request) -> bytes:
    held = bytearray()
    try:
        async for chunk in request.stream():
            held += chunk
            if len(held) > MAX_BODY:
                raise Problem(413, f"The body is longer than {MAX_BODY:,} bytes.")
    except ClientDisconnect:
        raise Problem(400, "The body is incomplete.") from None
    return bytes(held)


def _asked(pairs: list[tuple[str, str]]) -> Asked:
    asked = Asked()
    for name, value in pairs:
        if name == "query":
            if asked.query is not None:
                raise Problem(400, "There are two queries; a request has one.")
            asked.query = value
        elif name == "update":
            raise Problem(403, "Updates are off: this is a published collection, and it changes by its builds alone.")
        elif name == "default-graph-uri":
            asked.default_graphs.append(value)
        elif name == "named-graph-uri":
            asked.named_graphs.append(value)
        elif name == "format" and value:
            asked.format = value
        elif name == "timeout":
            asked.timeout = _seconds(value)
        elif name == "example":
            asked.example = value
    return asked


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e6:
        raise Problem(400, "`timeout` is a number of seconds, more than 0.")
    return seconds


def _formats(request: Request, asked: Asked) -> list[str]:
    """Names of formats, the one the client prefers first; `format=` goes before Accept."""
    if asked.format is not None:
        known = [name for each in asked.format.split(",") for name in _named(each.strip())]
        if not known:
            raise Problem(400, f"There is no format {asked.format[:50]!r}; there are {', '.join(FORMATS)}.")
        return known
    header = ",".join(request.headers.getlist("accept"))
    names = {**_MEDIA_TYPES, **_ALIASES}
    wanted = preference(header, list(names))
    if not wanted and parse(header) and "html" not in header:
        detail = f"Results come as {', '.join(_MEDIA_TYPES)}."
        raise Problem(406, detail)
    return list(dict.fromkeys(names[each] for each in wanted)) or list(FORMATS)


def _named(name: str) -> tuple[str, ...]:
    """The formats that a word in `format=` may mean: a name, a media type, or what clients call several."""
    if name in _FAMILIES:
        return _FAMILIES[name]
    name = _MEDIA_TYPES.get(name, name)
    return (name,) if name in FORMATS else ()


@dataclass(frozen=True, slots=True)
class Example:
    """A query of queries/examples: its header says what it is."""

    name: str
    title: str
    description: str
    text: str


@cache
def examples() -> tuple[Example, ...]:
    """The examples, by name."""
    found = []
    for path in sorted((QUERIES / "examples").glob("*.rq")):
        lines = path.read_text(encoding="utf-8").splitlines()
        head = dict(
            line.removeprefix("#").strip().split(": ", 1) for line in lines if line.startswith("#") and ": " in line
        )
        text = "\n".join(line for line in lines if not line.startswith("#"))
        found.append(Example(path.stem, head.get("title", path.stem), head.get("description", ""), text))
    return tuple(found)


def _form(request: Request, context: Context, name: str | None) -> Response:
    shown = next((each for each in examples() if each.name == name), None) or examples()[0]
    if request.method == "POST":
        raise Problem(400, "There is no query.")
    values = {"query": shown.text, "examples": examples(), "formats": list(FORMATS)}
    body = page("sparql", context.site, values)
    headers = {"Cache-Control": "public, max-age=60", **context.page_headers}
    return Response(b"" if request.method == "HEAD" else body, 200, headers, "text/html; charset=utf-8")
