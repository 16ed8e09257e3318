"""A table in SPARQL 1.1 Query Results JSON, read row by row while it comes.

A store that fails in the middle may still end its answer in good order, with words where rows should be. So the whole
is followed to its last brace, and what does not fit is an error. The rows lie between a head and a tail that are small
enough to be read as JSON; each row is found by one regular expression, with no recursion.
"""

import re
from collections.abc import Iterator
from typing import Any

import orjson

LONGEST_ROW = 16 << 20
LONGEST_HEAD = 1 << 20

DEPTH = 40
"""Objects inside one another in a row: terms are one deep, each triple about a triple adds two."""

COLUMNS = 25_000
"""Columns of a table; a query of 100 kB can name no more."""

_MEMBERS = 1_000
"""Objects in a term, of which three are known."""

# An atomic group remembers each turn of the repeat within it until it is left. So long repeats are cut into groups of
# so many turns: what is remembered of a row is small, however many escapes it has. Nothing that holds objects may be
# cut so: the end of a group is tried again by the next one, at each depth twice as often.
_TURNS = 1_000

_STRING = rb'"[^"\\]*+(?:"|(?>(?:(?>(?:\\.[^"\\]*+){1,%d}))*)")' % _TURNS
_BETWEEN_MEMBERS = rb'[^{}\[\]"]*+'
_STRINGS = rb"(?>(?:%b%b){1,%d})" % (_STRING, _BETWEEN_MEMBERS, _TURNS)
_BEGIN = re.compile(rb'"bindings"\s*:\s*\[')
_BETWEEN = re.compile(rb"[\s,]*+")


def _row(depth: int, objects: int) -> bytes:
    inner = b"" if depth == 0 else rb"|" + _row(depth - 1, _MEMBERS) + _BETWEEN_MEMBERS
    # Strings and objects take turns.
    return rb"\{%b(?>(?:%b%b){0,%d})\}" % (_BETWEEN_MEMBERS, _STRINGS, inner, 2 * objects)


_ROW = re.compile(_row(DEPTH, COLUMNS), re.DOTALL)


class NoTable(ValueError):
    """What came is no table in JSON."""


class Rows:
    """Takes pieces of a table as they come, and gives its rows.

    >>> rows = Rows()
    >>> rows.feed(b'{"head":{"vars":["a"]},"results":{"bindings":[{"a":{"type":"uri",')
    []
    >>> rows.feed(b'"value":"http://e/"}}]}}'), rows.variables
    ([b'{"a":{"type":"uri","value":"http://e/"}}'], ['a'])
    >>> rows.end()
    []
    """

    def __init__(self) -> None:
        self.variables: list[str] | None = None
        self._head = b""
        self._held = b""
        self._tail: bytes | None = None
        self._tried = 0

    def feed(self, piece: bytes) -> list[bytes]:
        """The rows that are whole now. Raises NoTable."""
        if self._tail is not None:
            self._tail += piece
            self._limit(self._tail, LONGEST_HEAD)
            return []
        self._held += piece
        if self.variables is None and not self._begin():
            return []
        if len(self._held) < self._tried:  # a long row that was not whole: looked at again when twice as much is there
            return []
        return list(self._rows())

    def end(self) -> list[bytes]:
        """The rows that are left, once nothing more comes. Raises NoTable where the table is not whole."""
        rows = list(self._rows()) if self._tail is None and self.variables is not None else []
        if self._tail is None:
            raise NoTable("it breaks off")
        _object(self._head + b"[]" + self._tail)
        return rows

    def _begin(self) -> bool:
        found = _BEGIN.search(self._held)
        if not found:
            self._limit(self._held, LONGEST_HEAD)
            return False
        self._head = self._held[: found.end() - 1]
        self._held = self._held[found.end() :]
        head = _object(self._head + b"[]}}")
        variables = head.get("head", {}).get("vars")
        if not isinstance(variables, list) or not all(isinstance(name, str) for name in variables):
            raise NoTable("it does not begin with the names of its columns")
        self.variables = variables
        return True

    def _rows(self) -> Iterator[bytes]:
        place, held = 0, self._held
        while True:
            between = _BETWEEN.match(held, place)
            place = between.end() if between else place
            if held[place : place + 1] == b"]":
                self._held, self._tail = b"", held[place + 1 :]
                return
            row = _ROW.match(held, place)
            if row is None:
                break
            place = row.end()
            yield row[0]
        self._held = held[place:]
        self._tried = 2 * len(self._held)
        if self._held and self._held[:1] != b"{":
            raise NoTable(f"{self._held[:80]!r} stands where a row should")
        self._limit(self._held, LONGEST_ROW)

    @staticmethod
    def _limit(held: bytes, most: int) -> None:
        if len(held) > most:
            raise NoTable(f"no end is in sight after {most:,} bytes")


def _object(text: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as fault:
        raise NoTable(f"it is no JSON: {fault}") from None
    if not isinstance(found, dict):
        raise NoTable("it is no JSON object")
    return found
