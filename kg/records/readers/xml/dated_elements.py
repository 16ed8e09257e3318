"""Dates of an element: its text and its encoded form (`@normal` in EAD, `@standardDate` in EAC-CPF), reconciled.

The table of `kg.records.dates.reconciliation` decides. This module puts the result into a record's dates, and what is
told into the report, with line and value. What does not hold is kept as it is written, under `extra`.
"""

from kg.records.dates import encoded_dates
from kg.records.dates.edtf_strings import Interval
from kg.records.dates.reconciliation import Decision, Reconciled, reconcile
from kg.records.dates.text_dates import TextDate
from kg.records.model.keys import Record
from kg.records.readers.xml import tree
from kg.records.readers.xml.draft import Draft
from kg.records.readers.xml.tree import Element

LOOKED_AT = ""
"""EDTF of a date for which a reader has found none, and has said so: normalisation reports it no second time."""

_ENCODED = "an encoded date (ISO 8601): 1963-04-05, 1962/1963"
_WRITTEN = "a date as people write one, or an encoded one beside it"
_AS_WRITTEN = "kept as it is written"
_OF_TEXT = "the date that the text tells"


def date_of(draft: Draft, element: Element, encoded: str | None, name: str, text: str | None = None) -> Reconciled:
    """Return the date of an element; what its text and its encoded form leave open is reported.

    Args:
        draft: the record.
        element: the element with the date as its text.
        encoded: the encoded form.
        name: the attribute that holds it.
        text: the text, where it is not that of the element alone.
    """
    text = (tree.text(element) if text is None else text) or ""
    reading = reconcile(text, encoded)
    if reading.is_encoded_invalid:
        report_unreadable(draft, element, encoded or "", name, reading.fault)
    elif encoded and encoded.strip(" 0-") and encoded_dates.decode(encoded) is None:
        report_unreadable(draft, element, encoded, name, "means no date")
    where = tree.local(element)
    if reading.decision is Decision.UNREAD:
        draft.report(element, where, text, _WRITTEN, f"is no date that can be read; {_AS_WRITTEN}")
    elif reading.decision is Decision.IMPOSSIBLE:
        draft.report(element, where, text, _WRITTEN, f"{reading.fault}; {_AS_WRITTEN}")
        if encoded:
            draft.add_extra(f"{where}/@{name}", encoded)
    elif reading.is_told and not reading.is_encoded_invalid:
        report_contradiction(draft, element, encoded or "", name, reading.decision)
    if reading.remark:
        draft.report(element, where, text, _WRITTEN, reading.remark)
    return reading


def report_contradiction(
    draft: Draft, element: Element, encoded: str, name: str, decision: Decision = Decision.CONTRADICTION
) -> None:
    """Report an encoded date that says another thing than the text, and keep it."""
    where = f"{tree.local(element)}/@{name}"
    follows = "neither is taken" if decision is Decision.UNREAD_OUTSIDE else "the text is followed"
    text = tree.text(element) or ""
    beside = f" ({text[:60]})" if text else ""
    draft.report(element, where, encoded, _OF_TEXT, f"{decision.value}{beside}; {follows}")
    draft.add_extra(where, encoded)


def report_unreadable(draft: Draft, element: Element, encoded: str, name: str, fault: str) -> None:
    """Report an encoded date that can't be read, and keep it."""
    where = f"{tree.local(element)}/@{name}" if name else tree.local(element)
    draft.report(element, where, encoded, _ENCODED, f"{fault}; {_AS_WRITTEN}, under extra")
    draft.add_extra(where, encoded)


def put(draft: Draft, reading: Reconciled, role: str, text: str, **options: str | None) -> None:
    """Put a date into the record, and after it the further dates that its text tells, each with its role.

    Args:
        draft: the record.
        reading: the date.
        role: what happened then, by the element; a role that the text says is taken in place of *document*.
        text: the text, or where there is none the encoded form.
        options: further keys of the date, such as its certainty.
    """
    role = reading.role if reading.role and role == "document" else role
    days = reading.days or Interval(None, None)
    date = {"role": role, "edtf": reading.edtf, "text": text, "start": days.start, "end": days.end, **options}
    date = {name: value for name, value in date.items() if value}
    draft.add("dates", date if reading.edtf else date | {"edtf": LOOKED_AT})
    for other in reading.others:
        draft.add("dates", further_date(other))


def further_date(other: TextDate) -> Record:
    """Return a further date of a text, such as that of the print of a photograph, as a part of the record."""
    date = {"role": other.role or "document", "edtf": other.edtf, "text": other.text}
    if not other.edtf:
        date |= {"start": other.span.start or "", "end": other.span.end or ""}
    return {name: value for name, value in date.items() if value}
