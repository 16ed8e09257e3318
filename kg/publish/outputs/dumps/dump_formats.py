"""Formats of the dumps: N-Triples and Turtle, each as gzip members, a bucket of things in each.

A gzip file may have any number of members (RFC 1952, 2.2), so buckets are compressed on any free processor, and lie one
behind the other in the whole file.
"""

import gzip
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pyoxigraph import RdfFormat, parse, serialize

COMPRESSION_LEVEL = 3
"""Level of gzip: a quarter quicker than 4 for some six hundredths more bytes, which pays for the sort (D-225)."""

MAX_PARSED_LINE = 12 << 20
"""Length of a line in bytes up to which it is parsed; the engine's parser gives up at 16 MiB."""

Prefixes = Mapping[str, str]
"""Name of a prefix → its IRI."""


@dataclass(frozen=True, slots=True)
class DumpFormat:
    """Format of a dump.

    Attributes:
        ending: of its files.
        head: function from prefixes to the text at the head of a file.
        body: function from lines of N-Triples and prefixes to the text of a bucket.
    """

    ending: str
    head: Callable[[Prefixes], bytes]
    body: Callable[[bytes, Prefixes], bytes]


class Member(NamedTuple):
    """Gzip member of a bucket in a format: its bytes, and how many they are unpacked."""

    content: bytes
    size: int


class BucketLines(NamedTuple):
    """Bucket to be written: its number, and the lines of each of its things by reference."""

    number: int
    things: list[tuple[bytes, bytes]]


class WrittenBucket(NamedTuple):
    """Bucket in all formats: its number, its triples, and its members in the order of the formats."""

    number: int
    triples: int
    members: tuple[Member, ...]


def _turtle(ntriples: bytes, prefixes: Prefixes) -> bytes:
    """Turtle without prefix declarations; a line too long for the parser stands as it is, since it is Turtle, too."""
    if len(ntriples) > MAX_PARSED_LINE:
        lines = ntriples.splitlines(keepends=True)
        if long := [line for line in lines if len(line) > MAX_PARSED_LINE]:
            short = b"".join(line for line in lines if len(line) <= MAX_PARSED_LINE)
            return _turtle(short, prefixes) + b"".join(long)
    turtle = serialize(
        parse(input=ntriples, format=RdfFormat.N_TRIPLES, lenient=True),
        format=RdfFormat.TRIG,
        prefixes=dict(prefixes),
    )
    return (turtle or b"")[len(prefix_declarations(prefixes)) :]


def prefix_declarations(prefixes: Prefixes) -> bytes:
    """Return the prefix declarations at the head of a Turtle file, in the engine's form: ordered by name."""
    return "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in sorted(prefixes.items())).encode()


FORMATS = (
    DumpFormat(".nt.gz", lambda _: b"", lambda ntriples, _: ntriples),
    DumpFormat(".ttl.gz", prefix_declarations, _turtle),
)
"""Formats of the dumps; the first is N-Triples, of which the next dumps are made."""


def heads(prefixes: Prefixes) -> tuple[Member, ...]:
    """Members at the head of the files, in the order of the formats; there is one, though nothing follows it."""
    return tuple(_member(each.head(prefixes)) for each in FORMATS)


def write_buckets(buckets: Iterable[BucketLines], prefixes: Prefixes) -> list[WrittenBucket]:
    """Write buckets in all formats: things in the order of their references, lines in the order of their bytes."""
    return [_written(bucket, prefixes) for bucket in buckets]


def _written(bucket: BucketLines, prefixes: Prefixes) -> WrittenBucket:
    lines: list[bytes] = []
    for _, ntriples in sorted(bucket.things):
        lines += sorted(ntriples.splitlines(keepends=True))
    if not lines:
        return WrittenBucket(bucket.number, 0, tuple(Member(b"", 0) for _ in FORMATS))
    text = b"".join(lines)
    members = tuple(_member(each.body(text, prefixes)) for each in FORMATS)
    return WrittenBucket(bucket.number, len(lines), members)


def _member(text: bytes) -> Member:
    # Without a time, so that the same graph gives the same file.
    return Member(gzip.compress(text, COMPRESSION_LEVEL, mtime=0), len(text))
