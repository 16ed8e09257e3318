"""Encoded dates: ISO 8601 as archives and programs write it in `@normal`, `@standardDate` and columns of databases.

>>> decode("19710610/19710612"), decode("1991-01-01 / 1991-12-31"), decode("1869/9999"), decode("0000")
('1971-06-10/1971-06-12', '1991-01-01/1991-12-31', '1869/..', None)
>>> decode("1910-25"), decode("1963-04-00"), decode("1914/1918,1939/1945"), decode("2020-01-02 10:11:12 -0500")
('1910/1925', '1963-04', '{1914..1918,1939..1945}', '2020-01-02')
"""

import re

from kg.records.dates import edtf_strings

_BLANKS = re.compile(r"\s*([/,])\s*")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)?", re.ASCII)
_PADDED = re.compile(r"0+([12]\d{3}(?:-.*)?)", re.ASCII)
_SHORT_PARTS = re.compile(r"(\d{4})-(\d\d?)(?:-(\d\d?))?", re.ASCII)
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d|\d{8})(?:T| +)\d\d?:?\d\d(?::?\d\d(?:[.,]\d+)?)?(?: ?(?:[A-Za-z]{1,5}|[+-]\d\d:?(?:\d\d)?))?",
    re.ASCII,
)
_TWO_YEARS = re.compile(r"([12]\d{3})-(\d{4}|1[3-9]|[2-9]\d)", re.ASCII)
_ABBREVIATED = re.compile(r"(\d\d(?:-\d\d)?)", re.ASCII)
_NO_END = frozenset({"9999", "9999-12", "9999-12-31", "99991231", "open", "..", "9999-99-99"})
_NO_DATE = frozenset({"0000", "0001", "0001-01", "0001-01-01", "00010101", "0000-00-00", "0000-00"})


def decode(encoded: str | None) -> str | None:
    """Return the EDTF of an encoded date; None for one that means no date: an empty one, year 0, 9999 alone.

    Hyphens may be absent, blanks may stand around the slash, noughts stand for an unknown day or month, and 9999 is
    an open end. A month beyond 12 is a year, as in `1910-25`, for the standard of these attributes knows no seasons.

    Raises:
        DateFault: for an invalid date.
    """
    if encoded is None or not encoded.strip().strip("0-/ "):
        return None
    if len(encoded) > edtf_strings.MAX_LENGTH:
        return edtf_strings.check(encoded)  # which refuses it
    text = _BLANKS.sub(r"\1", encoded.strip())
    if "," in text and text[:1] not in "[{":
        members = [member for part in text.split(",") if (member := _member(part))]
        return edtf_strings.check(f"{{{','.join(members)}}}" if len(members) > 1 else "".join(members))
    if text[:1] in "[{":
        return edtf_strings.check(text)
    return _interval(text)


def _member(part: str) -> str:
    """Member of a list, `a` or `a..b`."""
    edtf = _interval(part) or ""
    return edtf.replace("/..", "..").replace("../", "..").replace("/", "..")


def _interval(text: str) -> str | None:
    """EDTF of a date or an interval; None for one that means no date."""
    years = _TWO_YEARS.fullmatch(text)
    if years:
        last = years[2] if len(years[2]) == 4 else years[1][:2] + years[2]
        if last == years[1]:
            return last
        return edtf_strings.check(f"{years[1]}/{last}")
    first, slash, last = text.partition("/")
    if not slash:
        day = _day(text)
        return edtf_strings.check(day) if day not in _NO_END | _NO_DATE else None
    last = _completed(first, last)
    both = [".." if end in _NO_END | _NO_DATE else end for end in map(_day, (first, last))]
    if not "".join(both).strip("."):
        return None
    return edtf_strings.check(both[0] if both[0] == both[1] else "/".join(both))


def _completed(first: str, last: str) -> str:
    """Last part of an interval with what it shares with the first one, as in ISO 8601: `1963-04-05/07`, `1910/25`."""
    whole = _day(first)
    if not _ABBREVIATED.fullmatch(last) or len(last) >= len(whole):
        return last
    return whole[: -len(last)] + last


def _day(text: str) -> str:
    """Day, month or year with hyphens, without time, without parts of two noughts; any other text as it stands."""
    text = text.strip()
    if text in _NO_DATE | _NO_END:
        return ".." if text in _NO_END else "0000"
    if time := _TIME.fullmatch(text):
        text = time[1]
    if padded := _PADDED.fullmatch(text):
        text = padded[1]
    match = _COMPACT.fullmatch(text) or _SHORT_PARTS.fullmatch(text)
    if match is None:
        return text
    parts = [part.zfill(2) for part in match.groups() if part]
    while len(parts) > 1 and parts[-1] == "00":
        parts.pop()
    return "-".join(parts)


def hyphenate(day: str) -> str:
    """Return a day or month with hyphens.

    >>> hyphenate("19710610"), hyphenate("1971")
    ('1971-06-10', '1971')
    """
    return _day(day)
