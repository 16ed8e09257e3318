"""Grammar of date phrases: clauses by role, in each a list of dates or ranges, or a frame such as "between … and".

    phrase := clause (role clause)*            1977, printed 1992
    clause := frame | member (joint member)*   before 1850 | 1899-1902, 1910
    member := point | point - point            spring 1963 | 1963 April 5-7

A phrase is a date only if all of its tokens have a place in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.records.dates import calendars, edtf_strings
from kg.records.dates.edtf_strings import DateFault, Interval
from kg.records.dates.phrase_points import Point, commas, complete, is_year_first, marked, read_point
from kg.records.dates.phrase_tokens import Token
from kg.records.dates.text_dates import Precision, TextDate, around, bound, inner, outer, widened

_JOINTS = frozenset(",&|")
_MARKS = frozenset("~?")
_DASHES = frozenset("-/")
_OPEN = Point(year="..")
_UNKNOWN = Point(year="")


@dataclass(frozen=True, slots=True)
class Clause:
    """Clause of a phrase: tokens with the role that they have.

    Attributes:
        role: what happened then; empty for the date itself.
        tokens: the tokens of its dates.
        start: where it begins in the phrase.
        end: where it ends.
        follows: whether another clause stands before it.
    """

    role: str
    tokens: tuple[Token, ...]
    start: int
    end: int
    follows: bool = False


def clauses(tokens: Sequence[Token]) -> list[Clause] | None:
    """Return the clauses of a phrase; None where a role has no date.

    A role stands before its date. "Bulk" may follow it: `1900-1950, 1920-1930 (bulk)`.
    """
    found: list[Clause] = []
    role, start, current, marks = "", 0, [], []
    for n, token in enumerate([*tokens, Token("role", "", -1, -1)]):
        if token.kind != "role":
            current.append(token)
            continue
        is_last = n == len(tokens)
        is_marked = not is_last and current and current[-1].kind == "?"  # ?exhibited 1813
        marks = [current.pop()] if is_marked else []
        dated = _trimmed(current, _JOINTS if not is_last else frozenset({","}))
        if dated:
            found.append(Clause(role, tuple(dated), start if role else dated[0].start, dated[-1].end, bool(found)))
        elif role == "bulk" and found and found[-1].role != "bulk":
            last = _with_bulk_behind(found.pop())
            if not last:
                return None
            found += last
        elif role or current:
            return None
        role, start, current = token.value, token.start, list(marks)
    return found if not marks else None


def _with_bulk_behind(clause: Clause) -> list[Clause]:
    """Clauses of a list whose last date is called bulk behind it."""
    places = [n for n, token in enumerate(clause.tokens) if token.kind in _JOINTS]
    if not places:
        return [replace(clause, role=clause.role or "bulk")]
    first, last = _trimmed(clause.tokens[: places[-1]]), _trimmed(clause.tokens[places[-1] :])
    if not first or not last:
        return []
    return [
        replace(clause, tokens=tuple(first), end=first[-1].end),
        Clause("bulk", tuple(last), last[0].start, last[-1].end, follows=True),
    ]


def _trimmed(tokens: Sequence[Token], ends: frozenset[str] = _JOINTS) -> list[Token]:
    """Tokens without signs at the ends that join nothing, and without the word that some of it is undated."""
    kept: list[Token] = []
    for token in tokens:
        if token.kind == "undated" and kept and kept[-1].kind == "-":
            kept.append(token._replace(kind="?"))  # 1964-undated: the end is not known
        elif token.kind == "undated":
            while kept and kept[-1].kind in _JOINTS:
                kept.pop()
        elif not (token.kind == "," and kept and kept[-1].kind in _JOINTS):
            kept.append(token)
    first_undated = bool(tokens) and tokens[0].kind == "undated"
    while kept and kept[0].kind in (_JOINTS if first_undated else ends):
        kept.pop(0)
    while kept and kept[-1].kind in ends:
        kept.pop()
    kept = [token for n, token in enumerate(kept) if not (token.kind == "," and kept[n + 1].kind in _JOINTS)]
    return kept if any(token.kind not in _JOINTS | _MARKS for token in kept) else []


def text_date(clause: Clause) -> TextDate | None:
    """Return the date of a clause; None where its tokens form none. Raises DateFault for a date that does not exist."""
    tokens = list(clause.tokens)
    if clause.role == "bulk" and any(token.kind == "," for token in tokens) and not clause.follows:
        return None  # "bulk 1963-1970, 1950-1990": the last ones may be those of all
    marks, tokens = _marks_of_all(tokens)
    date = _framed(tokens, marks) if tokens else None
    return replace(date, role=clause.role) if date and clause.role else date


def _marks_of_all(tokens: list[Token]) -> tuple[str, list[Token]]:
    """Marks at the beginning or the end of a clause with several points, which are said of all of them."""
    marks = ""
    while tokens and tokens[0].kind in _MARKS and not (len(tokens) > 1 and tokens[1].kind in _DASHES):
        marks, tokens = marks + tokens[0].kind, tokens[1:]
        if tokens and tokens[0].kind == ",":
            tokens = tokens[1:]
    while len(tokens) > 1 and tokens[-1].kind in _MARKS and tokens[-2].kind not in _DASHES:
        marks, tokens = marks + tokens[-1].kind, tokens[:-1]
    return marks, tokens


def _framed(tokens: list[Token], marks: str) -> TextDate | None:
    """Date of a clause by the word before or behind it."""
    first, last = tokens[0].kind, tokens[-1].kind
    if first == "?" and len(tokens) > 1 and tokens[1].kind == "-":  # ?-1940
        return _range_to(tokens[2:], marks, _UNKNOWN)
    if last == "?" and len(tokens) > 1 and tokens[-2].kind in _DASHES:  # 1940-?
        return _range_from(tokens[:-2], marks, _UNKNOWN)
    before = _FRAMES_BEFORE.get(first)
    if before:
        return before(tokens, marks)
    if last in _FRAMES_BEHIND:
        return _FRAMES_BEHIND[last](tokens, marks)
    return _from(tokens, marks) if first == "f" else _listed(tokens, marks)


def _until(tokens: list[Token], marks: str) -> TextDate | None:
    """`until 1963`, `-1963`."""
    return _range_to(tokens[1:], marks, _OPEN)


def _since(tokens: list[Token], marks: str) -> TextDate | None:
    """`since 1950`."""
    return _range_from(tokens[1:], marks, _OPEN)


def _ongoing(tokens: list[Token], marks: str) -> TextDate | None:
    """`1950-present`, `1950 and later`, `1950-`."""
    if tokens[-1].value == "to":
        return None
    cut = len(tokens) - 1
    while cut and tokens[-1].kind == "n" and tokens[cut - 1].kind in {"-", "&", ",", "u"}:
        cut -= 1
    return _range_from(tokens[:cut], marks, _OPEN)


def _from(tokens: list[Token], marks: str) -> TextDate | None:
    """`from 1962 to 1963`, or open: `from 1962`."""
    plain = [token._replace(kind="-") if token.kind in {"u", "<"} else token for token in tokens[1:]]
    if any(token.kind == "-" for token in plain):
        return _listed(plain, marks)
    return _range_from(plain, marks, _OPEN)


def _members(tokens: Sequence[Token]) -> tuple[list[tuple[Point, ...]], str] | None:
    """Members of a list, each a point or two, and the joint, `&` or `|`; None where a token has no place."""
    split = _split(tokens)
    if split is None:
        return None
    members, slashes, joint = split
    whole = complete(members, year_first=is_year_first(tokens))
    if whole is None:
        return None
    result: list[tuple[Point, ...]] = []
    for member, has_slash in zip(whole, slashes, strict=True):
        joined = _around_slash(*member) if has_slash and len(member) == 2 else tuple(member)
        if joined is None:
            return None
        result.append(joined)
    return result, joint


def _split(tokens: Sequence[Token]) -> tuple[list[list[Point]], list[bool], str] | None:
    """Members of a list with incomplete points, whether each has a slash, and the joint."""
    allowed = commas(tokens)
    members: list[list[Point]] = []
    slashes: list[bool] = []
    joints: set[str] = set()
    at, is_range = 0, False
    while True:
        point = read_point(tokens, at, allowed)
        if point is None:
            return None
        if is_range:
            members[-1].append(point[0])
        else:
            members.append([point[0]])
            slashes.append(False)
        at = point[1]
        if at == len(tokens):
            break
        kind = "-" if tokens[at].kind == "u" else tokens[at].kind
        kind = "&" if kind == "/" and len(members[-1]) == 2 else kind  # 1972-3/2012
        is_range = kind in _DASHES and len(members[-1]) == 1
        if is_range:
            slashes[-1] = kind == "/"
        elif kind in _JOINTS:
            joints.add(kind)
        else:
            return None
        at += 1
    return None if {"&", "|"} <= joints else (members, slashes, "|" if "|" in joints else "&")


def _around_slash(first: Point, last: Point) -> tuple[Point, ...] | None:
    """Points on both sides of a slash: two that follow one another, or one day in two calendars.

    None where the slash may mean something else, such as the two beginnings of a year in `10 February 1731/2`.
    """
    if first.day and last.day and first.year.isdigit() and last.year.isdigit():
        if calendars.gregorian(first.plain()) == last.plain():
            return (last,)
        next_day = widened(edtf_strings.interval(first.plain()), days_around=1).end
        return (first, last) if next_day == last.plain() else None
    return None if first.day or (first.month not in {"", "24"} and last.is_year) else (first, last)


def _listed(tokens: Sequence[Token], marks: str) -> TextDate | None:
    """Date of a list of points and ranges."""
    read = _members(tokens)
    if read is None:
        return None
    members = [tuple(marked(member, marks)) for member in read[0]]
    if len(members) == 1:
        return _single(members[0][0]) if len(members[0]) == 1 else _range(*_winter(*members[0]))
    return _list(members, read[1])


def _winter(first: Point, last: Point) -> tuple[Point, ...]:
    """Season over New Year, "winter 1962-63", under the first year alone, as in EDTF."""
    if first.month == "24" and last.is_year and last.year.isdigit() and first.year.isdigit():
        return (first,) if int(last.year) == int(first.year) + 1 else (first, last)
    return first, last


def _single(point: Point) -> TextDate:
    """Date of a point."""
    if point.years:
        return _one_of(point.edtf(0), point.edtf(1), point.marks)
    edtf = edtf_strings.check(point.edtf())
    days = edtf_strings.interval(edtf)
    if point.marks:
        return TextDate(edtf, days, days, around(days), Precision.VAGUE)
    if point.is_part or (point.month.isdigit() and int(point.month) > 20):
        reach = widened(days, years=1) if "X" in point.year else widened(days, days_around=31)
        return TextDate(edtf, days, None, reach, Precision.VAGUE)
    if point.year.endswith("XX"):
        return TextDate(edtf, days, _century(days), widened(days, years=1), Precision.VAGUE)
    if point.year.endswith("X"):
        return TextDate(edtf, days, days, days, Precision.VAGUE)
    return TextDate(edtf, days, None, days, Precision.UNIT)


def _century(days: Interval) -> Interval:
    """Days of a century without the year at its edge: the nineteenth begins with 1800 or 1801."""
    return Interval(days.start and f"{days.start[:3]}1{days.start[4:]}", days.end)


def _one_of(first: str, last: str, marks: str) -> TextDate:
    """Date between two others."""
    edtf = edtf_strings.check(f"[{first}..{last}]")
    days = edtf_strings.interval(edtf)
    ends = edtf_strings.interval(first), edtf_strings.interval(last)
    reach = around(days) if marks else widened(days, days_around=1)
    return TextDate(edtf, days, inner(ends), reach, Precision.VAGUE)


def _range(first: Point, last: Point | None = None) -> TextDate | None:
    """Date from a point to another."""
    if last is None or first == last:
        return _single(first)
    if first.month == "24" and last.is_year and not first.day:  # "winter 1962-64" is no winter
        return None
    is_masked_or_early = "-" in first.year[:1] + last.year[:1] or "X" in last.year
    if is_masked_or_early and not _are_in_order(first, last):
        raise DateFault("it ends before it begins")
    edtf = edtf_strings.check(f"{first.edtf()}/{last.edtf(1)}")
    return range_date(edtf, first.plain(), last.plain(1), is_vague=bool(first.mark + last.mark))


def range_date(edtf: str, first: str, last: str, *, is_vague: bool) -> TextDate:
    """Return the date of a range.

    Args:
        edtf: the range.
        first: the EDTF of its first end without marks; empty for an unknown end.
        last: the same of its last end; `..` for one that goes on.
        is_vague: whether an end has a mark.
    """
    days = edtf_strings.interval(edtf)
    start, end = (edtf_strings.interval(point) if point.strip(".") else None for point in (first, last))
    if start and end:
        core = inner((start, end))
        core = days if core is None and (is_vague or "X" in edtf) else core
    else:
        core = Interval(start.end, None) if start and last == ".." else None
    is_vague = is_vague or "X" in edtf
    ends = (first.strip("."), last.strip("."))
    return TextDate(
        edtf, days, core, around(days) if is_vague else days, Precision.VAGUE if is_vague else Precision.RANGE, ends
    )


def _are_in_order(first: Point, last: Point) -> bool:
    """Whether one year is not after another, years before Christ among them."""
    years = [int((point.years or (point.year,))[0].replace("X", "0")) for point in (first, last)]
    return years[0] <= years[1]


def _list(members: list[tuple[Point, ...]], joint: str) -> TextDate:
    """Date of several points or ranges, all of them or one of them."""
    texts = [_member(member) for member in members]
    spans = [_span(member) for member in members]
    opening, closing = ("{", "}") if joint == "&" else ("[", "]")
    edtf = f"{opening}{','.join(texts)}{closing}"
    try:
        edtf = edtf_strings.check(edtf)
    except DateFault:
        for point in (point for member in members for point in member):
            edtf_strings.check(point.edtf())
        days = outer(spans)
        edtf = edtf_strings.check(f"{(days.start or '..')[:4]}/{(days.end or '..')[:4]}")
    is_vague = any(point.mark for member in members for point in member)
    days = edtf_strings.interval(edtf)
    return TextDate(edtf, days, inner(spans) or days, around(days) if is_vague else days, Precision.LIST)


def _member(member: tuple[Point, ...]) -> str:
    """Member of a set in EDTF; both ends of a range are of one precision."""
    first, last = member[0], member[-1]
    if len(member) == 1 and not first.years:
        return first.edtf()
    if len(first.edtf()) == len(last.edtf(1)):
        return f"{first.edtf()}..{last.edtf(1)}"
    days = _span(member)
    mark = first.mark or last.mark
    return f"{days.start or ''}{mark if days.start else ''}..{days.end or ''}{mark if days.end else ''}"


def _span(member: tuple[Point, ...]) -> Interval:
    start, end = edtf_strings.interval(member[0].plain()).start, edtf_strings.interval(member[-1].plain(1)).end
    is_reversed = bool(start and end and start > end)
    if is_reversed or ("X" in member[-1].year and not _are_in_order(member[0], member[-1])):
        raise DateFault("it ends before it begins")
    return Interval(start, end)


def _between(tokens: list[Token], marks: str) -> TextDate | None:
    """`between 1940 and 1945`: one of the days between both."""
    plain = [token._replace(kind="-") if token.kind == "&" else token for token in tokens[1:]]
    read = _members(plain)
    if read is None or len(read[0]) != 1 or len(read[0][0]) != 2:
        return None
    member = tuple(marked(read[0][0], marks))
    first, _, last = _member(member).partition("..")
    return _one_of(first, last, "".join(point.mark for point in member))


def _bounded(tokens: list[Token], marks: str) -> TextDate | None:
    """`before 1850`, `1850 or earlier`, `after 1840 and before 1850`.

    EDTF has no bound that leaves its own year out, and writers say "before" and "not later than" of one thing.
    """
    first, last = tokens[0].kind, tokens[-1].kind
    if first == ">" and any(token.kind == "<" for token in tokens):
        cut = next(n for n, token in enumerate(tokens) if token.kind == "<")
        left = _trimmed([t for t in tokens[1:cut] if t.kind != "-"])
        return _between([tokens[0], *left, Token("&", ""), *tokens[cut + 1 :]], marks)
    is_upper = first == "<" or last == "<<"
    inside = tokens[1:] if first in {"<", ">"} else _trimmed(tokens[:-1])
    read = _members(inside)
    if read is None or len(read[0]) != 1 or (len(read[0][0]) == 2 and first in {"<", ">"}):
        return None
    points = marked(read[0][0], marks)
    if len(points) == 2:
        _range(*points)  # which raises where it ends before it begins
    point = points[-1 if is_upper else 0]
    edtf = edtf_strings.check(f"[..{point.edtf(1)}]" if is_upper else f"[{point.edtf(0)}..]")
    core, reach = bound(edtf_strings.interval(point.plain(int(is_upper))), is_upper=is_upper)
    return TextDate(edtf, edtf_strings.interval(edtf), core, reach, Precision.VAGUE)


def _range_from(tokens: Sequence[Token], marks: str, end: Point) -> TextDate | None:
    """Date from a point to an open or unknown end."""
    read = _members(tokens)
    if read is None or len(read[0][-1]) != 1:
        return None
    members = [tuple(marked(member, marks)) for member in read[0]]
    if len(members) > 1:  # 1899, 1902-
        texts = [*map(_member, members[:-1]), f"{members[-1][0].edtf()}.."]
        edtf = edtf_strings.check(f"{{{','.join(texts)}}}")
        days = edtf_strings.interval(edtf)
        return TextDate(edtf, days, inner([*map(_span, members), Interval(days.start, None)]), days, Precision.LIST)
    edtf = edtf_strings.check(f"{members[0][0].edtf()}/{end.year}")
    return range_date(edtf, members[0][0].plain(), end.year, is_vague=bool(members[0][0].mark))


def _range_to(tokens: Sequence[Token], marks: str, start: Point) -> TextDate | None:
    """Date from an open or unknown beginning to a point."""
    read = _members(tokens)
    if read is None or len(read[0]) != 1 or len(read[0][0]) != 1:
        return None
    (point,) = marked(read[0][0], marks)
    edtf = edtf_strings.check(f"{start.year}/{point.edtf(1)}")
    return range_date(edtf, "", point.plain(1), is_vague=bool(point.mark))


_FRAMES_BEFORE = {"b": _between, "<": _bounded, ">": _bounded, "u": _until, "-": _until, "n": _since}
"""Word before a date → what the clause means."""

_FRAMES_BEHIND = {"<<": _bounded, ">>": _bounded, "n": _ongoing, "-": _ongoing}
"""Word or sign behind a date → what the clause means."""
