"""Links from names in archival XML: by the number in an authority file where there is one, else by the name."""

import re
from typing import Any

from kg import iris
from kg.errors import KeyFault
from kg.records.model.keys import Record
from kg.records.names import personal_names
from kg.records.readers.base import SourceFile
from kg.records.readers.xml import tree
from kg.records.readers.xml.draft import Draft
from kg.records.readers.xml.tree import Element

AGENT_TYPES = {"persname": "person", "corpname": "organization", "famname": "family", "name": None}
"""Element of EAD that names an agent → the agent's type."""

_LOC = "http://id.loc.gov/authorities/"
_LOC_NUMBERS = (
    (re.compile(r"n[a-z]{0,2}\d{6,10}"), frozenset({"lcnaf", "naf", "lcna"}), f"{_LOC}names/"),
    (re.compile(r"sh\d{6,10}"), frozenset({"lcsh"}), f"{_LOC}subjects/"),
)
"""Pattern of a Library of Congress number, names of its authority file, IRI before the number."""

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


def place_link(draft: Draft, element: Element) -> Record | None:
    """Return the link to the place that an element names, with its coordinates if the element has them."""
    name = tree.text(element)
    if name is None or personal_names.is_placeholder(name):
        return None
    degrees = coordinates(tree.attribute(element, "normal") or "")
    keys = {"latitude": degrees[0], "longitude": degrees[1]} if degrees else {}
    return _link(draft, "place", element, keys)


def is_heading(name: str) -> bool:
    """Return whether a place name goes on to a subject: it is a topic then, in a list of subject headings.

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
    """Return the reference for a source's own number or for a reference of ours; None for an invalid key."""
    own = source.own_reference(number)
    if own and own.startswith(f"{kind}/"):
        return own
    try:
        return source.reference(kind, number) if number else None
    except KeyFault:
        return None


def authority_key(iri: str) -> str:
    """Return a raw key from an IRI in an authority file.

    >>> authority_key("http://id.loc.gov/authorities/names/n79018757"), authority_key("https://viaf.org/viaf/71385/")
    ('n79018757', 'viaf.org-viaf-71385')
    """
    rest = iri.partition("://")[2].strip("/")
    # The numbers of the Library of Congress begin with letters that tell its files apart; bare ones would collide.
    return rest.rpartition("/")[2] if iri.startswith(_LOC) else rest.replace("/", "-")


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
    iri = None if draft.source.own_reference(number) else _iri(number, tree.attribute(element, "source"))
    target = reference(draft.source, kind, authority_key(iri) if iri else number)
    if target is None:
        return draft.source.named_link(kind, name, language=language, **keys)
    elsewhere = {"exactMatch" if kind == "topic" else "sameAs": [iri]} if iri else {}
    return {"id": target, "name": {language: name}, **keys, **elsewhere}


def _iri(number: str | None, source: str | None) -> str | None:
    """IRI of an entry in an authority file, from its number."""
    if number is None:
        return None
    if "://" in number:
        return web_address(number)
    plain = number.replace(" ", "")
    for form, sources, namespace in _LOC_NUMBERS:
        if source and source.lower() in sources and form.fullmatch(plain):
            return namespace + plain
    return None
