"""A date as it is written, and as a program encoded it beside that (`@normal` in EAD, `@standardDate` in EAC-CPF).

The encoded form is, in whole collections, wrong; the text was written by somebody who looked. So where the two
exclude each other the text holds. Where they agree, the one that says more is taken. What is there and can't be read
is never passed over: it is reported, and kept as it is written.

>>> reconciled("circa 1962", "1962").edtf, reconciled("June 10, 1971", "1971-02-16/1971-02-16").contradicted
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
class Reading:
    """What text and encoded form tell together.

    Attributes:
        edtf: the date; None where there is none, or none that can be read.
        contradicted: whether the two exclude each other.
        fault: why the encoded form is no date; empty where it is one, or is absent.
        unread: whether there is text that can't be read, and nothing else that tells the date.
    """

    edtf: str | None
    contradicted: bool = False
    fault: str = ""
    unread: bool = False


def reconciled(text: str, encoded: str | None) -> Reading:
    """The date that text and encoded form tell together.

    >>> reconciled("spring 1962", "1962-03/1962-05").edtf, reconciled("n.d.", "1962").edtf
    ('1962-21', None)
    >>> reconciled("", "1953-02-30").fault, reconciled("31 June 1920", None).unread
    ("'1953-02-30': there is no such day", True)
    """
    read = phrases.read(_BULK.sub("", text))
    try:
        coded, fault = decoded(encoded), ""
    except edtf_strings.DateFault as wrong:
        coded, fault = None, str(wrong)
    undated = phrases.is_undated(text)
    if read is None or coded is None:
        edtf = read or (None if undated else coded)
        return Reading(edtf, fault=fault, unread=bool(text) and edtf is None and not undated)
    if exclude(read, coded):
        return Reading(read, contradicted=True)
    said, meant = edtf_strings.interval(read), edtf_strings.interval(coded)
    finer = (said.start or "") <= (meant.start or "") and (meant.end or "9") <= (said.end or "9")
    return Reading(coded if finer and said != meant and not is_qualified(read) else read)


def told(draft: Draft, element: Element, encoded: str | None, name: str) -> str | None:
    """The date that an element of a record tells, in EDTF; what can't be read or is contradicted is reported.

    Args:
        draft: the record.
        element: what has the date as its text.
        encoded: the encoded form.
        name: the attribute that holds it.
    """
    text = tree.text(element) or ""
    reading = reconciled(text, encoded)
    if reading.contradicted:
        contradicted(draft, element, encoded or "", name)
    if reading.fault:
        unreadable(draft, element, encoded or "", name, reading.fault)
    if reading.unread:
        where = tree.local(element)
        why = phrases.fault(_BULK.sub("", text)) or "is no date that can be read"
        draft.note(element, where, text, _WRITTEN, f"{why}; {_AS_WRITTEN}")
    return reading.edtf


def contradicted(draft: Draft, element: Element, encoded: str, name: str) -> None:
    """Report an encoded date that is of another time than the text."""
    message = "the encoded date contradicts the text; the text is followed"
    draft.note(element, f"{tree.local(element)}/@{name}", encoded, "the date that the text tells", message)


def unreadable(draft: Draft, element: Element, encoded: str, name: str, fault: str) -> None:
    """Report an encoded date that is none, and keep it."""
    where = f"{tree.local(element)}/@{name}" if name else tree.local(element)
    draft.note(element, where, encoded, _ENCODED, f"{fault}; {_AS_WRITTEN}, under extra")
    draft.keep(where, encoded)


def decoded(encoded: str | None) -> str | None:
    """The EDTF of an encoded date (ISO 8601, with hyphens or without); None where nothing is encoded.

    Raises DateFault where something is that is no date.

    >>> decoded("19710610/19710612"), decoded("1971-06-10/1971-06-10"), decoded("0000")
    ('1971-06-10/1971-06-12', '1971-06-10', None)
    """
    if encoded is None or not encoded.strip("0"):
        return None
    ends = list(map(hyphened, encoded.split("/")))
    return edtf_strings.check(ends[0] if len(ends) == 2 and ends[0] == ends[1] else "/".join(ends))


def hyphened(day: str) -> str:
    """A day or month written without hyphens, with them.

    >>> hyphened("19710610"), hyphened("1971")
    ('1971-06-10', '1971')
    """
    match = _COMPACT.fullmatch(day)
    return "-".join(filter(None, match.groups())) if match else day


def exclude(one: str | None, other: str | None) -> bool:
    """Whether two dates in EDTF can't be of the same time."""
    if one is None or other is None:
        return False
    first, second = edtf_strings.interval(one), edtf_strings.interval(other)
    return (first.end or "9") < (second.start or "") or (second.end or "9") < (first.start or "")


def is_qualified(date: str) -> bool:
    """Whether a date in EDTF says that it is not quite known."""
    return _QUALIFIED.search(date) is not None
