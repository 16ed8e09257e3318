"""Dates in EAD: of the unit, of what it records, of its release, each by its role."""

from itertools import chain

from kg.records import phrases
from kg.records.model import Record
from kg.records.readers import encoded_dates, xml_tree
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

_CERTAINTIES = frozenset({"dateCertainty", "timeCertainty"})
"""Ids of the paragraphs that say how sure a date is, and a time of day."""


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
            edtf, _ = encoded_dates.reconciled(text, xml_tree.attribute(each, "normal"))
            draft.add("dates", _date(role, edtf, text))


def day(element: Element | None) -> str | None:
    """The date that an element tells, by its `normal` or its text, in EDTF."""
    if element is None:
        return None
    return encoded_dates.reconciled(xml_tree.text(element) or "", xml_tree.attribute(element, "normal"))[0]


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
    edtf, contradicted = encoded_dates.reconciled(text or "", normal)
    if contradicted:
        _report(draft, element)
    role = _role(xml_tree.attribute(element, "datechar"))
    draft.add("dates", _date(role, edtf, text or normal or "", certainty=xml_tree.attribute(element, "certainty")))
    draft.taken.add(element)


def _report(draft: Draft, element: Element) -> None:
    message = "the encoded date contradicts the text; the text is followed"
    draft.note(element, "unitdate/@normal", element.get("normal") or "", "the date that the text tells", message)


def _put_event(draft: Draft, note: Element, written: list[Element]) -> None:
    """Put the date of what a record tells of, which the note says best; `unitdate` repeats it, or is of something else.

    The encoded form of a repeated date is not read, but where it is of another time somebody should know.
    """
    said = {each.get("id") or "": each for each in xml_tree.children(note, "p")}
    words = {name: xml_tree.text(each) for name, each in said.items()}
    edtf = _event_edtf(words)
    repeated = next((each for each in written if not _is_other(each, edtf)), None)
    text = xml_tree.text(repeated) or words.get("startDate") or ""
    edtf = edtf or phrases.read(text)
    start, _, end = (note.get("altrender") or "").partition("/")
    certainty = {"certainty": words.get("dateCertainty"), "timeCertainty": words.get("timeCertainty")}
    draft.add("dates", _date("event", edtf, text, startTime=start, endTime=end, **certainty))
    draft.taken.update(each for name, each in said.items() if name in _CERTAINTIES or (words[name] or "") in text)
    for each in written:
        if each is not repeated:
            _put_unit_date(draft, each)
            continue
        draft.taken.add(each)
        if encoded_dates.exclude(edtf, encoded_dates.edtf(each.get("normal"))):
            _report(draft, each)
    if any(encoded_dates.exclude(edtf, encoded_dates.edtf(time[:10])) for time in (start, end)):
        message = "the encoded time is on another day than the text says"
        draft.note(note, "odd/@altrender", note.get("altrender") or "", "times within the date of the text", message)


def _is_other(unit_date: Element, edtf: str | None) -> bool:
    """Whether a date is not the one in EDTF, by its text."""
    text = xml_tree.text(unit_date)
    return text is None or encoded_dates.exclude(phrases.read(text), edtf)


def _event_edtf(words: dict[str, str | None]) -> str | None:
    """A certain conversation lasts from day to day; an estimated one took place on one of them."""
    first, last = phrases.read(words.get("startDate") or ""), phrases.read(words.get("endDate") or "")
    if not first or not last:
        return first or last
    certain = words.get("dateCertainty") == "certain"
    if first == last:
        edtf = first if certain or encoded_dates.is_qualified(first) else f"{first}~"
    else:
        edtf = f"{first}/{last}" if certain else f"[{first}..{last}]"
    return encoded_dates.checked(edtf)
