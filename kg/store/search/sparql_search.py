"""Text search inside SPARQL: the one form of SERVICE that is answered, put into the query as a block of VALUES.

    SERVICE <https://archive.example.org/search> {
      ?record kg:matches "missiles cuba"@en ; kg:score ?score ; kg:snippet ?said ; kg:limit 200
    }

A flat loop over tokens finds such clauses; each is replaced, as text between two positions, by the hits, and nothing
else in the query is touched. Whatever stands in a clause but this form is refused, with the form shown. Where it is
not plain what is a string or an IRI in a query with a clause, the query is refused too: no clause is found in a string.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from kg.errors import QuerySyntaxError
from kg.store.search.sparql_search_scan import Clause, clauses, line_and_column, may_search

_IN_LITERAL = re.compile('[\x00\n\r"\\\\\ud800-\udfff]')
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r"}
_NOT_IN_IRI = re.compile(r'[<>"{}|^`\\\x00-\x20]')
_TAG = re.compile("[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True)
class Row:
    """One hit: its IRI, its score, some of its text and the language of that."""

    iri: str
    score: float
    snippet: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A query as the engine gets it.

    Attributes:
        text: the query.
        limited: whether a clause had more hits than its limit.
        written: the query as it was written.
        clauses: those that were replaced, with the text that stands for each.
    """

    text: str
    limited: bool
    written: str
    clauses: tuple[tuple[Clause, str], ...] = ()

    @property
    def added(self) -> int:
        """Bytes that the hits added to the query."""
        return sum(len(text.encode()) for _, text in self.clauses)

    def place(self, line: int, column: int) -> tuple[int, int]:
        """Where something stands in the query as it was written, from where it stands in this one."""
        at = _offset(self.text, line, column)
        shift = 0
        for clause, text in self.clauses:
            start = clause.start + shift
            if at < start:
                break
            if at < start + len(text):
                return line_and_column(self.written, clause.start)
            shift += len(text) - (clause.end - clause.start)
        return line_and_column(self.written, at - shift)

    @contextmanager
    def places(self) -> Iterator[None]:
        """Say syntax errors with their place in the query as it was written."""
        try:
            yield
        except QuerySyntaxError as fault:
            if not self.clauses or fault.line is None or fault.column is None:
                raise
            line, column = self.place(fault.line, fault.column)
            raise QuerySyntaxError(fault.what, line=line, column=column, todo=fault.todo) from None


def rewrite(query: str, base: str, search: Callable[[Clause], tuple[Sequence[Row], bool]]) -> Rewritten:
    """Answer the clauses of a query.

    Args:
        query: as it was written.
        base: the base IRI, below which the service and the terms lie.
        search: gives the hits of a clause, and whether there are more than its limit.

    Raises:
        SearchRefused: a clause has not the one form.
    """
    found = list(clauses(query, base)) if may_search(query) else []
    if not found:
        return Rewritten(query, limited=False, written=query)
    pieces: list[str] = []
    replaced: list[tuple[Clause, str]] = []
    at, limited = 0, False
    for clause in found:
        rows, more = search(clause)
        limited = limited or more
        text = _values(clause, rows)
        pieces += [query[at : clause.start], text]
        replaced.append((clause, text))
        at = clause.end
    pieces.append(query[at:])
    return Rewritten("".join(pieces), limited, query, tuple(replaced))


def _values(clause: Clause, rows: Sequence[Row]) -> str:
    """The hits as a block of VALUES, on one line."""
    variables = " ".join(filter(None, (clause.subject, clause.score, clause.snippet)))
    return f"VALUES ({variables}) {{ " + "".join(_row(clause, row) for row in rows) + "}"


def _row(clause: Clause, row: Row) -> str:
    iri = _NOT_IN_IRI.sub(lambda sign: f"%{ord(sign[0]):02X}", row.iri)
    said = [f"<{iri}>"]
    if clause.score:
        said.append(f"{row.score:.4f}")
    if clause.snippet:
        tag = f"@{row.language}" if _TAG.fullmatch(row.language) else ""
        text = _IN_LITERAL.sub(_escaped, row.snippet)
        said.append(f'"{text}"{tag}')
    return f"({' '.join(said)}) "


def _escaped(sign: re.Match[str]) -> str:
    # NUL and half a character can't stand in a literal that is to be sent on.
    return _ESCAPES.get(sign[0], "\ufffd")


def _offset(text: str, line: int, column: int) -> int:
    at = 0
    for _ in range(line - 1):
        at = text.find("\n", at) + 1
    return min(at + column - 1, len(text))
