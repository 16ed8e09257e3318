"""Patch of a thing: the lines that its change takes from the graph and adds to it, the one input of all that follows.

Of a thing whose title changes these are two lines of a hundred. Store, dumps, counts and hash take the same ones.
"""

from dataclasses import dataclass

from kg.store.triples.literals import canonical_ntriples


@dataclass(frozen=True, slots=True)
class ThingPatch:
    """Difference of a thing's lines between two generations.

    Attributes:
        reference: of the thing.
        removed: lines of N-Triples that it had, without line feeds, in order.
        added: lines that it had not, without line feeds, in order.
    """

    reference: str
    removed: tuple[bytes, ...]
    added: tuple[bytes, ...]


def difference(reference: str, old: bytes, new: bytes) -> ThingPatch | None:
    r"""Return the patch that makes a thing's old lines its new ones; None where they are the same.

    Args:
        reference: of the thing.
        old: its lines before, in any order; none where it was not there.
        new: its lines after; none where it is gone.

    >>> difference("record/1", b'<a:a> <a:p> "x" .\n<a:a> <a:p> "y" .\n', b'<a:a> <a:p> "y" .\n').removed
    (b'<a:a> <a:p> "x" .',)
    """
    before, after = set(canonical_ntriples(old).split(b"\n")), set(canonical_ntriples(new).split(b"\n"))
    removed, added = before - after - {b""}, after - before - {b""}
    return ThingPatch(reference, tuple(sorted(removed)), tuple(sorted(added))) if removed or added else None
