"""The levels of an archive in EAD: which elements are records, of what kind, under what key, below which others.

A component of a level of its own (`otherlevel`) below an item is no record: it is a line in the item's outline, as in
the logs of what was talked about on a tape.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.errors import SourceError
from kg.records.model.keys import LEVELS, Record, label_key
from kg.records.readers.base import SourceFile
from kg.records.readers.xml import links, tree
from kg.records.readers.xml.draft import Draft
from kg.records.readers.xml.tree import Element

COMPONENTS = frozenset({"c", *(f"c{number:02}" for number in range(1, 13))})
"""Elements for a part of what a finding aid describes (EAD 2002: c, c01 to c12)."""

_LEVELS = {"recordgrp": "record-group", "recordgroup": "record-group", "subgrp": "other", "class": "other"}
"""Levels of EAD that the model calls by another name; the others are called alike."""
_PARENTS = {"parentCollection": "collection", "parentSeries": "series", "parentFile": "file"}
"""Id of a link to what the unit belongs to → level, top first, as the White House Tapes have them."""
_LONGEST_NUMBER = 100


@dataclass(slots=True)
class Arrangement:
    """The levels of one finding aid while it streams by.

    Attributes:
        source: the file.
        key: the raw key of the whole finding aid, from `eadid`.
        placed: components whose key is their place, since they have neither id nor number.
    """

    source: SourceFile
    key: str = ""
    placed: set[Element] = field(default_factory=set)
    _known: dict[Element, tuple[str, str]] = field(default_factory=dict)
    _children: Counter[Element] = field(default_factory=Counter)
    _used: set[str] = field(default_factory=set)

    def reference(self, element: Element, *, has_parts: bool = False) -> str:
        """The reference of an `archdesc` or component, the same each time. SourceError where it can have none."""
        return self._identified(element, has_parts=has_parts)[0]

    def forget(self, element: Element) -> None:
        """Let go of what has ended."""
        self._known.pop(element, None)
        self._children.pop(element, None)
        self.placed.discard(element)

    def above(self, element: Element) -> Record | None:
        """The link to the lowest level of the archive that a component lies in; None where it lies in none."""
        return next((self._link(each) for each in _around(element) if self._is_archive(each)), None)

    def whole(self, element: Element) -> Record | None:
        """The link to the item that a component is a part of, if that is what it lies in."""
        around = next(_around(element), None)
        return None if around is None or self._is_archive(around) else self._link(around)

    def _is_archive(self, element: Element) -> bool:
        return self.reference(element, has_parts=True).startswith("archive/")

    def _link(self, element: Element) -> Record:
        reference = self.reference(element, has_parts=True)
        title = tree.text(tree.child(element, "did", "unittitle"))
        said = {label_key(reference.partition("/")[0]): {tree.language(element): title}} if title else {}
        return {"id": reference, **said}

    def _identified(self, element: Element, *, has_parts: bool) -> tuple[str, str]:
        """The reference and the raw key that it is made of."""
        if element in self._known:
            return self._known[element]
        said = level(element)
        kind = "record" if said == "item" or (said is None and not has_parts) else "archive"
        for key in self._keys(element):
            reference = links.reference(self.source, kind, key)
            if reference and key not in self._used:
                self._used.add(key)
                self._known[element] = reference, key
                return reference, key
        where, name = tree.at(element), tree.local(element)
        raise SourceError(f"{name} has no identifier", where=where, todo="an eadid in the header")

    def _keys(self, element: Element) -> Iterator[str]:
        """Raw keys, the best first: a component's own id, its number, or else its place, which may change."""
        number = tree.text(tree.child(element, "did", "unitid")) or ""
        if not is_component(element):
            yield from filter(None, (self.key, number))
            return
        around = next(_around(element))
        above = self._identified(around, has_parts=True)[1]
        self._children[around] += 1
        if own := tree.attribute(element, "id"):
            yield f"{self.key or above}.{own}"
        if number and len(number) <= _LONGEST_NUMBER:
            yield f"{self.key or above}.{number}"
        self.placed.add(element)
        yield f"{above}.{self._children[around]}"


def is_component(element: Element) -> bool:
    """Whether it is a component."""
    return tree.local(element) in COMPONENTS


def is_record(element: Element) -> bool:
    """Whether it becomes a record of its own."""
    if not is_component(element):
        return tree.local(element) == "archdesc"
    return level(element) is not None or not _in_outline(element)


def level(element: Element) -> str | None:
    """The level as the model calls it; None where the element says none that is known."""
    said = element.get("level") or ""
    if said == "otherlevel":
        said = (element.get("otherlevel") or "").lower()
    said = _LEVELS.get(said, said)
    return said if said in LEVELS else None


def outline(element: Element) -> str | None:
    """The components below an item that are no records: a line each, indented by two spaces a level."""
    parts = [each for each in (element, *tree.children(element, "dsc")) if any(map(is_component, each))]
    lines: list[str] = []
    for part in parts:
        head = tree.text(tree.child(part, "head")) if part is not element else None
        lines += [head] if head else []
        lines += [line for each in part if is_component(each) for line in _lines(each, 0)]
    return "\n".join(lines) or None


def put_parents(draft: Draft, did: Element | None, repository: Record | None) -> None:
    """Put the levels above that a finding aid links to, each in the one above, the institution on top."""
    above = _institution(repository)
    for identifier, level_name in _PARENTS.items():
        for each in tree.descendants(did, "archref") if did is not None else ():
            if each.get("id") == identifier and (link := _parent(draft, each, level_name)):
                above = link | ({"partOf": [above]} if above else {})
                draft.taken.add(each)
    if above:
        draft.add("heldIn" if draft.kind == "record" else "partOf", above)


def _institution(repository: Record | None) -> Record | None:
    """The institution as the top level of its own arrangement."""
    if repository is None:
        return None
    key = str(repository["id"]).partition("/")[2]
    return {"id": f"archive/{key}", "name": repository["name"], "level": "archive", "repository": [repository["id"]]}


def _parent(draft: Draft, element: Element, level_name: str) -> Record | None:
    target = links.reference(draft.source, "archive", tree.attribute(element, "href"))
    title = tree.child(element, "unittitle")
    name, number = tree.text(title), tree.child(element, "unitid")
    if target is None or title is None or name is None:
        return None
    link: Record = {"id": target, "name": {draft.language_of(title): name}, "level": level_name}
    if identifier := tree.text(number):
        link["identifiers"] = [identifier]
    if number is not None and (elsewhere := tree.attribute(number, "identifier")):
        link["sameAs"] = [elsewhere]
    return link


def _around(element: Element) -> Iterator[Element]:
    """The records that an element lies in, the nearest first."""
    return (each for each in element.iterancestors() if is_record(each))


def _in_outline(element: Element) -> bool:
    """Whether it lies below an item, with nothing but levels of their own between."""
    for around in element.iterancestors():
        if is_component(around) or tree.local(around) == "archdesc":
            known = level(around)
            if known is not None:
                return known == "item" and element.get("level") == "otherlevel"
    return False


def _lines(element: Element, depth: int) -> list[str]:
    """A component's own line, and those of the components in it."""
    said: list[str] = []
    for each in element:
        if not is_component(each):
            parts = each if tree.local(each) == "did" else tree.blocks(each)
            said += filter(None, map(tree.text, parts))
    own = ["  " * depth + "; ".join(said)] if said else []
    return own + [line for each in element if is_component(each) for line in _lines(each, depth + bool(said))]
