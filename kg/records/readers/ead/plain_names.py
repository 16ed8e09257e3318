"""Names in EAD as plain text: an origination without a name inside, a repository with its address beside the name."""

import re

from kg.records.model.keys import Record
from kg.records.names import personal_names
from kg.records.readers.xml import links, tree
from kg.records.readers.xml.draft import Draft
from kg.records.readers.xml.tree import Element

_AGENTS = tuple(links.AGENT_TYPES)
_BESIDE = frozenset({"address", "subarea", "extref", "extptr", "ref", "ptr", "note", "linkgrp"})
"""Elements of a repository beside its name."""
_OF_FORM = frozenset({"emph", "lb", "abbr", "expan", "extptr", "ptr"})
_MAX_NAME = 200
_BETWEEN = re.compile(r"\s*;\s*")


def put_origination(draft: Draft, origination: Element, key: str) -> None:
    """Put the names of an origination that is plain text, each an agent of a type that nothing tells.

    Args:
        draft: the record.
        origination: the element; one with other elements of meaning, such as marked names, is passed over.
        key: the key for its names; where it is empty, they stay with the rest.
    """
    text = tree.text(origination)
    if not key or text is None or not all(tree.local(child) in _OF_FORM for child in origination.iterdescendants()):
        return
    names = [name for name in _BETWEEN.split(text) if name]
    if not all(len(name) <= _MAX_NAME and not personal_names.is_placeholder(name) for name in names):
        return
    for name in names:
        draft.add(key, draft.source.named_link("agent", name, language=draft.language_of(origination)))
    draft.consumed.add(origination)


def repository(draft: Draft, did: Element | None) -> Record | None:
    """Return the link to the holding institution; what stands beside its name goes to `extra`."""
    element = tree.child(did, "repository")
    if element is None:
        return None
    named = next(tree.descendants(element, *_AGENTS), None)
    if named is not None:
        link = links.agent_link(draft, named)
        if link is not None:
            draft.consumed.add(named)
        return link
    name, beside = _name_and_rest(element)
    if name is None or personal_names.is_placeholder(name):
        return None
    draft.consumed.add(element)
    for part in beside:
        for block in tree.blocks(part):
            draft.add_extra(f"did/repository/{tree.path(block, element)}", tree.text(block))
    return draft.source.named_link("agent", name, language=draft.language_of(element))


def _name_and_rest(element: Element) -> tuple[str | None, list[Element]]:
    """Name of a repository, and the elements beside it; where all text stands in such, the first one is the name."""
    beside = [child for child in element if tree.local(child) in _BESIDE and tree.text(child)]
    runs = [element.text or ""]
    for child in element:
        runs += ["" if child in beside else tree.text(child) or "", child.tail or ""]
    name = " ".join(" ".join(runs).split()).strip(" ,;:")
    if not name and beside and tree.local(beside[0]) in {"extref", "ref", "subarea"}:
        return tree.text(beside[0]), beside[1:]
    return name or None, beside
