"""Spellings of addresses in a query: those of our things whose keys the graph writes otherwise (D-136).

`%3A` and `:` are two identifiers to a graph (RDF 1.1, 3.2), so a query with the one finds nothing of the other.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from kg.iris import KINDS, Base

MAX_TOLD = 20
"""Addresses that are told at once."""

_MAX_PREFIXES = 10
"""Prefixes whose names are looked for; each takes a walk through the query."""

_IRI = r"<([^<>\"{}|^`\\\x00-\x20]*+)>"
_PREFIX = re.compile(rf"\bprefix\s++([^\s:<>]*+):\s*+{_IRI}", re.IGNORECASE)
_ADDRESS = re.compile(_IRI)
_LOCAL_ESCAPE = re.compile(r"\\(.)")


@lru_cache(64)
def _named(prefix: str) -> re.Pattern[str]:
    """Names with a prefix (SPARQL 1.1, PNAME_LN): as long as they can be, but for stops at their ends."""
    return re.compile(rf"(?<![\w:.%-]){re.escape(prefix)}:((?>(?:[\w%:.-]|\\[-_~.!$&'()*+,;=/?#@%])+))")


def other_spellings(query: str, base: Base) -> dict[str, str]:
    """Return the addresses that a query writes otherwise than the graph: as written → as an IRI of the graph, in `<>`.

    >>> other_spellings("ASK { <https://a.example.org/record/a%3A1> ?p <record/b> }", Base("https://a.example.org/"))
    {'<https://a.example.org/record/a%3A1>': '<https://a.example.org/record/a:1>'}
    """
    found: dict[str, str] = {}
    for written, iri in _addresses(query, base):
        own = base.canonical(iri)
        if own != iri:
            found[written] = f"<{own}>"
            if len(found) == MAX_TOLD:
                break
    return found


def rewritten(query: str, spellings: Mapping[str, str]) -> str:
    """Return a query with its addresses as the graph has them."""
    written = "|".join(re.escape(each) for each in sorted(spellings, key=len, reverse=True))
    return re.sub(rf"(?:{written})(?![\w%:-])", lambda found: spellings[found[0]], query)


def _addresses(query: str, base: Base) -> Iterator[tuple[str, str]]:
    """IRIs in a query, whole, below the base or behind a prefix: as written, and what is meant."""
    for match in _ADDRESS.finditer(query):
        # Without a BASE of its own a query is resolved against ours.
        below = match[1].partition("/")[0] in KINDS
        yield match[0], base.iri(match[1]) if below else match[1]
    namespaces = [pair for pair in dict(_PREFIX.findall(query)).items() if _is_near(pair[1], base)]
    for prefix, namespace in namespaces[:_MAX_PREFIXES]:
        for name in _named(prefix).finditer(query):
            local = name[1].rstrip(".")
            yield f"{prefix}:{local}", namespace + _LOCAL_ESCAPE.sub(r"\1", local)


def _is_near(namespace: str, base: Base) -> bool:
    """Whether names with a namespace may be addresses below the base."""
    return base.value.startswith(namespace) or namespace.startswith(base.value)
