"""Merge of records with the same reference from several sources (D-13)."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from kg.publish.pipeline.batch import PendingMerge
from kg.records.model.keys import KEYS, Record, Value
from kg.records.problems import SourceProblem, excerpt

_FIRST_WINS = "the sources differ; what the first one says was kept"


class MergedPlaces(NamedTuple):
    """Merge of a reference's places: the record, what is to be told, the places that were merged and those refused."""

    record: Record
    notes: list[SourceProblem]
    merged: list[PendingMerge]
    refused: list[PendingMerge]


def merge_places(places: Sequence[PendingMerge]) -> MergedPlaces:
    """Merge the records of a reference, where the settings of a source allow it, in the order of the sources."""
    first, *others = places
    result = MergedPlaces(orjson.loads(first.json), [], [], [])
    record = result.record
    for other in others:
        if first.merge or other.merge:
            record, notes = merge(record, orjson.loads(other.json), other.source, other.at)
            result.notes.extend(notes)
            result.merged.append(other)
        else:
            result.refused.append(other)
    return result._replace(record=record)


def repeated(reference: str, source: str, at: str, earlier: str) -> SourceProblem:
    """Return the problem of a record whose reference an earlier one has.

    Args:
        reference: the reference.
        source: the file.
        at: the place in it.
        earlier: the place of the earlier record.
    """
    message = f"the same id stands in {earlier}; set `prefix` or `merge = true` for one of the sources in kg.toml"
    return SourceProblem(source, at, "id", reference, "an id that no other record has", message, "rejected", reference)


def merge(first: Record, second: Record, source: str, at: str) -> tuple[Record, list[SourceProblem]]:
    """Merge two records with the same reference: lists are joined; of two different values the first stays.

    Args:
        first: the record to which the other is added.
        second: the other, normalised too.
        source: the file that the other came from, for the notes on each difference.
        at: where it stood in it.
    """
    united = dict(first)
    differing_keys: list[str] = []
    for name, value in second.items():
        first_value = united.get(name)
        if first_value is None:
            united[name] = value
        elif KEYS[name].value is Value.TEXT:
            united[name], differs = _merge_texts(first_value, value)
            differing_keys += [name] * differs
        elif KEYS[name].many:
            first_identities = set(map(_identity, first_value))
            united[name] = [*first_value, *(item for item in value if _identity(item) not in first_identities)]
        elif first_value != value:
            differing_keys.append(name)
    notes = [
        SourceProblem(
            source,
            at,
            name,
            excerpt(second[name]),
            f"{excerpt(first[name])}, as the first source says",
            _FIRST_WINS,
            "note",
        )
        for name in differing_keys
    ]
    return {name: united[name] for name in KEYS if name in united}, notes


def _merge_texts(first_texts: dict[str, Any], second_texts: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    united = dict(first_texts)
    differs = False
    for language, texts in second_texts.items():
        if language not in united:
            united[language] = texts
        elif isinstance(texts, list):
            united[language] = list(dict.fromkeys([*united[language], *texts]))
        else:
            differs = differs or united[language] != texts
    return united, differs


def _identity(value: Any) -> str:
    """Identity of a value in a list: the target of a link, or the whole value."""
    return value["id"] if isinstance(value, dict) and "id" in value else repr(value)
