"""Linked things: triples of what records link to, for shapes that look beyond a record.

`sh:class` asks for the type of a value in the data graph (SHACL, 4.1.1), and files and batches are no graphs. So where
shapes look beyond a record, the sources are read once before the build, without shapes: what each reference leads to
by then, be it a record, a merged one or a stub, is what shapes see of it, wherever it stands (D-138).
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import orjson

from kg.mapping.mapper import MappedRecord, Mapper
from kg.records.problems import SourceProblem
from kg.store.generation.catalogue import Catalogue
from kg.store.generation.segments.folder import SegmentFolder
from kg.store.generation.segments.reader import SegmentReader

MAX_LINKED = 50_000
"""Things around the records of a batch that shapes see, at most."""

_CACHE_SIZE = 4096
_REFERENCES_PER_STATEMENT = 500


class Reach(NamedTuple):
    """Reach of shapes.

    Attributes:
        steps: links from a record to the farthest thing of which they read more than its IRI.
        backwards: whether they follow links against their direction.
    """

    steps: int
    backwards: bool


class Survey:
    """Folder of a survey: the catalogue and the records of all sources, as a build without shapes has them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.catalogue = folder / "catalogue.sqlite"
        self.records = SegmentFolder(folder)
        self.problems = folder / "problems.jsonl"
        self.rejected = folder / "rejected"


class LinkedThings:
    """Reader of a survey."""

    def __init__(self, survey: Survey, mapper: Mapper) -> None:
        self._mapper = mapper
        self._catalogue = Catalogue(survey.catalogue)
        self._links = sqlite3.connect(f"{survey.catalogue.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        self._records = SegmentReader(survey.records)
        self._mapped = lru_cache(_CACHE_SIZE)(self._map)

    def around(self, records: Sequence[MappedRecord], reach: Reach) -> tuple[list[bytes], bool]:
        """Return the triples of the things that some records lead to.

        Args:
            records: the records, whose own triples are left out.
            reach: how far from the records they lie.

        Returns:
            The triples of each thing; and whether these are all.
        """
        seen = {each.reference for each in records}
        found: list[bytes] = []
        nearest: Sequence[MappedRecord] = records
        for _ in range(max(reach.steps, int(reach.backwards))):
            next_ones = {target for each in nearest for _, target in each.links}
            if reach.backwards:
                next_ones |= self._linking([each.reference for each in nearest])
            next_ones -= seen
            if len(found) + len(next_ones) > MAX_LINKED:
                return found, False
            seen |= next_ones
            nearest = [thing for thing in map(self._mapped, sorted(next_ones)) if thing is not None]
            found += [thing.ntriples for thing in nearest]
        return found, True

    def _map(self, reference: str) -> MappedRecord | None:
        """Triples and links of a thing; None for a reference that leads to nothing."""
        thing = self._catalogue.thing(reference)
        if thing is None or thing.deleted:
            return None
        (mapped,) = self._mapper.map([orjson.loads(self._records.record(thing.offset, thing.length))])
        return mapped

    def _linking(self, references: Sequence[str]) -> set[str]:
        """References of the things that link to some others."""
        return {linking for batch in _batches(references) for linking in self._linking_to(batch)}

    def _linking_to(self, references: Sequence[str]) -> Iterator[str]:
        marks = ",".join("?" * len(references))
        rows = self._links.execute(
            "SELECT DISTINCT linking.ref FROM things JOIN links ON links.target = things.n"  # noqa: S608  # marks
            f" JOIN things AS linking ON linking.n = links.source WHERE things.ref IN ({marks})",
            references,
        )
        return (reference for (reference,) in rows)


def _batches(references: Sequence[str]) -> Iterable[Sequence[str]]:
    for start in range(0, len(references), _REFERENCES_PER_STATEMENT):
        yield references[start : start + _REFERENCES_PER_STATEMENT]


def unseen_problem(source: str) -> SourceProblem:
    """Return the note on a batch around which there is more than shapes see."""
    message = f"more than {MAX_LINKED:,} things lie around records of this file; shapes did not see all of them"
    return SourceProblem(source, "", "", "", "shapes that look less far", message)
