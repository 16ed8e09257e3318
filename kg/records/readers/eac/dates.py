"""Dates in EAC-CPF: single dates, ranges and sets of both, each in its written and its encoded form."""

from collections.abc import Iterator

from kg.records.dates import edtf_strings
from kg.records.model.keys import Record
from kg.records.readers.xml import encoded_dates, tree
from kg.records.readers.xml.draft import Draft
from kg.records.readers.xml.tree import Element

_ENDS = {"person": ("birth", "death"), "organization": ("founded", "dissolved")}
"""Type of an agent → the roles of the first and the last date of its existence; a family has none."""

_FIRST = frozenset({"birth", "born", "birthdate", "founded", "established", "foundation", "begin"})
_LAST = frozenset({"death", "died", "deathdate", "dissolved", "abolished", "dissolution", "end"})
_ACTIVE = frozenset({"active", "activity", "floruit", "flourished", "activedates"})
"""Values of `@localType` of a date, in small letters after any address."""

_OPEN = frozenset({"unknown", "open", "present", "ongoing"})
"""Texts of an open or unknown end of a range."""


def put_existence_dates(draft: Draft, description: Element) -> None:
    """Put the dates of the agent's life or existence."""
    for exist in tree.children(description, "existDates"):
        dated = list(tree.descendants(exist, "date", "dateRange"))
        for element in dated or [exist]:
            for date, dated_element in _existence(draft, element):
                draft.add("dates", date)
                draft.consumed.add(dated_element)


def validity(draft: Draft, element: Element) -> str | None:
    """Return the period of an element's validity in EDTF, and consume its dates; None without exactly one date."""
    date_elements = list(tree.children(element, "date", "dateRange"))
    if len(date_elements) != 1:
        return None
    edtf = _edtf(draft, date_elements[0]) if tree.local(date_elements[0]) == "date" else _range(draft, date_elements[0])
    if edtf is not None:
        draft.consumed.add(date_elements[0])
    return edtf


def _existence(draft: Draft, element: Element) -> Iterator[tuple[Record, Element]]:
    """Dates with their elements: both ends of a life, a period of activity, or the whole range."""
    date_type = (tree.attribute(element, "localType") or "").rpartition("#")[2].lower()
    first, last = _ENDS.get(draft.record.get("agentType", ""), ("existence", "existence"))
    if date_type in _ACTIVE or first == last or tree.local(element) != "dateRange":
        role = (
            first
            if date_type in _FIRST
            else last
            if date_type in _LAST
            else "active"
            if date_type in _ACTIVE
            else "existence"
        )
        edtf = _range(draft, element) if tree.local(element) == "dateRange" else _edtf(draft, element)
        parts = filter(None, map(tree.text, element if len(element) else [element]))
        yield from _date(role, edtf, " – ".join(parts), element)
        return
    for role, name in ((first, "fromDate"), (last, "toDate")):
        end = tree.child(element, name)
        if end is not None and not _is_open(end):
            yield from _date(role, _edtf(draft, end), tree.text(end) or "", end)


def _date(role: str, edtf: str | None, text: str, element: Element) -> Iterator[tuple[Record, Element]]:
    date = {name: value for name, value in (("role", role), ("edtf", edtf), ("text", text)) if value}
    if len(date) > 1:
        yield date, element


def _is_open(end: Element) -> bool:
    text = (tree.text(end) or "").lower().strip("[]()?. ")
    encoded = any(tree.attribute(end, name) for name in ("standardDate", "notBefore", "notAfter"))
    return not encoded and (not text or text in _OPEN)


def _range(draft: Draft, element: Element) -> str | None:
    """EDTF interval of a range with perhaps an open end; None for an unreadable end."""
    ends = [tree.child(element, name) for name in ("fromDate", "toDate")]
    read = [".." if end is None or _is_open(end) else _edtf(draft, end) for end in ends]
    if None in read or read == ["..", ".."]:
        return None
    edtf = f"{read[0]}/{read[1]}"
    try:
        return edtf_strings.check(edtf)
    except edtf_strings.DateFault as fault:
        encoded_dates.report_unreadable(draft, element, edtf, "", str(fault))
        return None


def _edtf(draft: Draft, element: Element) -> str | None:
    """EDTF of a date by its text and its encoded forms."""
    encoded = tree.attribute(element, "standardDate")
    if encoded is not None:
        return encoded_dates.date_of(draft, element, encoded, "standardDate")
    after, before = (tree.attribute(element, name) for name in ("notBefore", "notAfter"))
    if after or before:
        encoded = f"[{encoded_dates.hyphenate(after or '')}..{encoded_dates.hyphenate(before or '')}]"
    return encoded_dates.date_of(draft, element, encoded, "notBefore" if after else "notAfter")
