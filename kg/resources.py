"""From a reference to what is said of it: the read side's one use case.

Pages, data and feeds all get a thing from here: what stands in the store under its own subject, the labels of what it
links to, who links to it, and what became of it if it is gone.
"""

from dataclasses import dataclass, field

from pyoxigraph import NamedNode, Triple

from kg.iris import Base
from kg.store.catalogue import Linked, Thing
from kg.store.generations import Generation

PAGE_SIZE = 20
"""How many inverse links of one key a page shows at a time."""


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
    links: tuple[Linked, ...]
    after: str | None
    begins: bool


@dataclass(frozen=True, slots=True)
class Description:
    """What is said of a thing.

    Attributes:
        thing: its row of the catalogue.
        iri: its IRI.
        triples: what its own subject and its parts say.
        labels: reference of what it links to → labels by language.
        groups: who links to it.
    """

    thing: Thing
    iri: str
    triples: list[Triple]
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    groups: tuple[LinkGroup, ...] = ()


class Resources:
    """The things of one generation."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self.base = Base(generation.manifest.base)

    def find(self, reference: str) -> Thing | Gone | Moved | None:
        """What a reference leads to; None if nothing was ever published under it."""
        thing = self.generation.catalogue.thing(reference)
        if thing is not None:
            return thing if thing.deleted is None else Gone(thing)
        target = self.generation.catalogue.redirect(reference)
        return Moved(target) if target else None

    def describe(self, thing: Thing) -> Description:
        """What is said of a thing, as data."""
        iri = self.base.iri(thing.reference)
        return Description(thing, iri, self.generation.graph.describe(iri))

    def describe_for_page(self, thing: Thing, key: str = "", after: str = "") -> Description:
        """What is said of a thing, with the labels of what it links to and who links to it.

        Args:
            thing: the thing.
            key: the one group of inverse links that does not begin at its beginning.
            after: where that one goes on.
        """
        said = self.describe(thing)
        targets = {
            reference
            for triple in said.triples
            if isinstance(triple.object, NamedNode) and (reference := self.base.reference(triple.object.value))
        }
        labels = self.generation.catalogue.labels(sorted(targets))
        counts = self.generation.catalogue.link_counts(thing.n)
        groups = tuple(self._group(thing, each, counts[each], after if each == key else "") for each in counts)
        return Description(thing, said.iri, said.triples, labels, groups)

    def _group(self, thing: Thing, key: str, count: int, after: str) -> LinkGroup:
        links = self.generation.catalogue.linked(thing.n, key, PAGE_SIZE + 1, after)
        more = links[PAGE_SIZE - 1].cursor if len(links) > PAGE_SIZE else None
        return LinkGroup(key, count, tuple(links[:PAGE_SIZE]), more, begins=not after)

    def record(self, thing: Thing) -> bytes:
        """The thing's record as JSON, as the `json` reader takes it."""
        return self.generation.record(thing.offset, thing.length)
