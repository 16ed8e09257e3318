"""Interface of the readers: the source file, and the items that a reader yields."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from kg import iris
from kg.errors import KeyFault, SourceError
from kg.records.model.keys import Record
from kg.records.problems import SourceProblem, excerpt
from kg.source_settings import NO_SETTINGS, SourceSettings


@dataclass(frozen=True, slots=True)
class SourceFile:
    """File of a source.

    Attributes:
        path: where it is read.
        name: how reports call it: its path as seen from `kg.toml`.
        prefix: the prefix of keys from this source, where two sources would collide.
        origin: the source's identity; goes into the keys of things known by name alone.
        base: the base under which everything is published; addresses below it name our own things.
        leave_out_drafts: whether what a source calls a draft is left out.
        settings: the settings of its source; readers of tables take columns, sheet and encoding from them.
    """

    path: Path
    name: str
    prefix: str = ""
    origin: str = ""
    base: str = ""
    leave_out_drafts: bool = False
    settings: SourceSettings = NO_SETTINGS

    def reference(self, kind: str, raw: str) -> str:
        """Return the reference of a thing by this source's own identifier. Raises KeyFault."""
        return iris.reference(kind, self.prefix + raw)

    def own_reference(self, written: str | None) -> str | None:
        """Return the reference in a `kind/key` or in an address below the base; None for any other text.

        >>> source = SourceFile(Path("a"), "a", "x-", base="https://a.example.org/")
        >>> source.own_reference("agent/1"), source.own_reference("https://a.example.org/agent/1.html")
        ('agent/x-1', 'agent/1')
        """
        if not written:
            return None
        address = self.reference_in(written)
        kind, slash, key = (address or written).partition("/")
        if not slash or kind not in iris.KINDS:
            return None
        try:
            return iris.repair(address or f"{kind}/{self.prefix}{key}")
        except KeyFault:
            return None

    def reference_in(self, written: str) -> str | None:
        """Return the reference in an address below the base, of a thing or of a document about it, or None."""
        reference = iris.Base(self.base).reference(written) if self.base else None
        name, dot, suffix = (reference or "").rpartition(".")
        return name if dot and suffix.lower() in iris.SUFFIXES else reference

    def named_link(self, kind: str, name: str, **keys: Any) -> Record:
        """Return a link to a thing known by its name alone; it becomes a stub with that name.

        `keys` are `language` of the name, and any keys of the model that describe the thing.
        """
        language = keys.pop("language", None) or "@none"
        return {"id": iris.reference(kind, iris.slug(name, self.origin)), "name": {language: name}, **keys}

    def problem(self, at: str, field: str, value: Any, expected: str, message: str, **options: Any) -> SourceProblem:
        """Return a problem in this file."""
        return SourceProblem(self.name, at, field, excerpt(value), expected, message, **options)


class FieldNames(Protocol):
    """Names of the places in a source that the values of a record come from, for messages."""

    def of(self, key: str, value: str) -> str:
        """Return how the source's keeper calls the place of a value; empty where it has none.

        Args:
            key: the key of the model.
            value: the value, as a problem shows it.
        """

    def original(self, at: str) -> bytes:
        """Return the record as it stands in the source, where that is no text: its cells, say.

        Args:
            at: its place.
        """


class RawRecord(NamedTuple):
    """Record as a reader yields it, before normalisation; a tuple, since there are millions.

    Attributes:
        record: the record in the model's shape, not normalised.
        at: where it stood, "line 12" or "record 3"; empty where it is the whole file.
        raw: its bytes in the source; None where the file is no text, or for the whole file.
        problems: what the reader has to tell of it.
        fields: the names of its fields in the source, where these are its own, as in a table.
        version: of a row of an exported sheet, the version of the published record that it was exported with.
    """

    record: Record
    at: str = ""
    raw: bytes | None = None
    problems: tuple[SourceProblem, ...] = ()
    fields: FieldNames | None = None
    version: str = ""

    @property
    def original(self) -> bytes | None:
        """Original form of the record, kept if it is rejected; None for the whole file."""
        return self.fields.original(self.at) if self.raw is None and self.fields is not None else self.raw


@dataclass(frozen=True, slots=True)
class ReadFailure:
    """Unreadable record or file: counted as read and rejected, and kept in its original form."""

    problem: SourceProblem
    raw: bytes | None = None


@dataclass(frozen=True, slots=True)
class Succession:
    """Withdrawn record whose place another one has taken: its address leads there, if that is published.

    Attributes:
        old, new: their references.
        problem: the note on the withdrawn record.
    """

    old: str
    new: str
    problem: SourceProblem


ReaderItem = RawRecord | ReadFailure | SourceProblem | Succession
Reader = Callable[[SourceFile], Iterator[ReaderItem]]
"""Function that streams the records of a file; raises OSError for a file that can't be opened, and nothing else."""


def isolate_failures(
    source: SourceFile, items: Iterator[ReaderItem], at: str = "", raw: bytes | None = None
) -> Iterator[ReaderItem]:
    """Yield a reader's items; an unforeseen exception becomes a `ReadFailure`, so that no file ends a build.

    Args:
        source: the file.
        items: the reader's items.
        at: the place in it, where only that is read.
        raw: the bytes there; None for the whole file.
    """
    try:
        yield from items
    except (OSError, SourceError, MemoryError):
        raise
    except Exception as fault:  # noqa: BLE001  # one fault must not stop the other records
        yield ReadFailure(failure_problem(source.name, at, fault), raw)


def failure_problem(source: str, at: str, fault: Exception, record: str = "") -> SourceProblem:
    """Return the problem report for a failure of kg itself at a record or a file."""
    what = "record" if at else "rest of the file"
    message = f"kg failed at this ({type(fault).__name__}: {str(fault)[:80]}); the {what} is left out"
    expected = "what this format holds; please report the fault with the file"
    return SourceProblem(source, at, "", "", expected, message, "rejected", record)
