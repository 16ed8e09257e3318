"""Containers in EAD: each place where a unit lies, the box before the folder (D-130).

`@parent` names the container that one lies in. Without it each box begins a place, as each folder does within its box.

>>> from lxml import etree
>>> did = etree.fromstring('<did><container type="folder">3</container><container type="box">1</container></did>')
>>> [place.text for place in places(did)]
['box 1, folder 3']
"""

from collections.abc import Iterator
from dataclasses import dataclass

from kg.records.model.keys import LEVELS
from kg.records.readers.xml import tree
from kg.records.readers.xml.draft import Draft
from kg.records.readers.xml.tree import Element

_OUTER = (
    *("room", "cabinet", "case", "range", "shelf", "drawer", "crate", "carton", "box-folder", "box"),
    *("oversize", "map-case", "map case", "portfolio", "album", "volume", "binder", "reel", "cassette", "disc"),
)
_INNER = ("folder", "file", "envelope", "sleeve", "item", "object", "frame", "frames", "page", "pages", "leaves")
_RANKS = {kind: rank for rank, kind in enumerate((*_OUTER, "", *_INNER))}
"""Sort of container → its rank, the outer ones first; an unknown sort stands between boxes and folders."""

_MAX_CONTAINERS = 1_000


@dataclass(frozen=True, slots=True)
class StoragePlace:
    """Place where a unit lies.

    Attributes:
        containers: its containers, the outer ones first.
    """

    containers: tuple[Element, ...]

    @property
    def text(self) -> str:
        """Containers with their sort, number and label, as in "box 1, folder 3"."""
        return ", ".join(map(_text, self.containers))


def places(did: Element) -> list[StoragePlace]:
    """Return the places that a `did` names."""
    containers = [element for element in tree.children(did, "container") if tree.text(element)][:_MAX_CONTAINERS]
    by_id = {number: element for element in containers if (number := tree.attribute(element, "id"))}
    parents = {element: [by_id[name] for name in _parents(element) if name in by_id] for element in containers}
    if any(parents.values()):
        outer = {parent for above in parents.values() for parent in above}
        chains = [chain for element in containers if element not in outer for chain in _chains(element, parents)]
    else:
        chains = list(_groups(containers))
    return [StoragePlace(tuple(chain)) for chain in chains]


def put_containers(draft: Draft, did: Element) -> None:
    """Put the places of a unit; of a single place in levels that the model knows, the levels too."""
    found = places(did)
    for place in found:
        draft.add("containers", place.text)
        for element in place.containers:
            draft.consumed.add(element)
            draft.taken |= {(element, name) for name in ("type", "label")}
    levels = [(_kind(element), tree.text(element) or "") for element in found[0].containers] if len(found) == 1 else []
    for level, value in levels:
        if level in LEVELS:
            draft.add("referenceLevels", {"level": level, "value": value})


def _kind(element: Element) -> str:
    return (tree.attribute(element, "type") or "").lower()


def _parents(element: Element) -> list[str]:
    return (tree.attribute(element, "parent") or "").split()


def _text(element: Element) -> str:
    label = tree.attribute(element, "label")
    number = " ".join(filter(None, (_kind(element), tree.text(element))))
    return f"{number} ({label})" if label and label.lower() != _kind(element) else number


def _rank(element: Element) -> int:
    return _RANKS.get(_kind(element), _RANKS[""])


def _chains(element: Element, parents: dict[Element, list[Element]]) -> Iterator[list[Element]]:
    """Containers from the outermost to this one, for each container that it lies in; a circle is cut."""
    above: Element | None
    for above in parents[element] or (None,):
        chain = [element]
        while above is not None and above not in chain:
            chain.insert(0, above)
            above = next(iter(parents[above]), None)  # noqa: PLW2901  # one step up
        yield chain


def _groups(containers: list[Element]) -> Iterator[list[Element]]:
    """Containers by place, where none names the one that it lies in: a sort that comes again begins another place."""
    place: dict[str, Element] = {}
    inherited: set[str] = set()
    for element in containers:
        kind = _kind(element)
        if kind in place and kind not in inherited:
            yield sorted(place.values(), key=_rank)
            place = {name: outer for name, outer in place.items() if _rank(outer) < _rank(element)}
            inherited = set(place)
        inherited.discard(kind)
        place[kind] = element
    if place:
        yield sorted(place.values(), key=_rank)
