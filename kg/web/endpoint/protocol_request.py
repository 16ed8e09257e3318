"""Protocol request: the query operation of SPARQL 1.1 Protocol (2.1), read from address and body.

Nothing here looks into a query: it is a text until a worker has it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from pydantic import Field
from starlette.requests import ClientDisconnect, Request

from kg.web.http.parameter_problems import bad_parameter
from kg.web.http.parameters import Parameters
from kg.web.http.problems import Problem

MAX_BODY = 1 << 20
"""Longest body of a request, in bytes; the worker's own limit on a query is lower still."""

MAX_GRAPHS = 100
"""Graphs that a request may name, at most."""

_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"
_FORM = "application/x-www-form-urlencoded"
_ACCEPTED = {"Accept-Post": f"{_QUERY}, {_FORM}"}
_UTF_8 = frozenset({"", "utf-8", "utf8", "us-ascii"})
_OFF = "Updates are off: this is a published collection, and it changes by its builds alone."
_EXCERPT_LENGTH = 40


class ProtocolParameters(Parameters):
    """Parameters of a request in the description; they are read by `read`, since each counts as it came."""

    query: str = Field("", description="A query in SPARQL 1.1; without it, the service describes itself.")
    default_graphs: list[str] = Field(
        default_factory=list, alias="default-graph-uri", description="A graph of the default graph, by its IRI."
    )
    named_graphs: list[str] = Field(
        default_factory=list, alias="named-graph-uri", description="A graph that GRAPH sees, by its IRI."
    )
    format: str = Field("", description="The format by name or media type; it goes before Accept.")
    timeout: float = Field(
        default_factory=float, gt=0, description="Seconds that the client gives the query, at most those of the server."
    )
    example: str = Field("", description="An example of the workbench, by its name.")


@dataclass(slots=True)
class ProtocolRequest:
    """Query operation of a request.

    Attributes:
        query: the query, if there is one.
        default_graphs: graphs that are the default graph together.
        named_graphs: graphs that GRAPH sees.
        format: what `format=` says.
        timeout: seconds that the client gives it.
        example: the example that the form is to show.
    """

    query: str | None = None
    default_graphs: list[str] = field(default_factory=list)
    named_graphs: list[str] = field(default_factory=list)
    format: str | None = None
    timeout: float | None = None
    example: str | None = None


async def read(request: Request) -> ProtocolRequest:
    """The operation of a request. Raises Problem where it is no request of the protocol."""
    address: bytes = request.scope["query_string"]
    if request.scope["method"] != "POST":
        return _protocol_request(pairs(address))
    content_type, parameters = _content_type(request)
    if content_type == _UPDATE:
        raise Problem(403, _OFF)
    if content_type not in {_QUERY, _FORM}:
        detail = f"POST a query as {_QUERY}, or a form as {_FORM}; this is {content_type or 'neither'}."
        raise Problem(415, detail, _ACCEPTED)
    _refuse_coded(request, parameters)
    body = await _body(request)
    given = list(pairs(address))
    if content_type == _FORM:
        return _protocol_request([*given, *pairs(body)])
    if any(name == "query" for name, _ in given):
        raise Problem(400, "There is a query in the address and another one in the body; a request has one.")
    return _protocol_request([*given, ("query", text_of(body, "The query"))])


def _content_type(request: Request) -> tuple[str, str]:
    name, _, parameters = request.headers.get("content-type", "").partition(";")
    return name.strip().lower(), parameters.lower()


def _refuse_coded(request: Request, parameters: str) -> None:
    """Refuse a body in a charset or a coding that is not read."""
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip().strip('"') not in _UTF_8:
            raise Problem(415, f"SPARQL is UTF-8, and this says {value.strip()[:_EXCERPT_LENGTH]}.", _ACCEPTED)
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        # RFC 9110, 12.5.3: what a 415 for a coding says.
        raise Problem(415, "Bodies are read as they are, without Content-Encoding.", {"Accept-Encoding": "identity"})


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


def pairs(encoded: bytes) -> Iterator[tuple[str, str]]:
    """Names and values of a form or of the part of an address behind the question mark.

    >>> list(pairs(b"query=ASK+%7B%7D&default"))
    [('query', 'ASK {}'), ('default', '')]
    """
    for part in encoded.split(b"&"):
        if part:
            name, _, value = part.partition(b"=")
            read_name = _NAMES.get(name) or text_of(unescaped(name), "The name of a parameter")
            yield read_name, text_of(unescaped(value), f"`{read_name[:_EXCERPT_LENGTH]}`")


def unescaped(encoded: bytes) -> bytes:
    r"""A name or value without its escapes (WHATWG URL, 5.1); `%` before anything else stands for itself.

    >>> unescaped(b"a+b%2B\\x41%C3%A9"), unescaped(b"100%")
    (b'a b+\\x41\xc3\xa9', b'100%')
    """
    spaced = encoded.replace(b"+", b" ")
    if b"%" not in spaced:
        return spaced
    try:
        # Python's own way takes a loop through each escape; as escapes of Python's they are read in one go.
        return spaced.replace(b"\\", b"\\\\").replace(b"%", b"\\x").decode("unicode_escape").encode("latin-1")
    except UnicodeDecodeError:
        return unquote_to_bytes(spaced)


def text_of(raw: bytes, what: str) -> str:
    """Bytes as text. Raises Problem that says where they are no UTF-8."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        before = raw[: fault.start].decode("utf-8")
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        wrong = " ".join(f"0x{byte:02X}" for byte in raw[fault.start : fault.end])
        detail = f"{what} is not UTF-8: {wrong} at line {line}, column {column}."
        around = before[-_EXCERPT_LENGTH:] + raw[fault.start : fault.end + _EXCERPT_LENGTH].decode(
            "utf-8", "backslashreplace"
        )
        raise Problem(400, detail, more={"line": line, "column": column, "text": around}) from None


def _protocol_request(given: Iterable[tuple[str, str]]) -> ProtocolRequest:
    asked = ProtocolRequest()
    for name, value in given:
        if take := _TAKES.get(name):
            take(asked, value)
    if len(asked.default_graphs) + len(asked.named_graphs) > MAX_GRAPHS:
        name, iris = max(
            (("default-graph-uri", asked.default_graphs), ("named-graph-uri", asked.named_graphs)),
            key=lambda each: len(each[1]),
        )
        raise bad_parameter(name, iris[-1], "too_many", most=MAX_GRAPHS)
    return asked


def _query(asked: ProtocolRequest, value: str) -> None:
    if asked.query is not None:
        raise bad_parameter("query", value, "once")
    asked.query = value


def _format(asked: ProtocolRequest, value: str) -> None:
    asked.format = value or None


def _timeout(asked: ProtocolRequest, value: str) -> None:
    asked.timeout = _seconds(value)


def _example(asked: ProtocolRequest, value: str) -> None:
    asked.example = value


def _update(_protocol_request: ProtocolRequest, _value: str) -> None:
    raise Problem(403, _OFF)


_TAKES: dict[str, Callable[[ProtocolRequest, str], None]] = {
    "query": _query,
    "default-graph-uri": lambda asked, value: asked.default_graphs.append(value),
    "named-graph-uri": lambda asked, value: asked.named_graphs.append(value),
    "format": _format,
    "timeout": _timeout,
    "example": _example,
    "update": _update,
    "using-graph-uri": _update,
    "using-named-graph-uri": _update,
}
"""Name of a parameter → what takes its value; others mean nothing here."""
_NAMES = {name.encode("ascii"): name for name in _TAKES}


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e6:
        raise bad_parameter("timeout", value, "seconds")
    return seconds
