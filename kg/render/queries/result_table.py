"""Result table of a page: rows of cells from an answer in TSV, line by line.

In TSV (SPARQL 1.1 Query Results CSV and TSV Formats) every line is a row, whatever its values contain. So the start of
a long answer can be shown without its end, and no parser recurses.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kg.iris import Base
from kg.ontology import XSD
from kg.render.site.reader import ReaderPreferences

LabelLookup = Callable[[list[str]], dict[str, tuple[str, str]]]
"""From references to reference → (name, language of the name)."""

_LINK_SCHEMES = ("http://", "https://", "mailto:")
_TERM = re.compile(r'<([^<>]*)>|"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^<>]*)>)?', re.DOTALL)
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_ESCAPE = re.compile(r"\\(?:([tnrbf\"'\\])|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_NUMBERS = frozenset(XSD + name for name in ("integer", "decimal", "double", "float", "int", "long"))


@dataclass(frozen=True, slots=True)
class ResultCell:
    """Cell of a table.

    Attributes:
        text: its text.
        href: address of its link, or None.
        language: language of the text.
        note: note beside it: the name of its datatype, or the address behind a name.
        number: True for a number.
        outward: True for an external link.
    """

    text: str
    href: str | None = None
    language: str = ""
    note: str = ""
    number: bool = False
    outward: bool = False


@dataclass(frozen=True, slots=True)
class ResultTable:
    """Start of an answer, as a table.

    Attributes:
        columns: the variables.
        rows: their values; None for an unbound variable.
        complete: True for the full answer.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[ResultCell | None, ...], ...]
    complete: bool


def table(
    lines: Sequence[str], base: Base, reader: ReaderPreferences, names: LabelLookup, *, complete: bool
) -> ResultTable:
    """Table of an answer's lines, of which the first has the variables."""
    columns = tuple(name.lstrip("?$") for name in lines[0].split("\t"))
    values = [(line.split("\t") if columns != ("",) else [""]) for line in lines[1:]]
    # A thing of this site is shown by its name, with the address beside it.
    references = {ref for row in values for each in row if each[:1] == "<" and (ref := base.reference(each[1:-1]))}
    labels = names(sorted(references))
    rows = tuple(tuple(_cell(each, base, reader, labels) for each in row) for row in values)
    return ResultTable(columns, rows, complete)


def _cell(text: str, base: Base, reader: ReaderPreferences, labels: dict[str, tuple[str, str]]) -> ResultCell | None:
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        return ResultCell(text, number=True)
    match = _TERM.fullmatch(text)
    if match is None:  # a blank node, a boolean, a triple term: as written
        return ResultCell(text)
    iri, literal, language, datatype = match.groups()
    if iri is not None:
        return _link(iri, base, reader, labels)
    if datatype in _NUMBERS:
        return ResultCell(_unescape(literal), number=True)
    return ResultCell(_unescape(literal), language=language or "", note=(datatype or "").removeprefix(XSD))


def _link(iri: str, base: Base, reader: ReaderPreferences, labels: dict[str, tuple[str, str]]) -> ResultCell:
    reference = base.reference(iri)
    if reference is None:
        outward = iri.startswith(_LINK_SCHEMES)
        return ResultCell(iri, iri if outward else None, outward=outward)
    name, language = labels.get(reference, ("", ""))
    note = iri.removeprefix(base.value)
    return ResultCell(name or reader.nameless(reference), reader.root + reference, language, note)


def _unescape(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        return _ESCAPES[match[1]] if match[1] else chr(int(match[2] or match[3], 16))

    return _ESCAPE.sub(character, text)
