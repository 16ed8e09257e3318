"""Dates in EAC-CPF: single ones, ranges and sets, by the standard date where there is one, else as written."""

from collections.abc import Iterator
from typing import Any

from kg.records import dates as edtf
from kg.records import phrases
from kg.records.readers import xml_tree
from kg.records.readers.xml_tree import Element

_BEGINS = {True: "birth", False: "founded"}
_ENDS = {True: "death", False: "dissolved"}
_BIRTH = ("birth", "born", "founded", "established")
_DEATH = ("death", "died", "dissolved", "abolished")


def dates(exist: Element, *, person: bool) -> Iterator[dict[str, Any]]:
    """The dates of existence, by role: birth and death of a person, founding and end of a body."""
    for each in xml_tree.descendants(exist, "date", "dateRange"):
        if xml_tree.local(each) == "date":
            yield from _dated(_role(each, person=person), each)
            continue
        yield from _dated(_BEGINS[person], xml_tree.child(each, "fromDate"))
        yield from _dated(_ENDS[person], xml_tree.child(each, "toDate"))
    if next(xml_tree.descendants(exist, "date", "dateRange"), None) is None and (text := xml_tree.text(exist)):
        yield _date("existence", text, phrases.read(text))


def held(element: Element) -> str | None:
    """When something held, as EDTF: a date, or a range from and to; None where nobody says it or it can't be read."""
    around = next(xml_tree.descendants(element, "dateRange"), None)
    if around is not None:
        start, end = (_edtf(xml_tree.child(around, name)) or ".." for name in ("fromDate", "toDate"))
        return _checked(f"{start}/{end}") if (start, end) != ("..", "..") else None
    return _edtf(next(xml_tree.descendants(element, "date"), None))


def _role(date: Element, *, person: bool) -> str:
    said = (xml_tree.attribute(date, "localType") or "").rpartition("#")[2].lower()
    if said in _BIRTH:
        return _BEGINS[person]
    if said in _DEATH:
        return _ENDS[person]
    return "existence"


def _dated(role: str, element: Element | None) -> Iterator[dict[str, Any]]:
    text = xml_tree.text(element)
    read = _edtf(element)
    if text or read:
        yield _date(role, text, read)


def _date(role: str, text: str | None, read: str | None) -> dict[str, Any]:
    return {"role": role} | ({"edtf": read} if read else {}) | ({"text": text} if text else {})


def _edtf(element: Element | None) -> str | None:
    if element is None:
        return None
    standard = xml_tree.attribute(element, "standardDate")
    text = xml_tree.text(element)
    # The text says how sure a date is ("circa 1890"), the standard form does not.
    read = phrases.read(text) if text else None
    return read or (_checked(standard) if standard else None)


def _checked(text: str) -> str | None:
    try:
        return edtf.check(text)
    except edtf.DateFault:
        return None
