"""Links from names in archival XML: by the number in an authority file where there is one, else by the name.

A number identifies with the file that it belongs to (`authority_files`). A name with a subdivision is a topic, and the
number of the bare name is not its own. Where an address or the name of a file leads is settled when all is read
(`kg.publish.identities.identity_index`).
"""

import re
from typing import Any

from kg import iris
from kg.errors import KeyFault
from kg.records.model.keys import Record
from kg.records.names import authority_files, personal_names
from kg.records.readers.base import SourceFile
from kg.records.readers.xml import tree
from kg.records.readers.xml.draft import Draft
from kg.records.readers.xml.tree import Element

AGENT_TYPES = {"persname": "person", "corpname": "organization", "famname": "family", "name": None}
"""Element of EAD that names an agent → the agent's type."""

_COORDINATES = re.compile(r"([-+]?\d{1,2}(?:\.\d+)?)[,;\s]\s*([-+]?\d{1,3}(?:\.\d+)?)", re.ASCII)
_DIVIDED = re.compile(r"\s*--\s*|\s+—\s+")


def agent_link(draft: Draft, element: Element) -> Record | None:
    """Return the link to the agent that an element names; None for a placeholder.

    `normal` in EAD is the full name, or a code of the source; a code becomes an identifier, not a name.
    """
    name = tree.text(element)
    if name is None or personal_names.is_placeholder(name):
        return None
    agent_type = AGENT_TYPES.get(tree.local(element))
    keys: dict[str, Any] = {"agentType": agent_type} if agent_type else {}
    full = tree.attribute(element, "normal")
    if full and full != name:
        keys |= {"alternativeNames": {draft.language_of(element): [full]}} if " " in full else {"identifiers": [full]}
    return _link(draft, "agent", element, keys)


def topic_link(draft: Draft, element: Element) -> Record | None:
    """Return the link to the topic, genre or form that an element names; None for an empty element."""
    return _link(draft, "topic", element, {}) if tree.text(element) else None


def heading_link(draft: Draft, element: Element) -> Record | None:
    """Return the link to the topic of a subdivided heading; a number of the name alone is not that of the topic."""
    name = tree.text(element)
    if name is None:
        return None
    number = tree.attribute(element, "authfilenumber") or ""
    iri = _entry(number, tree.attribute(element, "source")).iri or ""
    if not number or iri.startswith(f"{authority_files.LOC}authorities/subjects/"):
        return _link(draft, "topic", element, {})
    return draft.source.named_link("topic", name, language=draft.language_of(element))


def place_link(draft: Draft, element: Element) -> Record | None:
    """Return the link to the place that an element names, with its coordinates if the element has them."""
    name = tree.text(element)
    if name is None or personal_names.is_placeholder(name):
        return None
    degrees = coordinates(tree.attribute(element, "normal") or "")
    keys = {"latitude": degrees[0], "longitude": degrees[1]} if degrees else {}
    return _link(draft, "place", element, keys)


def is_heading(name: str) -> bool:
    """Return whether a name goes on to a subject: it is a topic then, in a list of subject headings.

    >>> is_heading("Cuba -- History -- 1959-"), is_heading("Havana (Cuba)")
    (True, False)
    """
    return _DIVIDED.search(name) is not None


def coordinates(text: str) -> tuple[float, float] | None:
    """Parse degrees north and east, from "lat, long".

    >>> coordinates("38.89767, -77.03655"), coordinates("WHO"), coordinates("97, 12")
    ((38.89767, -77.03655), None, None)
    """
    match = _COORDINATES.fullmatch(text)
    if match is None or abs(float(match[1])) > 90 or abs(float(match[2])) > 180:
        return None
    return float(match[1]), float(match[2])


def reference(source: SourceFile, kind: str, number: str | None) -> str | None:
    """Return the reference for a source's own number or for a reference of ours; None for an invalid key.

    Behind a number sign stands a component of a finding aid; of an agent it is a place in the text. A number sign alone
    leads to a place in the same file, and identifies nothing.
    """
    own = source.own_reference(number)
    if own and own.startswith(f"{kind}/"):
        return own
    whole, sign, part = (number or "").partition("#")
    if not whole.strip():
        return None
    if sign and "://" not in whole and not is_file_name(whole):
        number = f"{whole}.{part}" if part and kind in {"record", "archive"} else whole
    try:
        return source.reference(kind, number) if number else None
    except KeyFault:
        return None


def is_file_name(text: str) -> bool:
    """Return whether a text is the name of an XML file, with a path before it perhaps.

    >>> is_file_name("../eac/b27.xml"), is_file_name("p-2")
    (True, False)
    """
    return text.lower().endswith((".xml", ".ead", ".eac"))


def web_address(text: str | None) -> str | None:
    """Return the web address in an attribute; None for a number in the source, or for no such address.

    >>> web_address("http://viaf.org/viaf/71385"), web_address("37-wht-eac-00002003"), web_address("javascript://x")
    ('http://viaf.org/viaf/71385', None, None)
    """
    if text is None or "://" not in text:
        return None
    try:
        return iris.external(text)
    except KeyFault:
        return None


def _link(draft: Draft, kind: str, element: Element, keys: dict[str, Any]) -> Record:
    name, language = tree.text(element) or "", draft.language_of(element)
    number = tree.attribute(element, "authfilenumber")
    iri = None
    if number and not draft.source.own_reference(number) and not is_file_name(number.partition("#")[0]):
        number, iri = _entry(number, tree.attribute(element, "source"))
    target = reference(draft.source, kind, number)
    if number:
        draft.taken.add((element, "source"))  # it says whose number it is
    if target is None:
        return draft.source.named_link(kind, name, language=language, **keys)
    elsewhere = {"exactMatch" if kind == "topic" else "sameAs": [iri]} if iri else {}
    return {"id": target, "name": {language: name}, **keys, **elsewhere}


def _entry(number: str, source: str | None) -> authority_files.AuthorityEntry:
    """AuthorityEntry that a number or an address in an authority file means."""
    if "://" not in number:
        return authority_files.entry(number, source)
    address = web_address(number)
    return (
        authority_files.AuthorityEntry(authority_files.key_of(address), address)
        if address
        else authority_files.AuthorityEntry("", None)
    )
