"""Hash of a graph: the sum of the SHA-256 of each line of its N-Triples, without the end of the line, modulo 2^256.

The order of lines is of no account, and a difference of some lines gives the difference of the hashes, so that an
incremental build needs no pass over the graph. A graph of kg has no blank nodes, and each line stands in it once.
"""

from hashlib import sha256

_MODULUS = 1 << 256


def of_lines(ntriples: bytes) -> int:
    r"""Return the hash of lines of N-Triples, each of which ends with a line feed.

    >>> of_lines(b"<a:s> <a:p> <a:o> .\n") == int.from_bytes(sha256(b"<a:s> <a:p> <a:o> .").digest())
    True
    """
    lines = ntriples.split(b"\n")
    return sum([int.from_bytes(sha256(line, usedforsecurity=False).digest()) for line in lines if line]) % _MODULUS


def total(*hashes: int) -> int:
    """Return the hash of graphs together that have no line in common."""
    return sum(hashes) % _MODULUS


def as_text(graph_hash: int) -> str:
    """Return a hash in hexadecimal, as manifests and the change log have it."""
    return f"{graph_hash:064x}"
