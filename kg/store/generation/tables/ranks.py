"""Ranks: labels of references that sort as these do, so that a link has four bytes in place of a reference.

A full build spreads labels evenly. A reference that comes between two others gets a label between theirs, and where
there is no room a longer one. So no label ever changes, and a link is written for its own changes alone (D-217).
"""

import sqlite3

WIDTH = 4
"""Bytes of a label, and of what a longer one has more."""

MAX_LENGTH = 64
"""Bytes of a label above which the next full build is due: these labels stand in links."""

_STEP = 1 << 16
"""Distance of a new label from the one before, where there is room: keys mostly grow upwards."""


def spread(place: int, total: int) -> bytes:
    """Return the label of a place, from 1, among a total of references.

    >>> spread(1, 3).hex(), spread(2, 3) < spread(3, 3)
    ('40000000', True)
    """
    return (place * ((1 << 8 * WIDTH) // (total + 1))).to_bytes(WIDTH)


def between(low: bytes, high: bytes | None) -> bytes:
    r"""Return a label between two others.

    Args:
        low: the label before; empty for the beginning.
        high: the label behind; None for the end.

    >>> b"a" < between(b"a", b"b") < b"b", len(between(b"\0\0\0\1", b"\0\0\0\2"))
    (True, 8)
    """
    size = -(-max(len(low), len(high or b""), WIDTH) // WIDTH) * WIDTH
    while True:
        first = int.from_bytes(low.ljust(size, b"\0"))
        last = 1 << 8 * size if high is None else int.from_bytes(high.ljust(size, b"\0"))
        if last - first > 1:
            return (first + min(_STEP, (last - first) // 2)).to_bytes(size)
        size += WIDTH


def rank_of(db: sqlite3.Connection, reference: str) -> bytes:
    """Return the rank for a reference that a catalogue does not have."""
    low = db.execute("SELECT rank FROM things WHERE ref < ? ORDER BY ref DESC LIMIT 1", (reference,)).fetchone()
    high = db.execute("SELECT rank FROM things WHERE ref > ? ORDER BY ref LIMIT 1", (reference,)).fetchone()
    return between(low[0] if low else b"", high[0] if high else None)


def assign(db: sqlite3.Connection) -> None:
    """Give every thing of a catalogue that is built its rank; they are left in a temporary table `ranks`."""
    (total,) = db.execute("SELECT COUNT(*) FROM things").fetchone()
    db.create_function("rank_label", 1, lambda place: spread(place, total), deterministic=True)
    db.execute("CREATE TEMP TABLE ranks (n INTEGER PRIMARY KEY, rank BLOB NOT NULL)")
    # By number, not by reference: so the table of things is written from its beginning to its end.
    db.execute(
        "INSERT INTO ranks SELECT n, rank_label(place) FROM"
        " (SELECT n, ROW_NUMBER() OVER (ORDER BY ref) AS place FROM things) ORDER BY n"
    )
    db.execute("UPDATE things SET rank = (SELECT rank FROM ranks WHERE ranks.n = things.n)")
