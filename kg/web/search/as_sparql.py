"""A search as a SPARQL query that finds the same: the blocks of `queries/pages/found.rq` that it asks for (D-43)."""

from collections.abc import Iterator
from functools import cache

from pyoxigraph import Literal, NamedNode

from kg.iris import Base
from kg.ontology import XSD
from kg.settings import QUERIES
from kg.store.search.fields import FACETS, LACKS, THING, UNDATED
from kg.store.search.query_language import DayRange
from kg.web.search.query_string import SearchState

_OURS = ("terms/", "search", "record/", "agent/", "place/", "collection/")
"""Addresses of ours in the file, which stand there below no base."""

_ENDLESS = "9999-12-31"
_BEGINNINGLESS = "-9999-01-01"


@cache
def _blocks(base: str) -> dict[str, str]:
    """Name of a block → its lines; the first is named by the empty string, and the purpose of the file left out.

    Our addresses stand below the base already: what a reader wrote is put in later, and stays as it is.
    """
    lines = (QUERIES / "pages" / "found.rq").read_text(encoding="utf-8").splitlines()
    begun = next(number for number, line in enumerate(lines) if not line.startswith("#"))
    found: dict[str, list[str]] = {"": []}
    name = ""
    for line in lines[begun:]:
        if line.startswith("# "):
            name = line[2:]
            found[name] = []
        else:
            found[name].append(line)
    return {name: _below(base, "\n".join(block) + "\n") for name, block in found.items()}


def _below(base: str, text: str) -> str:
    for name in _OURS:
        text = text.replace(f"<{name}>", f"<{base}{name}>")
    return text


def sparql(state: SearchState, base: Base) -> str:
    """The query; values of facets that are no addresses of things are left to the words' own fields."""
    blocks = _blocks(base.value)
    return blocks[""] + "".join(_query_lines(state, base)) + blocks["always"]


def _query_lines(state: SearchState, base: Base) -> Iterator[str]:
    blocks = _blocks(base.value)
    words = " ".join(filter(None, (state.words, *_named(state))))
    if words:
        yield blocks["words"].replace("$words", str(Literal(words)))
    if things := [value for name, value in state.filters if name == THING]:
        yield blocks[THING].replace("$values", " ".join(str(_node(base, each)) for each in things))
    for name, value in state.filters:
        if name == THING:
            continue
        if name == "kind":
            yield blocks[name].replace("$value", str(Literal(base.iri(f"{value}/"))))
        elif name == LACKS:
            yield blocks[f"{name} {value}"]
        elif not FACETS[name].kind:
            yield blocks[name].replace("$value", str(Literal(value)))
        elif value.startswith(f"{FACETS[name].kind}/"):
            yield blocks[name].replace("$value", str(_node(base, value)))
    days = state.wanted.days
    if days:
        yield _bounded(blocks["certain" if state.certain else "time"], days)


def _named(state: SearchState) -> Iterator[str]:
    """Filters by a name, not an address, as fields of the language of searches."""
    for name, value in state.filters:
        kind = FACETS[name].kind if name in FACETS else ""
        if kind and not value.startswith(f"{kind}/"):
            yield f'{name}:"{value.replace(chr(34), " ")}"'


def _node(base: Base, reference: str) -> NamedNode:
    try:
        return NamedNode(base.iri(reference))
    except ValueError:  # no address of a thing: nothing has it
        return NamedNode(base.iri("nothing"))


def _bounded(block: str, days: DayRange) -> str:
    first = _BEGINNINGLESS if days.first == -UNDATED else _day(days.first)
    last = _ENDLESS if days.last == UNDATED else _day(days.last)
    for name, day in (("$first", first), ("$last", last)):
        block = block.replace(name, str(Literal(day, datatype=NamedNode(f"{XSD}date"))))
    return block


def _day(number: int) -> str:
    year, rest = divmod(number, 10_000)
    sign = "-" if year < 0 else ""
    return f"{sign}{abs(year):04}-{rest // 100:02}-{rest % 100:02}"
