"""Access points in EAD: names under `origination`, `repository` and `controlaccess`, by their role."""

from collections.abc import Iterator

from kg.records.model.keys import Record
from kg.records.names import relators
from kg.records.readers.ead import plain_names
from kg.records.readers.xml import links, tree
from kg.records.readers.xml.draft import Draft
from kg.records.readers.xml.tree import Element

_MADE_THERE = frozenset({"location", "recording location", "place of recording", "production", "creation"})
_DISCUSSED = "Discussed"
"""Suffix of the ids of lists in which the White House Tapes name the topics of a conversation."""
_AGENTS = tuple(links.AGENT_TYPES)
_HEADINGS = frozenset({*_AGENTS, "geogname", "title"})
"""Names that are a topic where a subdivision follows."""


def put_names(draft: Draft, top: Element, did: Element | None) -> None:
    """Put the agents, places and topics of a description into their keys."""
    if did is not None:
        for origination in tree.children(did, "origination"):
            _put_origination(draft, origination)
    for access in _lists(top):
        for element in access:
            _put_access_point(draft, element, access)
    for element in tree.descendants(top, "corpname", "persname", "famname"):
        if _role(element) == "sponsors" and element not in draft.consumed:
            draft.add("sponsors", links.agent_link(draft, element))


def _lists(top: Element) -> Iterator[Element]:
    """Lists of access points, with those inside other lists and inside groups."""
    for child in tree.children(top, "controlaccess", "descgrp"):
        if tree.local(child) == "controlaccess":
            yield child
        yield from _lists(child)


def _put_origination(draft: Draft, origination: Element) -> None:
    """Put the names of an origination: makers, unless role or label say something else.

    Those from whom the material was got belong to its custody, and have no key.
    """
    label = tree.attribute(origination, "label")
    labelled = relators.role(label) if label else None
    names = list(tree.children(origination, *_AGENTS))
    if label and labelled is None and names:
        expected = "Creator, Source, or a role among the relators of the Library of Congress"
        draft.report(origination, "origination/@label", label, expected, "is no role that is known; read as creator")
    if labelled is not None and labelled.key == "creator":
        draft.taken.add((origination, "label"))
    plain_names.put_origination(draft, origination, labelled.key if labelled else "" if label else "creator")
    for element in names:
        key = _role(element)
        if labelled is not None and labelled.key in {"", "creator"}:
            key = labelled.key
        elif key is None:
            key = "contributors" if tree.attribute(element, "role") else labelled.key if labelled else "creator"
        if key:
            _put(draft, key, element, links.agent_link(draft, element))
            _keep_role(draft, element, key, label if labelled and labelled.key == "contributors" else None)


def _role(element: Element) -> str | None:
    """Key for the role of a name; None for no role, or for one that is not known or has no key."""
    role = relators.role(tree.attribute(element, "role") or "")
    return role.key or None if role else None


def _keep_role(draft: Draft, element: Element, key: str, label: str | None = None) -> None:
    """Keep a role that its key does not say, with the name."""
    role = tree.attribute(element, "role") or label
    found = relators.role(role) if role else None
    if role and (key == "contributors" or found is None or found.key != key):
        draft.add_extra(f"{tree.local(element)}/@role", f"{tree.text(element)}: {role}")


def _put(draft: Draft, key: str, element: Element, link: Record | None) -> None:
    if link is not None:
        draft.add(key, link)
        draft.consumed.add(element)


def _put_agent(draft: Draft, element: Element, default: str) -> None:
    key = _role(element) or default
    _put(draft, key, element, links.agent_link(draft, element))
    if tree.attribute(element, "role"):
        _keep_role(draft, element, key)


def _put_access_point(draft: Draft, element: Element, access: Element) -> None:
    name = tree.local(element)
    discussed = (access.get("id") or "").endswith(_DISCUSSED)
    if name in _HEADINGS and links.is_heading(tree.text(element) or ""):
        _put(draft, "subjects", element, links.heading_link(draft, element))
    elif name in _AGENTS:
        _put_agent_discussed(draft, element, discussed=discussed)
    elif name == "genreform":
        _put(draft, "type", element, links.topic_link(draft, element))
    elif name == "subject":
        _put(draft, "subjects", element, links.topic_link(draft, element))
    elif name == "geogname":
        is_place_of_creation = (tree.attribute(element, "role") or "").lower() in _MADE_THERE
        key = "mentions" if discussed else "placeOfCreation" if is_place_of_creation else "places"
        _put(draft, key, element, links.place_link(draft, element))


def _put_agent_discussed(draft: Draft, element: Element, *, discussed: bool) -> None:
    if discussed:
        _put(draft, "mentions", element, links.agent_link(draft, element))
    else:
        _put_agent(draft, element, "subjects")
