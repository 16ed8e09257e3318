"""What EAD says in sentences, and what it says of the thing itself: notes, extent, language, files, containers."""

import re
from collections.abc import Iterator

from kg import iris
from kg.errors import KeyFault
from kg.records.model.keys import LEVELS
from kg.records.names import language_tags
from kg.records.readers.ead import dates
from kg.records.readers.xml import links, tree
from kg.records.readers.xml.draft import Draft
from kg.records.readers.xml.tree import Element

_KEYS = {
    "scopecontent": "scopeNote",
    "acqinfo": "custodialHistory",
    "custodhist": "custodialHistory",
    "accessrestrict": "accessConditions",
    "userestrict": "rights",
    "odd": "note",
    "note": "note",
}
"""Element → the key that its paragraphs stand under."""

_GROUPS = ("descgrp", "admininfo", "add")
_LOCAL_NOTES = frozenset({"recordingNotes", "audioQuality", "natureOfRecording"})
"""Ids of parts of `scopecontent` that tell of the recording and not of what is on it: no key says that."""

_MEDIA_TYPES = {
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

_PHYSICAL = {"extent": "extent", "physfacet": "physicalForm", "dimensions": "physicalForm", "genreform": "physicalForm"}
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)", re.ASCII)
_LICENCE = re.compile(r"https?://(?:creativecommons\.org/(?:licenses|publicdomain)|rightsstatements\.org/vocab)/")
_SUFFIX = re.compile(r"\.([A-Za-z0-9]{2,5})$")
_UNTIL = re.compile(r"\buntil\s*$", re.IGNORECASE)


def put_notes(draft: Draft, top: Element) -> None:
    """Put what stands in notes into the keys for it."""
    for note in notes(top):
        name = tree.local(note)
        if name in _KEYS and note.get("id") != dates.EVENT:
            _put_paragraphs(draft, _KEYS[name], note)
        elif name == "prefercite":
            _put_citation(draft, note)
        elif name == "altformavail":
            _put_copies(draft, note)
        elif name in {"relatedmaterial", "separatedmaterial"}:
            put_related(draft, note)
        if name == "userestrict":
            for licence in licences(note):
                draft.add("license", licence)
        elif name == "accessrestrict":
            _put_end_of_restriction(draft, note)


def put_thing(draft: Draft, did: Element) -> None:
    """Put what `did` says of the thing itself."""
    for each in tree.children(did, "abstract"):
        # MARC 545 is a note on history, whatever element it stands in.
        if not (tree.attribute(each, "encodinganalog") or "").startswith("545"):
            draft.say("summary", each)
    for each in tree.children(did, "note"):
        _put_paragraphs(draft, "note", each)
    for each in tree.children(did, "physdesc"):
        _put_physical(draft, each)
    for each in tree.descendants(did, "language"):
        draft.add("language", language_tags.tag(tree.attribute(each, "langcode") or tree.text(each) or ""))
    for each in tree.children(did, "container"):
        _put_container(draft, each)
    for each in tree.descendants(did, "dao", "daoloc"):
        _put_digital_object(draft, each)


def put_digital_objects(draft: Draft, top: Element) -> None:
    """Put the files that are linked beside `did`."""
    for each in tree.children(top, "dao", "daogrp"):
        for one in [each] if tree.local(each) == "dao" else tree.descendants(each, "daoloc"):
            _put_digital_object(draft, one)


def put_related(draft: Draft, note: Element) -> None:
    """Put links to the records that a note names; what it says of them stays with the rest."""
    for each in tree.descendants(note, "archref"):
        href = tree.attribute(each, "href")
        target = draft.source.own(href) or links.reference(draft.source, "record", _relative(href))
        title = tree.text(each)
        if target and title:
            draft.add("related", {"id": target, "title": {draft.language_of(each): title}})


def licences(element: Element) -> Iterator[str]:
    """The licences that an element links to, in order."""
    for each in tree.descendants(element, "extref", "ref", "extptr"):
        href = tree.attribute(each, "href") or ""
        if _LICENCE.match(href):
            yield href


def duration(text: str) -> str | None:
    """Hours, minutes and seconds as ISO 8601 has them.

    >>> duration("00:12:01"), duration("1 hour"), duration("00:00:00")
    ('PT12M1S', None, None)
    """
    clock = _CLOCK.fullmatch(text)
    if clock is None:
        return None
    parts = "".join(f"{int(number)}{unit}" for number, unit in zip(clock.groups(), "HMS", strict=True) if int(number))
    return f"PT{parts}" if parts else None


def notes(top: Element) -> Iterator[Element]:
    """The elements beside `did`, those in groups too."""
    for each in top:
        if tree.local(each) in _GROUPS:
            yield from notes(each)
        else:
            yield each


def _put_paragraphs(draft: Draft, key: str, note: Element) -> None:
    """The paragraphs of a note, and of the notes of its own sort inside it."""
    name = tree.local(note)

    def passed(each: Element) -> bool:
        here = tree.local(each)
        # A note of another sort inside is looked at by its own name, or kept with the rest.
        return here in {"head", "arrangement"} or (here != name and here in _KEYS) or each.get("id") in _LOCAL_NOTES

    for block in list(tree.blocks(note, passed)):
        draft.say(key, block)


def _put_citation(draft: Draft, note: Element) -> None:
    for block in tree.blocks(note, lambda each: tree.local(each) == "head"):
        draft.say_once("citation", block)


def _put_copies(draft: Draft, note: Element) -> None:
    """Digital copies, each told by an `altformavail` of its own whose type is a format."""
    inner = list(tree.children(note, "altformavail"))
    for each in inner:
        _put_copies(draft, each)
    media_type = _MEDIA_TYPES.get((tree.attribute(note, "type") or "").lower())
    if inner or media_type is None:
        return
    said = list(tree.blocks(note, lambda each: tree.local(each) == "head"))
    label = " ".join(filter(None, map(tree.text, said)))
    copy = {"mediaType": media_type}
    if name := (note.get("id") or "").removeprefix("audiofile-"):
        copy["identifier"] = name
    draft.add("digitalObjects", copy | ({"label": {draft.language_of(note): label}} if label else {}))
    draft.taken.update(said)


def _put_end_of_restriction(draft: Draft, note: Element) -> None:
    """The date of "closed until <date>", if that is what stands in front of it."""
    for each in tree.descendants(note, "date"):
        before = each.getprevious()
        parent = each.getparent()
        lead = before.tail if before is not None else parent.text if parent is not None else ""
        if _UNTIL.search(lead or "") and (edtf := dates.day(draft, each)):
            draft.record.setdefault("restrictedUntil", edtf)


def _put_physical(draft: Draft, element: Element) -> None:
    if tree.has_own_text(element):
        draft.say("extent", element)
        return
    for each in element:
        lasts = duration(tree.text(each) or "")
        if lasts and draft.kind == "record" and "duration" not in draft.record:
            draft.record["duration"] = lasts
            draft.taken.add(each)
        elif tree.local(each) in _PHYSICAL:
            draft.say(_PHYSICAL[tree.local(each)], each, _with_unit(each))


def _with_unit(element: Element) -> str | None:
    """An extent with its unit, where that stands in an attribute alone."""
    text, unit = tree.text(element), tree.attribute(element, "unit")
    return f"{text} {unit}" if text and unit and unit not in text else text


def _put_container(draft: Draft, element: Element) -> None:
    level = (tree.attribute(element, "type") or "").lower()
    value = tree.text(element)
    if value and level in LEVELS:
        draft.add("referenceLevels", {"level": level, "value": value})
        draft.taken.add(element)


def _put_digital_object(draft: Draft, element: Element) -> None:
    href = tree.attribute(element, "href")
    if href is None:
        return
    suffix = _SUFFIX.search(href)
    found: dict[str, object] = {"url": href} if _is_link(href) else {"identifier": href}
    if suffix and (media_type := _MEDIA_TYPES.get(suffix[1].lower())):
        found["mediaType"] = media_type
    described = tree.child(element, "daodesc")
    label = tree.text(described) or tree.attribute(element, "title")
    if label:
        found["label"] = {draft.language_of(element): label}
    draft.add("digitalObjects", found)
    if described is not None:
        draft.taken.add(described)


def _is_link(href: str) -> bool:
    try:
        iris.external(href)
    except KeyFault:
        return False
    return True


def _relative(href: str | None) -> str | None:
    """A link within the source: the identifier of another finding aid, not an address on the web."""
    return href if href and "/" not in href and ":" not in href and not href.startswith("#") else None
