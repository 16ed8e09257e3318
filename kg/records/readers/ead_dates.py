"""Dates in EAD: what is written beside what is encoded.

`unitdate/@normal` is made by programs and, in whole collections, wrong; the text was written by somebody who looked.
So where the two exclude each other the text holds, and the contradiction is reported. Where they agree, the one that
says more is taken.

>>> reconciled("circa 1962", "1962"), reconciled("June 10, 1971", "1971-02-16/1971-02-16")
(('1962~', False), ('1971-06-10', True))
"""

import re
from itertools import chain

from kg.records import dates, phrases
from kg.records.model import Record
from kg.records.readers import xml_tree
from kg.records.readers.draft import Draft
from kg.records.readers.xml_tree import Element

EVENT = "conversationDateTime"
"""The id of the note in which the White House Tapes say when a conversation took place."""

_ROLES = {
    "release": "published",
    "released": "published",
    "releasedate": "published",
    "publication": "published",
    "published": "published",
    "broadcast": "published",
    "digitized": "digitized",
    "digitization": "digitized",
    "digitizationdate": "digitized",
    "recording": "event",
    "event": "event",
    "sent": "sent",
    "received": "received",
}
"""What a date is said to be (`unitdate/@datechar`, `date/@type`) → its role; any other is that of the document."""

_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)?", re.ASCII)
_BULK = re.compile(r"\(?\s*bulk(?: dates?)?[:,]?\s*|\)$", re.IGNORECASE)
_QUALIFIED = re.compile(r"[~?%X\[{]")


def put_dates(draft: Draft, top: Element, did: Element | None) -> None:
    """Put the dates of a record: of the event, if a note tells it, of the document, of its release.

    Args:
        draft: the record.
        top: the `archdesc` or component.
        did: its `did`.
    """
    written = list(_unit_dates(did))
    event = next((each for each in xml_tree.children(top, "odd") if each.get("id") == EVENT), None)
    if event is not None:
        _put_event(draft, event, written)
    else:
        for each in written:
            _put_unit_date(draft, each)
    for each in chain.from_iterable(xml_tree.descendants(note, "date") for note in _process_notes(top)):
        role = _role(xml_tree.attribute(each, "type"))
        if role in {"published", "digitized"} and (text := xml_tree.text(each)):
            edtf, _ = reconciled(text, xml_tree.attribute(each, "normal"))
            draft.add("dates", _date(role, edtf, text))


def reconciled(text: str, normal: str | None) -> tuple[str | None, bool]:
    """The date that text and encoded form tell together, in EDTF, and whether they exclude each other."""
    read = phrases.read(_BULK.sub("", text))
    encoded = encoded_date(normal)
    if read is None or encoded is None:
        return read or (None if phrases.is_undated(text) else encoded), False
    if _excluded(read, encoded):
        return read, True
    said, meant = dates.interval(read), dates.interval(encoded)
    finer = (said.start or "") <= (meant.start or "") and (meant.end or "9") <= (said.end or "9")
    return encoded if finer and said != meant and not _QUALIFIED.search(read) else read, False


def encoded_date(normal: str | None) -> str | None:
    """The EDTF of a date as EAD encodes it (ISO 8601, with hyphens or without); None where it is none.

    >>> encoded_date("19710610/19710612"), encoded_date("1971-06-10/1971-06-10"), encoded_date("0000")
    ('1971-06-10/1971-06-12', '1971-06-10', None)
    """
    if normal is None:
        return None
    ends = [
        "-".join(filter(None, match.groups())) if (match := _COMPACT.fullmatch(end)) else end
        for end in normal.split("/")
    ]
    edtf = ends[0] if len(ends) == 2 and ends[0] == ends[1] else "/".join(ends)
    try:
        return dates.check(edtf) if edtf.strip("0") else None
    except dates.DateFault:
        return None


def day(element: Element | None) -> str | None:
    """The date that an element tells, by its `normal` or its text, in EDTF."""
    if element is None:
        return None
    return reconciled(xml_tree.text(element) or "", xml_tree.attribute(element, "normal"))[0]


def _date(role: str, edtf: str | None, text: str, **more: str | None) -> Record:
    date = {"role": role, "edtf": edtf, "text": text, **more}
    return {name: value for name, value in date.items() if value}


def _role(said: str | None) -> str:
    return _ROLES.get((said or "").lower(), "document")


def _unit_dates(did: Element | None) -> list[Element]:
    """The dates of the unit itself, not of another one that it names."""
    if did is None:
        return []
    found = xml_tree.descendants(did, "unitdate")
    return [each for each in found if not any(xml_tree.local(a) == "archref" for a in each.iterancestors())]


def _process_notes(top: Element) -> list[Element]:
    """The notes on processing, also where they lie in a group."""
    groups = [top, *xml_tree.children(top, "descgrp", "admininfo")]
    return [note for group in groups for note in xml_tree.children(group, "processinfo")]


def _put_unit_date(draft: Draft, element: Element) -> None:
    text, normal = xml_tree.text(element), xml_tree.attribute(element, "normal")
    if text is None and normal is None:
        return
    edtf, contradicted = reconciled(text or "", normal)
    if contradicted:
        _report(draft, element)
    role = _role(xml_tree.attribute(element, "datechar"))
    draft.add("dates", _date(role, edtf, text or normal or "", certainty=xml_tree.attribute(element, "certainty")))
    draft.taken.add(element)


def _report(draft: Draft, element: Element) -> None:
    message = "the encoded date contradicts the text; the text is followed"
    draft.note(element, "unitdate/@normal", element.get("normal") or "", "the date that the text tells", message)


def _put_event(draft: Draft, note: Element, written: list[Element]) -> None:
    said = {each.get("id") or "": each for each in xml_tree.children(note, "p")}
    words = {name: xml_tree.text(each) for name, each in said.items()}
    text = next((text for each in written if (text := xml_tree.text(each))), None) or words.get("startDate")
    edtf = _event_edtf(words) or phrases.read(text or "")
    start, _, end = (note.get("altrender") or "").partition("/")
    certainty = {
        name: words.get(of) for name, of in (("certainty", "dateCertainty"), ("timeCertainty", "timeCertainty"))
    }
    draft.add("dates", _date("event", edtf, text or "", startTime=start, endTime=end, **certainty))
    draft.taken.update(written)
    for name, each in said.items():
        if name in {"dateCertainty", "timeCertainty"} or (
            name in {"startDate", "endDate"} and (words[name] or "") in (text or "")
        ):
            draft.taken.add(each)
    for each in written:
        if _excluded(edtf, encoded_date(each.get("normal"))):
            _report(draft, each)
    if _excluded(edtf, encoded_date(start[:10])) or _excluded(edtf, encoded_date(end[:10])):
        message = "the encoded time is on another day than the text says"
        draft.note(note, "odd/@altrender", note.get("altrender") or "", "times within the date of the text", message)


def _event_edtf(words: dict[str, str | None]) -> str | None:
    """A certain conversation lasts from day to day; an estimated one took place on one of them."""
    first, last = phrases.read(words.get("startDate") or ""), phrases.read(words.get("endDate") or "")
    if not first or not last:
        return first or last
    certain = words.get("dateCertainty") == "certain"
    if first == last:
        edtf = first if certain or _QUALIFIED.search(first) else f"{first}~"
    else:
        edtf = f"{first}/{last}" if certain else f"[{first}..{last}]"
    try:
        return dates.check(edtf)
    except dates.DateFault:
        return None


def _excluded(edtf: str | None, other: str | None) -> bool:
    """Whether two dates can't be of the same time."""
    if edtf is None or other is None:
        return False
    one, two = dates.interval(edtf), dates.interval(other)
    return (one.end or "9") < (two.start or "") or (two.end or "9") < (one.start or "")
