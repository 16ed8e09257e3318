"""Levels of arrangement in EAD: the elements that are records, their kind, key and containing level.

A component of a level of its own (`otherlevel`) below an item is no record: it is a line in the item's outline, as in
the logs of the conversations on a tape.
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
"""Elements for a part of the described unit (EAD 2002: c, c01 to c12)."""

_LEVELS = {"recordgrp": "record-group", "recordgroup": "record-group", "subgrp": "other", "class": "other"}
"""Level in EAD → level in the model, where the names differ."""
_PARENTS = {"parentCollection": "collection", "parentSeries": "series", "parentFile": "file"}
"""Id of a link to a containing unit → level, top first, as in the White House Tapes."""
_LONGEST_NUMBER = 100


@dataclass(slots=True)
class Arrangement:
    """Levels of a finding aid while it streams by.

    Attributes:
        source: the file.
        key: the raw key of the whole finding aid, from `eadid`.
        unidentified: components whose key is their place, since they have neither id nor number.
    """

    source: SourceFile
    key: str = ""
    unidentified: set[Element] = field(default_factory=set)
    _references: dict[Element, tuple[str, str]] = field(default_factory=dict)
    _children: Counter[Element] = field(default_factory=Counter)
    _used: set[str] = field(default_factory=set)
    _positions: dict[Element, int] = field(default_factory=dict)
    _placed: Counter[Element] = field(default_factory=Counter)

    def reference(self, element: Element, *, has_parts: bool = False) -> str:
        """Return the reference of an `archdesc` or component, the same each time. SourceError without an identifier."""
        return self._identified(element, has_parts=has_parts)[0]

    def forget(self, element: Element) -> None:
        """Release the state of an element that has ended."""
        self._references.pop(element, None)
        self._children.pop(element, None)
        self._positions.pop(element, None)
        self._placed.pop(element, None)
        self.unidentified.discard(element)

    def position(self, element: Element) -> int | None:
        """Return the place of a component, from 1, among what lies in the same level; None for the whole.

        It follows the finding aid: an item goes before the items inside it, and these before the item behind it.
        """
        self.reference(element)
        return self._positions.get(element)

    def containing_level(self, element: Element) -> Record | None:
        """Return the link to the lowest level of the archive around a component; None without one."""
        return next(
            (self._link(ancestor) for ancestor in _enclosing_records(element) if self._is_archive(ancestor)), None
        )

    def containing_item(self, element: Element) -> Record | None:
        """Return the link to the item around a component, if the nearest record is an item."""
        around = next(_enclosing_records(element), None)
        return None if around is None or self._is_archive(around) else self._link(around)

    def _is_archive(self, element: Element) -> bool:
        return self.reference(element, has_parts=True).startswith("archive/")

    def _link(self, element: Element) -> Record:
        reference = self.reference(element, has_parts=True)
        title = tree.text(tree.child(element, "did", "unittitle"))
        label = {label_key(reference.partition("/")[0]): {tree.language(element): title}} if title else {}
        return {"id": reference, **label}

    def _identified(self, element: Element, *, has_parts: bool) -> tuple[str, str]:
        """Reference of an element, and the raw key from which it is made."""
        if element in self._references:
            return self._references[element]
        level_name = level(element)
        kind = "record" if level_name == "item" or (level_name is None and not has_parts) else "archive"
        for key in self._keys(element):
            reference = links.reference(self.source, kind, key)
            if reference and key not in self._used:
                self._used.add(key)
                self._references[element] = reference, key
                self._place(element)
                return reference, key
        where, name = tree.line_label(element), tree.local(element)
        raise SourceError(f"{name} has no identifier", where=where, todo="an eadid in the header")

    def _place(self, element: Element) -> None:
        above = next((each for each in _enclosing_records(element) if self._is_archive(each)), None)
        if above is not None:
            self._placed[above] += 1
            self._positions[element] = self._placed[above]

    def _keys(self, element: Element) -> Iterator[str]:
        """Raw keys, the best first: a component's own id, its number, or else its position, which may change."""
        number = tree.text(tree.child(element, "did", "unitid")) or ""
        if not is_component(element):
            yield from filter(None, (self.key, number))
            return
        around = next(_enclosing_records(element))
        above = self._identified(around, has_parts=True)[1]
        self._children[around] += 1
        if own := tree.attribute(element, "id"):
            yield f"{self.key or above}.{own}"
        if number and len(number) <= _LONGEST_NUMBER:
            yield f"{self.key or above}.{number}"
        self.unidentified.add(element)
        yield f"{above}.{self._children[around]}"


def is_component(element: Element) -> bool:
    """Return whether an element is a component."""
    return tree.local(element) in COMPONENTS


def is_record(element: Element) -> bool:
    """Return whether an element becomes a record of its own."""
    if not is_component(element):
        return tree.local(element) == "archdesc"
    return level(element) is not None or not _in_outline(element)


def level(element: Element) -> str | None:
    """Return the level in the model's vocabulary; None for no level or an unknown one."""
    level_name = element.get("level") or ""
    if level_name == "otherlevel":
        level_name = (element.get("otherlevel") or "").lower()
    level_name = _LEVELS.get(level_name, level_name)
    return level_name if level_name in LEVELS else None


def outline(element: Element) -> str | None:
    """Return the components below an item that are no records: a line each, indented by two spaces a level."""
    parts = [child for child in (element, *tree.children(element, "dsc")) if any(map(is_component, child))]
    outline_lines: list[str] = []
    for part in parts:
        head = tree.text(tree.child(part, "head")) if part is not element else None
        outline_lines += [head] if head else []
        outline_lines += [line for child in part if is_component(child) for line in _outline_lines(child, 0)]
    return "\n".join(outline_lines) or None


def put_parents(draft: Draft, did: Element | None, repository: Record | None) -> None:
    """Put the linked levels above the unit, each in its container, with the institution on top."""
    above = _institution(repository)
    for identifier, level_name in _PARENTS.items():
        for reference_element in tree.descendants(did, "archref") if did is not None else ():
            if reference_element.get("id") == identifier and (link := _parent(draft, reference_element, level_name)):
                above = link | ({"partOf": [above]} if above else {})
                draft.consumed.add(reference_element)
    if above:
        draft.add("heldIn" if draft.kind == "record" else "partOf", above)


def _institution(repository: Record | None) -> Record | None:
    """Institution as the top level of its own arrangement."""
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


def _enclosing_records(element: Element) -> Iterator[Element]:
    """Records around an element, the nearest first."""
    return (ancestor for ancestor in element.iterancestors() if is_record(ancestor))


def _in_outline(element: Element) -> bool:
    """Whether an element lies below an item, with nothing but local levels between."""
    for ancestor in element.iterancestors():
        if is_component(ancestor) or tree.local(ancestor) == "archdesc":
            level_name = level(ancestor)
            if level_name is not None:
                return level_name == "item" and element.get("level") == "otherlevel"
    return False


def _outline_lines(element: Element, depth: int) -> list[str]:
    """Line of a component, and those of the components inside it."""
    texts: list[str] = []
    for child in element:
        if not is_component(child):
            parts = child if tree.local(child) == "did" else tree.blocks(child)
            texts += filter(None, map(tree.text, parts))
    own = ["  " * depth + "; ".join(texts)] if texts else []
    return own + [
        line for child in element if is_component(child) for line in _outline_lines(child, depth + bool(texts))
    ]
