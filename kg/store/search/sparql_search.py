"""Search clauses in SPARQL: the one supported form of SERVICE, replaced by a VALUES block of hits.

    SERVICE <https://archive.example.org/search> {
      ?record kg:matches "missiles cuba"@en ; kg:score ?score ; kg:snippet ?said ; kg:limit 200
    }

A flat loop over tokens finds the clauses; each one is replaced by its hits as text between two offsets, and the rest of
the query stays as it is. Any other content of a clause is refused, with the form in the error. A query with a clause
and an ambiguous string or IRI is refused too: no clause is ever found in a string (D-44).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from kg.errors import QuerySyntaxError
from kg.store.search.sparql_search_scan import SearchClause, find_clauses, line_and_column, may_have_clauses

_IN_LITERAL = re.compile('[\x00\n\r"\\\\\ud800-\udfff]')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r"}
_NOT_IN_IRI = re.compile(r'[<>"{}|^`\\\x00-\x20]')
_TAG = re.compile("[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class SearchRow:
    """Hit of a search clause: IRI, score, snippet and the snippet's language."""

    iri: str
    score: float
    snippet: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class RewrittenQuery:
    """Query with its search clauses replaced.

    Attributes:
        text: the query for the engine.
        limited: True where a clause has more hits than its limit.
        original: the client's query.
        clauses: the clauses, each with its replacement.
    """

    text: str
    limited: bool
    original: str
    clauses: tuple[tuple[SearchClause, str], ...] = ()

    @property
    def added_bytes(self) -> int:
        """Bytes of the replacements."""
        return sum(len(text.encode()) for _, text in self.clauses)

    def original_position(self, line: int, column: int) -> tuple[int, int]:
        """Line and column in the client's query, from those in the engine's query."""
        at = _offset(self.text, line, column)
        shift = 0
        for clause, text in self.clauses:
            start = clause.start + shift
            if at < start:
                break
            if at < start + len(text):
                return line_and_column(self.original, clause.start)
            shift += len(text) - (clause.end - clause.start)
        return line_and_column(self.original, at - shift)

    @contextmanager
    def original_positions(self) -> Iterator[None]:
        """Context that maps the position of a QuerySyntaxError to the client's query."""
        try:
            yield
        except QuerySyntaxError as fault:
            if not self.clauses or fault.line is None or fault.column is None:
                raise
            line, column = self.original_position(fault.line, fault.column)
            raise QuerySyntaxError(fault.what, line=line, column=column, todo=fault.todo) from None


def rewrite(
    query: str, base: str, search: Callable[[SearchClause], tuple[Sequence[SearchRow], bool]]
) -> RewrittenQuery:
    """Replace the search clauses of a query by their hits.

    Args:
        query: the client's query.
        base: base IRI of the service and the terms.
        search: from a clause to its hits, and True for more hits than its limit.

    Raises:
        SearchRefused: a clause has another form.
    """
    clauses_ = list(find_clauses(query, base)) if may_have_clauses(query) else []
    if not clauses_:
        return RewrittenQuery(query, limited=False, original=query)
    parts: list[str] = []
    replaced: list[tuple[SearchClause, str]] = []
    at, limited = 0, False
    for clause in clauses_:
        rows, more = search(clause)
        limited = limited or more
        text = _values(clause, rows)
        parts += [query[at : clause.start], text]
        replaced.append((clause, text))
        at = clause.end
    parts.append(query[at:])
    return RewrittenQuery("".join(parts), limited, query, tuple(replaced))


def _values(clause: SearchClause, rows: Sequence[SearchRow]) -> str:
    """VALUES block of the hits, on one line."""
    variables = " ".join(filter(None, (clause.subject, clause.score, clause.snippet)))
    return f"VALUES ({variables}) {{ " + "".join(_row(clause, row) for row in rows) + "}"


def _row(clause: SearchClause, row: SearchRow) -> str:
    iri = _NOT_IN_IRI.sub(lambda sign: f"%{ord(sign[0]):02X}", row.iri)
    terms = [f"<{iri}>"]
    if clause.score:
        terms.append(f"{row.score:.4f}")
    if clause.snippet:
        tag = f"@{row.language}" if _TAG.fullmatch(row.language) else ""
        text = _IN_LITERAL.sub(_escape, row.snippet)
        terms.append(f'"{text}"{tag}')
    return f"({' '.join(terms)}) "


def _escape(sign: re.Match[str]) -> str:
    # A literal in a request can hold neither NUL nor a lone surrogate.
    return _ESCAPES.get(sign[0], "\ufffd")


def _offset(text: str, line: int, column: int) -> int:
    at = 0
    for _ in range(line - 1):
        at = text.find("\n", at) + 1
    return min(at + column - 1, len(text))
