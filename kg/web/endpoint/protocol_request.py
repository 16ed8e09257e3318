"""Protocol request: the query operation of SPARQL 1.1 Protocol (2.1), read from address and body.

Nothing here looks into a query: it is a text until a worker has it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from pydantic import Field
from starlette.requests import Request

from kg.errors import Message
from kg.web.http.form_encoding import pairs, text_of
from kg.web.http.parameter_problems import bad_parameter
from kg.web.http.parameters import Parameters
from kg.web.http.problems import Problem
from kg.web.serving.context import Context

_MAX_REST = 64 << 10
"""Bytes of a form besides its query: what a head may hold."""

_LARGE = 32 << 10
"""Bytes of a body from which others would wait while it is read."""

_MAX_SHORT, _MAX_VALUE = 1_000, 8_000
"""Characters of a format, a time or a name; of any value but a query."""

MAX_GRAPHS = 100
"""Graphs that a request may name, at most."""

_QUERY = "application/sparql-query"
_UPDATE = "application/sparql-update"
_FORM = "application/x-www-form-urlencoded"
_ACCEPTED = {"Accept-Post": f"{_QUERY}, {_FORM}"}
_UTF_8 = frozenset({"", "utf-8", "utf8", "us-ascii"})
_OFF = Message("Updates are not accepted: this collection changes only when it is published anew.")
_EXCERPT_LENGTH = 40


class ProtocolParameters(Parameters):
    """Parameters of a request in the description; they are read by `read`, since each counts as it came."""

    query: str = Field("", description="SPARQL 1.1 query; without one, the service description is returned.")
    default_graphs: list[str] = Field(
        default_factory=list,
        alias="default-graph-uri",
        description="IRI of a graph that is to be part of the default graph of the query.",
    )
    named_graphs: list[str] = Field(
        default_factory=list, alias="named-graph-uri", description="IRI of a graph that GRAPH in the query can address."
    )
    format: str = Field("", description="Format: name or media type; takes precedence over Accept.")
    timeout: float = Field(
        default_factory=float,
        gt=0,
        description="Time limit of the query in seconds; that of the server applies if it is lower.",
    )
    example: str = Field("", description="Name of an example in the query editor.")


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


async def read(request: Request, context: Context) -> ProtocolRequest:
    """The operation of a request. Raises Problem where it is no request of the protocol."""
    address: bytes = request.scope["query_string"]
    longest = context.settings.query_length
    if request.scope["method"] != "POST":
        return _protocol_request(pairs(address, _TAKES), longest)
    content_type, parameters = _content_type(request)
    if content_type == _UPDATE:
        raise Problem(403, _OFF)
    if content_type not in {_QUERY, _FORM}:
        detail = Message(
            "With POST, send a query as %(query)s or a form as %(form)s; this request has %(type)s.",
            query=_QUERY,
            form=_FORM,
            type=content_type or Message("neither"),
        )
        raise Problem(415, detail, _ACCEPTED)
    _refuse_coded(request, parameters)
    given = list(pairs(address, _TAKES))
    of_body = _form_pairs if content_type == _FORM else _query_pair
    if content_type == _QUERY and any(name == "query" for name, _ in given):
        detail = Message("There is a query in the address and another one in the body; a request may have only one.")
        raise Problem(400, detail)
    async with context.bodies.reading(request, longest_form(longest) if content_type == _FORM else longest) as body:
        make = partial(of_body, body)
        # What takes others' time is done in its client's turn.
        said = await context.serving.page_queue.run(request, make) if len(body) > _LARGE else make()
    return _protocol_request([*given, *said], longest)


def longest_form(longest_query: int) -> int:
    """Bytes of the longest form: the longest query with each byte escaped, and some more."""
    return 3 * longest_query + _MAX_REST


def _form_pairs(body: bytes) -> list[tuple[str, str]]:
    return list(pairs(body, _TAKES))


def _query_pair(body: bytes) -> list[tuple[str, str]]:
    return [("query", text_of(body, Message("The query")))]


def _content_type(request: Request) -> tuple[str, str]:
    name, _, parameters = request.headers.get("content-type", "")[:_MAX_SHORT].partition(";")
    return name.strip().lower(), parameters.lower()


def _refuse_coded(request: Request, parameters: str) -> None:
    """Refuse a body in a charset or a coding that is not read."""
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip().strip('"') not in _UTF_8:
            detail = Message(
                "SPARQL must be sent in UTF-8; this request says %(charset)s.", charset=value.strip()[:_EXCERPT_LENGTH]
            )
            raise Problem(415, detail, _ACCEPTED)
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        # RFC 9110, 12.5.3: what a 415 for a coding says.
        detail = Message("Send the body without Content-Encoding.")
        raise Problem(415, detail, {"Accept-Encoding": "identity"})


def _protocol_request(given: Iterable[tuple[str, str]], longest: int) -> ProtocolRequest:
    asked = ProtocolRequest()
    for name, value in given:
        most = longest_form(longest) if name in _TEXTS else _MAX_LENGTHS.get(name, _MAX_SHORT)
        if len(value) > most:
            raise bad_parameter(name, value, "string_too_long", most=most)
        _TAKES[name.encode()](asked, value)
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


_TAKES: dict[bytes, Callable[[ProtocolRequest, str], None]] = {
    b"query": _query,
    b"default-graph-uri": lambda asked, value: asked.default_graphs.append(value),
    b"named-graph-uri": lambda asked, value: asked.named_graphs.append(value),
    b"format": _format,
    b"timeout": _timeout,
    b"example": _example,
    b"update": _update,
    b"using-graph-uri": _update,
    b"using-named-graph-uri": _update,
}
"""Name of a parameter → what takes its value; others mean nothing here."""

_TEXTS = frozenset({"query", "update"})
_MAX_LENGTHS = {"default-graph-uri": _MAX_VALUE, "named-graph-uri": _MAX_VALUE}
"""Name of a parameter → characters of its value, at most, where these are more than those of short ones."""


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e6:
        raise bad_parameter("timeout", value, "seconds")
    return seconds
