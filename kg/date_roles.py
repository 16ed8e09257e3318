"""Roles of dates: which dates of a record tell of the time of the thing, and which one stands for it in lists (D-140).

A document was written, tells of an event, was sent and received, was published: all that is of the thing. When it was
scanned or put on line is of its description, and no historian looks for it there.
"""

from collections.abc import Mapping, Sequence
from typing import Any

DATE_ROLES = {
    "document": "the document itself was written",
    "bulk": "most of it was written, where the dates of all reach further",
    "event": "what the document tells of took place",
    "sent": "it was sent",
    "received": "it was received",
    "published": "it was published or released",
    "printed": "it was printed, as a photograph or an etching is after it was made",
    "cast": "it was cast",
    "exhibited": "it was exhibited",
    "broadcast": "it was broadcast",
    "remade": "it was made anew, changed or copied",
    "digitized": "it was digitised",
    "uploaded": "it was put on line by the source",
    "birth": "a person was born",
    "death": "a person died",
    "founded": "a body was founded",
    "dissolved": "a body ceased to be",
    "active": "somebody or something is known to have been active or in force",
    "existence": "somebody or something existed",
}
"""Role of a date → its event. The search index numbers roles by their place: a new one stands last."""

OF_DESCRIPTION = frozenset({"digitized", "uploaded"})
"""Roles of dates that tell of the description or the copy on line, and not of the thing."""

OF_RELEASE = frozenset({"published", "broadcast", "exhibited"})
"""Roles of dates that tell of the time of a thing only where it has no date of its own with known days.

A newspaper is of the day on which it was published; a tape of 1971 that was released in 1999 is not of 1999 (D-180).
"""

Date = Mapping[str, Any]
"""A date of a record, as it stands in its JSON."""

_DAYS = ("start", "end")
_READ = (*_DAYS, "edtf")
"""Keys of a date of which days are known; of one that could be read."""


def of_thing(dates: Sequence[Date]) -> list[Date]:
    """Dates that tell of the time of the thing, in their order.

    >>> [date["role"] for date in of_thing([{"role": "uploaded"}, {"role": "sent"}, {"role": "received"}])]
    ['sent', 'received']
    >>> [date["role"] for date in of_thing([{"role": "event", "start": "1971-02-16"}, {"role": "published"}])]
    ['event']
    >>> [date["role"] for date in of_thing([{"role": "published"}, {"role": "uploaded"}])]
    ['published']
    """
    told = [date for date in dates if date["role"] not in OF_DESCRIPTION]
    own = [date for date in told if date["role"] not in OF_RELEASE]
    return own if any(_has(date, _DAYS) for date in own) else told


def _has(date: Date, keys: Sequence[str]) -> bool:
    return any(key in date for key in keys)


def principal(dates: Sequence[Date]) -> Date:
    """*The* date of a thing, for lists and citations: the first one of the thing that could be read.

    Without one it is the first that is written in words alone; empty where none tells of the thing.

    >>> principal([{"role": "uploaded", "edtf": "2018"}, {"role": "sent", "edtf": "1963-04"}])["edtf"]
    '1963-04'
    >>> principal([{"role": "uploaded", "edtf": "2018"}])
    {}
    """
    told = of_thing(dates)
    return next((date for date in told if _has(date, _READ)), told[0] if told else {})
