"""Dates in EAD: of the unit, of the recorded event, of its release, each by its role."""

from itertools import chain

from kg.records.dates import edtf_strings, phrases
from kg.records.dates.edtf_strings import DateFault
from kg.records.model.keys import Record
from kg.records.readers.xml import encoded_dates, tree
from kg.records.readers.xml.draft import Draft
from kg.records.readers.xml.tree import Element

EVENT = "conversationDateTime"
"""Id of the note in which the White House Tapes give the date of a conversation."""

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
"""Value of `unitdate/@datechar` or `date/@type` → role; any other date is the document's."""

_CERTAINTIES = frozenset({"dateCertainty", "timeCertainty"})
"""Ids of the paragraphs with the certainty of a date and of a time of day."""


def put_dates(draft: Draft, top: Element, did: Element | None) -> None:
    """Put the dates of a record: of the event, if a note has it, of the document, of its release.

    Args:
        draft: the record.
        top: the `archdesc` or component.
        did: its `did`.
    """
    written = list(_unit_dates(did))
    event = next((element for element in tree.children(top, "odd") if element.get("id") == EVENT), None)
    if event is not None:
        _put_event(draft, event, written)
    else:
        for element in written:
            _put_unit_date(draft, element)
    for element in chain.from_iterable(tree.descendants(note, "date") for note in _process_notes(top)):
        role = _role(tree.attribute(element, "type"))
        text, normal = tree.text(element), tree.attribute(element, "normal")
        if role in {"published", "digitized"} and (text or normal):
            draft.add(
                "dates", _date(role, encoded_dates.date_of(draft, element, normal, "normal"), text or normal or "")
            )


def read(element: Element) -> str | None:
    """Return the date of an element, by its `normal` or its text, in EDTF."""
    return encoded_dates.reconcile(tree.text(element) or "", tree.attribute(element, "normal")).edtf


def day(draft: Draft, element: Element) -> str | None:
    """Return the same date for a record, and report an unreadable one on the record."""
    return encoded_dates.date_of(draft, element, tree.attribute(element, "normal"), "normal")


def _date(role: str, edtf: str | None, text: str, **options: str | None) -> Record:
    date = {"role": role, "edtf": edtf, "text": text, **options}
    return {name: value for name, value in date.items() if value}


def _role(date_type: str | None) -> str:
    return _ROLES.get((date_type or "").lower(), "document")


def _unit_dates(did: Element | None) -> list[Element]:
    """Dates of the unit itself, without those of units that it links to."""
    if did is None:
        return []
    unit_dates = tree.descendants(did, "unitdate")
    return [
        unit_date for unit_date in unit_dates if not any(tree.local(a) == "archref" for a in unit_date.iterancestors())
    ]


def _process_notes(top: Element) -> list[Element]:
    """Notes on processing, with those inside a group."""
    groups = [top, *tree.children(top, "descgrp", "admininfo")]
    return [note for group in groups for note in tree.children(group, "processinfo")]


def _put_unit_date(draft: Draft, element: Element) -> None:
    text, normal = tree.text(element), tree.attribute(element, "normal")
    if text is None and normal is None:
        return
    edtf = encoded_dates.date_of(draft, element, normal, "normal")
    role = _role(tree.attribute(element, "datechar"))
    draft.add("dates", _date(role, edtf, text or normal or "", certainty=tree.attribute(element, "certainty")))
    draft.consumed.add(element)


def _put_event(draft: Draft, note: Element, written: list[Element]) -> None:
    """Put the date of a recorded event from its note; a `unitdate` repeats it, or is another date.

    The encoded form of a repeated date is not used, but a contradiction is reported.
    """
    paragraphs = {element.get("id") or "": element for element in tree.children(note, "p")}
    words = {name: tree.text(element) for name, element in paragraphs.items()}
    edtf = _event_edtf(words)
    repeated = next((element for element in written if not _is_other(element, edtf)), None)
    text = tree.text(repeated) or words.get("startDate") or ""
    edtf = edtf or phrases.read(text)
    if edtf is None and text and not phrases.is_undated(text):
        message = f"{phrases.fault(text) or 'is no date that can be read'}; kept as it is written"
        draft.report(note, "odd/startDate", text, "a date as people write one", message)
    start, _, end = (note.get("altrender") or "").partition("/")
    certainty = {"certainty": words.get("dateCertainty"), "timeCertainty": words.get("timeCertainty")}
    draft.add("dates", _date("event", edtf, text, startTime=start, endTime=end, **certainty))
    draft.consumed.update(
        element for name, element in paragraphs.items() if name in _CERTAINTIES or (words[name] or "") in text
    )
    for element in written:
        if element is not repeated:
            _put_unit_date(draft, element)
            continue
        draft.consumed.add(element)
        _compare(draft, element, edtf)
    if any(_is_elsewhere(time[:10], edtf) for time in (start, end)):
        message = "the encoded time is on another day than the text says"
        draft.report(note, "odd/@altrender", note.get("altrender") or "", "times within the date of the text", message)


def _compare(draft: Draft, repeated: Element, edtf: str | None) -> None:
    """Report the encoded form of a repeated date that contradicts the note or can't be read."""
    normal = tree.attribute(repeated, "normal")
    try:
        if encoded_dates.are_disjoint(edtf, encoded_dates.decode(normal)):
            encoded_dates.report_contradiction(draft, repeated, normal or "", "normal")
    except DateFault as fault:
        encoded_dates.report_unreadable(draft, repeated, normal or "", "normal", str(fault))


def _is_elsewhere(day_: str, edtf: str | None) -> bool:
    """Whether a day lies outside a date; a text that is no day is put aside and reported with its time."""
    try:
        return encoded_dates.are_disjoint(edtf, encoded_dates.decode(day_))
    except DateFault:
        return False


def _is_other(unit_date: Element, edtf: str | None) -> bool:
    """Whether a date differs from the one in EDTF, by its text."""
    text = tree.text(unit_date)
    return text is None or encoded_dates.are_disjoint(phrases.read(text), edtf)


def _event_edtf(words: dict[str, str | None]) -> str | None:
    """EDTF of an event: a certain conversation lasts from day to day; an estimated one took place on one of them."""
    first, last = phrases.read(words.get("startDate") or ""), phrases.read(words.get("endDate") or "")
    if not first or not last:
        return first or last
    certain = words.get("dateCertainty") == "certain"
    if first == last:
        edtf = first if certain or encoded_dates.is_qualified(first) else f"{first}~"
    else:
        edtf = f"{first}/{last}" if certain else f"[{first}..{last}]"
    try:
        return edtf_strings.check(edtf)
    except DateFault:  # it ends before it begins: the text is reported
        return None
