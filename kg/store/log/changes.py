"""Values of the change log: changes, published things, generations.

A *change* is what a generation did to a published thing. Stubs are no published things: a record of which a stub
remains is deleted, and a stub that gets a record is created. Sequences are numbers that only go forward. The first
generation's things have those from 1 on, in the order of their references.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CREATED, CHANGED, DELETED, MERGED = "created", "changed", "deleted", "merged"
WITHDRAWN, RESTORED = "withdrawn", "restored"

REMAPPED = "remapped"
"""Change of a thing's triples alone, by another mapping: its record, its digest and its times stay (D-212)."""

NAMED = "named"
"""Row of a ledger of kg before 0.3 about a thing that is only named, and so no published one."""

TOLD = (CREATED, CHANGED, DELETED, MERGED, WITHDRAWN, RESTORED)
"""Changes that followers are told; the others stand in a thing's history alone."""

STUB = "stub"
"""Status of a thing that is only named."""


@dataclass(frozen=True, slots=True)
class Change:
    """Change of a published thing.

    Attributes:
        sequence: its number in the log.
        generation: number of the generation that brought it.
        time: of that generation, in UTC (ISO 8601).
        reference: the thing.
        kind: record, agent …
        what: one of `TOLD`, or `REMAPPED`, `NAMED`.
        target: reference of the thing into which it was merged; else None.
        digest: SHA-256 of its record, the bytes of its `.json`, in hexadecimal; None where it is gone.
        before: the same before the change; None where there was none.
        labels: language → label at that time; empty where it is not told.
        sets: references of the collections and archives that have it.
        base: base IRI of its identifier: of a thing that a change of base has closed, the former base. Empty where a
            log of kg before 0.3 does not have it.
    """

    sequence: int
    generation: int
    time: str
    reference: str
    kind: str
    what: str
    target: str | None
    digest: str | None
    before: str | None
    labels: Mapping[str, str]
    sets: tuple[str, ...]
    base: str

    def as_json(self) -> dict[str, Any]:
        """Object of `/changes.json` and of `kg log --json`."""
        return {
            "sequence": self.sequence,
            "generation": self.generation,
            "time": self.time,
            "reference": self.reference,
            "what": self.what,
            "target": self.target,
            "digest": self.digest,
        }


@dataclass(frozen=True, slots=True)
class PublishedThing:
    """Published thing, or what is left of it.

    Attributes:
        reference: the thing.
        kind: record, agent …
        status: `described-only`; `stub` for a thing that is only named, now or after its deletion; None for a full
            record, and for a thing that is gone.
        labels: language → label.
        created: time of its first publication, in UTC (ISO 8601).
        modified: time of its last change: of its record, never of the mapping alone.
        deleted: time at which its record went, also where a stub remains or it was merged; None for a live record.
        target: reference of the thing into which it was merged; else None.
        digest: SHA-256 of its record, in hexadecimal; None where it is gone.
        triples_digest: digest of its triples and its record; None where it is gone.
        sets: references of the collections and archives that have it.
        sequence: of its first creation; None for a thing that was never more than a stub.
    """

    reference: str
    kind: str
    status: str | None
    labels: Mapping[str, str]
    created: str
    modified: str
    deleted: str | None
    target: str | None
    digest: str | None
    triples_digest: str | None
    sets: tuple[str, ...]
    sequence: int | None

    @property
    def is_live(self) -> bool:
        """Whether it is published now: a record, not a stub, and not gone."""
        return self.deleted is None and self.status != STUB


@dataclass(frozen=True, slots=True)
class LoggedGeneration:
    """Generation as the log keeps it, after its folder is gone.

    Attributes:
        number: its number.
        time: of its publication, in UTC (ISO 8601).
        base: base IRI of its build; empty where a log of kg before 0.3 does not have it.
        full: whether everything was built anew.
        rollback_of: number of the generation that it repeats, or None.
        counts: kind → number of records, without stubs.
        triples: number of triples in its default graph.
        graph_hash: sum of the SHA-256 of each line of its N-Triples, modulo 2^256, in hexadecimal; empty if unknown.
        mapping: version of the mapping from its records to its triples.
        last: sequence of its last change; of one without any, that of the generation before.
    """

    number: int
    time: str
    base: str
    full: bool
    rollback_of: int | None
    counts: Mapping[str, int]
    triples: int
    graph_hash: str
    mapping: str
    last: int
