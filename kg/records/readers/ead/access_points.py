"""Access points in EAD: names under `origination`, `repository` and `controlaccess`, by their role."""

import re
from collections.abc import Iterator

from kg.records.model.keys import Record
from kg.records.readers.xml import links, tree
from kg.records.readers.xml.draft import Draft
from kg.records.readers.xml.tree import Element

_ROLES = {
    **dict.fromkeys(("creator", "cre", "author", "aut", "origination", "originator"), "creator"),
    **dict.fromkeys(
        ("participant", "ptc", "speaker", "spk", "interviewee", "ive", "interviewer", "ivr"), "participants"
    ),
    **dict.fromkeys(("sender", "correspondent", "crp", "addresser"), "sender"),
    **dict.fromkeys(("recipient", "addressee", "rcp"), "recipient"),
    **dict.fromkeys(("translator", "trl"), "translator"),
    **dict.fromkeys(("donor", "dnr"), "donors"),
    **dict.fromkeys(("sponsor", "spn", "funder", "fnd"), "sponsors"),
    **dict.fromkeys(("repository", "rps"), "repository"),
    **dict.fromkeys(("subject", "sub"), "subjects"),
}
"""Role, or its code among the relators of the Library of Congress → key."""

_IN_BRACKETS = re.compile(r".*\(([a-z]{3})\)$")
_MADE_THERE = frozenset({"location", "recording location", "place of recording", "production", "creation"})
_DISCUSSED = "Discussed"
"""Suffix of the ids of lists in which the White House Tapes name the topics of a conversation."""
_AGENTS = tuple(links.AGENT_TYPES)


def put_names(draft: Draft, top: Element, did: Element | None) -> None:
    """Put the agents, places and topics of a description into their keys."""
    if did is not None:
        for origination in tree.children(did, "origination"):
            for element in tree.children(origination, *_AGENTS):
                _put_agent(draft, element, "contributors" if tree.attribute(element, "role") else "creator")
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


def _role(element: Element) -> str | None:
    """Key for the role of a name; None for no role, or for an unknown one."""
    role = (tree.attribute(element, "role") or "").lower().rstrip(".")
    code = _IN_BRACKETS.fullmatch(role)
    return _ROLES.get(code[1] if code else role.removeprefix("relators:"))


def _put(draft: Draft, key: str, element: Element, link: Record | None) -> None:
    if link is not None:
        draft.add(key, link)
        draft.consumed.add(element)


def _put_agent(draft: Draft, element: Element, default: str) -> None:
    _put(draft, _role(element) or default, element, links.agent_link(draft, element))


def _put_access_point(draft: Draft, element: Element, access: Element) -> None:
    name = tree.local(element)
    discussed = (access.get("id") or "").endswith(_DISCUSSED)
    if name in _AGENTS:
        _put_agent_discussed(draft, element, discussed=discussed)
    elif name == "genreform":
        _put(draft, "type", element, links.topic_link(draft, element))
    elif name == "subject" or (name == "geogname" and links.is_heading(tree.text(element) or "")):
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
