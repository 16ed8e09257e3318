"""A search as a SPARQL query that finds the same: the blocks of `queries/pages/found.rq` that it asks for (D-43)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from pyoxigraph import Literal, NamedNode

from kg.iris import Base
from kg.ontology import XSD
from kg.read.times import day_text
from kg.settings import QUERIES
from kg.store.search.fields import FACETS, LACKS, ROLE, THING
from kg.store.search.query_language import DayRange
from kg.web.search.query_string import SearchState

_OURS = ("terms/", "search", "record/", "agent/", "place/", "collection/")
"""Addresses of ours in the file, which stand there below no base."""

_VARIABLE = re.compile(r"\?(?:date|first|last)\b")
"""Variables of a date in the blocks."""

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
    yield from _listed(state, base, blocks)
    wanted = state.wanted
    # A date of each chosen role is in the time that is asked for.
    apart = {THING, ROLE} if wanted.days else {THING}
    for name, value in ((name, value) for name, value in state.filters if name not in apart):
        if name == "kind":
            yield blocks[name].replace("$value", str(Literal(base.iri(f"{value}/"))))
        elif name == LACKS:
            yield blocks[f"{name} {value}"]
        elif not FACETS[name].kind:
            yield blocks[name].replace("$value", str(Literal(value)))
        elif value.startswith(f"{FACETS[name].kind}/"):
            yield blocks[name].replace("$value", str(_node(base, value)))
    if wanted.days:
        time = _bounded(blocks["certain" if state.certain else "time"], wanted.days)
        yield from _in_time(time, wanted.roles, blocks)


def _listed(state: SearchState, base: Base, blocks: Mapping[str, str]) -> Iterator[str]:
    """Things that are asked for by their addresses."""
    if things := [value for name, value in state.filters if name == THING]:
        yield blocks[THING].replace("$values", " ".join(str(_node(base, each)) for each in things))


def _in_time(time: str, roles: Sequence[str], blocks: Mapping[str, str]) -> Iterator[str]:
    """A date of the thing in a time, or one of each role, with variables of their own."""
    if not roles:
        yield blocks["date"] + time
    for number, role in enumerate(roles, 1):
        block = blocks["date of role"].replace("$value", str(Literal(role))) + time
        yield _VARIABLE.sub(rf"\g<0>{number}", block)


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
    first, last = day_text(days.first) or _BEGINNINGLESS, day_text(days.last) or _ENDLESS
    for name, day in (("$first", first), ("$last", last)):
        block = block.replace(name, str(Literal(day, datatype=NamedNode(f"{XSD}date"))))
    return block
