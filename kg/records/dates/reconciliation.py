"""Reconciliation of a written date with its encoded form: one table for every reader.

Archivists wrote the text, and encoded forms are wrong in whole collections: so the text holds. The encoded form can
make it finer, say how far an approximate date reaches, or choose between two readings of the text. What it
says beyond that is told, and kept as it is written (D-121).

>>> reconcile("circa 1915", "1910/1920").days, reconcile("1905-06", "1905/1906").edtf
(Interval(start='1910-01-01', end='1920-12-31'), '1905/1906')
>>> reconcile("1902-1994", "1902/1944").decision, reconcile("1850", "1850-01-01").edtf
(<Decision.NARROWER: 'the encoded date leaves out a part of what the text says'>, '1850')
"""

import re
from dataclasses import dataclass, replace
from enum import Enum

from kg.records.dates import edtf_strings, encoded_dates, phrases, text_dates
from kg.records.dates.edtf_strings import DateFault, Interval
from kg.records.dates.phrases import Phrase
from kg.records.dates.text_dates import Precision, TextDate, contains


class Decision(Enum):
    """How a text and an encoded date stand to one another; the value says it in words."""

    NOTHING = "there is neither"
    TEXT_ALONE = "there is a text alone, or the encoded date says nothing"
    ENCODED_ALONE = "there is an encoded date alone"
    AGREE = "both say the same"
    FINER = "the encoded date is finer, and inside the text"
    FILLER = "the encoded date is the first or last day or month of what the text says: a filler"
    SPAN = "the encoded date says how far an approximate date reaches"
    COARSER = "the text is finer than the encoded date"
    UNDATED_SPAN = "the text says that there is no date; the encoded date says when it may have been"
    UNREAD_WITHIN = "the text is not understood; its years lie in the encoded date"
    WIDER = "the encoded date has other years beside those of the text"
    NARROWER = "the encoded date leaves out a part of what the text says"
    OVERLAP = "the encoded date has only a part of what the text says, and more"
    CONTRADICTION = "the encoded date contradicts the text"
    UNREAD_OUTSIDE = "the text is not understood, and names years that are not in the encoded date"
    UNREAD = "the text is not understood, and nothing else tells the date"
    IMPOSSIBLE = "the text names no existing date"


_MARKED = re.compile("[~?%]")
_QUALIFIED = re.compile(r"[~?%X\[{]")

TOLD = frozenset({
    Decision.WIDER, Decision.NARROWER, Decision.OVERLAP, Decision.CONTRADICTION, Decision.UNREAD_OUTSIDE,
    Decision.UNREAD, Decision.IMPOSSIBLE,
})  # fmt: skip
"""Decisions that the report tells."""

ENCODED_HOLDS = frozenset({Decision.ENCODED_ALONE, Decision.FINER, Decision.UNREAD_WITHIN})
"""Decisions by which the encoded date is the date."""

_PREFERENCE = (Decision.AGREE, Decision.SPAN, Decision.FINER, Decision.FILLER, Decision.COARSER)
"""Decisions by which an encoded date chooses between two readings of a text, the clearest first."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Date from a text and its encoded form.

    Attributes:
        decision: how the two stand to one another.
        edtf: the date in EDTF; None where there is none, or none that is certain.
        days: the days that it can lie in, where these are others than those of the EDTF; None else.
        others: further dates of the text, with their role.
        role: what happened then, where the text says it; empty else.
        fault: the fault of an impossible text or an invalid encoded form; empty else.
        remark: note on a part of the text that stands for nothing.
        is_encoded_invalid: whether the fault is that of the encoded form.
    """

    decision: Decision
    edtf: str | None = None
    days: Interval | None = None
    others: tuple[TextDate, ...] = ()
    role: str = ""
    fault: str = ""
    remark: str = ""
    is_encoded_invalid: bool = False

    @property
    def is_told(self) -> bool:
        """Whether the report tells it."""
        return self.decision in TOLD or bool(self.fault)


def decide(text: TextDate, encoded: Interval) -> Decision:
    """Return how the date of a text and the days of an encoded one stand to one another.

    >>> from kg.records.dates import phrases
    >>> decide(phrases.parse("1960s").date, Interval("1965-01-01", "1965-12-31"))
    <Decision.NARROWER: 'the encoded date leaves out a part of what the text says'>
    """
    if encoded == text.span and encoded != Interval(None, None):
        return Decision.AGREE
    if text_dates.are_disjoint(encoded, text.reach) or encoded == Interval(None, None):
        return Decision.CONTRADICTION
    holds_core = text.core is None or contains(encoded, text.core)
    if text.precision is Precision.VAGUE and holds_core and contains(text.reach, encoded):
        return Decision.SPAN
    if contains(text.span, encoded):
        return _inside(text, encoded) if holds_core else Decision.NARROWER
    if contains(encoded, text.span):
        return Decision.COARSER if _years(encoded) == _years(text.span) else Decision.WIDER
    return Decision.CONTRADICTION if text_dates.are_disjoint(encoded, text.span) else Decision.OVERLAP


def _inside(text: TextDate, encoded: Interval) -> Decision:
    """Decision on an encoded date inside the text that leaves out nothing of it."""
    if text.precision is Precision.UNIT and (encoded.start == text.span.start or encoded.end == text.span.end):
        is_unit = encoded.start == encoded.end or (encoded.start or "")[:7] == (encoded.end or "")[:7]
        return Decision.FILLER if is_unit else Decision.FINER
    return Decision.SPAN if text.precision in {Precision.LIST, Precision.VAGUE} else Decision.FINER


def are_disjoint(first_date: str | None, second_date: str | None) -> bool:
    """Return whether two dates in EDTF have no day in common; False where there is no second one."""
    if first_date is None or second_date is None:
        return False
    return text_dates.are_disjoint(edtf_strings.interval(first_date), edtf_strings.interval(second_date))


def is_qualified(date: str) -> bool:
    """Return whether a date in EDTF is uncertain, approximate or incomplete."""
    return _QUALIFIED.search(date) is not None


def _years(days: Interval) -> tuple[str | None, str | None]:
    return days.start and days.start[:4], days.end and days.end[:4]


def decide_unread(years: frozenset[int], encoded: Interval) -> Decision:
    """Return how a text that is not understood stands to the days of an encoded date, by the years that it names."""
    if years and encoded == Interval(None, None):  # before Christ, or after 9999
        return Decision.UNREAD_OUTSIDE
    first = int((encoded.start or "0001")[:4])
    last = int((encoded.end or "9999")[:4])
    return Decision.UNREAD_WITHIN if all(first <= year <= last for year in years) else Decision.UNREAD_OUTSIDE


def reconcile(text: str, encoded: str | None) -> Reconciled:
    """Return the date from its text and its encoded form.

    Args:
        text: the date as it is written; empty for none.
        encoded: the encoded form; None for none.

    >>> reconcile("spring 1962", "1962-03/1962-05").edtf, reconcile("n.d.", "1962").edtf
    ('1962-21', None)
    >>> reconcile("", "1953-02-30").fault, reconcile("1898, 1979 passed on", "1898").decision.name
    ("'1953-02-30': there is no such day", 'UNREAD_OUTSIDE')
    """
    try:
        encoded_date, fault = encoded_dates.decode(encoded), ""
    except DateFault as wrong:
        encoded_date, fault = None, str(wrong)
    result = reconcile_with(phrases.parse(text), text, encoded_date)
    return replace(result, fault=fault, is_encoded_invalid=True) if fault else result


def reconcile_with(phrase: Phrase, text: str, edtf: str | None) -> Reconciled:
    """Return the date from the reading of a text and a date in EDTF.

    Args:
        phrase: the reading.
        text: the text itself.
        edtf: the encoded date; None for none.
    """
    days = edtf_strings.interval(edtf) if edtf else None
    if not text:
        return Reconciled(Decision.ENCODED_ALONE if edtf else Decision.NOTHING, edtf)
    if phrase.is_undated:
        return Reconciled(Decision.UNDATED_SPAN if days else Decision.TEXT_ALONE, days=days)
    if phrase.fault:
        return Reconciled(Decision.IMPOSSIBLE, fault=phrase.fault)
    if edtf is None or days is None:
        return _text_alone(phrase)
    readings = phrase.others or phrase.dates[:1]
    return _of_readings(phrase, readings, edtf, days) if readings else _unread(phrase, edtf, days)


def _unread(phrase: Phrase, edtf: str, days: Interval) -> Reconciled:
    decision = decide_unread(phrase.years, days)
    return Reconciled(decision, edtf if decision is Decision.UNREAD_WITHIN else None)


def _text_alone(phrase: Phrase) -> Reconciled:
    date = phrase.date
    if date is None:
        return Reconciled(Decision.UNREAD)
    days = date.span if not date.edtf else None
    return Reconciled(Decision.TEXT_ALONE, date.edtf or None, days, phrase.dates[1:], date.role, remark=phrase.remark)


def _of_readings(phrase: Phrase, readings: tuple[TextDate, ...], edtf: str, days: Interval) -> Reconciled:
    """Date from the readings of a text, of which the encoded date may choose one."""
    decisions = {reading: _decide(reading, edtf, days) for reading in readings}
    allowed = _PREFERENCE if phrase.date else (Decision.AGREE,)
    clear = [reading for reading in readings if decisions[reading] in allowed]
    if clear:
        date = min(clear, key=lambda reading: _PREFERENCE.index(decisions[reading]))
    elif phrase.date is not None:
        date = phrase.date
    else:
        return _unread(phrase, edtf, days)
    decision = decisions[date] if date in decisions else _decide(date, edtf, days)
    found: str | None = date.edtf or None
    held: Interval | None = None if date.edtf else date.span
    if decision is Decision.FINER:
        found = _finer(date, edtf, days)
    elif decision is Decision.SPAN:
        held = days
    elif decision is Decision.AGREE and _MARKED.search(edtf) and not is_qualified(date.edtf):
        found = edtf  # the doubt stands in the encoded date alone
    return Reconciled(decision, found, held, phrase.dates[1:], date.role, remark=phrase.remark)


def _decide(date: TextDate, edtf: str, days: Interval) -> Decision:
    if edtf == date.edtf:  # of years before Christ and after 9999 the days are not known
        return Decision.AGREE
    return decide(date, days)


def _finer(date: TextDate, edtf: str, days: Interval) -> str:
    """EDTF of a finer encoded date; the ends of a range are finer each for itself, unless they are fillers."""
    if date.precision is not Precision.RANGE or edtf[:1] in "[{":
        return edtf
    first, slash, last = edtf.partition("/")
    if not slash:
        return edtf
    ends = []
    for written, encoded, at in ((date.ends[0], first, 0), (date.ends[1], last, 1)):
        unit = edtf_strings.interval(written) if written else Interval(None, None)
        day = (days.start, days.end)[at]
        ends.append(written or ".." if day in {unit.start, unit.end} else encoded)
    try:
        return edtf_strings.check("/".join(ends))
    except DateFault:
        return date.edtf
