"""Incremental reader of SPARQL 1.1 Query Results JSON, row by row.

A store that fails halfway may still end its answer in good order, with a message in place of rows. So the document is
followed to its last brace, and any other content is an error. The rows lie between a head and a tail that are small
enough for a JSON parser; one regular expression matches a row, with no recursion.
"""

import re
from collections.abc import Iterator
from typing import Any

import orjson

MAX_ROW_BYTES = 16 << 20
"""Bytes of one row."""

MAX_HEAD_BYTES = 1 << 20
"""Bytes before the first row, and behind the last one."""

MAX_ROW_DEPTH = 40
"""Nesting of objects in a row: terms have one level, each triple term adds two."""

MAX_COLUMNS = 25_000
"""Columns of a table; a query of 100 kB can name no more."""

_MAX_MEMBERS = 1_000
"""Objects in a term; the format has three."""

# The matcher stores each iteration of a repeat within an atomic group until the group ends. So long repeats are cut
# into groups of this many iterations: the memory for a row is small, with any number of escapes. A repeat over objects
# can't be cut so: the next group tries the end of a group again, at each depth twice as often (D-30).
_ITERATIONS = 1_000

_STRING = rb'"[^"\\]*+(?:"|(?>(?:(?>(?:\\.[^"\\]*+){1,%d}))*)")' % _ITERATIONS
_BETWEEN_MEMBERS = rb'[^{}\[\]"]*+'
_STRINGS = rb"(?>(?:%b%b){1,%d})" % (_STRING, _BETWEEN_MEMBERS, _ITERATIONS)
_BEGIN = re.compile(rb'"bindings"\s*:\s*\[')
_BETWEEN = re.compile(rb"[\s,]*+")


def _row_pattern(depth: int, objects: int) -> bytes:
    inner = b"" if depth == 0 else rb"|" + _row_pattern(depth - 1, _MAX_MEMBERS) + _BETWEEN_MEMBERS
    # Strings and objects alternate.
    return rb"\{%b(?>(?:%b%b){0,%d})\}" % (_BETWEEN_MEMBERS, _STRINGS, inner, 2 * objects)


_ROW = re.compile(_row_pattern(MAX_ROW_DEPTH, MAX_COLUMNS), re.DOTALL)


class MalformedTable(ValueError):
    """The answer is no table in SPARQL Results JSON."""


class TableReader:
    """Incremental reader of one table: chunks in, rows as JSON texts out.

    >>> reader = TableReader()
    >>> reader.feed(b'{"head":{"vars":["a"]},"results":{"bindings":[{"a":{"type":"uri",')
    []
    >>> reader.feed(b'"value":"http://e/"}}]}}'), reader.variables
    ([b'{"a":{"type":"uri","value":"http://e/"}}'], ['a'])
    >>> reader.end()
    []
    """

    def __init__(self) -> None:
        self.variables: list[str] | None = None
        self._head = b""
        self._buffer = b""
        self._tail: bytes | None = None
        self._retry_length = 0

    def feed(self, chunk: bytes) -> list[bytes]:
        """Read a chunk; returns the rows that are complete. Raises MalformedTable."""
        if self._tail is not None:
            self._tail += chunk
            self._check_length(self._tail, MAX_HEAD_BYTES)
            return []
        self._buffer += chunk
        if self.variables is None and not self._parse_head():
            return []
        if len(self._buffer) < self._retry_length:  # an incomplete long row: matched again at twice its length
            return []
        return list(self._complete_rows())

    def end(self) -> list[bytes]:
        """End of the answer; returns the last rows. Raises MalformedTable for an incomplete table."""
        rows = list(self._complete_rows()) if self._tail is None and self.variables is not None else []
        if self._tail is None:
            raise MalformedTable("it breaks off")
        _parse_object(self._head + b"[]" + self._tail)
        return rows

    def _parse_head(self) -> bool:
        match = _BEGIN.search(self._buffer)
        if not match:
            self._check_length(self._buffer, MAX_HEAD_BYTES)
            return False
        self._head = self._buffer[: match.end() - 1]
        self._buffer = self._buffer[match.end() :]
        head = _parse_object(self._head + b"[]}}")
        variables = head.get("head", {}).get("vars")
        if not isinstance(variables, list) or not all(isinstance(name, str) for name in variables):
            raise MalformedTable("it does not begin with the names of its columns")
        self.variables = variables
        return True

    def _complete_rows(self) -> Iterator[bytes]:
        at, buffer = 0, self._buffer
        while True:
            between = _BETWEEN.match(buffer, at)
            at = between.end() if between else at
            if buffer[at : at + 1] == b"]":
                self._buffer, self._tail = b"", buffer[at + 1 :]
                return
            row = _ROW.match(buffer, at)
            if row is None:
                break
            at = row.end()
            yield row[0]
        self._buffer = buffer[at:]
        self._retry_length = 2 * len(self._buffer)
        if self._buffer and self._buffer[:1] != b"{":
            raise MalformedTable(f"{self._buffer[:80]!r} stands where a row should")
        self._check_length(self._buffer, MAX_ROW_BYTES)

    @staticmethod
    def _check_length(data: bytes, max_bytes: int) -> None:
        if len(data) > max_bytes:
            raise MalformedTable(f"no end is in sight after {max_bytes:,} bytes")


def _parse_object(text: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as fault:
        raise MalformedTable(f"it is no JSON: {fault}") from None
    if not isinstance(document, dict):
        raise MalformedTable("it is no JSON object")
    return document
