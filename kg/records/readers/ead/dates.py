"""Dates in EAD: of the unit, of what it records, of its release, each by its role."""

from itertools import chain

from kg.records.dates import edtf_strings, phrases
from kg.records.dates.edtf_strings import DateFault
from kg.records.model.keys import Record
from kg.records.readers.xml import encoded_dates, tree
from kg.records.readers.xml.draft import Draft
from kg.records.readers.xml.tree import Element

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
    event = next((each for each in tree.children(top, "odd") if each.get("id") == EVENT), None)
    if event is not None:
        _put_event(draft, event, written)
    else:
        for each in written:
            _put_unit_date(draft, each)
    for each in chain.from_iterable(tree.descendants(note, "date") for note in _process_notes(top)):
        role = _role(tree.attribute(each, "type"))
        text, normal = tree.text(each), tree.attribute(each, "normal")
        if role in {"published", "digitized"} and (text or normal):
            draft.add("dates", _date(role, encoded_dates.told(draft, each, normal, "normal"), text or normal or ""))


def read(element: Element) -> str | None:
    """The date that an element tells, by its `normal` or its text, in EDTF."""
    return encoded_dates.reconciled(tree.text(element) or "", tree.attribute(element, "normal")).edtf


def day(draft: Draft, element: Element) -> str | None:
    """The same for a record, which is told what can't be read."""
    return encoded_dates.told(draft, element, tree.attribute(element, "normal"), "normal")


def _date(role: str, edtf: str | None, text: str, **more: str | None) -> Record:
    date = {"role": role, "edtf": edtf, "text": text, **more}
    return {name: value for name, value in date.items() if value}


def _role(said: str | None) -> str:
    return _ROLES.get((said or "").lower(), "document")


def _unit_dates(did: Element | None) -> list[Element]:
    """The dates of the unit itself, not of another one that it names."""
    if did is None:
        return []
    found = tree.descendants(did, "unitdate")
    return [each for each in found if not any(tree.local(a) == "archref" for a in each.iterancestors())]


def _process_notes(top: Element) -> list[Element]:
    """The notes on processing, also where they lie in a group."""
    groups = [top, *tree.children(top, "descgrp", "admininfo")]
    return [note for group in groups for note in tree.children(group, "processinfo")]


def _put_unit_date(draft: Draft, element: Element) -> None:
    text, normal = tree.text(element), tree.attribute(element, "normal")
    if text is None and normal is None:
        return
    edtf = encoded_dates.told(draft, element, normal, "normal")
    role = _role(tree.attribute(element, "datechar"))
    draft.add("dates", _date(role, edtf, text or normal or "", certainty=tree.attribute(element, "certainty")))
    draft.taken.add(element)


def _put_event(draft: Draft, note: Element, written: list[Element]) -> None:
    """Put the date of what a record tells of, which the note says best; `unitdate` repeats it, or is of something else.

    The encoded form of a repeated date is not read, but where it is of another time somebody should know.
    """
    said = {each.get("id") or "": each for each in tree.children(note, "p")}
    words = {name: tree.text(each) for name, each in said.items()}
    edtf = _event_edtf(words)
    repeated = next((each for each in written if not _is_other(each, edtf)), None)
    text = tree.text(repeated) or words.get("startDate") or ""
    edtf = edtf or phrases.read(text)
    if edtf is None and text and not phrases.is_undated(text):
        message = f"{phrases.fault(text) or 'is no date that can be read'}; kept as it is written"
        draft.note(note, "odd/startDate", text, "a date as people write one", message)
    start, _, end = (note.get("altrender") or "").partition("/")
    certainty = {"certainty": words.get("dateCertainty"), "timeCertainty": words.get("timeCertainty")}
    draft.add("dates", _date("event", edtf, text, startTime=start, endTime=end, **certainty))
    draft.taken.update(each for name, each in said.items() if name in _CERTAINTIES or (words[name] or "") in text)
    for each in written:
        if each is not repeated:
            _put_unit_date(draft, each)
            continue
        draft.taken.add(each)
        _compare(draft, each, edtf)
    if any(_is_elsewhere(time[:10], edtf) for time in (start, end)):
        message = "the encoded time is on another day than the text says"
        draft.note(note, "odd/@altrender", note.get("altrender") or "", "times within the date of the text", message)


def _compare(draft: Draft, repeated: Element, edtf: str | None) -> None:
    """Report the encoded form of a date that is known already, where it is of another time or can't be read."""
    normal = tree.attribute(repeated, "normal")
    try:
        if encoded_dates.exclude(edtf, encoded_dates.decoded(normal)):
            encoded_dates.contradicted(draft, repeated, normal or "", "normal")
    except DateFault as fault:
        encoded_dates.unreadable(draft, repeated, normal or "", "normal", str(fault))


def _is_elsewhere(day_: str, edtf: str | None) -> bool:
    """Whether a day is not within a date; what is no day is put aside and reported with its time."""
    try:
        return encoded_dates.exclude(edtf, encoded_dates.decoded(day_))
    except DateFault:
        return False


def _is_other(unit_date: Element, edtf: str | None) -> bool:
    """Whether a date is not the one in EDTF, by its text."""
    text = tree.text(unit_date)
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
    try:
        return edtf_strings.check(edtf)
    except DateFault:  # it ends before it begins: the text is reported
        return None
