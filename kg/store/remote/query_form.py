"""What a query asks for, as far as a remote store has to be told: which kind of answer, and of which graphs.

The graphs of a request go before those of a query (SPARQL 1.1 Protocol, 2.1.4), and a request to a remote store always
has some. So FROM and FROM NAMED are read here and become the request's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.errors import QueryRefused, QuerySyntaxError
from kg.store.sparql import query_checks
from kg.store.sparql.results import Kind

_KINDS: dict[str, Kind] = {"select": "select", "ask": "ask", "construct": "construct", "describe": "construct"}
_ABSOLUTE = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]*:[^\\]*)>")
# Some engines put escapes in before they look for strings and words (SPARQL 1.1 Query Language, 19.2), others do not:
# an escaped quote, letter or line end would not mean to them what it means to the scan.
_ESCAPED_ASCII = re.compile(r"\\(?:u00|U000000)(?:0[9AaDd]|[2-7][0-9A-Fa-f])")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a query asks for.

    Attributes:
        kind: of the answer.
        graphs: whether it names graphs.
        default: the graphs of FROM.
        named: the graphs of FROM NAMED.
    """

    kind: Kind
    graphs: bool
    default: tuple[str, ...]
    named: tuple[str, ...]


def read(text: str, limits: query_checks.Limits) -> Asked:
    """What a query asks for, once it has passed the scan. Raises QueryRefused, QueryTooLarge or QuerySyntaxError.

    >>> read("SELECT * FROM <http://e/g> { ?s ?p ?o }", query_checks.DEFAULT)
    Asked(kind='select', graphs=True, default=('http://e/g',), named=())
    """
    query_checks.check(text, limits)
    if found := _ESCAPED_ASCII.search(text):
        raise QueryRefused(f"{found[0]} stands for a letter or sign of ASCII", todo="Write the letter itself.")
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
                named, iri = _graph(rest)
                graphs[named].append(iri)
    if kind is None:
        raise QuerySyntaxError("expected SELECT, ASK, CONSTRUCT or DESCRIBE")
    return Asked(kind, any(graphs.values()), tuple(graphs[False]), tuple(graphs[True]))


def _graph(rest: Iterator[re.Match[str]]) -> tuple[bool, str]:
    """The graph that stands behind FROM, and whether it is a named one."""
    token = next(rest, None)
    named = token is not None and token[0].lower() == "named"
    if named:
        token = next(rest, None)
    iri = _ABSOLUTE.fullmatch(token[0]) if token else None
    if iri is None:
        raise QueryRefused("FROM names a graph by less than its IRI", todo="Write it in full: FROM <https://…>.")
    return named, iri[1]
