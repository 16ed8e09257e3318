"""Things of a generation: a thing's description by reference, and its surroundings for a page.

Pages, data and feeds all get a thing from here: the triples of its own subject, the labels of its link targets, its
inverse links, and its deletion or redirect.

The store's triples were mapped from the thing's record, and the record lies beside it. A second mapping takes a
fraction of the time of the store, which looks up each string of each triple. So triples are mapped anew where this
same version of the mapping made the generation; they equal the store's own answer (D-46).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

import orjson
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from kg import ontology
from kg.iris import Base, spellings
from kg.mapping import mapper
from kg.render.data.excerpt import Excerpt, excerpt
from kg.render.data.record import references
from kg.render.data.statements import Statements, by_subject
from kg.store.generation.catalogue import MAX_COUNTED_LINKS
from kg.store.generation.generation import Generation
from kg.store.generation.things import ORDERED, LinkNeighbours, ListEntry, Thing, position_key
from kg.store.triples.graph import Graph
from kg.store.triples.literals import canonical_triples, canonical_values

PAGE_SIZE = 20
"""Inverse links of a key on a page."""

MAX_KIN = 5
"""Maximum number of records with the same people on a page."""

MAX_DATE_DAYS = 31
"""Length of a date, in days, above which records of the same days mean nothing."""

MAX_PATH_LEVELS = 12
"""Maximum number of archive levels above a thing on its page."""

_THING_CACHE_SIZE, _RECORD_CACHE_SIZE = 8_192, 4_096
_MAX_CACHED_RECORD = 4_000
"""Entries of the caches for things and records in many pages, and the maximum length of a cached record (D-48)."""

PARTICIPANT_KEYS = ("creator", "sender", "recipient", "participants")
"""Keys of the participants in a record's event."""


@dataclass(frozen=True, slots=True)
class DeletedThing:
    """Deleted thing, published in an earlier generation."""

    thing: Thing


@dataclass(frozen=True, slots=True)
class Redirect:
    """Redirect from an old reference to the present one."""

    target: str


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """Inverse links of a thing under a key.

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
class LinkedRecord:
    """Linked thing, with its record."""

    thing: Thing
    record: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Surroundings of a thing: values that its own record lacks.

    Attributes:
        linked: reference of a link target → the linked thing.
        path: its containers, from the top down: archive, fond, file.
        beside: its neighbours in its file or in its collection, or None.
        kin: other records with the same people, each with the number of these.
        days: other records, not among those, of the same days.
        groups: its inverse links, by key.
    """

    linked: dict[str, LinkedRecord]
    path: tuple[Thing, ...] = ()
    beside: LinkNeighbours | None = None
    kin: tuple[tuple[Thing, int], ...] = ()
    days: tuple[Thing, ...] = ()
    groups: tuple[LinkGroup, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """Description of a thing.

    Its triples are made when they are asked for, once, and without a lock: `functools.cached_property` of Python 3.11
    has one for all instances, at which the event loop would wait for the long text that a thread describes (D-120).

    Attributes:
        thing: its row of the catalogue.
        iri: its IRI.
        record: its record, or what an excerpt has of it.
        source: where its triples are read.
        excerpt: the excerpt, where it is one.
    """

    thing: Thing
    iri: str
    record: Mapping[str, Any]
    source: "_MappedSource | _StoredSource"
    excerpt: Excerpt | None = None
    _triples: list[list[Triple]] = field(default_factory=list, repr=False, compare=False)
    _statements: list[Statements] = field(default_factory=list, repr=False, compare=False)

    @property
    def triples(self) -> list[Triple]:
        """Triples of its own subject and of its parts."""
        if not self._triples:
            self._triples.append(self.source.triples(self))
        return self._triples[0]

    @property
    def statements(self) -> Statements:
        """The same triples by subject and predicate."""
        if not self._statements:
            self._statements.append(self.source.statements(self))
        return self._statements[0]


@dataclass(frozen=True, slots=True)
class _MappedSource:
    """Source of triples: the mapping of the record, in the store's form of literals."""

    mapper: mapper.Mapper

    def triples(self, description: Description) -> list[Triple]:
        (mapped,) = self.mapper.map([dict(description.record)])
        quads = parse(input=mapped.ntriples, format=RdfFormat.N_TRIPLES, lenient=True)
        return list(canonical_triples((quad.triple for quad in quads), mapped.ntriples))

    def statements(self, description: Description) -> Statements:
        by_iri = self.mapper.statements(dict(description.record))
        for by_predicate in by_iri.values():
            for predicate in self.mapper.typed & by_predicate.keys():
                by_predicate[predicate] = canonical_values(by_predicate[predicate])
        return by_iri


@dataclass(frozen=True, slots=True)
class _StoredSource:
    """Source of triples: the store."""

    graph: Graph

    def triples(self, description: Description) -> list[Triple]:
        return self.graph.describe(description.iri)

    def statements(self, description: Description) -> Statements:
        return by_subject(description.triples)


class Resources:
    """Things of a generation."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self.base = Base(generation.manifest.base)
        manifest = generation.manifest
        same_mapping = mapper.is_current(manifest.mapping) and not manifest.graph
        self._mapped = _MappedSource(mapper.Mapper(ontology.load(manifest.base)))
        self._source = self._mapped if same_mapping else _StoredSource(generation.graph)
        self._cached_thing = lru_cache(_THING_CACHE_SIZE)(self.generation.catalogue.thing)
        self._cached_record = lru_cache(_RECORD_CACHE_SIZE)(self._parsed)

    def find(self, reference: str) -> Thing | DeletedThing | Redirect | None:
        """Return the thing, its deletion or its redirect for a reference; None for one that was never published.

        In a generation of kg 0.2 the thing has the reference that keys had then.
        """
        catalogue = self.generation.catalogue
        for name in spellings(reference):
            thing = catalogue.thing(name)
            if thing is not None:
                return thing if thing.deleted is None else DeletedThing(thing)
            if target := catalogue.redirect(name):
                return Redirect(target)
        return None

    def describe(self, thing: Thing) -> Description:
        """Return the description of a thing."""
        record = self._parsed(thing.offset, thing.length)
        return Description(thing, self.base.iri(thing.reference), record, self._source)

    def describe_excerpt(self, thing: Thing, languages: Sequence[str], part: int) -> Description:
        """Return the description of an excerpt of a long record, mapped anew whatever made the generation.

        Args:
            thing: the thing.
            languages: those of the reader, the best first.
            part: which part of long texts.
        """
        cut = excerpt(self._parsed(thing.offset, thing.length), languages, part)
        return Description(thing, self.base.iri(thing.reference), cut.record, self._mapped, cut)

    def around(
        self, description: Description, key: str = "", after: str = "", targets: dict[str, Thing] | None = None
    ) -> Surroundings:
        """Return the surroundings of a thing for its page.

        Args:
            description: the thing, described.
            key: the one group of inverse links that does not begin at its beginning.
            after: where that one goes on.
            targets: the outcome of `link_targets`, where it is there already.
        """
        thing, catalogue = description.thing, self.generation.catalogue
        targets = self.link_targets(description) if targets is None else targets
        linked = {reference: LinkedRecord(target, self._record(target)) for reference, target in targets.items()}
        own = description.record
        counts = catalogue.link_counts(thing.n)
        kin = self._kin(thing, own, linked) if thing.kind == "record" else ()
        return Surroundings(
            linked=linked,
            path=self.path(own),
            beside=self._beside(thing, own, linked),
            kin=kin,
            days=self._days(thing, {*references(own, "related"), *(group_key.reference for group_key, _ in kin)}),
            groups=tuple(
                self._group(thing, group_key, counts[group_key], after if group_key == key else "")
                for group_key in counts
            ),
        )

    def link_targets(self, description: Description) -> dict[str, Thing]:
        """Return reference → live thing, for every link target with a record, which a page reads for its name."""
        targets: dict[str, Thing] = {}
        for iri in sorted({value.value for value in _values(description.statements) if isinstance(value, NamedNode)}):
            reference = self.base.reference(iri)
            thing = self._cached_thing(reference) if reference else None
            if reference and thing and thing.deleted is None:
                targets[reference] = thing
        return targets

    def _record(self, thing: Thing) -> dict[str, Any]:
        """Record of a link target."""
        read = self._cached_record if thing.length <= _MAX_CACHED_RECORD else self._parsed
        return read(thing.offset, thing.length)

    def _parsed(self, offset: int, length: int) -> dict[str, Any]:
        record: dict[str, Any] = orjson.loads(self.generation.record(offset, length))
        return record

    def _group(self, thing: Thing, key: str, count: int, after: str) -> LinkGroup:
        links = self.generation.catalogue.linking_things(thing.n, key, PAGE_SIZE + 1, after)
        next_cursor = links[PAGE_SIZE - 1].cursor if len(links) > PAGE_SIZE else None
        return LinkGroup(key, count, tuple(links[:PAGE_SIZE]), next_cursor, begins=not after)

    def path(self, record: Mapping[str, Any]) -> tuple[Thing, ...]:
        """Return the containers of a thing, from the top down; a cycle is cut."""
        path: list[Thing] = []
        above = next(references(record, "heldIn", "partOf", "broader"), None)
        while above is not None and len(path) < MAX_PATH_LEVELS:
            thing = self._cached_thing(above)
            if thing is None or thing.deleted or thing in path:
                break
            path.insert(0, thing)
            above = next(references(self._record(thing), "partOf", "broader"), None)
        return tuple(path)

    def records(self, things: Iterable[Thing]) -> list[dict[str, Any]]:
        """Return the records of some things."""
        return [self._record(thing) for thing in things]

    def _beside(
        self, thing: Thing, record: Mapping[str, Any], linked: dict[str, LinkedRecord]
    ) -> LinkNeighbours | None:
        """Neighbours of a record in its file; in its collection, where it is alone in the file."""
        for key in ("heldIn", "collections"):
            unit = next(references(record, key), None)
            if unit in linked:
                position = record.get("position") if key in ORDERED else None
                place = thing.start if position is None else position_key(position)
                neighbours = self.generation.catalogue.link_neighbours(linked[unit].thing.n, key, place, thing.n)
                if neighbours.count > 1:
                    return neighbours
        return None

    def _kin(
        self, thing: Thing, record: Mapping[str, Any], linked: dict[str, LinkedRecord]
    ) -> tuple[tuple[Thing, int], ...]:
        """Other records with the same people, without people of very many records: these mean nothing and cost much."""
        stated = set(references(record, "related"))
        people = []
        for reference in dict.fromkeys(references(record, *PARTICIPANT_KEYS)):
            if reference in linked:
                n = linked[reference].thing.n
                if sum(self.generation.catalogue.link_counts(n).values()) <= MAX_COUNTED_LINKS:
                    people.append(n)
        if not people:
            return ()
        kin = self.generation.catalogue.things_sharing_targets(
            people, list(PARTICIPANT_KEYS), thing.n, MAX_KIN + len(stated)
        )
        return tuple(item for item in kin if item[0].reference not in stated)[:MAX_KIN]

    def _days(self, thing: Thing, excluded: set[str]) -> tuple[Thing, ...]:
        """Other records whose date begins within the days of this record, if these are few."""
        if thing.kind != "record" or not _is_short(thing.start, thing.end):
            return ()
        things = self.generation.catalogue.records_starting_between(
            thing.start or "", thing.end or "", MAX_KIN + len(excluded) + 1
        )
        return tuple(other for other in things if other.n != thing.n and other.reference not in excluded)[:MAX_KIN]

    def record(self, thing: Thing) -> bytes:
        """Return the thing's record as JSON, as the `json` reader takes it."""
        return self.generation.record(thing.offset, thing.length)


def _values(statements: Statements) -> Iterator[NamedNode | Literal]:
    return (value for by_predicate in statements.values() for values in by_predicate.values() for value in values)


def _is_short(start: str | None, end: str | None) -> bool:
    """Whether a period is short enough to mean something."""
    try:
        return (
            bool(start and end)
            and (date.fromisoformat(end or "") - date.fromisoformat(start or "")).days <= MAX_DATE_DAYS
        )
    except ValueError:  # a year before the first, or with five digits
        return start == end
