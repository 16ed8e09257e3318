"""Reconciliation of a written date with its encoded form (`@normal` in EAD, `@standardDate` in EAC-CPF).

Encoded forms are wrong in whole collections, and archivists wrote the text. So the text holds where the two have no
day in common. Where they agree, the more precise form is taken. An unreadable form is reported, and kept as written.

>>> reconcile("circa 1962", "1962").edtf, reconcile("June 10, 1971", "1971-02-16/1971-02-16").contradicted
('1962~', True)
"""

import re
from dataclasses import dataclass

from kg.records.dates import edtf_strings, phrases
from kg.records.readers.xml import tree
from kg.records.readers.xml.draft import Draft
from kg.records.readers.xml.tree import Element

_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)?", re.ASCII)
_BULK = re.compile(r"\(?\s*bulk(?: dates?)?[:,]?\s*|\)$", re.IGNORECASE)
_QUALIFIED = re.compile(r"[~?%X\[{]")
_ENCODED = "an encoded date (ISO 8601): 1963-04-05, 1962/1963"
_WRITTEN = "a date as people write one, or an encoded one beside it"
_AS_WRITTEN = "kept as it is written"


@dataclass(frozen=True, slots=True)
class ReconciledDate:
    """Result of the reconciliation of a date's text with its encoded form.

    Attributes:
        edtf: the date; None where there is none, or none that can be read.
        contradicted: whether the two exclude each other.
        fault: the fault of an invalid encoded form; empty for a valid or absent one.
        unread: whether there is text that can't be read, and nothing else that tells the date.
    """

    edtf: str | None
    contradicted: bool = False
    fault: str = ""
    unread: bool = False


def reconcile(text: str, encoded: str | None) -> ReconciledDate:
    """Return the date from its text and its encoded form.

    >>> reconcile("spring 1962", "1962-03/1962-05").edtf, reconcile("n.d.", "1962").edtf
    ('1962-21', None)
    >>> reconcile("", "1953-02-30").fault, reconcile("31 June 1920", None).unread
    ("'1953-02-30': there is no such day", True)
    """
    text_date = phrases.read(_BULK.sub("", text))
    try:
        encoded_date, fault = decode(encoded), ""
    except edtf_strings.DateFault as wrong:
        encoded_date, fault = None, str(wrong)
    undated = phrases.is_undated(text)
    if text_date is None or encoded_date is None:
        edtf = text_date or (None if undated else encoded_date)
        return ReconciledDate(edtf, fault=fault, unread=bool(text) and edtf is None and not undated)
    if are_disjoint(text_date, encoded_date):
        return ReconciledDate(text_date, contradicted=True)
    text_days, encoded_days = edtf_strings.interval(text_date), edtf_strings.interval(encoded_date)
    finer = (text_days.start or "") <= (encoded_days.start or "") and (encoded_days.end or "9") <= (
        text_days.end or "9"
    )
    return ReconciledDate(
        encoded_date if finer and text_days != encoded_days and not is_qualified(text_date) else text_date
    )


def date_of(draft: Draft, element: Element, encoded: str | None, name: str) -> str | None:
    """Return the date of an element in EDTF; an unreadable or contradicted form is reported.

    Args:
        draft: the record.
        element: the element with the date as its text.
        encoded: the encoded form.
        name: the attribute that holds it.
    """
    text = tree.text(element) or ""
    reading = reconcile(text, encoded)
    if reading.contradicted:
        report_contradiction(draft, element, encoded or "", name)
    if reading.fault:
        report_unreadable(draft, element, encoded or "", name, reading.fault)
    if reading.unread:
        where = tree.local(element)
        why = phrases.fault(_BULK.sub("", text)) or "is no date that can be read"
        draft.report(element, where, text, _WRITTEN, f"{why}; {_AS_WRITTEN}")
    return reading.edtf


def report_contradiction(draft: Draft, element: Element, encoded: str, name: str) -> None:
    """Report an encoded date outside the period of the text."""
    message = "the encoded date contradicts the text; the text is followed"
    draft.report(element, f"{tree.local(element)}/@{name}", encoded, "the date that the text tells", message)


def report_unreadable(draft: Draft, element: Element, encoded: str, name: str, fault: str) -> None:
    """Report an encoded date that can't be read, and keep it."""
    where = f"{tree.local(element)}/@{name}" if name else tree.local(element)
    draft.report(element, where, encoded, _ENCODED, f"{fault}; {_AS_WRITTEN}, under extra")
    draft.add_extra(where, encoded)


def decode(encoded: str | None) -> str | None:
    """Return the EDTF of an encoded date (ISO 8601, with hyphens or without); None for an empty one.

    Raises DateFault for an invalid date.

    >>> decode("19710610/19710612"), decode("1971-06-10/1971-06-10"), decode("0000")
    ('1971-06-10/1971-06-12', '1971-06-10', None)
    """
    if encoded is None or not encoded.strip("0"):
        return None
    ends = list(map(hyphenate, encoded.split("/")))
    return edtf_strings.check(ends[0] if len(ends) == 2 and ends[0] == ends[1] else "/".join(ends))


def hyphenate(day: str) -> str:
    """Return a day or month with hyphens.

    >>> hyphenate("19710610"), hyphenate("1971")
    ('1971-06-10', '1971')
    """
    match = _COMPACT.fullmatch(day)
    return "-".join(filter(None, match.groups())) if match else day


def are_disjoint(first_date: str | None, second_date: str | None) -> bool:
    """Return whether two dates in EDTF have no day in common."""
    if first_date is None or second_date is None:
        return False
    first, second = edtf_strings.interval(first_date), edtf_strings.interval(second_date)
    return (first.end or "9") < (second.start or "") or (second.end or "9") < (first.start or "")


def is_qualified(date: str) -> bool:
    """Return whether a date in EDTF is uncertain, approximate or incomplete."""
    return _QUALIFIED.search(date) is not None
