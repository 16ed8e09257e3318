"""Dates in EAD: of the unit, of the recorded event, of its release, each by its role."""

from itertools import chain

from kg.records.dates import edtf_strings, encoded_dates, phrases
from kg.records.dates.edtf_strings import DateFault
from kg.records.dates.reconciliation import Decision, Reconciled, are_disjoint, is_qualified, reconcile
from kg.records.readers.xml import dated_elements, tree
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
    "broadcast": "broadcast",
    "digitized": "digitized",
    "digitization": "digitized",
    "digitizationdate": "digitized",
    "recording": "event",
    "event": "event",
    "sent": "sent",
    "received": "received",
}
"""Value of `unitdate/@datechar` or `date/@type` → role; any other one that says what happened is kept."""

_PLAIN_WORDS = frozenset({"creation", "created", "creation date", "date", "dates", "inclusive", "bulk", "single"})
"""Values of `@datechar` and `@label`, in small letters, that say no more than that it is a date."""

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
            reading = dated_elements.date_of(draft, element, normal, "normal")
            dated_elements.put(draft, reading, role, text or normal or "")
    # The first date is *the* date: a bulk date stands behind the inclusive one, however a program orders them.
    if len(found := draft.record.get("dates", [])) > 1:
        found.sort(key=lambda date: date["role"] == "bulk")


def read(element: Element) -> str | None:
    """Return the date of an element, by its `normal` or its text, in EDTF."""
    return reconcile(tree.text(element) or "", tree.attribute(element, "normal")).edtf


def day(draft: Draft, element: Element) -> str | None:
    """Return the same date for a record, and report an unreadable one on the record."""
    return dated_elements.date_of(draft, element, tree.attribute(element, "normal"), "normal").edtf


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
    text, normal = _text_in_calendar(element), tree.attribute(element, "normal")
    if text is None and normal is None:
        return
    if normal and _is_before_christ(element) and not normal.startswith("-"):
        draft.add_extra("unitdate/@normal", normal)  # the number of the text, and no year of ISO 8601
        normal = None
    reading = dated_elements.date_of(draft, element, normal, "normal", text)
    role, certainty = _unit_date_role(draft, element), tree.attribute(element, "certainty")
    dated_elements.put(draft, reading, role, text or normal or "", certainty=certainty)
    draft.consumed.add(element)


def _unit_date_role(draft: Draft, element: Element) -> str:
    """Role of a unit's date by its attributes; words that name no role of the model are kept."""
    if (tree.attribute(element, "type") or "").lower() == "bulk":
        return "bulk"
    role = _role(tree.attribute(element, "datechar"))
    for name in ("datechar", "label"):
        words = tree.attribute(element, name) or ""
        plain = words.lower().strip(" :.")
        if plain in _PLAIN_WORDS or plain in _ROLES:
            draft.taken.add((element, name))  # it says no more than the role
        elif plain and role == "document":
            role = phrases.role(plain) or role
    return role


def _text_in_calendar(element: Element) -> str | None:
    """Text of a date, with the calendar and era that its attributes name, where they are not ours."""
    text = tree.text(element)
    if text is None:
        return None
    calendar = (tree.attribute(element, "calendar") or "gregorian").strip()
    if _is_before_christ(element) and not phrases.is_before_christ(text):
        text = f"{text} ({tree.attribute(element, 'era')})"
    return text if calendar.lower() == "gregorian" else f"{text} ({calendar} calendar)"


def _is_before_christ(element: Element) -> bool:
    return (tree.attribute(element, "era") or "").strip().lower().replace(".", "") in {"bc", "bce"}


def _put_event(draft: Draft, note: Element, written: list[Element]) -> None:
    """Put the date of a recorded event from its note; a `unitdate` repeats it, or is another date.

    The encoded form of a repeated date is not used, but a contradiction is reported.
    """
    paragraphs = {element.get("id") or "": element for element in tree.children(note, "p")}
    words = {name: tree.text(element) for name, element in paragraphs.items()}
    edtf = _event_edtf(words)
    repeated = next((element for element in written if not _is_other(element, edtf)), None)
    text = tree.text(repeated) or words.get("startDate") or ""
    reading = Reconciled(Decision.AGREE, edtf) if edtf else reconcile(text, None)
    edtf = reading.edtf
    if edtf is None and text and not phrases.is_undated(text):
        message = f"{phrases.fault(text) or 'is no date that can be read'}; kept as it is written"
        draft.report(note, "odd/startDate", text, "a date as people write one", message)
    start, _, end = (note.get("altrender") or "").partition("/")
    certainty = {"certainty": words.get("dateCertainty"), "timeCertainty": words.get("timeCertainty")}
    dated_elements.put(draft, reading, "event", text, startTime=start, endTime=end, **certainty)
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
        if are_disjoint(edtf, encoded_dates.decode(normal)):
            dated_elements.report_contradiction(draft, repeated, normal or "", "normal")
    except DateFault as fault:
        dated_elements.report_unreadable(draft, repeated, normal or "", "normal", str(fault))


def _is_elsewhere(day_: str, edtf: str | None) -> bool:
    """Whether a day lies outside a date; a text that is no day is put aside and reported with its time."""
    try:
        return are_disjoint(edtf, encoded_dates.decode(day_))
    except DateFault:
        return False


def _is_other(unit_date: Element, edtf: str | None) -> bool:
    """Whether a date differs from the one in EDTF, by its text."""
    text = tree.text(unit_date)
    return text is None or are_disjoint(phrases.read(text), edtf)


def _event_edtf(words: dict[str, str | None]) -> str | None:
    """EDTF of an event: a certain conversation lasts from day to day; an estimated one took place on one of them."""
    first, last = phrases.read(words.get("startDate") or ""), phrases.read(words.get("endDate") or "")
    if not first or not last:
        return first or last
    certain = words.get("dateCertainty") == "certain"
    if first == last:
        edtf = first if certain or is_qualified(first) else f"{first}~"
    else:
        edtf = f"{first}/{last}" if certain else f"[{first}..{last}]"
    try:
        return edtf_strings.check(edtf)
    except DateFault:  # it ends before it begins: the text is reported
        return None
