"""From a reference to what is said of it: the read side's one use case.

Pages, data and feeds all get a thing from here: what stands in the store under its own subject, the labels of what it
links to, who links to it, and what became of it if it is gone.

What stands in the store was mapped from the thing's record, and the record lies beside it. To map it once more takes a
fraction of the time in which the store looks up each string of each triple, however much else is published. So that is
how triples are read where the generation was made by this very mapping; the store's own answer is what they must equal.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import orjson
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from kg import ontology
from kg.iris import Base
from kg.mapping import mapper
from kg.render.data.record import references
from kg.render.data.statements import Statements, by_subject
from kg.store.generation.catalogue import MAX_COUNTED_LINKS
from kg.store.generation.generation import Generation
from kg.store.generation.things import LinkNeighbours, ListEntry, Thing
from kg.store.triples.graph import Graph
from kg.store.triples.literals import canonical_triples, canonical_values

PAGE_SIZE = 20
"""How many inverse links of one key a page shows at a time."""

KIN = 5
"""How many records with the same people a page names."""

LONG = 31
"""Days of a date from which it says nothing that other documents are from the same days."""

DEEPEST = 12
"""Levels of an archive that a page shows above a thing."""

_THINGS_KEPT, _RECORDS_KEPT = 8_192, 4_096
_LONGEST_KEPT = 4_000
"""What many pages name is kept for all of them: rows of so many things, and so many of their records if not longer."""

TAKING_PART = ("creator", "sender", "recipient", "participants")
"""Keys under which those stand who took part in what a record tells of."""


@dataclass(frozen=True, slots=True)
class Gone:
    """A thing that was published and is no more."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Moved:
    """A reference whose thing has another one now."""

    target: str


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """Things that link to a thing under one key.

    Attributes:
        key: the key of the model.
        count: how many there are.
        links: some of them, in order of date.
        after: where the list goes on; None at its end.
        begins: whether these are the first.
    """

    key: str
    count: int
    links: tuple[ListEntry, ...]
    after: str | None
    begins: bool


@dataclass(frozen=True, slots=True)
class Described:
    """Something that a thing links to, with what its own record says."""

    thing: Thing
    record: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is around a thing that it does not say itself.

    Attributes:
        linked: reference of what it links to → what that is.
        path: what it is a part of, from the top down: archive, fond, file.
        beside: its neighbours in the file it lies in or in its collection, or None.
        kin: other records with the same people, and how many of them.
        days: other records, not among those, of the same days.
        groups: who links to it, by key.
    """

    linked: dict[str, Described]
    path: tuple[Thing, ...] = ()
    beside: LinkNeighbours | None = None
    kin: tuple[tuple[Thing, int], ...] = ()
    days: tuple[Thing, ...] = ()
    groups: tuple[LinkGroup, ...] = ()


@dataclass(frozen=True)  # without slots: they leave no place for what is worked out once
class Description:
    """What is said of a thing.

    Attributes:
        thing: its row of the catalogue.
        iri: its IRI.
        record: its record.
        source: where its triples are read.
    """

    thing: Thing
    iri: str
    record: dict[str, Any]
    source: "_Mapped | _Stored"

    @cached_property
    def triples(self) -> list[Triple]:
        """What its own subject and its parts say."""
        return self.source.triples(self)

    @cached_property
    def statements(self) -> Statements:
        """The same by subject and predicate."""
        return self.source.statements(self)


@dataclass(frozen=True, slots=True)
class _Mapped:
    """Triples mapped from the record, as the store holds them."""

    mapper: mapper.Mapper

    def triples(self, said: Description) -> list[Triple]:
        (mapped,) = self.mapper.map([said.record])
        quads = parse(input=mapped.ntriples, format=RdfFormat.N_TRIPLES, lenient=True)
        return list(canonical_triples((quad.triple for quad in quads), mapped.ntriples))

    def statements(self, said: Description) -> Statements:
        found = self.mapper.statements(said.record)
        for about in found.values():
            for predicate in self.mapper.typed & about.keys():
                about[predicate] = canonical_values(about[predicate])
        return found


@dataclass(frozen=True, slots=True)
class _Stored:
    """Triples as the store gives them."""

    graph: Graph

    def triples(self, said: Description) -> list[Triple]:
        return self.graph.describe(said.iri)

    def statements(self, said: Description) -> Statements:
        return by_subject(said.triples)


class Resources:
    """The things of one generation."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self.base = Base(generation.manifest.base)
        manifest = generation.manifest
        ours = mapper.is_current(manifest.mapping) and not manifest.graph
        self._source = _Mapped(mapper.Mapper(ontology.load(manifest.base))) if ours else _Stored(generation.graph)
        self._known = lru_cache(_THINGS_KEPT)(self.generation.catalogue.thing)
        self._read = lru_cache(_RECORDS_KEPT)(self._parsed)

    def find(self, reference: str) -> Thing | Gone | Moved | None:
        """What a reference leads to; None if nothing was ever published under it."""
        thing = self.generation.catalogue.thing(reference)
        if thing is not None:
            return thing if thing.deleted is None else Gone(thing)
        target = self.generation.catalogue.redirect(reference)
        return Moved(target) if target else None

    def describe(self, thing: Thing) -> Description:
        """What is said of a thing, as data."""
        record = self._parsed(thing.offset, thing.length)
        return Description(thing, self.base.iri(thing.reference), record, self._source)

    def around(self, said: Description, key: str = "", after: str = "") -> Surroundings:
        """What a page shows around a thing.

        Args:
            said: the thing, described.
            key: the one group of inverse links that does not begin at its beginning.
            after: where that one goes on.
        """
        thing, catalogue = said.thing, self.generation.catalogue
        linked, own = self._linked(said.statements), said.record
        counts = catalogue.link_counts(thing.n)
        kin = self._kin(thing, own, linked) if thing.kind == "record" else ()
        return Surroundings(
            linked=linked,
            path=self.path(own),
            beside=self._beside(thing, own, linked),
            kin=kin,
            days=self._days(thing, {*references(own, "related"), *(each.reference for each, _ in kin)}),
            groups=tuple(self._group(thing, each, counts[each], after if each == key else "") for each in counts),
        )

    def _linked(self, statements: Statements) -> dict[str, Described]:
        """Reference → what it is, for all that is linked to and there."""
        linked: dict[str, Described] = {}
        for iri in sorted({each.value for each in _values(statements) if isinstance(each, NamedNode)}):
            reference = self.base.reference(iri)
            thing = self._known(reference) if reference else None
            if reference and thing and thing.deleted is None:
                linked[reference] = Described(thing, self._record(thing))
        return linked

    def _record(self, thing: Thing) -> dict[str, Any]:
        """The record of something that others link to."""
        read = self._read if thing.length <= _LONGEST_KEPT else self._parsed
        return read(thing.offset, thing.length)

    def _parsed(self, offset: int, length: int) -> dict[str, Any]:
        record: dict[str, Any] = orjson.loads(self.generation.record(offset, length))
        return record

    def _group(self, thing: Thing, key: str, count: int, after: str) -> LinkGroup:
        links = self.generation.catalogue.linking_things(thing.n, key, PAGE_SIZE + 1, after)
        more = links[PAGE_SIZE - 1].cursor if len(links) > PAGE_SIZE else None
        return LinkGroup(key, count, tuple(links[:PAGE_SIZE]), more, begins=not after)

    def path(self, record: dict[str, Any]) -> tuple[Thing, ...]:
        """What a thing is a part of, from the top down; a chain that comes back to itself is cut."""
        path: list[Thing] = []
        above = next(references(record, "heldIn", "partOf", "broader"), None)
        while above is not None and len(path) < DEEPEST:
            thing = self._known(above)
            if thing is None or thing.deleted or thing in path:
                break
            path.insert(0, thing)
            above = next(references(self._record(thing), "partOf", "broader"), None)
        return tuple(path)

    def _beside(self, thing: Thing, record: dict[str, Any], linked: dict[str, Described]) -> LinkNeighbours | None:
        """The neighbours of a record in the file that it lies in; where it is alone there, in its collection."""
        for key in ("heldIn", "collections"):
            unit = next(references(record, key), None)
            if unit in linked:
                found = self.generation.catalogue.link_neighbours(linked[unit].thing.n, key, thing.start, thing.n)
                if found.count > 1:
                    return found
        return None

    def _kin(self, thing: Thing, record: dict[str, Any], linked: dict[str, Described]) -> tuple[tuple[Thing, int], ...]:
        """Other records with the same people; those whom very many records name say nothing and cost much."""
        stated = set(references(record, "related"))
        people = []
        for reference in dict.fromkeys(references(record, *TAKING_PART)):
            if reference in linked:
                n = linked[reference].thing.n
                if sum(self.generation.catalogue.link_counts(n).values()) <= MAX_COUNTED_LINKS:
                    people.append(n)
        if not people:
            return ()
        found = self.generation.catalogue.things_sharing_targets(people, list(TAKING_PART), thing.n, KIN + len(stated))
        return tuple(each for each in found if each[0].reference not in stated)[:KIN]

    def _days(self, thing: Thing, named: set[str]) -> tuple[Thing, ...]:
        """Other records whose date begins in the days of this one's, if these are not many."""
        if thing.kind != "record" or not _short(thing.start, thing.end):
            return ()
        found = self.generation.catalogue.records_starting_between(
            thing.start or "", thing.end or "", KIN + len(named) + 1
        )
        return tuple(each for each in found if each.n != thing.n and each.reference not in named)[:KIN]

    def record(self, thing: Thing) -> bytes:
        """The thing's record as JSON, as the `json` reader takes it."""
        return self.generation.record(thing.offset, thing.length)


def _values(statements: Statements) -> Iterator[NamedNode | Literal]:
    return (each for said in statements.values() for values in said.values() for each in values)


def _short(start: str | None, end: str | None) -> bool:
    """Whether a time from day to day is short enough to say something."""
    try:
        return bool(start and end) and (date.fromisoformat(end or "") - date.fromisoformat(start or "")).days <= LONG
    except ValueError:  # a year before the first, or with five digits
        return start == end
