"""What is done with one piece of work: read, made sound, checked, mapped. Pure but for reading files.

Runs in the process that builds, or in others beside it; what it gives back is small, flat and quick to send.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import orjson

from kg import ontology
from kg.mapping.mapper import Mapped, Mapper
from kg.publish.pipeline.sources import Piece
from kg.records.model import validation
from kg.records.model.keys import Record, label_key
from kg.records.normalisation.embedded import embedded_records
from kg.records.normalisation.records import canonical_reference, normalise_record
from kg.records.normalisation.values import ValueFault
from kg.records.problems import SourceProblem, excerpt
from kg.records.readers import READERS
from kg.records.readers.base import RawRecord, ReadFailure, SourceFile, failure_problem, isolate_failures
from kg.records.readers.json.json_records import parse_line

if TYPE_CHECKING:
    from kg.publish.pipeline.shapes import Shapes


@dataclass(frozen=True, slots=True)
class Prepared:
    """A record that may be published: see kg.store.generation.catalogue_builder.Entry for the fields.

    `hints` are what it says of the things it links to, as (reference, partial record in JSON).
    """

    reference: str
    label: bytes
    status: str | None
    start: str | None
    end: str | None
    said: str | None
    digest: str
    source: str
    at: str
    json: bytes
    ntriples: bytes
    triples: int
    links: tuple[tuple[str, str], ...]
    hints: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that is left out: what it was, as far as that is known, and what stood there."""

    kind: str
    source: str
    raw: bytes | None
    problems: tuple[SourceProblem, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A sound record whose reference stands in several sources; it waits for the others to be united with them."""

    reference: str
    source: str
    at: str
    merge: bool
    json: bytes


@dataclass(slots=True)
class Done:
    """What came of a piece of work, in the order of the source."""

    outcomes: list[Prepared | Refused | Held] = field(default_factory=list)
    problems: list[SourceProblem] = field(default_factory=list)
    size: int = 0
    shapes_seconds: float = 0.0


class Worker:
    """Does pieces of work for one base."""

    def __init__(self, base: str, held: frozenset[str] = frozenset(), shapes: str | None = None) -> None:
        self._mapper = Mapper(ontology.load(base))
        self._held = held
        self._shapes = _shapes(shapes, base) if shapes else None

    def do(self, piece: Piece) -> Done:
        """Read a piece and prepare what is in it."""
        done = Done(size=piece.size)
        ready: list[tuple[Record, RawRecord]] = []
        places: list[int] = []
        source = piece.input.file.name
        for item in _items(piece):
            if isinstance(item, SourceProblem):
                done.problems.append(item)
            elif isinstance(item, ReadFailure):
                done.outcomes.append(Refused("unknown", source, item.raw, (item.problem,)))
            else:
                outcome = self._attempted(item, piece, done)
                if isinstance(outcome, dict):
                    places.append(len(done.outcomes))
                    done.outcomes.append(_PLACE)
                    ready.append((outcome, item))
                else:
                    done.outcomes.append(outcome)
        for place, prepared in zip(places, self._mapped(ready, source, done, shapes=self._shapes), strict=True):
            done.outcomes[place] = prepared
        return done

    def prepare(self, records: list[Record], source: str, *, stubs: bool = False) -> Done:
        """Prepare records that are sound already or nearly so: united ones, or stubs.

        Stubs are not held to the archive's own shapes: they are nobody's records, and every link needs an end.
        """
        done = Done()
        ready = []
        for record in records:
            sound, problems = normalise_record(record, source, "")
            done.problems += problems
            if faults := validation.faults(sound, source, ""):
                raw = orjson.dumps(record)
                done.outcomes.append(Refused(sound["kind"], source, raw, tuple(faults)))
            else:
                ready.append((sound, RawRecord(sound)))
        done.outcomes += self._mapped(ready, source, done, shapes=None if stubs else self._shapes)
        return done

    def _attempted(self, found: RawRecord, piece: Piece, done: Done) -> Record | Refused | Held:
        try:
            return self._checked(found, piece, done)
        except Exception as fault:  # noqa: BLE001  # whatever it is, the other records are to be published
            file, name = piece.input.file.name, str(found.record.get("id", ""))
            return Refused("unknown", file, found.raw, (failure_problem(file, found.at or "record", fault, name),))

    def _checked(self, found: RawRecord, piece: Piece, done: Done) -> Record | Refused | Held:
        source = piece.input.file.name
        try:
            sound, problems = normalise_record(found.record, source, found.at, found.raw if piece.lines else None)
        except ValueFault as fault:
            shown_id = excerpt(found.record.get("id", ""))
            problem = SourceProblem(source, found.at, "id", shown_id, fault.expected, str(fault), "rejected")
            return Refused("unknown", source, found.raw, (problem,))
        faults = validation.faults(sound, source, found.at)
        if faults:
            return Refused(sound["kind"], source, found.raw, (*problems, *faults))
        done.problems += problems
        if sound["id"] in self._held:
            return Held(sound["id"], source, found.at, piece.input.merge, orjson.dumps(sound))
        return sound

    def _mapped(
        self, ready: list[tuple[Record, RawRecord]], source: str, done: Done, *, shapes: "Shapes | None"
    ) -> Iterator[Prepared | Refused]:
        mapped = [self._said(record, found, source) for record, found in ready]
        violations: dict[str, list[SourceProblem]] = {}
        if shapes:
            said = [each.ntriples for each in mapped if isinstance(each, Mapped)]
            violations, seconds = shapes.violations(said, source)
            done.shapes_seconds += seconds
        for (record, found), each in zip(ready, mapped, strict=True):
            if isinstance(each, Refused):
                yield each
                continue
            for key in each.lost:
                done.problems.append(_lost(source, found.at, key, record))
            if each.reference in violations:
                placed = tuple(replace(problem, at=found.at) for problem in violations[each.reference])
                yield Refused(record["kind"], source, found.raw, placed)
            else:
                yield _prepared(record, each, source, found.at)

    def _said(self, record: Record, found: RawRecord, source: str) -> Mapped | Refused:
        try:
            (mapped,) = self._mapper.map([record])
        except Exception as fault:  # noqa: BLE001  # as above
            problem = failure_problem(source, found.at or "record", fault, record["id"])
            return Refused(record["kind"], source, found.raw, (problem,))
        return mapped


_PLACE: Any = None
"""Keeps the place of a record that is not mapped yet."""


def _shapes(path: str, base: str) -> "Shapes":
    from kg.publish.pipeline.shapes import Shapes  # noqa: PLC0415  # takes 0.3 s, and few builds need it

    return Shapes(path, base)


def _items(piece: Piece) -> Iterator[RawRecord | ReadFailure | SourceProblem]:
    file = piece.input.file
    if piece.lines is not None:
        for number, raw in piece.lines:
            yield from isolate_failures(file, _line(file, number, raw), f"line {number}", raw)
    elif piece.found is not None:
        yield from piece.found
    else:
        yield from isolate_failures(file, READERS[piece.input.format](file))


def _line(file: SourceFile, number: int, raw: bytes) -> Iterator[RawRecord | ReadFailure]:
    yield parse_line(file, number, raw)


def references(piece: Piece) -> Iterator[str]:
    """The references of the records in a piece, for finding those that stand in several places."""
    for item in _items(piece):
        if isinstance(item, RawRecord):
            try:
                yield canonical_reference(item.record)
            except ValueFault:  # reported when it is read in earnest
                continue


def _lost(source: str, at: str, key: str, record: Record) -> SourceProblem:
    message = "a value gave no statement; it stands in the record's .json alone"
    return SourceProblem(
        source, at, key, excerpt(record.get(key, "")), "a value that can be mapped", message, "note", record["id"]
    )


def _prepared(record: Record, mapped: Mapped, source: str, at: str) -> Prepared:
    date = record.get("dates", [{}])[0]
    json = orjson.dumps(record)
    return Prepared(
        reference=record["id"],
        label=orjson.dumps(record[label_key(record["kind"])]),
        status=record.get("status"),
        start=date.get("start"),
        end=date.get("end"),
        said=date.get("edtf"),
        digest=_digest(mapped.ntriples, json),
        source=source,
        at=at,
        json=json,
        ntriples=mapped.ntriples,
        triples=mapped.triples,
        links=mapped.links,
        hints=tuple((reference, orjson.dumps(told)) for reference, told in embedded_records(record)),
    )


def _digest(ntriples: bytes, json: bytes) -> str:
    """Of both: a value that gave no statement is still served in the .json."""
    found = hashlib.sha256(ntriples, usedforsecurity=False)  # processors have instructions for this one
    found.update(json)
    return found.hexdigest()[:32]
