"""Counts of an index: what it keeps beside its documents, so that an update moves it by the changed records alone.

An index of the same records has the same counts, however it came to be. They lie beside the index as JSON; what a
search needs of them stands in the metadata that it reads.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from kg.store.search import fields, times
from kg.store.search.analysis import rules_of
from kg.store.search.folding import PLAIN
from kg.store.search.repeated import passages as parts

INFO_FILE = "info.json"
"""Metadata of the index, which a search reads."""

META_FILE = "meta.json"
"""File of the engine with the segments of the index, which it replaces at each commit."""

_COUNTS_FILE = "counts.json"


class IndexedFacts(NamedTuple):
    """What a record adds to the counts of its index.

    Attributes:
        languages: languages of the stemming rules of its texts.
        slots: number of its dates.
        is_shared: whether it lies in several units of archives.
        above: of a level of an archive the one above it; else empty.
        group: the group in which its paragraphs are compared; empty for a stub.
    """

    languages: frozenset[str]
    slots: int
    is_shared: bool
    above: str
    group: str


def is_indexed(record: Mapping[str, Any]) -> bool:
    """Test for a record that is in the index: a stub of a document is in no list or count either (D-59)."""
    return not (record["kind"] == fields.RECORD and record.get("status") == "stub")


def facts_of(record: dict[str, Any], source: str) -> IndexedFacts:
    """Facts of a record.

    Args:
        record: the record.
        source: name of its source; empty for a stub.
    """
    titles = {rules_of(language) for _, language, _ in fields.texts_under(record, fields.TITLE_KEYS)}
    texts = {rules_of(each.language) for each in parts.searched_passages(record) if each.text}
    return IndexedFacts(
        frozenset(titles | texts),
        len(times.slots_of(record.get("dates", ()))),
        len(record.get("heldIn", ())) > 1,
        next(iter(fields.plain(record.get("partOf"))), "") if record["kind"] == "archive" else "",
        parts.group_of(source, record["kind"]) if source else "",
    )


def digests_of(record: dict[str, Any], group: str) -> set[str]:
    """Digests of the paragraphs of a record and of their templates; none in no group, which a stub is in."""
    found: set[str] = set()
    for passage in parts.passages(record) if group else ():
        for paragraph in parts.compared(parts.paragraphs(passage.text)):
            found.add(parts.digest(group, paragraph))
            if words := parts.template(paragraph):
                found.add(parts.template_digest(group, words))
    return found


@dataclass(slots=True)
class IndexCounts:
    """Counts of an index.

    Attributes:
        number: number of the last document that was added, from 1 on; no number comes twice.
        languages: language of stemming rules → number of records with a text in it.
        slots: number of dates → number of records with so many.
        shared: number of records that lie in several units of archives.
        groups: group → number of its records.
        above: level of an archive → the level above it.
    """

    number: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    slots: Counter[int] = field(default_factory=Counter)
    shared: int = 0
    groups: Counter[str] = field(default_factory=Counter)
    above: dict[str, str] = field(default_factory=dict)

    def add(self, reference: str, facts: IndexedFacts) -> None:
        """Count a record that comes."""
        self._count(facts, 1)
        if facts.above:
            self.above[reference] = facts.above

    def remove(self, reference: str, facts: IndexedFacts) -> None:
        """Count a record that goes."""
        self._count(facts, -1)
        self.above.pop(reference, None)

    def _count(self, facts: IndexedFacts, one: int) -> None:
        for language in facts.languages:
            self.languages[language] += one
        self.slots[facts.slots] += one
        self.shared += one * facts.is_shared
        if facts.group:
            self.groups[facts.group] += one

    def write(self, folder: Path) -> None:
        """Write the counts, and the metadata that a search reads, into files of this index's own."""
        info = {
            "version": fields.VERSION,
            "languages": sorted({PLAIN, *(+self.languages)}),
            "above": self.above,
            "held_twice": self.shared > 0,
            "date_slots": max(+self.slots, default=0),
        }
        counts = {
            "number": self.number,
            "languages": +self.languages,
            "slots": +self.slots,
            "shared": self.shared,
            "groups": +self.groups,
        }
        for name, value in ((INFO_FILE, info), (_COUNTS_FILE, counts)):
            (folder / name).unlink(missing_ok=True)
            (folder / name).write_text(json.dumps(value), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "IndexCounts":
        """Read the counts of an index. Raises OSError, ValueError, KeyError, TypeError where they can't be read."""
        info = json.loads((folder / INFO_FILE).read_text(encoding="utf-8"))
        counts = json.loads((folder / _COUNTS_FILE).read_text(encoding="utf-8"))
        if info["version"] != fields.VERSION:
            raise ValueError("it was made by another version of kg")
        return cls(
            counts["number"],
            Counter(counts["languages"]),
            Counter({int(slots): number for slots, number in counts["slots"].items()}),
            counts["shared"],
            Counter(counts["groups"]),
            info["above"],
        )
