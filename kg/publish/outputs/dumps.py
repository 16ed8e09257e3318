"""Dumps of the whole graph: N-Triples and Turtle, gzip, with their SHA-256.

Written from the mapper's own stream, already grouped by subject, piece by piece: a gzip file may have any number of
members (RFC 1952, 2.2), so parts are compressed on any free processor and concatenated.
"""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pyoxigraph import RdfFormat, parse, serialize

COMPRESSION_LEVEL = 4
"""Level of gzip: twice as quick as 6 for a tenth more bytes."""


MAX_PARSED_LINE = 12 << 20
"""Length of a line in bytes up to which it is parsed; the engine's parser gives up at 16 MiB."""


@dataclass(frozen=True, slots=True)
class DumpPart:
    """Part of the dumps: a gzip member in each format."""

    ntriples: bytes
    turtle: bytes


def compress(ntriples: bytes, prefixes: dict[str, str]) -> DumpPart:
    """Compress lines of N-Triples as a part in both formats; the Turtle has no prefix declarations."""
    return DumpPart(_gzip_member(ntriples), _gzip_member(_turtle(ntriples, prefixes)))


def _turtle(ntriples: bytes, prefixes: dict[str, str]) -> bytes:
    """Turtle without prefix declarations; a line too long for the parser stands as it is, since it is Turtle, too."""
    if len(ntriples) > MAX_PARSED_LINE:
        lines = ntriples.splitlines(keepends=True)
        if long := [line for line in lines if len(line) > MAX_PARSED_LINE]:
            short = b"".join(line for line in lines if len(line) <= MAX_PARSED_LINE)
            return _turtle(short, prefixes) + b"".join(long)
    turtle = serialize(
        parse(input=ntriples, format=RdfFormat.N_TRIPLES, lenient=True), format=RdfFormat.TRIG, prefixes=prefixes
    )
    return (turtle or b"")[len(prefix_declarations(prefixes)) :]


def prefix_declarations(prefixes: dict[str, str]) -> bytes:
    """Return the prefix declarations at the head of a Turtle file, in the engine's form: ordered by name."""
    return "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in sorted(prefixes.items())).encode()


def _gzip_member(data: bytes) -> bytes:
    # Without a time, so that the same graph gives the same file.
    return gzip.compress(data, COMPRESSION_LEVEL, mtime=0)


class DumpFiles:
    """Dump files of a generation, open for writing."""

    def __init__(self, folder: Path, name: str, prefixes: dict[str, str]) -> None:
        folder.mkdir()
        self._folder = folder
        self._files: dict[str, IO[bytes]] = {
            ending: (folder / f"{name}{ending}").open("wb") for ending in (".nt.gz", ".ttl.gz")
        }
        self._digests = {ending: hashlib.sha256() for ending in self._files}
        self._write(".ttl.gz", _gzip_member(prefix_declarations(prefixes)))
        self._write(".nt.gz", _gzip_member(b""))

    def add(self, packed: DumpPart) -> None:
        """Append a part to each file."""
        self._write(".nt.gz", packed.ntriples)
        self._write(".ttl.gz", packed.turtle)

    def close(self) -> None:
        """Close the files, complete or not."""
        for file in self._files.values():
            file.close()

    def finish(self) -> None:
        """Close the files and write the digests, in the form that `sha256sum --check` reads."""
        self.close()
        lines = []
        for ending, file in self._files.items():
            lines.append(f"{self._digests[ending].hexdigest()}  {Path(file.name).name}\n")
        (self._folder / "SHA256SUMS").write_text("".join(lines), encoding="ascii")

    def _write(self, ending: str, data: bytes) -> None:
        self._files[ending].write(data)
        self._digests[ending].update(data)
