"""Completeness of what is published: which keys records have, and what documents lack, by source.

What a document lacks is what a search by `lacks=` finds, by the same functions. Each record is a set of bits, made
where it is mapped; the build counts equal sets, so that memory follows neither the records nor their fields (D-199).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from kg.date_roles import OF_DESCRIPTION
from kg.records.model.keys import KEYS, Record
from kg.store.search.fields import FACETS, LACKED, RECORD, present, values_of

MAX_SOURCES = 500
"""Files up to which each has its own numbers; of more, each source of kg.toml has."""

MAX_EXAMPLES = 200
"""Documents that are listed for each gap."""

_MAX_SETS = 20_000
"""Different sets of bits that wait to be added up."""

_MAX_SHOWN_TITLE = 120
_COUNTED_KEYS = tuple(name for name in KEYS if name not in {"id", "kind", "status"})
_GAP_BITS = {name: 1 << place for place, name in enumerate(LACKED)}
_KEY_BITS = {name: 1 << place for place, name in enumerate(_COUNTED_KEYS, len(LACKED))}
_ALL_GAPS = (1 << len(LACKED)) - 1
_FACETS = tuple((FACETS[name], bit) for name, bit in _GAP_BITS.items() if name in FACETS)


def fields_of(record: Record) -> int:
    """Return the set of what a normalised record has: a bit for each of LACKED, for documents, and for each key."""
    fields = 0
    for key in record:
        fields |= _KEY_BITS.get(key, 0)
    if record["kind"] != RECORD:
        return fields
    for facet, bit in _FACETS:
        if values_of(record, facet):
            fields |= bit
    for name in present(record, dated=any(map(_has_days, record.get("dates", ())))):
        fields |= _GAP_BITS[name]
    return fields


def _has_days(date: Mapping[str, Any]) -> bool:
    """Whether a date tells of the time of the thing, and could be read."""
    return bool(date.get("start") or date.get("end")) and date["role"] not in OF_DESCRIPTION


@dataclass(frozen=True, slots=True)
class CountedRecord:
    """Published record as it is counted: reference, labels by language as JSON, set of bits, place in its file."""

    reference: str
    label: bytes
    fields: int
    source: str
    at: str

    def as_example(self) -> dict[str, str]:
        """Return the record as the report lists it."""
        labels: dict[str, str] = orjson.loads(self.label)
        title = next(iter(labels.values()), "")
        shown = title if len(title) <= _MAX_SHOWN_TITLE else f"{title[: _MAX_SHOWN_TITLE - 1]}…"
        return {"id": self.reference, "title": shown, "file": self.source, "at": self.at}


@dataclass(slots=True)
class Completeness:
    """Numbers of published records by source, kind and what they have.

    Attributes:
        examples: gap → the first documents with it.
    """

    examples: dict[str, list[CountedRecord]] = field(default_factory=lambda: {name: [] for name in LACKED})
    _sets: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    _sums: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    _wanted: int = _ALL_GAPS

    def add(self, record: CountedRecord, source: str) -> None:
        """Count a published record.

        Args:
            record: the record.
            source: the name under which it is counted.
        """
        kind = record.reference.partition("/")[0]
        self._sets[source, kind, record.fields] += 1
        if len(self._sets) > _MAX_SETS:
            self._add_up()
        if kind == RECORD and (lacking := self._wanted & ~record.fields):
            self._add_examples(record, lacking)

    def _add_examples(self, record: CountedRecord, lacking: int) -> None:
        for name, bit in _GAP_BITS.items():
            if lacking & bit:
                self.examples[name].append(record)
                if len(self.examples[name]) == MAX_EXAMPLES:
                    self._wanted &= ~bit

    def _add_up(self) -> None:
        """Add the sets up to a number for each of their bits."""
        for (source, kind, fields), count in self._sets.items():
            sums = self._sums.setdefault((source, kind), Counter())
            sums[""] += count
            for bits in (_GAP_BITS, _KEY_BITS):
                for name, bit in bits.items():
                    if fields & bit:
                        sums[f"?{name}" if bits is _GAP_BITS else name] += count
        self._sets.clear()

    def documents(self) -> int:
        """Return the number of documents."""
        self._add_up()
        return sum(sums[""] for (_, kind), sums in self._sums.items() if kind == RECORD)

    def gaps(self) -> dict[str, int]:
        """Return gap → number of the documents that have it."""
        total, has = self.documents(), Counter[str]()
        for _, _, of_source in self._documents_by_source():
            has.update(of_source)
        return {name: total - has[name] for name in LACKED}

    def by_source(self) -> list[dict[str, Any]]:
        """Return the sources in the order of their names: documents, and how many of them have each of LACKED."""
        return [
            {"source": source, "documents": documents, "has": has}
            for source, documents, has in sorted(self._documents_by_source())
        ]

    def _documents_by_source(self) -> Iterator[tuple[str, int, dict[str, int]]]:
        self._add_up()
        for (source, kind), sums in self._sums.items():
            if kind == RECORD:
                yield source, sums[""], {name: sums[f"?{name}"] for name in LACKED}

    def by_key(self) -> list[dict[str, Any]]:
        """Return the kinds: records, and how many of them have each key that the model gives the kind."""
        self._add_up()
        kinds: dict[str, Counter[str]] = {}
        for (_, kind), sums in self._sums.items():
            kinds.setdefault(kind, Counter()).update(sums)
        return [
            {
                "kind": kind,
                "records": sums[""],
                "keys": {name: sums[name] for name in _COUNTED_KEYS if kind in KEYS[name].kinds},
            }
            for kind, sums in sorted(kinds.items(), key=lambda each: -each[1][""])
        ]
