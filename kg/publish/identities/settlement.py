"""Settlement of a record's links: each leads to what its number, file or address is among all that is described."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from kg.publish.identities.identity_index import Identities
from kg.records.model.keys import KEYS, Record, Value
from kg.records.problems import SourceProblem, excerpt

_LINKS = {name: key.to for name, key in KEYS.items() if key.value is Value.LINK}
_MAX_DEPTH = 20
_EXPECTED = "the identifier of a record, a finding aid or an agent that the sources have"


class _LinkPlace(NamedTuple):
    """Place of a link: the file, the place in it, the record, the key with the link."""

    file: str
    at: str
    record: str
    field: str


def settle_links(record: Record, identities: Identities, file: str, at: str) -> list[SourceProblem]:
    """Settle the links of a record as a reader made it, in place; return what is to be told.

    Args:
        record: the record.
        identities: what the sources describe.
        file: the file of the record, as reports call it.
        at: the place in it.
    """
    place = _LinkPlace(file, at, str(record.get("id", "")), "")
    told = dict.fromkeys(_settle_record(record, identities, place, 0))
    return list(told)


def _settle_record(record: Record, identities: Identities, place: _LinkPlace, depth: int) -> Iterator[SourceProblem]:
    if depth > _MAX_DEPTH:
        return
    for name, value in record.items():
        here = place if depth else place._replace(field=name)
        if name in _LINKS and isinstance(value, list):
            for position, link in enumerate(value):
                value[position], problems = _settled(link, _LINKS[name], identities, here, depth)
                yield from problems
        elif name == "relations" and isinstance(value, list):
            for relation in value:
                target, problems = _settled(relation.get("target"), None, identities, here, depth)
                relation["target"] = target
                yield from problems


def _settled(
    link: Any, kinds: tuple[str, ...] | None, identities: Identities, place: _LinkPlace, depth: int
) -> tuple[Any, list[SourceProblem]]:
    """Link as it leads to what is there, with what is to be told of it and of the links inside."""
    description = link if isinstance(link, dict) else {}
    name = description.get("id") if description else link
    if not isinstance(name, str) or "/" not in name:
        return link, []
    problems = list(_settle_record(description, identities, place, depth + 1)) if description else []
    settled = identities.settle(name, description, place.file)
    if settled.message:
        names = [text for key in ("name", "title") for text in (description.get(key) or {}).values()]
        problems.append(_problem(place, ", ".join(map(str, names)) or name, settled.message))
    target = settled.reference
    if target == name or (kinds is not None and target.partition("/")[0] not in kinds):
        return link, problems
    return ({**description, "id": target} if description else target), problems


def _problem(place: _LinkPlace, value: str, message: str) -> SourceProblem:
    return SourceProblem(place.file, place.at, place.field, excerpt(value), _EXPECTED, message, "note", place.record)
