"""Date normaliser: text and EDTF of a date by the one table, its days, and what can't be true beside other dates.

Every reader's dates pass here. A phrase under `edtf` becomes text; a text alone becomes EDTF where it is understood;
both are reconciled (`kg.records.dates.reconciliation`). Days to come, an end before its start and a death before a
birth are told, and not asserted (D-122).
"""

import re
from collections.abc import Callable
from typing import Any, Protocol

from kg.day_numbers import day_number
from kg.records.dates import early_dates, edtf_strings, encoded_dates, phrases
from kg.records.dates.edtf_strings import DateFault, Interval
from kg.records.dates.phrases import Phrase
from kg.records.dates.reconciliation import Decision, reconcile_with
from kg.records.dates.text_dates import TextDate, are_disjoint
from kg.records.model.keys import Record

Report = Callable[[str, Any, str, str], None]
"""Report of a problem: field, value, expected form, message."""


class Desk(Protocol):
    """Place for what is told of a date, and for values that leave it."""

    def report(self, where: str, value: Any, expected: str, message: str) -> None:
        """Report a problem with a value that stays in the record."""

    def put_aside(self, where: str, value: Any, expected: str, message: str) -> None:
        """Report a value that is not asserted, and keep it under `extra`."""


ANY_DATE = "a date in EDTF (ISO 8601-2), or as people write one"
_UNAMBIGUOUS = "a date in which day and month are told apart: 1963-05-04, 4 May 1963"
_AMBIGUOUS = re.compile(r"\d{1,2}[/-]\d{1,2}[/-](?:\d\d)?\d\d")
TO_COME = "is a date to come"
"""Beginning of what is told of a date that depends on the day of the build."""

_AS_WRITTEN = "kept as it is written"
_DOUBT = re.compile("[~?%]")
_NO_DATE = re.compile(r"0{4}|0{3}[1-9]|00[0-9]{2}(?=-\d\d-\d\d)")
"""Years that databases write for "no date"; the years before 100 are known from texts alone."""

_OF_LIFE = frozenset({"birth", "death"})
_UNSAID = frozenset({"document", "existence"})
"""Roles that say no more than that there is a date: one that the text says is taken instead."""

_BEFORE = (
    ("birth", "death", True),
    ("founded", "dissolved", True),
    ("sent", "received", True),
    ("document", "sent", False),
    ("document", "received", False),
    ("document", "published", False),
    ("document", "printed", False),
    ("document", "exhibited", False),
    ("document", "digitized", False),
    ("birth", "active", False),
)
"""Roles of dates in the order in which they happen, and whether the reverse can't be, so that neither is asserted."""


def from_edtf(value: Any, date: Record, report: Report, *, is_short: bool) -> Record:
    """Return text and EDTF of the value under `edtf`: EDTF, an encoded date, or a date phrase, which becomes the text.

    Args:
        value: the value, a text.
        date: the date as it came.
        report: the report.
        is_short: whether the date is a bare text, which people write: `1910-25` is two years there, and a season of
            EDTF under the key.
    """
    written = value.strip()
    edtf = _as_edtf(written)
    if edtf == "" and not is_short:
        report("edtf", value, ANY_DATE, f"means no date; {_AS_WRITTEN}")
        return {"edtf": ""} if date.get("text") else {"text": written, "edtf": ""}
    phrase = phrases.parse(written)
    is_phrase = is_short and (phrase.date is not None or phrase.is_undated)
    if edtf and not is_phrase and not (is_short and (edtf.startswith("-") or _NO_DATE.match(edtf))):
        return {"edtf": edtf}
    found = phrase.date.edtf if phrase.date else ""
    if found == written:
        return {"edtf": found}
    return {"edtf": found or value} if date.get("text") else {"text": written}


def _as_edtf(written: str) -> str | None:
    """EDTF of a text in EDTF or in a form of programs; empty where it means no date, None for any other text."""
    try:
        edtf = edtf_strings.check(written)
    except DateFault:
        if not written[0].isdigit():
            return None
    else:
        if "9999" not in written and not _NO_DATE.match(written):
            return edtf
    try:
        return encoded_dates.decode(written) or ""
    except DateFault:
        return None


def finished(date: Record, kind: str, desk: Desk, *, today: str, is_told: bool) -> list[Record]:
    """Return a date with what its text tells, and the further dates of the text; none for a date with a role alone.

    Args:
        date: role, text, EDTF and days, each in its form.
        kind: the kind of the record.
        desk: the place for what is told.
        today: the last day that a date may have begun by.
        is_told: whether the reader has told what it could not read.
    """
    if date.keys() <= {"role"}:
        return []
    text, edtf = date.get("text", ""), date.get("edtf")
    phrase = phrases.parse(text) if text else Phrase()
    further: tuple[TextDate, ...] = ()
    if text and (edtf is not None or not {"start", "end"} & date.keys()):
        further = _reconciled(date, phrase, kind, desk, is_told=is_told)
    _check_days(date, desk)
    _check_times(date, desk)
    if "edtf" in date and not {"start", "end"} & date.keys():
        _put_days(date, edtf_strings.interval(date["edtf"]))
    others = [_further(other) for other in further]
    for each in (date, *others):
        _check_future(each, desk, today)
        if early_dates.is_early(each.get("edtf", "")):
            _put_days(each, early_dates.whole_interval(each["edtf"]))
    return [date, *others]


def _reconciled(date: Record, phrase: Phrase, kind: str, desk: Desk, *, is_told: bool) -> tuple[TextDate, ...]:
    """Put the EDTF that follows from text and EDTF, and return the further dates of the text."""
    text, edtf = date["text"], date.get("edtf")
    if phrase.date and not _may_have(date, phrase.date.role, kind):
        if edtf is None and not is_told:
            desk.report("text", text, ANY_DATE, f"is the date of something else ({phrase.date.role}); {_AS_WRITTEN}")
        return ()
    result = reconcile_with(phrase, text, edtf)
    if edtf is None:
        _tell_text(phrase, text, result.decision, desk, is_told=is_told)
    elif result.is_told or (result.decision is Decision.FILLER and not is_told):
        why = f"{result.fault or result.decision.value} ({text[:60]})"
        desk.put_aside("edtf", edtf, "the date that the text tells", why)
    date.pop("edtf", None)
    if result.edtf:
        date["edtf"] = edtf if edtf and _says_as_much(edtf, result.edtf) else result.edtf
    if result.days and not {"start", "end"} & date.keys():
        _put_days(date, result.days)
    if result.role and date["role"] in _UNSAID:
        date["role"] = result.role
    if result.remark and not is_told:
        desk.report("text", text, ANY_DATE, result.remark)
    return result.others if edtf is None else ()


def _says_as_much(edtf: str, found: str) -> bool:
    """Whether an EDTF of the same days says no less of doubt than the one found, so that it can stand."""
    same_days = edtf_strings.interval(edtf) == edtf_strings.interval(found)
    return same_days and (bool(_DOUBT.search(edtf)) or not _DOUBT.search(found))


def _may_have(date: Record, role: str, kind: str) -> bool:
    """Whether a date may have the role that its text says."""
    if not role or role == date["role"]:
        return True
    return date["role"] in _UNSAID and (role not in _OF_LIFE or kind == "agent")


def _tell_text(phrase: Phrase, text: str, decision: Decision, desk: Desk, *, is_told: bool) -> None:
    """Report a text that is not understood, or names no existing date."""
    if is_told or decision not in {Decision.UNREAD, Decision.IMPOSSIBLE}:
        return
    reason, expected = phrase.fault, ANY_DATE
    if not reason and (phrase.others or _AMBIGUOUS.fullmatch(text)):
        reason, expected = "can be read in two ways", _UNAMBIGUOUS
    desk.report("edtf", text, expected, f"{reason or 'is no date that can be read'}; {_AS_WRITTEN}")


def _further(other: TextDate) -> Record:
    date: Record = {"role": other.role or "document", "text": other.text}
    if other.edtf:
        date["edtf"] = other.edtf
    _put_days(date, other.span)
    return date


def _put_days(date: Record, days: Interval) -> None:
    date |= {"start": days.start} if days.start else {}
    date |= {"end": days.end} if days.end else {}


def _check_days(date: Record, desk: Desk) -> None:
    """Take out days that contradict one another or the EDTF; they are derived anew."""
    start, end = date.get("start"), date.get("end")
    if start and end and day_number(start) > day_number(end):
        desk.put_aside("start", f"{start}/{end}", "a first day before the last one", "is after the end")
    elif "edtf" in date and are_disjoint(edtf_strings.interval(date["edtf"]), Interval(start, end)):
        desk.put_aside("start", f"{start or ''}/{end or ''}", "days of the date", f"lie outside {date['edtf']}")
    else:
        return
    date.pop("start", None)
    date.pop("end", None)


def _check_times(date: Record, desk: Desk) -> None:
    """Take out times of day of which the last is before the first."""
    start, end = date.get("startTime"), date.get("endTime")
    if start and end and start[:10] > end[:10]:
        desk.put_aside("endTime", f"{start}/{end}", "an end after its start", "ends before it begins")
        del date["startTime"], date["endTime"]


def _check_future(date: Record, desk: Desk, today: str) -> None:
    """Take out a date to come: nothing that a record tells of has happened then."""
    start, end = date.get("start", ""), date.get("end", "")
    edtf = date.get("edtf", "")
    is_far = end[:4] > f"{int(today[:4]) + 1:04}" and "X" not in edtf.partition("/")[2] and ("/" in edtf or not edtf)
    is_beyond = bool(re.match(r"Y?[1-9]\d{4}", edtf.removeprefix("Y") if edtf.startswith("Y") else ""))
    if start > today or is_far or is_beyond:
        desk.report("edtf", edtf or f"{start}/{end}", "a date that has been", f"{TO_COME}; {_AS_WRITTEN}")
        if "text" not in date:
            date["text"] = edtf or f"{start}/{end}"
        for name in ("edtf", "start", "end"):
            date.pop(name, None)


def check_order(dates: list[Record], report: Report) -> None:
    """Report dates in an order that can't be: a death before the birth; neither of them is asserted then."""
    by_role: dict[str, list[Record]] = {}
    for date in dates:
        by_role.setdefault(date["role"], []).append(date)
    for earlier, later, is_impossible in _BEFORE:
        if len(by_role.get(earlier, ())) != 1:
            continue
        (first,) = by_role[earlier]
        for last in by_role.get(later, ()):
            start, end = first.get("start"), last.get("end")
            if not start or not end or day_number(end) >= day_number(start):
                continue
            shown = f"{earlier} {_written_form(first)}, {later} {_written_form(last)}"
            follows = f"; both are {_AS_WRITTEN}, without a date" if is_impossible else ""
            report("dates", shown, f"{later} after {earlier}", f"{later} comes before {earlier}{follows}")
            if is_impossible:
                _withdraw(first)
                _withdraw(last)
                break


def _written_form(date: Record) -> str:
    return str(date.get("text") or date.get("edtf") or date.get("start") or date.get("end"))


def _withdraw(date: Record) -> None:
    """Leave a date its text alone."""
    date["text"] = _written_form(date)
    for name in ("edtf", "start", "end"):
        date.pop(name, None)
