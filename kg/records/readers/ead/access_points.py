"""Who, where and what about in EAD: names under `origination`, `repository`, `controlaccess`, by their role."""

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
"""How the ids of lists end in which the White House Tapes name what was talked about."""
_AGENTS = tuple(links.AGENT_TYPES)


def put_names(draft: Draft, top: Element, did: Element | None) -> None:
    """Put the agents, places and topics that a description names into their keys."""
    if did is not None:
        for origination in tree.children(did, "origination"):
            for element in tree.children(origination, *_AGENTS):
                _put_agent(draft, element, "contributors" if tree.attribute(element, "role") else "creator")
    for access in _lists(top):
        for element in access:
            _put_access_point(draft, element, access)
    for element in tree.descendants(top, "corpname", "persname", "famname"):
        if _role(element) == "sponsors" and element not in draft.taken:
            draft.add("sponsors", links.agent(draft, element))


def repository(draft: Draft, did: Element | None) -> Record | None:
    """The link to the institution that keeps it; taken."""
    element = tree.child(did, "repository")
    if element is None:
        return None
    named = next(tree.descendants(element, *_AGENTS), element)
    link = links.agent(draft, named)
    if link is not None:
        draft.taken.add(named)
    return link


def _lists(top: Element) -> Iterator[Element]:
    """The lists of access points, those within others and within groups too."""
    for each in tree.children(top, "controlaccess", "descgrp"):
        if tree.local(each) == "controlaccess":
            yield each
        yield from _lists(each)


def _role(element: Element) -> str | None:
    """The key that the role of a name means; None where it has no role, or one that no key says."""
    role = (tree.attribute(element, "role") or "").lower().rstrip(".")
    code = _IN_BRACKETS.fullmatch(role)
    return _ROLES.get(code[1] if code else role.removeprefix("relators:"))


def _put(draft: Draft, key: str, element: Element, link: Record | None) -> None:
    if link is not None:
        draft.add(key, link)
        draft.taken.add(element)


def _put_agent(draft: Draft, element: Element, default: str) -> None:
    _put(draft, _role(element) or default, element, links.agent(draft, element))


def _put_access_point(draft: Draft, element: Element, access: Element) -> None:
    name = tree.local(element)
    discussed = (access.get("id") or "").endswith(_DISCUSSED)
    if name in _AGENTS:
        _put_agent_discussed(draft, element, discussed=discussed)
    elif name == "genreform":
        _put(draft, "type", element, links.topic(draft, element))
    elif name == "subject" or (name == "geogname" and links.is_heading(tree.text(element) or "")):
        _put(draft, "subjects", element, links.topic(draft, element))
    elif name == "geogname":
        made = (tree.attribute(element, "role") or "").lower() in _MADE_THERE
        key = "mentions" if discussed else "placeOfCreation" if made else "places"
        _put(draft, key, element, links.place(draft, element))


def _put_agent_discussed(draft: Draft, element: Element, *, discussed: bool) -> None:
    if discussed:
        _put(draft, "mentions", element, links.agent(draft, element))
    else:
        _put_agent(draft, element, "subjects")
