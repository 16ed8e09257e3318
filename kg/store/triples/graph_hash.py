"""Graph hash: the sum of its lines' SHA-256, modulo 2^256, which a change moves and the order of lines does not.

A line is a triple in the engine's N-Triples, without its line feed. The graph of the records has no blank nodes and no
line twice, so that equal graphs have equal hashes, and what a record adds or takes away is added or taken away here.
"""

from collections.abc import Iterable
from hashlib import sha256

MODULUS = 1 << 256

EMPTY = "0" * 64
"""Hash of a graph without triples."""


def graph_hash(lines: Iterable[bytes]) -> int:
    """Return the hash of a graph, as a number from 0 to below 2^256.

    Args:
        lines: its triples in N-Triples, each once, without line feeds, in any order.

    >>> graph_hash([b"<a:a> <a:b> <a:c> ."]) == int.from_bytes(sha256(b"<a:a> <a:b> <a:c> .").digest())
    True
    """
    digests = [sha256(line).digest() for line in lines]
    return sum(map(int.from_bytes, digests)) % MODULUS


def written(value: int) -> str:
    """Return a hash as 64 hexadecimal digits.

    >>> written(10)[-2:], written(0) == EMPTY
    ('0a', True)
    """
    return f"{value % MODULUS:064x}"


def moved(value: str, removed: Iterable[bytes], added: Iterable[bytes]) -> str:
    """Return the written hash of a graph after a change.

    Args:
        value: the hash before, as `written` has it.
        removed: lines that the graph had.
        added: lines that it had not.
    """
    return written(int(value, 16) - graph_hash(removed) + graph_hash(added))
