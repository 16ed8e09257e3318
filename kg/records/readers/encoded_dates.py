"""A date as it is written, and as a program encoded it beside that (`@normal` in EAD, `@standardDate` in EAC-CPF).

The encoded form is, in whole collections, wrong; the text was written by somebody who looked. So where the two
exclude each other the text holds. Where they agree, the one that says more is taken.

>>> reconciled("circa 1962", "1962"), reconciled("June 10, 1971", "1971-02-16/1971-02-16")
(('1962~', False), ('1971-06-10', True))
"""

import re

from kg.records import dates, phrases

_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)?", re.ASCII)
_BULK = re.compile(r"\(?\s*bulk(?: dates?)?[:,]?\s*|\)$", re.IGNORECASE)
_QUALIFIED = re.compile(r"[~?%X\[{]")


def reconciled(text: str, encoded: str | None) -> tuple[str | None, bool]:
    """The date that text and encoded form tell together, in EDTF, and whether they exclude each other.

    >>> reconciled("spring 1962", "1962-03/1962-05"), reconciled("n.d.", "1962"), reconciled("", "19620410")
    (('1962-21', False), (None, False), ('1962-04-10', False))
    """
    read, coded = phrases.read(_BULK.sub("", text)), edtf(encoded)
    if read is None or coded is None:
        return read or (None if phrases.is_undated(text) else coded), False
    if exclude(read, coded):
        return read, True
    said, meant = dates.interval(read), dates.interval(coded)
    finer = (said.start or "") <= (meant.start or "") and (meant.end or "9") <= (said.end or "9")
    return coded if finer and said != meant and not is_qualified(read) else read, False


def edtf(encoded: str | None) -> str | None:
    """The EDTF of an encoded date (ISO 8601, with hyphens or without); None where it is none.

    >>> edtf("19710610/19710612"), edtf("1971-06-10/1971-06-10"), edtf("0000")
    ('1971-06-10/1971-06-12', '1971-06-10', None)
    """
    if encoded is None or not encoded.strip("0"):
        return None
    ends = [
        "-".join(filter(None, match.groups())) if (match := _COMPACT.fullmatch(end)) else end
        for end in encoded.split("/")
    ]
    return checked(ends[0] if len(ends) == 2 and ends[0] == ends[1] else "/".join(ends))


def checked(text: str) -> str | None:
    """The canonical spelling of a date in EDTF; None where it is none."""
    try:
        return dates.check(text)
    except dates.DateFault:
        return None


def exclude(one: str | None, other: str | None) -> bool:
    """Whether two dates in EDTF can't be of the same time."""
    if one is None or other is None:
        return False
    first, second = dates.interval(one), dates.interval(other)
    return (first.end or "9") < (second.start or "") or (second.end or "9") < (first.start or "")


def is_qualified(date: str) -> bool:
    """Whether a date in EDTF says that it is not quite known."""
    return _QUALIFIED.search(date) is not None
