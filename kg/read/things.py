"""Things of a generation: a thing's description by reference, and its surroundings for a page.

Pages, data and feeds all get a thing from here: the triples of its own subject, the labels of its link targets, its
inverse links, and its deletion or redirect.

The store's triples were mapped from the thing's record, and the record lies beside it. A second mapping takes a
fraction of the time of the store, which looks up each string of each triple. So triples are mapped anew where this
same version of the mapping made the generation; they equal the store's own answer (D-46).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from kg import ontology
from kg.iris import Base, spellings
from kg.mapping import mapper
from kg.read.document_lines import DocumentLine, document_lines, telling_roles
from kg.read.record_reader import RecordReader, excerpt_of
from kg.read.related import RELATED, RelatedThings, related_things
from kg.read.told_relations import told_relations
from kg.render.data.excerpt import Excerpt, RecordPlace
from kg.render.data.record import references
from kg.render.data.statements import Statements, by_subject
from kg.store.generation.catalogue import MAX_COUNTED_LINKS
from kg.store.generation.generation import Generation
from kg.store.generation.link_walks import MAX_WALKED_LINKS, linking_documents
from kg.store.generation.things import ORDERED, LinkNeighbours, ListEntry, Thing, position_key
from kg.store.triples.graph import Graph
from kg.store.triples.literals import canonical_triples, canonical_values

PAGE_SIZE = 20
"""Documents, and other links of a key, on a page."""

DOCUMENTS = "documents"
"""Name of the list of documents, among the keys of inverse links."""

MAX_LINKED_BYTES = 1_000_000
"""Bytes of the records of link targets that a page reads; of longer ones it has what the catalogue has (D-151)."""

MAX_PATH_LEVELS = 12
"""Maximum number of archive levels above a thing on its page."""

_THING_CACHE_SIZE = 8_192
"""Entries of the cache for things (D-48)."""

_INVERSE_RELATION = "relatedTo"
"""Key of the inverse links of relations, which no record has itself."""

_MAX_OWN = 500
"""Things in a list of inverse links that are passed over, since the thing itself has them."""

_MAX_WALKS = 5
"""Walks along links in search of the first document."""

_SHOWN_ELSEWHERE = frozenset({RELATED, "target"})
"""Keys of inverse links that are no list of their own: the target of a relation is also `relatedTo`."""


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
    """Inverse links of a thing under a key, from other things than documents.

    Attributes:
        key: the key of the model.
        count: how many there are; None where documents link so, too, and all would have to be read.
        links: some of them, in order of date.
        after: where the list goes on; None at its end.
        begins: whether these are the first.
        told: for relations, reference of a link → what its record says of the thing.
    """

    key: str
    count: int | None
    links: tuple[ListEntry, ...]
    after: str | None
    begins: bool
    told: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DocumentList:
    """Documents that link to a thing, by date, each once with its roles.

    Attributes:
        lines: some of them.
        keys: keys of all their links.
        count: how many there are; None where they are too many to be counted for a page.
        after: where the list goes on; None at its end.
        begins: whether these are the first.
    """

    lines: tuple[DocumentLine, ...]
    keys: tuple[str, ...]
    count: int | None
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
        related: its related things, each once.
        related_lines: the line of each of them.
        documents: the documents that link to it.
        groups: its inverse links from other things, by key.
    """

    linked: dict[str, LinkedRecord]
    path: tuple[Thing, ...] = ()
    beside: LinkNeighbours | None = None
    related: RelatedThings = field(default_factory=RelatedThings)
    related_lines: tuple[DocumentLine, ...] = ()
    documents: DocumentList | None = None
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
        whole: the record that it is an excerpt of.
    """

    thing: Thing
    iri: str
    record: Mapping[str, Any]
    source: "_MappedSource | _StoredSource"
    excerpt: Excerpt | None = None
    whole: Mapping[str, Any] | None = None
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
    """Things of a generation.

    Attributes:
        reader: reader of their records.
    """

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self.base = Base(generation.manifest.base)
        manifest = generation.manifest
        same_mapping = mapper.is_current(manifest.mapping) and not manifest.graph
        terms = ontology.load(manifest.base)
        self._mapped = _MappedSource(mapper.Mapper(terms))
        self._source = self._mapped if same_mapping else _StoredSource(generation.graph)
        self._cached_thing = lru_cache(_THING_CACHE_SIZE)(self.generation.catalogue.thing)
        self.reader = RecordReader(generation)
        self._document_keys = frozenset({*terms.keys["record"], _INVERSE_RELATION})

    def forget(self) -> None:
        """Drop what is cached of things and their records."""
        self._cached_thing.cache_clear()
        self.reader.forget()

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
        record = self.reader.whole(thing.offset, thing.length)
        return Description(thing, self.base.iri(thing.reference), record, self._source)

    def describe_page(self, thing: Thing, languages: Sequence[str], place: RecordPlace) -> Description:
        """Return the description of a thing for its page: of an excerpt where the record is long.

        Args:
            thing: the thing.
            languages: those of the reader, the best first.
            place: which part of long texts, and where a long list begins.
        """
        record = self.reader.for_page(thing.offset, thing.length)
        cut = excerpt_of(record, thing.length, languages, place)
        if cut is None:
            return Description(thing, self.base.iri(thing.reference), record, self._source)
        # Mapped anew, whatever made the generation: the store has the whole, and in no order of weight.
        return Description(thing, self.base.iri(thing.reference), cut.record, self._mapped, cut, record)

    def around(
        self, description: Description, key: str = "", after: str = "", targets: dict[str, Thing] | None = None
    ) -> Surroundings:
        """Return the surroundings of a thing for its page.

        Args:
            description: the thing, described.
            key: the one list of inverse links that does not begin at its beginning; DOCUMENTS for the documents.
            after: where that one goes on.
            targets: the outcome of `link_targets`, where it is there already.
        """
        thing, catalogue = description.thing, self.generation.catalogue
        targets = self.link_targets(description) if targets is None else targets
        linked = self._linked(targets)
        own = description.record
        counts = catalogue.link_counts(thing.n)
        known = {reference: (each.thing, each.record) for reference, each in linked.items()}
        related = related_things(catalogue, thing, own, known, PAGE_SIZE, after if key == RELATED else "")
        others = [each for each in counts if each not in _SHOWN_ELSEWHERE]
        return Surroundings(
            linked=linked,
            path=self.path(own),
            beside=self._beside(thing, own, linked),
            related=related,
            related_lines=self._document_lines([(each.thing, ()) for each in related.things], thing),
            documents=self._documents(thing, others, after if key == DOCUMENTS else ""),
            groups=tuple(
                group
                for each in others
                if (group := self._group(description, each, counts[each], after if each == key else "")) is not None
            ),
        )

    def _documents(self, thing: Thing, keys: list[str], after: str) -> DocumentList | None:
        """Documents that link to a thing, or None."""
        keys = [key for key in keys if key in self._document_keys]

        def is_arranged(document: Thing) -> bool:
            record = self._record(document)
            return "position" in record and thing.reference in references(record, *ORDERED)

        catalogue = self.generation.catalogue
        walk = linking_documents(catalogue, thing.n, keys, PAGE_SIZE, after, is_arranged=is_arranged)
        for _ in range(_MAX_WALKS):
            if walk.documents or walk.after is None:
                break
            walk = linking_documents(catalogue, thing.n, keys, PAGE_SIZE, walk.after, is_arranged=is_arranged)
        if not walk.documents and walk.after is None and not after:
            return None
        count = catalogue.linking_count(thing.n, keys, MAX_COUNTED_LINKS)
        lines = self._document_lines([(each.thing, telling_roles(each.keys)) for each in walk.documents], thing)
        return DocumentList(lines, tuple(keys), count, walk.after, begins=not after)

    def _document_lines(
        self, documents: list[tuple[Thing, tuple[str, ...]]], subject: Thing
    ) -> tuple[DocumentLine, ...]:
        return document_lines(documents, subject.reference, self._record, self.generation.catalogue.things)

    def _linked(self, targets: dict[str, Thing]) -> dict[str, LinkedRecord]:
        """Link targets with their records; those of very long records with what the catalogue has of them."""
        length = 0
        long: set[str] = set()
        for reference, target in sorted(targets.items(), key=lambda each: each[1].length):
            length += target.length
            if length > MAX_LINKED_BYTES:
                long.add(reference)
        return {
            reference: LinkedRecord(target, _outline(target) if reference in long else self._record(target))
            for reference, target in targets.items()
        }

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
        """Record of a thing, as far as pages of other things read it."""
        return self.reader.for_others(thing.offset, thing.length)

    def _group(self, description: Description, key: str, count: int, after: str) -> LinkGroup | None:
        """Links to a thing under a key from other things than documents, or None; not those that it has itself."""
        whole = description.whole or description.record
        own = min(len(whole.get("relations", ())), _MAX_OWN) if key == _INVERSE_RELATION else 0
        limit = PAGE_SIZE + 1 + own
        links, end = self.generation.catalogue.linking_things_of(
            description.thing.n, key, limit, after, documents=False, most=MAX_WALKED_LINKS
        )
        links = self._unsaid(description.thing, key, links) if own else links
        if not links and not after and (end is None or own):
            return None
        next_cursor = links[PAGE_SIZE - 1].cursor if len(links) > PAGE_SIZE else end
        known = None if key in self._document_keys or own else count
        shown = tuple(links[:PAGE_SIZE])
        told = self._relations_told(shown, description.thing.reference) if key == _INVERSE_RELATION else {}
        return LinkGroup(key, known, shown, next_cursor, begins=not after, told=told)

    def _relations_told(self, links: Iterable[ListEntry], reference: str) -> dict[str, tuple[Mapping[str, Any], ...]]:
        things = [link.thing for link in links]
        return told_relations(
            things, reference, lambda each: self.reader.whole(each.offset, each.length), MAX_LINKED_BYTES
        )

    def _unsaid(self, thing: Thing, key: str, links: list[ListEntry]) -> list[ListEntry]:
        """Links to a thing from others to which it has no link of this kind itself."""
        said = self.generation.catalogue.linked_from(thing, key, [link.thing.n for link in links])
        return [link for link in links if link.thing.n not in said]

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
        """Return the records of some things, as far as pages of other things read them."""
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

    def record(self, thing: Thing) -> bytes:
        """Return the thing's record as JSON, as the `json` reader takes it."""
        return self.generation.record(thing.offset, thing.length)


def _outline(thing: Thing) -> dict[str, Any]:
    """Names and date of a thing, in the form of a record."""
    label = "title" if thing.kind == "record" else "name"
    outline: dict[str, Any] = {"id": thing.reference, "kind": thing.kind, label: thing.labels}
    if thing.status:
        outline["status"] = thing.status
    if thing.edtf:
        outline["dates"] = [{"role": "document", "edtf": thing.edtf}]
    return outline


def _values(statements: Statements) -> Iterator[NamedNode | Literal]:
    return (value for by_predicate in statements.values() for values in by_predicate.values() for value in values)
