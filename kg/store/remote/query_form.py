"""Query form (SPARQL 1.1, section 16) and dataset clauses (13.2) of a query, for its request to a remote store.

The graphs of a request override those of a query (SPARQL 1.1 Protocol, 2.1.4), and a request to a remote store always
has graphs. So FROM and FROM NAMED are parsed here and become the request's (D-37).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.errors import Message, QueryRefused, QuerySyntaxError
from kg.store.sparql import query_checks
from kg.store.sparql.results import Kind

_KINDS: dict[str, Kind] = {"select": "select", "ask": "ask", "construct": "construct", "describe": "construct"}
_ABSOLUTE = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]*:[^\\]*)>")
# Some engines resolve escapes before they look for strings and words (SPARQL 1.1 Query Language, 19.2), others do not:
# an escaped quote, letter or line end would not have the same meaning there as in the query checks.
_ESCAPED_ASCII = re.compile(r"\\(?:u00|U000000)(?:0[9AaDd]|[2-7][0-9A-Fa-f])")


@dataclass(frozen=True, slots=True)
class QueryForm:
    """Form and dataset of a query.

    Attributes:
        kind: kind of the answer: select, ask, or construct (DESCRIBE included).
        has_dataset: True for a query with a dataset clause.
        default_graphs: the graphs of FROM.
        named_graphs: the graphs of FROM NAMED.
    """

    kind: Kind
    has_dataset: bool
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]


def parse_form(text: str, limits: query_checks.QueryLimits) -> QueryForm:
    """Form and dataset of a query that passes the query checks.

    >>> parse_form("SELECT * FROM <http://e/g> { ?s ?p ?o }", query_checks.DEFAULT)
    QueryForm(kind='select', has_dataset=True, default_graphs=('http://e/g',), named_graphs=())

    Raises:
        QueryRefused, QueryTooLarge: the query failed the checks.
        QuerySyntaxError: the query has no form.
    """
    query_checks.check(text, limits)
    if escape := _ESCAPED_ASCII.search(text):
        what = Message("%(escape)s stands for a letter or sign of ASCII", escape=escape[0])
        raise QueryRefused(what, todo=Message("Write the letter itself."))
    kind: Kind | None = None
    graphs: dict[bool, list[str]] = {False: [], True: []}
    depth = 0
    rest = query_checks.tokens(text)
    for token in rest:
        word = token[0].lower()
        if token.lastgroup == "sign":
            depth += (word in "({[") - (word in ")}]")
        elif token.lastgroup == "word" and ":" not in word and depth == 0:
            if kind is None and word not in query_checks.PROLOGUE:
                kind = _KINDS.get(word)
                if kind is None:
                    break
            elif word == "from":
                named, iri = _dataset_iri(rest)
                graphs[named].append(iri)
    if kind is None:
        raise QuerySyntaxError(Message("a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE, after its prefixes"))
    return QueryForm(kind, any(graphs.values()), tuple(graphs[False]), tuple(graphs[True]))


def _dataset_iri(rest: Iterator[re.Match[str]]) -> tuple[bool, str]:
    """NAMED or not, and the IRI, of the dataset clause behind a FROM."""
    token = next(rest, None)
    named = token is not None and token[0].lower() == "named"
    if named:
        token = next(rest, None)
    iri = _ABSOLUTE.fullmatch(token[0]) if token else None
    if iri is None:
        todo = Message("Write it in full: FROM <https://…>.")
        raise QueryRefused(Message("FROM needs the full IRI of a graph"), todo=todo)
    return named, iri[1]
