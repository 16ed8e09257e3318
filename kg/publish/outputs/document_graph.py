"""Graph of documents: the lines of `{base}graphs/documents` from the times of a catalogue, and what moves between two.

A whole build writes all lines with the triples of records. A generation that is made from another one, such as a
rollback, moves the lines of those documents alone whose times differ (D-229).
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from kg.document_times import document_lines
from kg.store.generation.things import ThingTimes

_BATCH = 5_000
"""Documents whose lines are given at a time: 2 MB."""


def graph_lines(base: str, times: Iterable[ThingTimes]) -> Iterator[bytes]:
    """Yield lines of N-Triples about the documents of some things, some thousands at a time."""
    remaining = iter(times)
    while batch := list(islice(remaining, _BATCH)):
        yield b"".join([document_lines(base, *each) for each in batch])


def moved_lines(base: str, before: Iterable[ThingTimes], after: Iterable[ThingTimes]) -> Iterator[tuple[bytes, bytes]]:
    """Yield the lines to remove and to add for each document whose times differ; empty where there are none.

    Args:
        base: the base of the site.
        before: times in order of reference.
        after: the times that take their place, in the same order.
    """
    old, new = iter(before), iter(after)
    left, right = next(old, None), next(new, None)
    while left or right:
        if left == right:
            left, right = next(old, None), next(new, None)
            continue
        goes = left is not None and (right is None or left.reference <= right.reference)
        comes = right is not None and (left is None or right.reference <= left.reference)
        yield (
            document_lines(base, *left) if left is not None and goes else b"",
            document_lines(base, *right) if right is not None and comes else b"",
        )
        left, right = (next(old, None) if goes else left), (next(new, None) if comes else right)
