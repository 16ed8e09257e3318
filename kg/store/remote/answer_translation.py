"""An answer as a remote store gives it, written in the format that was asked for, while it comes.

A remote is always asked for the one format of each kind that holds everything and can be read as it comes: tables as
JSON, triples as N-Triples. What it sends is read, so that words of a store that fails in the middle are no part of an
answer, and written by the same writers as answers of the embedded engine.
"""

from collections.abc import Callable
from typing import Protocol

import orjson
from pyoxigraph import QueryResultsFormat, RdfFormat, parse, parse_query_results

from kg.errors import QueryError, QueryTooLarge
from kg.store.sparql import results
from kg.store.sparql.results import Format, Kind
from kg.store.sparql.row_counter import NoTable, Rows

WHOLE = frozenset({"rdfxml", "jsonld"})
"""Formats that can't be written in pieces that are put one behind the other."""

MOST_WHOLE = 32 << 20
"""Bytes of N-Triples that are held for one of them."""

MOST_TRUTH = 64 << 10


class Rewriting(Protocol):
    """Takes an answer piece by piece. Whatever is wrong with the answer is a ValueError or SyntaxError.

    `rows` is how many rows or triples have come.
    """

    rows: int

    def feed(self, piece: bytes) -> bytes:
        """Take a piece; what can be written now."""
        ...

    def end(self) -> bytes:
        """The rest, once the answer has ended."""
        ...


def rewriting(kind: Kind, row: Format) -> Rewriting:
    """What writes an answer of a kind in a format."""
    if kind == "select":
        return Table(row)
    if kind == "ask":
        return Truth(row)
    return Whole(row) if row.name in WHOLE else Triples(row)


class _Buffer(bytearray):
    """What the writers write to."""

    def write(self, data: bytes) -> int:
        """Take some."""
        self += data
        return len(data)

    def flush(self) -> None:
        """There is nothing to flush."""


def _written(write: Callable[[_Buffer], None]) -> bytes:
    """What a function writes.

    An error leaves without its frames: they would keep the engine's results alive until another thread lets them
    go, which the engine forbids.
    """
    buffer = _Buffer()
    wrong: Exception | None = None
    try:
        write(buffer)
    except (QueryError, SyntaxError, ValueError) as fault:
        wrong = fault.with_traceback(None)
        wrong.__context__ = None
    if wrong:
        raise wrong
    return bytes(buffer)


def _table(text: bytes, row: Format) -> bytes:
    """A table or truth value in JSON, in another format."""
    return _written(
        lambda out: results.write(parse_query_results(input=text, format=QueryResultsFormat.JSON), row, out)
    )


def _graph(lines: bytes, row: Format) -> bytes:
    """N-Triples in another format."""

    def write(out: _Buffer) -> None:
        triples = (quad.triple for quad in parse(input=lines, format=RdfFormat.N_TRIPLES))
        results.write_triples(triples, row, out)

    return _written(write)


class Table:
    """A table, row by row: each piece is a small table of its own, of which head and tail are left out."""

    def __init__(self, row: Format) -> None:
        self._row = row
        self._rows = Rows()
        self.rows = 0
        self._head = self._tail = b""
        self._between = b""

    def feed(self, piece: bytes) -> bytes:
        """Take a piece; the rows that are whole now."""
        return self._write(self._rows.feed(piece))

    def end(self) -> bytes:
        """The last rows and the tail."""
        return self._write(self._rows.end()) + self._tail

    def _write(self, rows: list[bytes]) -> bytes:
        out = b""
        self.rows += len(rows)
        if not self._head and self._rows.variables is not None:
            empty = self._document([])
            tail = {"xml": b"</results></sparql>", "json": b"]}}"}.get(self._row.name, b"")
            self._head, self._tail = empty.removesuffix(tail), tail
            out = self._head
        if rows:
            body = self._document(rows)
            out += self._between + body[len(self._head) : len(body) - len(self._tail)]
            self._between = b"," if self._row.name == "json" else b""
        return out

    def _document(self, rows: list[bytes]) -> bytes:
        head = orjson.dumps({"vars": self._rows.variables})
        text = b'{"head":' + head + b',"results":{"bindings":[' + b",".join(rows) + b"]}}"
        return _table(text, self._row)


class Truth:
    """A truth value."""

    rows = 0

    def __init__(self, row: Format) -> None:
        self._row = row
        self._held = b""

    def feed(self, piece: bytes) -> bytes:
        """Take a piece."""
        self._held += piece
        if len(self._held) > MOST_TRUTH:
            raise NoTable("a truth value is not as long as that")
        return b""

    def end(self) -> bytes:
        """The whole."""
        found = orjson.loads(self._held)
        if not isinstance(found, dict) or not isinstance(found.get("boolean"), bool):
            raise NoTable("it is no truth value")
        return _table(orjson.dumps({"head": {}, "boolean": found["boolean"]}), self._row)


class _Lines:
    """Gathers lines of N-Triples."""

    def __init__(self) -> None:
        self._rest = b""

    def whole(self, piece: bytes) -> bytes:
        """The lines that are whole now."""
        lines, newline, self._rest = (self._rest + piece).rpartition(b"\n")
        return lines + newline

    def last(self) -> bytes:
        """What stands behind the last line's end."""
        return self._rest


class Triples:
    """Triples in a format of which two documents, one behind the other, are one."""

    def __init__(self, row: Format) -> None:
        self._row = row
        self._lines = _Lines()
        self.rows = 0

    def feed(self, piece: bytes) -> bytes:
        """Take a piece; the triples that are whole now."""
        return self._write(self._lines.whole(piece))

    def end(self) -> bytes:
        """The last triple, if it has no line end."""
        return self._write(self._lines.last())

    def _write(self, lines: bytes) -> bytes:
        self.rows += lines.count(b"\n")
        return _graph(lines, self._row)


class Whole:
    """Triples in a format that has a beginning and an end: held until all are there."""

    def __init__(self, row: Format) -> None:
        self._row = row
        self._held = _Buffer()
        self.rows = 0

    def feed(self, piece: bytes) -> bytes:
        """Take a piece."""
        self.rows += piece.count(b"\n")
        self._held += piece
        if len(self._held) > MOST_WHOLE:
            raise QueryTooLarge(f"the answer is too long for {self._row.name}", todo="Ask for Turtle or N-Triples.")
        return b""

    def end(self) -> bytes:
        """The whole."""
        return _graph(bytes(self._held), self._row)
