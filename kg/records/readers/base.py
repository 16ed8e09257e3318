"""What every reader is given and what it yields."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg import iris
from kg.errors import KeyFault, SourceError
from kg.records.model.keys import Record
from kg.records.problems import Problem, shown


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a source.

    Attributes:
        path: where it is read.
        name: how reports call it: its path as seen from `kg.toml`.
        prefix: what keys from this source begin with, where two sources would collide.
        origin: what tells this source from others; goes into the keys of things of which it gives the name alone.
        base: the base under which everything is published; addresses below it name our own things.
    """

    path: Path
    name: str
    prefix: str = ""
    origin: str = ""
    base: str = ""

    def reference(self, kind: str, raw: str) -> str:
        """The reference of a thing that this source identifies. Raises KeyFault."""
        return iris.reference(kind, self.prefix + raw)

    def own(self, written: str | None) -> str | None:
        """The reference of what a source names as we do, by `kind/key` or by its address; None for anything else.

        >>> source = SourceFile(Path("a"), "a", "x-", base="https://a.example.org/")
        >>> source.own("agent/1"), source.own("https://a.example.org/agent/1.html"), source.own("1")
        ('agent/x-1', 'agent/1', None)
        """
        if not written:
            return None
        address = self.address(written)
        kind, slash, key = (address or written).partition("/")
        if not slash or kind not in iris.KINDS:
            return None
        try:
            return iris.repair(address or f"{kind}/{self.prefix}{key}")
        except KeyFault:
            return None

    def address(self, written: str) -> str | None:
        """The reference in an address of ours, be it of a thing or of a document about it; None in any other text."""
        found = iris.Base(self.base).reference(written) if self.base else None
        name, dot, suffix = (found or "").rpartition(".")
        return name if dot and suffix.lower() in iris.SUFFIXES else found

    def named(self, kind: str, name: str, **more: Any) -> Record:
        """A link to a thing of which this source gives the name alone; becomes a stub that bears the name.

        `more` is what else is said of it here: `language` of the name, and any keys of the model.
        """
        language = more.pop("language", None) or "@none"
        return {"id": iris.reference(kind, iris.slug(name, self.origin)), "name": {language: name}, **more}

    def problem(self, at: str, field: str, value: Any, expected: str, message: str, **more: Any) -> Problem:
        """A problem in this file."""
        return Problem(self.name, at, field, shown(value), expected, message, **more)


@dataclass(frozen=True, slots=True)
class Found:
    """A record that a reader found.

    Attributes:
        record: the record in the model's shape; not sound yet.
        at: where it stood, "line 12" or "record 3"; empty where it is the whole file.
        raw: what stood there, kept if the record has to be left out; None where that is the whole file.
    """

    record: Record
    at: str = ""
    raw: bytes | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record, or a whole file, that could not be read: it counts as read and rejected, and is kept as it came."""

    problem: Problem
    raw: bytes | None = None


Item = Found | Unreadable | Problem
Reader = Callable[[SourceFile], Iterator[Item]]
"""Streams a file; raises OSError where the file can't be opened, and nothing else."""


def attempted(source: SourceFile, items: Iterator[Item], at: str = "", raw: bytes | None = None) -> Iterator[Item]:
    """What a reader yields; where it fails as nobody foresaw, one `Unreadable`, so that no file ends a build.

    Args:
        source: the file.
        items: what is read of it.
        at: the place in it, where only that is read.
        raw: what stands there; None for the whole file.
    """
    try:
        yield from items
    except (OSError, SourceError, MemoryError):
        raise
    except Exception as fault:  # noqa: BLE001  # whatever it is, the other records are to be published
        yield Unreadable(failure(source.name, at, fault), raw)


def failure(source: str, at: str, fault: Exception, record: str = "") -> Problem:
    """What to tell of a failure of kg itself at a record or a file."""
    what = "record" if at else "rest of the file"
    message = f"kg failed at this ({type(fault).__name__}: {str(fault)[:80]}); the {what} is left out"
    expected = "what this format holds; please report the fault with the file"
    return Problem(source, at, "", "", expected, message, "rejected", record)
