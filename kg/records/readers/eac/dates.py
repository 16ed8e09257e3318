"""Dates in EAC-CPF: single dates, ranges and sets of both, each in its written and its encoded form."""

from collections.abc import Iterator
from dataclasses import replace

from kg.records.dates import edtf_strings, encoded_dates, phrases
from kg.records.dates.edtf_strings import DateFault, Interval
from kg.records.dates.reconciliation import Decision, Reconciled
from kg.records.dates.text_dates import contains
from kg.records.readers.xml import dated_elements, tree
from kg.records.readers.xml.draft import Draft
from kg.records.readers.xml.tree import Element

_ENDS = {"person": ("birth", "death"), "organization": ("founded", "dissolved")}
"""Type of an agent → the roles of the first and the last date of its existence; a family has none."""

_FIRST = frozenset({"birth", "born", "birthdate", "founded", "established", "foundation", "begin"})
_LAST = frozenset({"death", "died", "deathdate", "dissolved", "abolished", "dissolution", "end"})
_ACTIVE = frozenset({"active", "activity", "floruit", "flourished", "activedates"})
"""Values of `@localType` of a date, in small letters after any address."""

_ROLE_IN_TEXT = {
    "birth": {"birth": "birth"},
    "death": {"birth": "death"},
    "active": {"birth": "active", "founded": "active", "existence": "active"},
}
"""Role that the text of a single date says, "born 1850" → role of a first date of the agent → role of the date."""

_OPEN = frozenset({
    "unknown", "open", "living", "still living", "alive", "active", "still active", "existing", "extant", "current",
    "lebt", "lebend", "vivant", "vivante", "en vie", "vive", "vivo", "viva", "жив", "жива", "здравствует",
})  # fmt: skip
"""Texts of an open or unknown end of a range, in small letters, beside those that any date phrase can end with."""


def put_existence_dates(draft: Draft, description: Element) -> None:
    """Put the dates of the agent's life or existence."""
    for exist in tree.children(description, "existDates"):
        dated = list(tree.descendants(exist, "date", "dateRange"))
        for element in dated or [exist]:
            for role, reading, text, dated_element in _existence(draft, element):
                if text or reading.edtf:
                    dated_elements.put(draft, reading, role, text)
                    draft.consumed.add(dated_element)


def validity(draft: Draft, element: Element) -> str | None:
    """Return the period of an element's validity in EDTF, and consume its dates; None without exactly one date."""
    date_elements = list(tree.children(element, "date", "dateRange"))
    if len(date_elements) != 1:
        return None
    (dated,) = date_elements
    edtf = (_date(draft, dated) if tree.local(dated) == "date" else _range(draft, dated)).edtf
    if edtf is not None:
        draft.consumed.add(dated)
    return edtf


def _existence(draft: Draft, element: Element) -> Iterator[tuple[str, Reconciled, str, Element]]:
    """Roles, dates and texts with their elements: both ends of a life, a period of activity, or the whole range."""
    date_type = (tree.attribute(element, "localType") or "").rpartition("#")[2].lower()
    first, last = _ENDS.get(draft.record.get("agentType", ""), ("existence", "existence"))
    is_range = tree.local(element) == "dateRange"
    if date_type not in _ACTIVE and first != last and is_range:
        for role, name in ((first, "fromDate"), (last, "toDate")):
            end = tree.child(element, name)
            if end is not None and not _is_open(end):
                yield role, replace(_date(draft, end), role=""), tree.text(end) or "", end
        return
    reading = _range(draft, element) if is_range else _date(draft, element)
    role = (
        first
        if date_type in _FIRST
        else last
        if date_type in _LAST
        else "active"
        if date_type in _ACTIVE
        else _ROLE_IN_TEXT.get(reading.role, {}).get(first, "existence")
    )
    parts = filter(None, map(tree.text, element if len(element) else [element]))
    yield role, replace(reading, role=""), " – ".join(parts), element


def _is_open(end: Element) -> bool:
    text = (tree.text(end) or "").lower().strip("[]()?. ")
    if any(_means_a_date(tree.attribute(end, name)) for name in ("standardDate", "notBefore", "notAfter")):
        return False
    return not text or text in _OPEN or phrases.is_ongoing(text)


def _means_a_date(encoded: str | None) -> bool:
    """Whether an encoded form is more than a mark of an open end, as 9999 is."""
    try:
        return encoded_dates.decode(encoded) is not None
    except DateFault:
        return True


def _range(draft: Draft, element: Element) -> Reconciled:
    """Interval of a range with perhaps an open end; without EDTF for an unreadable end."""
    ends = [tree.child(element, name) for name in ("fromDate", "toDate")]
    readings = [None if end is None or _is_open(end) else _date(draft, end) for end in ends]
    read = [".." if reading is None else reading.edtf for reading in readings]
    if None in read or read == ["..", ".."]:
        return Reconciled(Decision.NOTHING)
    edtf = f"{read[0]}/{read[1]}"
    try:
        edtf = edtf_strings.check(edtf)
    except DateFault as fault:
        dated_elements.report_unreadable(draft, element, edtf, "", str(fault))
        return Reconciled(Decision.NOTHING)
    return Reconciled(Decision.AGREE, edtf, _days_of_range(edtf, readings))


def _days_of_range(edtf: str, readings: list[Reconciled | None]) -> Interval | None:
    """Days of a range whose ends are approximate, where their encoded forms say how far they reach."""
    if not any(reading and reading.days for reading in readings):
        return None
    start, end = (reading.days if reading and reading.days else None for reading in readings)
    days = edtf_strings.interval(edtf)
    return Interval(start.start if start else days.start, end.end if end else days.end)


def _date(draft: Draft, element: Element) -> Reconciled:
    """Date by its text and its encoded forms: one day or year, and how far it may lie around that."""
    encoded = tree.attribute(element, "standardDate")
    after, before = (tree.attribute(element, name) for name in ("notBefore", "notAfter"))
    if not (after or before):
        return dated_elements.date_of(draft, element, encoded, "standardDate")
    limits = f"[{encoded_dates.hyphenate(after or '')}..{encoded_dates.hyphenate(before or '')}]"
    limits = limits.replace("...]", "..]")  # 9999, the open end
    name = "notBefore" if after else "notAfter"
    if encoded is None:
        return dated_elements.date_of(draft, element, limits, name)
    reading = dated_elements.date_of(draft, element, encoded, "standardDate")
    try:
        days = edtf_strings.interval(limits)
    except DateFault as fault:
        dated_elements.report_unreadable(draft, element, limits, name, str(fault))
        return reading
    if reading.edtf and contains(days, edtf_strings.interval(reading.edtf)):
        return replace(reading, days=days)
    dated_elements.report_contradiction(draft, element, limits, name)
    return reading
