"""Write the answer of a query: solutions, a truth value or triples, in the format that was asked for.

Either what is written is right or QueryUnwritable says why it can't be; nothing is written broken. Oxigraph's
own writers are used where they are right, which a test holds them to. Where not, this module stands in:

- CSV (SPARQL 1.1 Query Results CSV and TSV Formats): IRIs with a comma or quote would fall apart, so rows are
  written here.
- XML: some characters, predicates and classes would be lost or break it (see `kg.store.sparql.xml_limits`).

Answers are streamed: an `out` gets many small pieces.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from pyoxigraph import (
    BlankNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Triple,
    serialize,
)

from kg.errors import QueryTooLarge, QueryUnwritable
from kg.store.sparql import xml_limits
from kg.store.sparql.xml_limits import Out, Term

Row = TypeVar("Row")
Kind = Literal["select", "ask", "construct"]
Results = QuerySolutions | QueryBoolean | QueryTriples

MOST = 1 << 62
"""More rows than there can be."""


@dataclass(frozen=True, slots=True)
class Format:
    """A way of writing an answer.

    Attributes:
        name: what it is called in requests.
        media_type: the value of Content-Type.
        suffix: how a file of it ends, without the dot.
        kinds: the kinds of answers it can hold.
    """

    name: str
    media_type: str
    suffix: str
    kinds: tuple[Kind, ...]


_TABLES: tuple[Kind, ...] = ("select", "ask")
_GRAPHS: tuple[Kind, ...] = ("construct",)

FORMATS: dict[str, Format] = {
    row.name: row
    for row in (
        Format("json", "application/sparql-results+json", "srj", _TABLES),
        Format("xml", "application/sparql-results+xml", "srx", _TABLES),
        Format("csv", "text/csv; charset=utf-8", "csv", _TABLES),
        Format("tsv", "text/tab-separated-values; charset=utf-8", "tsv", _TABLES),
        Format("turtle", "text/turtle; charset=utf-8", "ttl", _GRAPHS),
        Format("ntriples", "application/n-triples", "nt", _GRAPHS),
        Format("rdfxml", "application/rdf+xml", "rdf", _GRAPHS),
        Format("jsonld", "application/ld+json", "jsonld", _GRAPHS),
        Format("trig", "application/trig", "trig", _GRAPHS),
        Format("nquads", "application/n-quads", "nq", _GRAPHS),
        Format("n3", "text/n3; charset=utf-8", "n3", _GRAPHS),
    )
}
"""Every format, by name. Of DESCRIBE the kind is `construct`: both give triples."""

_KINDS: dict[type, Kind] = {QuerySolutions: "select", QueryBoolean: "ask", QueryTriples: "construct"}
_ENGINE_TABLES = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
_ENGINE_GRAPHS = {
    "turtle": RdfFormat.TURTLE,
    "ntriples": RdfFormat.N_TRIPLES,
    "rdfxml": RdfFormat.RDF_XML,
    "jsonld": RdfFormat.JSON_LD,
    "trig": RdfFormat.TRIG,
    "nquads": RdfFormat.N_QUADS,
    "n3": RdfFormat.N3,
}


def kind_of(results: Results) -> Kind:
    """Which kind of answer the engine gave."""
    return _KINDS[type(results)]


def choose(kind: Kind, names: Sequence[str]) -> Format:
    """The first of the formats named that can hold such an answer. Raises QueryUnwritable if none can.

    >>> choose("construct", ["json", "turtle"]).media_type
    'text/turtle; charset=utf-8'
    """
    for name in names:
        if name in FORMATS and kind in FORMATS[name].kinds:
            return FORMATS[name]
    fit = ", ".join(row.name for row in FORMATS.values() if kind in row.kinds)
    raise QueryUnwritable(
        f"the answer of this {kind.upper()} query can't be written as {' or '.join(names)}",
        todo=f"Ask for {fit}.",
    )


def write(results: Results, row: Format, out: Out, most: int = MOST) -> None:
    """Write an answer to `out`.

    Args:
        results: what the engine gave.
        row: the format.
        out: where to.
        most: the most rows or triples.

    Raises:
        QueryUnwritable: the format can't hold it; maybe after some of it was written.
        QueryTooLarge: it has more rows; after the others were written.
    """
    if row.name in {"xml", "rdfxml"}:
        guard = xml_limits.Guard(out)
        _write(results, row.name, guard, most)
        guard.finish()
    else:
        _write(results, row.name, out, most)


def write_triples(triples: Iterable[Triple], row: Format, out: Out) -> None:
    """Write triples that come from elsewhere to `out`. Raises QueryUnwritable, maybe after some of it was written."""
    guard = xml_limits.Guard(out) if row.name == "rdfxml" else None
    checked = _CHECKS[row.name](triples) if row.name in _CHECKS else triples
    serialize(checked, guard or out, _ENGINE_GRAPHS[row.name])  # type: ignore[arg-type]  # `write` is all that it calls
    if guard:
        guard.finish()


def _write(results: Results, name: str, out: Out, most: int) -> None:
    if isinstance(results, QueryTriples):
        checked = _CHECKS[name](results) if name in _CHECKS else results
        serialize(_at_most(checked, most), out, _ENGINE_GRAPHS[name])  # type: ignore[arg-type]  # `write` is all that it calls
    elif isinstance(results, QuerySolutions) and name == "csv":
        _write_csv(results, out, most)
    elif isinstance(results, QuerySolutions):
        results.serialize(_Rows(out, _BETWEEN_ROWS[name], most), _ENGINE_TABLES[name])  # type: ignore[arg-type]  # as above
    else:
        results.serialize(out, _ENGINE_TABLES[name])  # type: ignore[arg-type]  # as above


def too_many(most: int) -> QueryTooLarge:
    """What an answer with more rows comes to."""
    return QueryTooLarge(f"the answer has more than {most:,} rows", todo="Ask for fewer, with LIMIT.")


def _at_most(each: Iterable[Row], most: int) -> Iterator[Row]:
    """The same, as long as there are no more than so many."""
    for number, one in enumerate(each):
        if number >= most:
            raise too_many(most)
        yield one


# What the engine writes once a row and, but for values made to be counted twice, nowhere else: quotes, line
# ends and < are escaped in values. Rows without any value are missed in JSON; they are bounded by their bytes.
_BETWEEN_ROWS = {"json": b'},{"', "xml": b"<result>", "tsv": b"\n"}


class _Rows:
    """Counts rows on their way to `out`."""

    def __init__(self, out: Out, mark: bytes, most: int) -> None:
        self._out = out
        self._mark = mark
        # Of TSV the head is a line too, and JSON has one mark less than rows.
        self._left = self._most = most
        self._left += {b"\n": 1, b'},{"': -1}.get(mark, 0)
        self._end = b""

    def write(self, data: bytes) -> int:
        """Take some, many rows at once. Raises QueryTooLarge behind them where there are more than there may be."""
        self._out.write(data)
        most = len(self._mark) - 1  # bytes of a mark that may end one piece and begin the next
        self._left -= data.count(self._mark) + (self._end + data[:most]).count(self._mark)
        if self._left < 0:
            raise too_many(self._most)
        self._end = (self._end + data[-most:])[-most:] if most else b""
        return len(data)

    def flush(self) -> None:
        """There is nothing held back."""


class _Encoded:
    """What the csv module writes text to."""

    def __init__(self, out: Out) -> None:
        self._out = out

    def write(self, text: str) -> None:
        self._out.write(text.encode())


def _write_csv(solutions: QuerySolutions, out: Out, most: int) -> None:
    # RFC 4180 ends lines with CR LF; the csv module quotes what holds either, a comma or a quote, and a lone
    # empty value too, which would be a line that readers skip.
    rows = csv.writer(_Encoded(out), lineterminator="\r\n")
    rows.writerow([variable.value for variable in solutions.variables])
    for solution in _at_most(solutions, most):
        rows.writerow([_plain(term) for term in solution])


def _plain(term: Term | None) -> str:
    """A term as CSV has it, without type or language; triple terms, which CSV has not, as in N-Triples."""
    match term:
        case None:
            return ""
        case BlankNode():
            return f"_:{term.value}"
        case Triple():
            return f"<<( {term} )>>"
        case _:
            return term.value


def _without_triple_terms(triples: Iterable[Triple]) -> Iterator[Triple]:
    """The triples, unless one of them is about another one, for which JSON-LD 1.1 and N3 have no form."""
    for triple in triples:
        if isinstance(triple.object, Triple):
            raise QueryUnwritable(
                "this format has no way to write a triple about a triple", todo="Ask for Turtle or N-Triples."
            )
        yield triple


_CHECKS: dict[str, Callable[[Iterable[Triple]], Iterator[Triple]]] = {
    "rdfxml": xml_limits.fit,
    "jsonld": _without_triple_terms,
    "n3": _without_triple_terms,
}
