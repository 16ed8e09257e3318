"""Times in the index: the dates of a record with their roles, and the months, years, decades and centuries they touch.

A record is found by each of its dates, and by no day between two of them: so each date has fields of its own, a *slot*,
with its first and last day and the roles that it has (D-141). Dates of the same days share one. For the counts of a
picture each record has, in each unit of time, the spans that its dates touch, united where they meet: then the records
that touch a unit are those that begin up to it less those that end before it, and none counts twice (D-142).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tantivy import Document, SchemaBuilder

from kg.date_roles import DATE_ROLES, Date, of_thing
from kg.day_numbers import day_number

MAX_SLOTS = 16
"""Dates of a record that are told apart; those beyond share the last slot, from the first to the last day of them."""

UNDATED = 10**9
"""Stands for a day after every date, and negative for one before."""

ASIDE = "aside"
"""Word among the roles of a slot whose date does not tell of the time of the thing (`kg.date_roles`)."""

UNITS = ("month", "year", "decade", "century")
"""Units of time, each with fields for the spans in it."""

_OPEN = 4_000_000
"""Stands for the unit of an end that is open."""

_SPREAD = 10_000_000
"""Numbers between a unit of one role and the same of the next."""

_PLACES = {role: place for place, role in enumerate(DATE_ROLES, 1)}

Span = tuple[int, int]
"""First and last day, or unit."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A date in the index.

    Attributes:
        first, last: its first and last day as numbers.
        roles: its roles.
        is_of_thing: whether it tells of the time of the thing.
    """

    first: int
    last: int
    roles: tuple[str, ...]
    is_of_thing: bool

    @property
    def days(self) -> Span:
        """Its first and last day."""
        return self.first, self.last


@dataclass(frozen=True, slots=True)
class TimeCounts:
    """Counts of documents by a unit of time.

    Attributes:
        starts, ends: unit → number of spans that begin, or end, in it; open ends lie far away.
    """

    starts: dict[int, int] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether a span has an open end."""
        return _OPEN in self.ends or -_OPEN in self.starts

    @property
    def bounds(self) -> set[int]:
        """Units in which spans begin or end."""
        return {unit for unit in (*self.starts, *self.ends) if abs(unit) < _OPEN}

    @property
    def counts(self) -> dict[int, int]:
        """Unit → number of documents that touch it, in order, from the first to the last end that is not open.

        >>> TimeCounts({1962: 2, 1965: 1}, {1962: 1, 1963: 1, 1965: 1}).counts
        {1962: 2, 1963: 1, 1965: 1}
        """
        bounded = self.bounds
        found: dict[int, int] = {}
        touching = sum(count for unit, count in self.starts.items() if unit <= -_OPEN)
        for unit in range(min(bounded, default=0), max(bounded, default=-1) + 1):
            touching += self.starts.get(unit, 0) - self.ends.get(unit - 1, 0)
            if touching:
                found[unit] = touching
        return found


def add_fields(builder: SchemaBuilder) -> None:
    """Add the fields of times to a schema."""
    for slot in range(MAX_SLOTS):
        for name in slot_fields(slot)[:2]:
            builder.add_integer_field(name, indexed=True, fast=True)
        builder.add_text_field(slot_fields(slot)[2], tokenizer_name="raw", index_option="basic")
    for unit in UNITS:
        for name in (*unit_fields(unit), *unit_fields(unit, of_role=True)):
            builder.add_integer_field(name, fast=True)
    builder.add_boolean_field("dated", indexed=True, fast=True)


def slot_fields(slot: int) -> tuple[str, str, str]:
    """Names of the fields of a slot: first day, last day, roles."""
    return f"first_{slot}", f"last_{slot}", f"roles_{slot}"


def unit_fields(unit: str, *, of_role: bool = False) -> tuple[str, str]:
    """Names of the fields with the first and the last unit of spans: those of the thing, or those of each role."""
    role = "role_" if of_role else ""
    return f"{role}{unit}_first", f"{role}{unit}_last"


def add(document: Document, dates: Sequence[Date]) -> list[Slot]:
    """Put the dates of a record into its document, and return their slots."""
    slots = slots_of(dates)
    for place, slot in enumerate(slots):
        first, last, roles = slot_fields(place)
        document.add_integer(first, slot.first)
        document.add_integer(last, slot.last)
        for word in (*slot.roles, *(() if slot.is_of_thing else (ASIDE,))):
            document.add_text(roles, word)
    for name, number in _unit_numbers(slots):
        document.add_integer(name, number)
    document.add_boolean("dated", any(slot.is_of_thing for slot in slots))
    return slots


def slots_of(dates: Sequence[Date]) -> list[Slot]:
    """Slots of a record's dates, those of the time of the thing first; dates without days have none.

    >>> day = {"start": "1963-04-05", "end": "1963-04-05"}
    >>> slots_of([{"role": "document", **day}, {"role": "sent", **day}, {"role": "event"}])
    [Slot(first=19630405, last=19630405, roles=('document', 'sent'), is_of_thing=True)]
    """
    roles: dict[Span, dict[str, None]] = {}
    for date in dates:
        days = days_of(date)
        if days is not None:
            roles.setdefault(days, {})[date["role"]] = None
    own = {days_of(date) for date in of_thing(dates)}
    slots = [Slot(*days, tuple(said), days in own) for days, said in roles.items()]
    slots.sort(key=lambda slot: not slot.is_of_thing)
    rest = slots[MAX_SLOTS - 1 :]
    if len(rest) > 1:
        said = tuple(dict.fromkeys(role for slot in rest for role in slot.roles))
        first, last = min(slot.first for slot in rest), max(slot.last for slot in rest)
        slots[MAX_SLOTS - 1 :] = [Slot(first, last, said, any(slot.is_of_thing for slot in rest))]
    return slots


def days_of(date: Date) -> Span | None:
    """First and last day of a date as numbers; None where neither is known."""
    first, last = date.get("start"), date.get("end")
    if not first and not last:
        return None
    return day_number(first) if first else -UNDATED, day_number(last) if last else UNDATED


def unit_of(day: int, unit: str) -> int:
    """Number of the month, year, decade or century of a day.

    >>> unit_of(19630405, "month") == 1963 * 12 + 3, unit_of(19630405, "decade"), unit_of(19630405, "century")
    (True, 196, 19)
    """
    if abs(day) == UNDATED:
        return _OPEN if day > 0 else -_OPEN
    year = day // 10_000
    if unit == "month":
        return year * 12 + day % 10_000 // 100 - 1
    return year if unit == "year" else year // 10 if unit == "decade" else year // 100


def open_numbers(role: str = "") -> Span:
    """Numbers that stand for an open beginning and an open end, of a role if one is given."""
    base = _PLACES[role] * _SPREAD if role else 0
    return base - _OPEN, base + _OPEN


def in_role(counts: Mapping[int, int], role: str) -> dict[int, int]:
    """Counts of one role by unit, from those of the numbers that tell roles apart."""
    base = _PLACES[role] * _SPREAD
    return {number - base: count for number, count in counts.items() if abs(number - base) < _SPREAD // 2}


def _unit_numbers(slots: Sequence[Slot]) -> Iterator[tuple[str, int]]:
    """(field, number) of all spans of a record."""
    days = [slot.days for slot in slots if slot.is_of_thing]
    by_role: dict[str, list[Span]] = {}
    for slot in slots:
        for role in slot.roles:
            by_role.setdefault(role, []).append(slot.days)
    for unit in UNITS:
        yield from _numbers(unit_fields(unit), _united(days, unit), 0)
        of_role = unit_fields(unit, of_role=True)
        for role, spans in by_role.items():
            yield from _numbers(of_role, _united(spans, unit), _PLACES[role] * _SPREAD)


def _numbers(names: tuple[str, str], spans: Iterable[Span], base: int) -> Iterator[tuple[str, int]]:
    for span in spans:
        yield names[0], base + span[0]
        yield names[1], base + span[1]


def _united(days: Sequence[Span], unit: str) -> list[Span]:
    """Spans of units that some spans of days touch; those that overlap or meet are one."""
    spans = sorted((unit_of(first, unit), unit_of(last, unit)) for first, last in days)
    united: list[Span] = []
    for first, last in spans:
        if united and first <= united[-1][1] + 1:
            united[-1] = united[-1][0], max(united[-1][1], last)
        else:
            united.append((first, last))
    return united
