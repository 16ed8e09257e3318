"""Notes and physical description in EAD: paragraphs, extent, language, files, containers."""

import re
from collections.abc import Iterator

from kg.records.readers.ead import containers, dates, languages
from kg.records.readers.ead.digital_objects import MEDIA_TYPES, put_digital_objects
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
"""Element → key of its paragraphs."""

PUBLICATION_STATUS = "publicationstatus"
"""Type of an `odd`, in small letters, in which AtoM says whether a unit may be seen."""

_GROUPS = ("descgrp", "admininfo", "add")
_LOCAL_NOTES = frozenset({"recordingNotes", "audioQuality", "natureOfRecording"})
"""Ids of parts of `scopecontent` about the recording rather than its content: no key has that."""

_PHYSICAL = {"extent": "extent", "physfacet": "physicalForm", "dimensions": "physicalForm", "genreform": "physicalForm"}
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)", re.ASCII)
_LICENCE = re.compile(r"https?://(?:creativecommons\.org/(?:licenses|publicdomain)|rightsstatements\.org/vocab)/")
_UNTIL = re.compile(r"\buntil\s*$", re.IGNORECASE)


def put_notes(draft: Draft, top: Element) -> None:
    """Put the text of notes under the keys for it."""
    for note in notes(top):
        name = tree.local(note)
        if name in _KEYS and note.get("id") != dates.EVENT and not is_publication_status(note):
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


def is_publication_status(note: Element) -> bool:
    """Return whether a note is AtoM's publication status."""
    return tree.local(note) == "odd" and (tree.attribute(note, "type") or "").lower() == PUBLICATION_STATUS


def put_thing(draft: Draft, did: Element) -> None:
    """Put the values of `did` that describe the unit itself."""
    for element in tree.children(did, "abstract"):
        # MARC 545 is a note on history, whatever element it stands in.
        if not (tree.attribute(element, "encodinganalog") or "").startswith("545"):
            draft.add_text("summary", element)
    for element in tree.children(did, "note"):
        _put_paragraphs(draft, "note", element)
    for element in tree.children(did, "physdesc"):
        _put_physical(draft, element)
    languages.put_languages(draft, did)
    containers.put_containers(draft, did)
    put_digital_objects(draft, did)


def put_related(draft: Draft, note: Element) -> None:
    """Put links to the records that a note names; the note's remarks on them become `extra`."""
    for reference_element in tree.descendants(note, "archref"):
        href = tree.attribute(reference_element, "href")
        target = draft.source.own_reference(href) or links.reference(draft.source, "record", _relative(href))
        title = tree.text(reference_element)
        if target and title:
            draft.add("related", {"id": target, "title": {draft.language_of(reference_element): title}})


def licences(element: Element) -> Iterator[str]:
    """Return the licences that an element links to, in order."""
    for link in tree.descendants(element, "extref", "ref", "extptr"):
        href = tree.attribute(link, "href") or ""
        if _LICENCE.match(href):
            yield href


def duration(text: str) -> str | None:
    """Return hours, minutes and seconds as an ISO 8601 duration.

    >>> duration("00:12:01"), duration("1 hour"), duration("00:00:00")
    ('PT12M1S', None, None)
    """
    clock = _CLOCK.fullmatch(text)
    if clock is None:
        return None
    parts = "".join(f"{int(number)}{unit}" for number, unit in zip(clock.groups(), "HMS", strict=True) if int(number))
    return f"PT{parts}" if parts else None


def notes(top: Element) -> Iterator[Element]:
    """Return the elements beside `did`, with those inside groups."""
    for child in top:
        if tree.local(child) in _GROUPS:
            yield from notes(child)
        else:
            yield child


def _put_paragraphs(draft: Draft, key: str, note: Element) -> None:
    """Put the paragraphs of a note, and of nested notes of the same sort."""
    name = tree.local(note)

    def passed(child: Element) -> bool:
        child_name = tree.local(child)
        # A note of another sort inside is looked at by its own name, or kept with the rest.
        return (
            child_name in {"head", "arrangement"}
            or (child_name != name and child_name in _KEYS)
            or child.get("id") in _LOCAL_NOTES
        )

    for block in list(tree.blocks(note, passed)):
        draft.add_text(key, block)


def _put_citation(draft: Draft, note: Element) -> None:
    for block in tree.blocks(note, lambda each: tree.local(each) == "head"):
        draft.add_single_text("citation", block)


def _put_copies(draft: Draft, note: Element) -> None:
    """Put digital copies, each from an `altformavail` of its own whose type is a format."""
    inner = list(tree.children(note, "altformavail"))
    for element in inner:
        _put_copies(draft, element)
    media_type = MEDIA_TYPES.get((tree.attribute(note, "type") or "").lower())
    if inner or media_type is None:
        return
    blocks = list(tree.blocks(note, lambda element: tree.local(element) == "head"))
    label = " ".join(filter(None, map(tree.text, blocks)))
    copy = {"mediaType": media_type}
    if name := (note.get("id") or "").removeprefix("audiofile-"):
        copy["identifier"] = name
    draft.add("digitalObjects", copy | ({"label": {draft.language_of(note): label}} if label else {}))
    draft.consumed.update(blocks)


def _put_end_of_restriction(draft: Draft, note: Element) -> None:
    """Put the date of "closed until <date>", if these words stand before the date."""
    for date in tree.descendants(note, "date"):
        before = date.getprevious()
        parent = date.getparent()
        lead = before.tail if before is not None else parent.text if parent is not None else ""
        if _UNTIL.search(lead or "") and (edtf := dates.day(draft, date)):
            draft.record.setdefault("restrictedUntil", edtf)


def _put_physical(draft: Draft, element: Element) -> None:
    if tree.has_own_text(element) and not _is_run_together(element):
        draft.add_text("extent", element)
        return
    for text in filter(
        None, (" ".join((run or "").split()) for run in (element.text, *(part.tail for part in element)))
    ):
        draft.add_text("extent", element, text)
    for child in element:
        lasts = duration(tree.text(child) or "")
        if lasts and draft.kind == "record" and "duration" not in draft.record:
            draft.record["duration"] = lasts
            draft.consumed.add(child)
        elif tree.local(child) in _PHYSICAL:
            draft.add_text(_PHYSICAL[tree.local(child)], child, _with_unit(child))
            draft.taken.add((child, "unit"))
        elif tree.has_own_text(element):
            draft.add_text("extent", child)
    if not tree.has_own_text(element):  # what is in a part that has no key stays with the rest
        draft.consumed.discard(element)


def _is_run_together(element: Element) -> bool:
    """Whether words of its own stand at the very edge of a value beside them, so that they are values of their own."""
    befores = (element.text, *(child.tail for child in element))
    return any(
        (before and before[-1:].isalnum() and _first(child).isalnum())
        or (child.tail and child.tail[:1].isalnum() and (tree.text(child) or " ")[-1].isalnum())
        for before, child in zip(befores, element, strict=False)
    )


def _first(element: Element) -> str:
    return (tree.text(element) or " ")[0]


def _with_unit(element: Element) -> str | None:
    """Extent with its unit from the attribute, where the text lacks it."""
    text, unit = tree.text(element), tree.attribute(element, "unit")
    return f"{text} {unit}" if text and unit and unit not in text else text


def _relative(href: str | None) -> str | None:
    """Link within the source: the identifier of another finding aid, not an address on the web."""
    return href if href and "/" not in href and ":" not in href and not href.startswith("#") else None
