"""Canonical address of a request: its path without needless escapes; of its query what the route knows, in order.

What a route does not know says nothing: an address with `utm_source` behind it names the same page (D-110).
"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote_from_bytes

from starlette.requests import Request
from starlette.types import Scope

from kg.render.site.translations import LANGUAGES
from kg.web.http.form_encoding import unescaped
from kg.web.http.language import PARAMETER, quoted

CanonicalAddress = tuple[str, bytes]
"""Canonical address: the path below the base, and the query."""

KnownParameters = Mapping[bytes, bool]
"""Name of a parameter that a route knows, in the order of its declaration → whether several values hold at once."""

_LANGUAGE = PARAMETER.encode()
_SPOKEN = frozenset(each.encode() for each in LANGUAGES)
_ADDRESS, _SENT = "kg.address", "kg.sent_query"
_MAX_PATH_LENGTH = 2_000
"""Characters up to which a path is made canonical; no key is as long, and each escape costs steps."""

_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~")


def canonical_path(path: str) -> str:
    """The canonical form of a path: no escape that need not be (RFC 3986, 6.2.2), but for dots, which keys may hold.

    >>> canonical_path("record/%41%2e%2fb%c3%a9")
    'record/A%2E%2Fb%C3%A9'
    """
    return _ESCAPE.sub(_unescaped, path) if "%" in path and len(path) <= _MAX_PATH_LENGTH else path


def _unescaped(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character in _PLAIN else escape[0].upper()


def canonical_query(query: bytes, known: KnownParameters) -> bytes:
    """The canonical form of a query.

    Parameters stand in the route's order. One without a value counts as absent, as a form sends it. Values of one that
    has a single value stay in their order, since the last counts, or their contradiction is refused.

    >>> canonical_query(b"utm_source=x&b=%41&a=2&a=1&b=A&c=", {b"b": False, b"a": True, b"c": False})
    b'b=A&a=1&a=2'

    Args:
        query: the query as it was sent.
        known: the parameters that the route knows.
    """
    pairs: dict[tuple[bytes, bytes], None] = {}
    for name, value in _pairs(query):
        if name in known and value:
            said = name, unescaped(value)
            if name != _LANGUAGE or said[1] in _SPOKEN:
                pairs.pop(said, None)  # of two the last one stands
                pairs[said] = None
    places = {name: place for place, name in enumerate(known)}
    in_order = sorted(pairs, key=lambda pair: (places[pair[0]], pair[1] if known[pair[0]] else b""))
    written = [f"{quote_from_bytes(name, safe='')}={quote_from_bytes(value, safe='')}" for name, value in in_order]
    return "&".join(written).encode()


def has_parameter(query: bytes, sought: bytes) -> bool:
    """Whether a query has a parameter."""
    return any(name == sought for name, _ in _pairs(query))


def _pairs(query: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Names, and values as they were sent; only names that need it are decoded, since strangers send many."""
    for pair in query.split(b"&"):
        name, _, value = pair.partition(b"=")
        yield unescaped(name), value


def set_address(scope: Scope, address: CanonicalAddress) -> None:
    """Put the canonical address of a request in place of the one that was sent."""
    scope[_ADDRESS] = address
    _, query = address
    if query != scope["query_string"]:
        scope[_SENT], scope["query_string"] = scope["query_string"], query


def address_of(request: Request) -> CanonicalAddress | None:
    """The canonical address of a request; None where the one that was sent counts."""
    address: CanonicalAddress | None = request.scope.get(_ADDRESS)
    return address


def with_query(request: Request) -> str:
    """The query of an address, as it came, to put behind another path."""
    query: bytes = request.scope.get(_SENT, request.scope["query_string"])
    return _behind_a_path(query)


def own_query(request: Request) -> str:
    """The query of a page's own address, to put behind its path."""
    return _behind_a_path(request.scope["query_string"])


def _behind_a_path(query: bytes) -> str:
    return f"?{quoted(query)}" if query else ""


def canonical_link(request: Request, base: str) -> str:
    """The canonical address of a request as an element of Link (RFC 6596), without the language; empty for none.

    Args:
        request: the request.
        base: the base.
    """
    address = address_of(request)
    if address is None:
        return ""
    path, query = address
    kept = "&".join(each for each in query.decode("ascii").split("&") if not each.startswith(f"{PARAMETER}="))
    return f'<{base}{path}{"?" if kept else ""}{kept}>; rel="canonical"'
