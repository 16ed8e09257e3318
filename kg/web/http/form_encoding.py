"""Form encoding: names and values of a form, or of an address behind the question mark (WHATWG URL, 5.1).

All of this runs in the event loop, before any queue has counted the client. So its steps are bounded whatever the bytes
are: pairs are counted before they are cut apart, and escapes are undone by loops of C alone (D-105).
"""

from collections.abc import Collection, Iterator
from urllib.parse import unquote_to_bytes

from starlette.datastructures import QueryParams
from starlette.requests import Request

from kg.errors import Message
from kg.web.http.problems import Problem

MAX_PAIRS = 200
"""Names with their values in a form or an address; a request with a hundred graphs has as many."""

_MAX_STRAY = 1_000
"""Percent signs up to which some may begin no escape: each of these costs a step of Python."""

_EXCERPT_LENGTH = 40
_KEY = "kg.pairs"


class EncodedRequest(Request):
    """A request whose query parameters are read in bounded steps; Starlette's own reader has no such bound."""

    @property
    def query_params(self) -> QueryParams:
        """The pairs of the address, with U+FFFD for what is no UTF-8; none where `check` refuses it."""
        query: bytes = self.scope["query_string"]
        known: tuple[bytes, QueryParams] | None = self.scope.get(_KEY)
        if known is None or known[0] is not query:  # the canonical address took its place
            known = self.scope[_KEY] = query, QueryParams(_lenient(query))
        return known[1]

    @property
    def cookies(self) -> dict[str, str]:
        """None, though FastAPI asks for all: the one there is, of the language, is read by `kg.web.http.language`."""
        return {}


def check(encoded: bytes) -> None:
    """Check that few steps suffice to read a form or an address. Raises Problem.

    No variable holds the problem, which has the frame in its traceback: in a circle both would stay, with the request,
    until the garbage collector comes by.
    """
    if is_readable(encoded):
        return
    if encoded.count(b"&") >= MAX_PAIRS:
        raise Problem(
            400, Message("There are too many parameters: a request may have at most %(most)s.", most=MAX_PAIRS)
        )
    raise Problem(400, Message("Some percent signs do not begin a code: write `%` itself as `%25`."))


def is_readable(encoded: bytes) -> bool:
    """Whether few steps suffice to read a form or an address."""
    return encoded.count(b"&") < MAX_PAIRS and (encoded.count(b"%") <= _MAX_STRAY or _escapes(encoded) is not None)


def pairs(encoded: bytes, names: Collection[bytes] | None = None) -> Iterator[tuple[str, str]]:
    """Names and values in their order. Raises Problem where `check` does, or for what is no UTF-8.

    Args:
        encoded: a form, or an address behind the question mark.
        names: names of those that are wanted; the values of others are not read. None for all.

    >>> list(pairs(b"query=ASK+%7B%7D&default"))
    [('query', 'ASK {}'), ('default', '')]
    """
    check(encoded)
    for part in encoded.split(b"&"):
        name, _, value = part.partition(b"=")
        decoded = unescaped(name)
        if part and (names is None or decoded in names):
            known = text_of(decoded, "The name of a parameter")
            yield known, text_of(unescaped(value), f"`{known[:_EXCERPT_LENGTH]}`")


def unescaped(encoded: bytes) -> bytes:
    r"""A name or value without its escapes (WHATWG URL, 5.1); `%` before anything else stands for itself.

    >>> unescaped(b"a+b%2B\\x41%C3%A9"), unescaped(b"100%")
    (b'a b+\\x41\xc3\xa9', b'100%')
    """
    return path_unescaped(encoded.replace(b"+", b" "))


def path_unescaped(encoded: bytes) -> bytes:
    r"""A path without its escapes, where `+` stands for itself; as it is where too many of its `%` begin none.

    >>> path_unescaped(b"a+b%2Fc")
    b'a+b/c'
    """
    if b"%" not in encoded:
        return encoded
    decoded = _escapes(encoded)
    if decoded is not None:
        return decoded
    return unquote_to_bytes(encoded) if encoded.count(b"%") <= _MAX_STRAY else encoded


def _escapes(encoded: bytes) -> bytes | None:
    """Bytes without their escapes; None where a percent sign begins none.

    Python's own way takes a loop through each escape; as escapes of Python's they are read in one go.
    """
    try:
        return encoded.replace(b"\\", b"\\\\").replace(b"%", b"\\x").decode("unicode_escape").encode("latin-1")
    except UnicodeDecodeError:
        return None


def text_of(raw: bytes, what: str) -> str:
    """Bytes as text. Raises Problem that says where they are no UTF-8."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        before = raw[: fault.start].decode("utf-8")
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        wrong = " ".join(f"0x{byte:02X}" for byte in raw[fault.start : fault.end])
        detail = Message(
            "%(what)s is not UTF-8: %(wrong)s at line %(line)s, column %(column)s.",
            what=what,
            wrong=wrong,
            line=line,
            column=column,
        )
        around = before[-_EXCERPT_LENGTH:] + raw[fault.start : fault.end + _EXCERPT_LENGTH].decode(
            "utf-8", "backslashreplace"
        )
        raise Problem(400, detail, more={"line": line, "column": column, "text": around}) from None


def _lenient(encoded: bytes) -> list[tuple[str, str]]:
    if not is_readable(encoded):
        return []
    parts = (part.partition(b"=") for part in encoded.split(b"&") if part)
    return [(_replaced(name), _replaced(value)) for name, _, value in parts]


def _replaced(encoded: bytes) -> str:
    return unescaped(encoded).decode("utf-8", "replace")
