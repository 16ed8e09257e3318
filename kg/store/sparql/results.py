"""Result writers: solutions, booleans and triples in the SPARQL 1.1 result formats and in RDF formats.

The output is valid, or QueryUnwritable gives the reason; no output is silently broken. Oxigraph's own writers serve
where they are right, which a test holds. This module replaces them elsewhere:

- CSV (SPARQL 1.1 Query Results CSV and TSV Formats): IRIs with a comma or quote would fall apart, so rows are
  written here.
- XML: some characters, predicates and classes would be lost or break it (see `kg.store.sparql.xml_limits`).

Answers are streamed: `out` gets many small chunks.
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

from kg.errors import Message, QueryTooLarge, QueryUnwritable
from kg.store.sparql import xml_limits
from kg.store.sparql.xml_limits import ByteSink, Term

Row = TypeVar("Row")
Kind = Literal["select", "ask", "construct"]
Results = QuerySolutions | QueryBoolean | QueryTriples

UNLIMITED_ROWS = 1 << 62
"""Maximum number of rows where there is none: more than any answer has."""


@dataclass(frozen=True, slots=True)
class ResultFormat:
    """Result format.

    Attributes:
        name: its name in requests.
        media_type: value of Content-Type.
        suffix: suffix of its files, without the dot.
        kinds: kinds of answers that it can represent.
    """

    name: str
    media_type: str
    suffix: str
    kinds: tuple[Kind, ...]


_TABLE_KINDS: tuple[Kind, ...] = ("select", "ask")
_GRAPH_KINDS: tuple[Kind, ...] = ("construct",)

FORMATS: dict[str, ResultFormat] = {
    row.name: row
    for row in (
        ResultFormat("json", "application/sparql-results+json", "srj", _TABLE_KINDS),
        ResultFormat("xml", "application/sparql-results+xml", "srx", _TABLE_KINDS),
        ResultFormat("csv", "text/csv; charset=utf-8", "csv", _TABLE_KINDS),
        ResultFormat("tsv", "text/tab-separated-values; charset=utf-8", "tsv", _TABLE_KINDS),
        ResultFormat("turtle", "text/turtle; charset=utf-8", "ttl", _GRAPH_KINDS),
        ResultFormat("ntriples", "application/n-triples", "nt", _GRAPH_KINDS),
        ResultFormat("rdfxml", "application/rdf+xml", "rdf", _GRAPH_KINDS),
        ResultFormat("jsonld", "application/ld+json", "jsonld", _GRAPH_KINDS),
        ResultFormat("trig", "application/trig", "trig", _GRAPH_KINDS),
        ResultFormat("nquads", "application/n-quads", "nq", _GRAPH_KINDS),
        ResultFormat("n3", "text/n3; charset=utf-8", "n3", _GRAPH_KINDS),
    )
}
"""Result formats by name. The kind of a DESCRIBE is `construct`: both return triples."""

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


def result_kind(results: Results) -> Kind:
    """Kind of the engine's answer."""
    return _KINDS[type(results)]


def choose_format(kind: Kind, names: Sequence[str]) -> ResultFormat:
    """First of some formats that can represent a kind of answer. Raises QueryUnwritable if none can.

    >>> choose_format("construct", ["json", "turtle"]).media_type
    'text/turtle; charset=utf-8'
    """
    for name in names:
        if name in FORMATS and kind in FORMATS[name].kinds:
            return FORMATS[name]
    fit = ", ".join(row.name for row in FORMATS.values() if kind in row.kinds)
    raise QueryUnwritable(
        Message(
            "the answer to this %(form)s query cannot be written as %(formats)s",
            form=kind.upper(),
            formats=", ".join(names),
        ),
        todo=Message("Available formats: %(formats)s.", formats=fit),
    )


def write(results: Results, result_format: ResultFormat, out: ByteSink, max_rows: int = UNLIMITED_ROWS) -> None:
    """Serialise an answer.

    Args:
        results: the engine's answer.
        result_format: the format.
        out: destination of the bytes.
        max_rows: maximum number of rows or triples.

    Raises:
        QueryUnwritable: the format can't represent the answer; perhaps after a part of it.
        QueryTooLarge: there are more rows; after the first `max_rows`.
    """
    if result_format.name in {"xml", "rdfxml"}:
        guard = xml_limits.XmlSanitizer(out)
        _write(results, result_format.name, guard, max_rows)
        guard.finish()
    else:
        _write(results, result_format.name, out, max_rows)


def write_triples(triples: Iterable[Triple], result_format: ResultFormat, out: ByteSink) -> None:
    """Serialise triples of another source. Raises QueryUnwritable, perhaps after a part of them."""
    guard = xml_limits.XmlSanitizer(out) if result_format.name == "rdfxml" else None
    checked = _CHECKS[result_format.name](triples) if result_format.name in _CHECKS else triples
    serialize(checked, guard or out, _ENGINE_GRAPHS[result_format.name])  # type: ignore[arg-type]  # the engine calls `write` alone
    if guard:
        guard.finish()


def _write(results: Results, name: str, out: ByteSink, max_rows: int) -> None:
    if isinstance(results, QueryTriples):
        checked = _CHECKS[name](results) if name in _CHECKS else results
        serialize(_at_most(checked, max_rows), out, _ENGINE_GRAPHS[name])  # type: ignore[arg-type]  # the engine calls `write` alone
    elif isinstance(results, QuerySolutions) and name == "csv":
        _write_csv(results, out, max_rows)
    elif isinstance(results, QuerySolutions):
        results.serialize(_RowLimiter(out, _ROW_MARKS[name], max_rows), _ENGINE_TABLES[name])  # type: ignore[arg-type]  # as above
    else:
        results.serialize(out, _ENGINE_TABLES[name])  # type: ignore[arg-type]  # as above


def too_many_rows(max_rows: int) -> QueryTooLarge:
    """Error of an answer with too many rows."""
    return QueryTooLarge(
        Message("the answer has more than %(most)s rows", most=f"{max_rows:,}"),
        todo=Message("Reduce their number with LIMIT."),
    )


def _at_most(rows: Iterable[Row], max_rows: int) -> Iterator[Row]:
    """The same rows, up to a maximum; QueryTooLarge behind it."""
    for number, row in enumerate(rows):
        if number >= max_rows:
            raise too_many_rows(max_rows)
        yield row


# Bytes that the engine writes once a row and, but for values made to be counted twice, nowhere else: quotes, line
# ends and < are escaped in values. Rows without any value are missed in JSON; they are bounded by their bytes (D-32).
_ROW_MARKS = {"json": b'},{"', "xml": b"<result>", "tsv": b"\n"}


class _RowLimiter:
    """Output filter that counts rows, up to a maximum."""

    def __init__(self, out: ByteSink, mark: bytes, max_rows: int) -> None:
        self._out = out
        self._mark = mark
        # In TSV the head is a line too, and JSON has one mark less than rows.
        self._left = self._max_rows = max_rows
        self._left += {b"\n": 1, b'},{"': -1}.get(mark, 0)
        self._end = b""

    def write(self, data: bytes) -> int:
        """Pass on a chunk, of many rows. Raises QueryTooLarge behind it, over the maximum."""
        self._out.write(data)
        overlap = len(self._mark) - 1  # bytes of a mark that two chunks may share
        self._left -= data.count(self._mark) + (self._end + data[:overlap]).count(self._mark)
        if self._left < 0:
            raise too_many_rows(self._max_rows)
        self._end = (self._end + data[-overlap:])[-overlap:] if overlap else b""
        return len(data)

    def flush(self) -> None:
        """No-op: no output is held back."""


class _TextEncoder:
    """UTF-8 encoder with the interface of a text file, for the csv module."""

    def __init__(self, out: ByteSink) -> None:
        self._out = out

    def write(self, text: str) -> None:
        self._out.write(text.encode())


def _write_csv(solutions: QuerySolutions, out: ByteSink, max_rows: int) -> None:
    # RFC 4180 ends lines with CR LF; the csv module quotes values with either, a comma or a quote, and a lone
    # empty value too, which would be a line that readers skip.
    rows = csv.writer(_TextEncoder(out), lineterminator="\r\n")
    rows.writerow([variable.value for variable in solutions.variables])
    for solution in _at_most(solutions, max_rows):
        rows.writerow([_csv_value(term) for term in solution])


def _csv_value(term: Term | None) -> str:
    """CSV value of a term, without type or language; triple terms, which CSV lacks, as in N-Triples."""
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
    """The same triples; QueryUnwritable at a triple term, which JSON-LD 1.1 and N3 lack."""
    for triple in triples:
        if isinstance(triple.object, Triple):
            raise QueryUnwritable(
                Message("a triple about a triple cannot be written in this format"),
                todo=Message("Choose Turtle or N-Triples."),
            )
        yield triple


_CHECKS: dict[str, Callable[[Iterable[Triple]], Iterator[Triple]]] = {
    "rdfxml": xml_limits.check_rdfxml,
    "jsonld": _without_triple_terms,
    "n3": _without_triple_terms,
}
