"""Streaming translation of a remote store's answer into the result format of the request.

A request to a remote store always has the one format of each kind that is lossless and streams: tables as JSON,
triples as N-Triples. The answer is parsed, so that the error message of a store that fails halfway is no part of it,
and serialised by the same writers as answers of the embedded engine (D-36).
"""

from collections.abc import Callable
from typing import Protocol

import orjson
from pyoxigraph import QueryResultsFormat, RdfFormat, parse, parse_query_results

from kg.errors import Message, QueryError, QueryTooLarge
from kg.store.sparql import results
from kg.store.sparql.json_table import MalformedTable, TableReader
from kg.store.sparql.results import Kind, ResultFormat

DOCUMENT_FORMATS = frozenset({"rdfxml", "jsonld"})
"""Formats of one document, which can't be concatenated from parts."""

MAX_DOCUMENT_BYTES = 32 << 20
"""Bytes of N-Triples that are buffered for such a format."""

MAX_BOOLEAN_BYTES = 64 << 10
"""Bytes of the answer of an ASK query."""


class AnswerTranslator(Protocol):
    """Incremental translator of one answer. A malformed answer raises ValueError or SyntaxError.

    Attributes:
        rows: number of rows or triples so far.
    """

    rows: int

    def feed(self, chunk: bytes) -> bytes:
        """Translate a chunk; returns the output that is complete."""
        ...

    def end(self) -> bytes:
        """End of the answer; returns the rest of the output."""
        ...


def translator_for(kind: Kind, result_format: ResultFormat) -> AnswerTranslator:
    """Translator for a kind of answer and a result format."""
    if kind == "select":
        return TableTranslator(result_format)
    if kind == "ask":
        return BooleanTranslator(result_format)
    return (
        DocumentTranslator(result_format) if result_format.name in DOCUMENT_FORMATS else GraphTranslator(result_format)
    )


class _Buffer(bytearray):
    """Output buffer with the interface of a binary file."""

    def write(self, data: bytes) -> int:
        """Append bytes."""
        self += data
        return len(data)

    def flush(self) -> None:
        """No-op."""


def _output_of(write: Callable[[_Buffer], None]) -> bytes:
    """Output of a writing function.

    An error leaves without its frames: they would keep the engine's results alive until another thread frees them,
    which the engine forbids.
    """
    buffer = _Buffer()
    error: Exception | None = None
    try:
        write(buffer)
    except (QueryError, SyntaxError, ValueError) as fault:
        error = fault.with_traceback(None)
        error.__context__ = None
    if error:
        raise error
    return bytes(buffer)


def _write_table(text: bytes, result_format: ResultFormat) -> bytes:
    """Translate a document of SPARQL Results JSON into another format."""
    return _output_of(
        lambda out: results.write(parse_query_results(input=text, format=QueryResultsFormat.JSON), result_format, out)
    )


def _write_graph(ntriples: bytes, result_format: ResultFormat) -> bytes:
    """Translate N-Triples into another format."""

    def write(out: _Buffer) -> None:
        triples = (quad.triple for quad in parse(input=ntriples, format=RdfFormat.N_TRIPLES))
        results.write_triples(triples, result_format, out)

    return _output_of(write)


class TableTranslator:
    """Translator of a SELECT answer, row by row: each chunk becomes a small table, whose head and tail are cut off."""

    def __init__(self, result_format: ResultFormat) -> None:
        self._format = result_format
        self._reader = TableReader()
        self.rows = 0
        self._head = self._tail = b""
        self._separator = b""

    def feed(self, chunk: bytes) -> bytes:
        """Translate a chunk; returns the rows that are complete."""
        return self._write(self._reader.feed(chunk))

    def end(self) -> bytes:
        """Last rows and tail of the document."""
        return self._write(self._reader.end()) + self._tail

    def _write(self, rows: list[bytes]) -> bytes:
        out = b""
        self.rows += len(rows)
        if not self._head and self._reader.variables is not None:
            empty = self._document([])
            tail = {"xml": b"</results></sparql>", "json": b"]}}"}.get(self._format.name, b"")
            self._head, self._tail = empty.removesuffix(tail), tail
            out = self._head
        if rows:
            body = self._document(rows)
            out += self._separator + body[len(self._head) : len(body) - len(self._tail)]
            self._separator = b"," if self._format.name == "json" else b""
        return out

    def _document(self, rows: list[bytes]) -> bytes:
        head = orjson.dumps({"vars": self._reader.variables})
        text = b'{"head":' + head + b',"results":{"bindings":[' + b",".join(rows) + b"]}}"
        return _write_table(text, self._format)


class BooleanTranslator:
    """Translator of an ASK answer."""

    rows = 0

    def __init__(self, result_format: ResultFormat) -> None:
        self._format = result_format
        self._body = b""

    def feed(self, chunk: bytes) -> bytes:
        """Buffer a chunk."""
        self._body += chunk
        if len(self._body) > MAX_BOOLEAN_BYTES:
            raise MalformedTable("a truth value is not as long as that")
        return b""

    def end(self) -> bytes:
        """The answer in the result format."""
        document = orjson.loads(self._body)
        if not isinstance(document, dict) or not isinstance(document.get("boolean"), bool):
            raise MalformedTable("it is no truth value")
        return _write_table(orjson.dumps({"head": {}, "boolean": document["boolean"]}), self._format)


class _LineBuffer:
    """Line buffer for N-Triples."""

    def __init__(self) -> None:
        self._rest = b""

    def complete(self, piece: bytes) -> bytes:
        """Complete lines up to the end of a chunk."""
        lines, newline, self._rest = (self._rest + piece).rpartition(b"\n")
        return lines + newline

    def remainder(self) -> bytes:
        """Text behind the last end of line."""
        return self._rest


class GraphTranslator:
    """Translator of triples into a format whose documents can be concatenated."""

    def __init__(self, result_format: ResultFormat) -> None:
        self._format = result_format
        self._lines = _LineBuffer()
        self.rows = 0

    def feed(self, chunk: bytes) -> bytes:
        """Translate a chunk; returns the triples that are complete."""
        return self._write(self._lines.complete(chunk))

    def end(self) -> bytes:
        """The last triple, where it has no end of line."""
        return self._write(self._lines.remainder())

    def _write(self, ntriples: bytes) -> bytes:
        self.rows += ntriples.count(b"\n")
        return _write_graph(ntriples, self._format)


class DocumentTranslator:
    """Translator of triples into a format of one document: buffered until the end of the answer."""

    def __init__(self, result_format: ResultFormat) -> None:
        self._format = result_format
        self._body = _Buffer()
        self.rows = 0

    def feed(self, chunk: bytes) -> bytes:
        """Buffer a chunk. Raises QueryTooLarge."""
        self.rows += chunk.count(b"\n")
        self._body += chunk
        if len(self._body) > MAX_DOCUMENT_BYTES:
            what = Message("the answer is too long for %(format)s", format=self._format.name)
            raise QueryTooLarge(what, todo=Message("Choose Turtle or N-Triples."))
        return b""

    def end(self) -> bytes:
        """The document."""
        return _write_graph(bytes(self._body), self._format)
