"""Digital objects in EAD: single files and groups of them, by address, by entity, or by name."""

import re
from typing import Any

from kg import iris
from kg.errors import KeyFault
from kg.records.readers.xml import tree
from kg.records.readers.xml.draft import Draft
from kg.records.readers.xml.tree import Element

MEDIA_TYPES = {
    "mp3": "audio/mpeg",
    "bwf": "audio/vnd.wave",
    "wav": "audio/vnd.wave",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "mp4": "video/mp4",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "pdf": "application/pdf",
}
"""Format or suffix of a file → media type (IANA; Broadcast WAVE is audio/vnd.wave, RFC 2361)."""

_SUFFIX = re.compile(r"\.([A-Za-z0-9]{2,5})$")
_DECLARED = "an address in xlink:href, or an entity that the DOCTYPE declares with one"


def put_digital_objects(draft: Draft, top: Element) -> None:
    """Put the files that are linked in an element or beside it, with those of groups."""
    for element in tree.children(top, "dao", "daogrp"):
        if tree.local(element) == "dao":
            _put_digital_object(draft, element, {})
            continue
        label = _label(draft, element)
        for location in tree.descendants(element, "daoloc"):
            _put_digital_object(draft, location, label)


def _put_digital_object(draft: Draft, element: Element, label_of_group: dict[str, str]) -> None:
    href = tree.attribute(element, "href") or _address_of_entity(draft, element)
    if href is None:
        return
    suffix = _SUFFIX.search(href)
    digital_object: dict[str, object] = {"url": href} if _is_link(href) else {"identifier": href}
    if suffix and (media_type := MEDIA_TYPES.get(suffix[1].lower())):
        digital_object["mediaType"] = media_type
    if label := _label(draft, element) or label_of_group:
        digital_object["label"] = label
    if role := tree.attribute(element, "role"):
        digital_object["role"] = role
    draft.taken |= {(element, name) for name in ("href", "entityref", "role")}
    draft.add("digitalObjects", digital_object)


def _label(draft: Draft, element: Element) -> dict[str, str]:
    """Label of a file or a group by language, from its description, its title or its label."""
    described = tree.child(element, "daodesc")
    label = tree.text(described)
    if described is not None:
        draft.consumed.add(described)
    if label is None:
        for name in ("title", "label"):
            if (label := tree.attribute(element, name)) and not (name == "label" and _joins(element, label)):
                draft.taken.add((element, name))
                break
            label = None
    return {draft.language_of(element): label} if label else {}


def _joins(element: Element, label: str) -> bool:
    """Whether a label is the mark by which an `arc` of the same group names a file, and no word about it."""
    group = element.getparent()
    arcs = list(tree.children(group, "arc")) if group is not None else []
    return any(label in {tree.attribute(arc, "from"), tree.attribute(arc, "to")} for arc in arcs)


def _address_of_entity(draft: Draft, element: Element) -> str | None:
    """Address of an unparsed entity, as the DOCTYPE declares it; another one is reported."""
    name = tree.attribute(element, "entityref")
    if name is None:
        return None
    subset: Any = element.getroottree().docinfo.internalDTD
    declared = {entity.name: entity.system_url for entity in subset.iterentities()} if subset is not None else {}
    if address := declared.get(name):
        return str(address)
    message = "the entity of a digital object is declared nowhere, so its address is not known; kept under extra"
    draft.report(element, f"{tree.local(element)}/@entityref", name, _DECLARED, message)
    return None


def _is_link(href: str) -> bool:
    try:
        iris.external(href)
    except KeyFault:
        return False
    return True
