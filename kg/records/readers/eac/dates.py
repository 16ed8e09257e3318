"""Dates in EAC-CPF: single ones, ranges and sets of both, each as written and as encoded."""

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
"""What a date is said to be (`@localType`), in small letters after any address."""

_OPEN = frozenset({"unknown", "open", "present", "ongoing"})
"""What stands at an end of a range that is not known, or has not come."""


def put_existence(draft: Draft, description: Element) -> None:
    """Put when the agent lived or existed."""
    for exist in tree.children(description, "existDates"):
        dated = list(tree.descendants(exist, "date", "dateRange"))
        for each in dated or [exist]:
            for date, element in _existence(draft, each):
                draft.add("dates", date)
                draft.taken.add(element)


def held(draft: Draft, element: Element) -> str | None:
    """When something held, in EDTF, the elements that say it taken; None where none says it, or many do."""
    found = list(tree.children(element, "date", "dateRange"))
    if len(found) != 1:
        return None
    edtf = _edtf(draft, found[0]) if tree.local(found[0]) == "date" else _range(draft, found[0])
    if edtf is not None:
        draft.taken.add(found[0])
    return edtf


def _existence(draft: Draft, element: Element) -> Iterator[tuple[Record, Element]]:
    """Dates with what each of them stands in: both ends of a life, or a time of activity, or the whole as it stands."""
    said = (tree.attribute(element, "localType") or "").rpartition("#")[2].lower()
    first, last = _ENDS.get(draft.record.get("agentType", ""), ("existence", "existence"))
    if said in _ACTIVE or first == last or tree.local(element) != "dateRange":
        role = first if said in _FIRST else last if said in _LAST else "active" if said in _ACTIVE else "existence"
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
    said = (tree.text(end) or "").lower().strip("[]()?. ")
    encoded = any(tree.attribute(end, name) for name in ("standardDate", "notBefore", "notAfter"))
    return not encoded and (not said or said in _OPEN)


def _range(draft: Draft, element: Element) -> str | None:
    """From a date to a date, either end of which may be open; None where an end is there and can't be read."""
    ends = [tree.child(element, name) for name in ("fromDate", "toDate")]
    read = [".." if end is None or _is_open(end) else _edtf(draft, end) for end in ends]
    if None in read or read == ["..", ".."]:
        return None
    edtf = f"{read[0]}/{read[1]}"
    try:
        return edtf_strings.check(edtf)
    except edtf_strings.DateFault as fault:
        encoded_dates.unreadable(draft, element, edtf, "", str(fault))
        return None


def _edtf(draft: Draft, element: Element) -> str | None:
    """A date by its text and its encoded forms."""
    encoded = tree.attribute(element, "standardDate")
    if encoded is not None:
        return encoded_dates.told(draft, element, encoded, "standardDate")
    after, before = (tree.attribute(element, name) for name in ("notBefore", "notAfter"))
    if after or before:
        encoded = f"[{encoded_dates.hyphened(after or '')}..{encoded_dates.hyphened(before or '')}]"
    return encoded_dates.told(draft, element, encoded, "notBefore" if after else "notAfter")
