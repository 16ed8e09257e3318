"""Buckets of a dump: some sixteen things each, by the SHA-256 of their references (D-225).

The order of a dump is bucket, thing, line. It follows from the graph alone, whatever the order of the sources, so that
the same graph gives the same bytes, whether it was made anew or from the generation before.
"""

import hashlib

THINGS_PER_BUCKET = 16
"""Things in a bucket, at most on the average: enough for compression, few enough to write anew for a change."""


def digest_of(reference: bytes) -> bytes:
    """Return the SHA-256 of a reference, whose first bits are the number of its bucket."""
    return hashlib.sha256(reference, usedforsecurity=False).digest()


def bits_for(things: int) -> int:
    """Return the number of bits in the number of a bucket; it follows from the number of things alone.

    >>> bits_for(0), bits_for(16), bits_for(17), bits_for(1_000_000)
    (0, 0, 1, 16)
    """
    return ((max(things, 1) - 1) // THINGS_PER_BUCKET).bit_length()


def bucket_of(digest: bytes, bits: int) -> int:
    """Return the number of a bucket: the first bits of a digest.

    >>> bucket_of(bytes([0b1010_0000]) + bytes(31), 3)
    5
    """
    return int.from_bytes(digest[:4]) >> (32 - bits)


def thing_of(line: bytes, base: bytes) -> bytes:
    """Return the reference of the thing that a line of N-Triples is about, or about a part of which it is.

    Args:
        line: a triple; its subject is an IRI below the base.
        base: the base IRI.

    Raises:
        ValueError: the subject is another.

    >>> thing_of(b"<https://a.example/record/1#dates-1> <b:b> <c:c> .", b"https://a.example/")
    b'record/1'
    """
    end = line.index(b">")
    if not line.startswith(base, 1):
        raise ValueError(f"its subject is not below the base: {line[:200]!r}")
    return line[1 + len(base) : end].partition(b"#")[0]
