"""The answer of a query as a page shows it: rows of cells, read from tab-separated values line by line.

In that format (SPARQL 1.1 Query Results CSV and TSV Formats) a line is a row whatever a value holds, so the beginning
of a long answer can be shown without its end, and no text is parsed by anything that could recurse.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kg.iris import Base
from kg.ontology import XSD
from kg.render.site.reader import Reader

Names = Callable[[list[str]], dict[str, tuple[str, str]]]
"""From references to what the things are called, each with the language of the name."""

_LINKED = ("http://", "https://", "mailto:")
_TERM = re.compile(r'<([^<>]*)>|"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^<>]*)>)?', re.DOTALL)
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_ESCAPE = re.compile(r"\\(?:([tnrbf\"'\\])|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_NUMBERS = frozenset(XSD + name for name in ("integer", "decimal", "double", "float", "int", "long"))


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of an answer.

    Attributes:
        text: what is shown.
        href: where it leads, or None.
        language: of the text.
        note: what is said beside it: the name of its datatype, or the address behind a name.
        number: whether it is one.
        outward: whether it leads away from here.
    """

    text: str
    href: str | None = None
    language: str = ""
    note: str = ""
    number: bool = False
    outward: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The beginning of an answer.

    Attributes:
        columns: the variables.
        rows: their values; None where a variable has none.
        whole: whether this is all of it.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell | None, ...], ...]
    whole: bool


def table(lines: Sequence[str], base: Base, reader: Reader, names: Names, *, whole: bool) -> Table:
    """The table that the lines of an answer are; the first holds the variables."""
    columns = tuple(name.lstrip("?$") for name in lines[0].split("\t"))
    values = [(line.split("\t") if columns != ("",) else [""]) for line in lines[1:]]
    # A thing of ours is shown by its name, the address beside it.
    references = {ref for row in values for each in row if each[:1] == "<" and (ref := base.reference(each[1:-1]))}
    known = names(sorted(references))
    rows = tuple(tuple(_cell(each, base, reader, known) for each in row) for row in values)
    return Table(columns, rows, whole)


def _cell(text: str, base: Base, reader: Reader, known: dict[str, tuple[str, str]]) -> Cell | None:
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        return Cell(text, number=True)
    match = _TERM.fullmatch(text)
    if match is None:  # a blank node, a truth value, a triple term: as it is written
        return Cell(text)
    iri, literal, language, datatype = match.groups()
    if iri is not None:
        return _link(iri, base, reader, known)
    if datatype in _NUMBERS:
        return Cell(_plain(literal), number=True)
    return Cell(_plain(literal), language=language or "", note=(datatype or "").removeprefix(XSD))


def _link(iri: str, base: Base, reader: Reader, known: dict[str, tuple[str, str]]) -> Cell:
    reference = base.reference(iri)
    if reference is None:
        outward = iri.startswith(_LINKED)
        return Cell(iri, iri if outward else None, outward=outward)
    name, language = known.get(reference, ("", ""))
    note = iri.removeprefix(base.value)
    return Cell(name or reader.nameless(reference), reader.root + reference, language, note)


def _plain(text: str) -> str:
    def meant(match: re.Match[str]) -> str:
        return _ESCAPES[match[1]] if match[1] else chr(int(match[2] or match[3], 16))

    return _ESCAPE.sub(meant, text)
