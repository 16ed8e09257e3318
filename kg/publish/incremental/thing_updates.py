"""Updates of things: each change goes to the segments, the catalogue and the patch of the next generation.

The patch is the difference of lines; store, counts, hash and dumps follow from it. The search index takes what goes
before what comes, so it is told at the end.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg.publish.incremental.published_things import PublishedPlace, PublishedThings
from kg.publish.pipeline.batch import BatchProcessor, PreparedRecord
from kg.publish.pipeline.stubs import prepared_stubs, stub
from kg.store.generation.catalogue_builder import REPLACES
from kg.store.generation.segments.writer import SegmentWriter
from kg.store.generation.updates.process import CatalogueUpdate
from kg.store.generation.updates.updater import CatalogueFacts, Tombstone
from kg.store.log.log_state import LogState, times_of, tombstone_times
from kg.store.triples.patch import ThingPatch, difference

_STUBS = 500
"""Stubs that are asked for at a time."""


@dataclass(frozen=True, slots=True)
class UpdatedThing:
    """Thing that was updated.

    Attributes:
        before: its place in the live generation; None where it was not there.
        after: its place in the next one; None where it is not there.
        json: its JSON there; empty where it is not.
        patch: the difference of its lines; None where there is none.
    """

    before: PublishedPlace | None
    after: PublishedPlace | None
    json: bytes
    patch: ThingPatch | None


class ThingUpdates:
    """Updates of the things of one generation.

    Attributes:
        things: reference → what became of it, in order of first update.
        replaced: references that updated records replace, or replaced before.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # what is read, and what is written
        self,
        published: PublishedThings,
        processor: BatchProcessor,
        segments: SegmentWriter,
        catalogue: CatalogueUpdate,
        state: LogState,
        now: str,
    ) -> None:
        """Begin.

        Args:
            published: the live generation.
            processor: maps records.
            segments: where the JSON goes.
            catalogue: where rows and links go.
            state: the change log.
            now: the time of the build.
        """
        self._published, self._processor = published, processor
        self._segments, self._catalogue = segments, catalogue
        self._state, self._now = state, now
        self.things: dict[str, UpdatedThing] = {}
        self.replaced: set[str] = set()

    def put(self, record: PreparedRecord) -> bool:
        """Publish a record or a stub; return False where it is published as it is."""
        entry = record.entry
        before = self._current(record.reference)
        if before and (before.entry.digest, before.entry.source) == (entry.digest, entry.source):
            return False
        address = self._segments.add(record.json)
        published = self._state.entry(record.reference)
        times = times_of(published, self._now, (record.reference, entry.status, entry.record_digest, entry.digest))
        facts = CatalogueFacts(entry, record.hints)
        self._catalogue.put(
            *(facts, address, len(record.json), record.outline), times=times, before=_facts(before) if before else None
        )
        self._note(record.reference, PublishedPlace(entry.source, address, len(record.json)), record)
        return True

    def remove_record(self, reference: str) -> None:
        """Take away a record; nothing where a reference has none, or a stub."""
        place = self.things[reference].after if reference in self.things else self._published.place(reference)
        if place and place.source:
            self.remove(reference)

    def remove(self, reference: str) -> None:
        """Take away a record or a stub; nothing where there is none."""
        before = self._current(reference)
        if before is not None:
            self._catalogue.remove(_facts(before), self.tombstone(reference))
            self._note(reference, None, None)

    def tombstone(self, reference: str) -> Tombstone | None:
        """Return what a reference leaves that goes now; None where it was never published."""
        was = self._state.entry(reference)
        return Tombstone(was.label, was.created, *tombstone_times(was, self._now)) if was else None

    def settle_stubs(self) -> None:
        """Make and remove stubs until each link has an end, and no stub is left over."""
        while True:
            if unneeded := self._catalogue.unneeded(_STUBS):
                for reference in unneeded:
                    self.remove(reference)
            elif wanted := self._catalogue.wanted(_STUBS):
                result = prepared_stubs(
                    self._processor, [stub(each.reference, each.hint, each.names) for each in wanted]
                )
                for record in result.outcomes:
                    if isinstance(record, PreparedRecord):
                        self.put(record)
            else:
                break
        for reference in self._catalogue.unburied():
            if tombstone := self.tombstone(reference):
                self._catalogue.bury(reference, tombstone)

    def patches(self) -> Iterator[ThingPatch]:
        """Yield the difference of each thing whose lines differ."""
        yield from (each.patch for each in self.things.values() if each.patch)

    def changed(self) -> Iterable[UpdatedThing]:
        """Return the things that are others now, or at another place."""
        return [each for each in self.things.values() if each.before != each.after]

    def more_stubs(self) -> int:
        """Return by how many there are more stubs than before."""

        def is_stub(place: PublishedPlace | None) -> bool:
            return place is not None and not place.source

        return sum(is_stub(each.after) - is_stub(each.before) for each in self.things.values())

    def _current(self, reference: str) -> PreparedRecord | None:
        """Record or stub as it is after the updates so far."""
        if (thing := self.things.get(reference)) is not None:
            return self._processor.published(thing.json, thing.after.source) if thing.after else None
        place = self._published.place(reference)
        return self._published.prepared(place) if place else None

    def _note(self, reference: str, after: PublishedPlace | None, record: PreparedRecord | None) -> None:
        """Note the update of a thing, and bury its record of the live generation once."""
        earlier = self.things.get(reference)
        before = earlier.before if earlier else self._published.place(reference)
        if earlier is None and before is not None:
            self._segments.bury(before.address, before.length)
        was = self._published.prepared(before) if before else None
        for each in filter(None, (was, record)):
            self.replaced.update(target for key, target in each.entry.links if key == REPLACES)
        patch = difference(reference, was.ntriples if was else b"", record.ntriples if record else b"")
        self.things[reference] = UpdatedThing(before, after, record.json if record else b"", patch)


def _facts(record: PreparedRecord) -> CatalogueFacts:
    return CatalogueFacts(record.entry, record.hints)
