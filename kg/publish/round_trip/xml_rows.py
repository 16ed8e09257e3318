"""Rows in the XML of a workbook, as bytes: what is not edited is written as it stands.

The parser says where each element begins; nothing is serialised again, so that formats, comments, extensions and the
order of attributes stay. No part of a workbook has a document type declaration, and one is refused.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from xml.parsers import expat

from kg.errors import SourceError
from kg.records.readers.tables.workbooks.xml_stream import MAX_PENDING_BYTES

MAX_ROW_BYTES = 2 * MAX_PENDING_BYTES
"""Maximum number of bytes of a row, or between two tags; the reader of workbooks has half of it."""

_TAG = re.compile(rb"""<[^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*>""")
_REFERENCES = re.compile(r"""[&<>"']|[^\x20-\x7e]""")
_WHITE = re.compile(r"\s+")
# Char of XML 1.0, 2.2.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class XmlTag:
    """Start tag of an element.

    Attributes:
        name: the name as it is written, with its prefix.
        attributes: the attributes as they are written.
        raw: the bytes of the tag.
        around: the elements around it, outside rows, by their names without prefixes; the root first.
    """

    name: str
    attributes: dict[str, str]
    raw: bytes
    around: tuple[str, ...] = ()

    @property
    def local(self) -> str:
        """Name without the prefix."""
        return self.name.rpartition(":")[2]

    @property
    def prefix(self) -> str:
        """Prefix of the name with its colon, or nothing."""
        return self.name[: -len(self.local)]

    def attribute(self, local: str) -> str | None:
        """Value of an attribute by its name without a prefix; None where it is absent."""
        return next((value for name, value in self.attributes.items() if name.rpartition(":")[2] == local), None)

    def count(self, local: str) -> int:
        """Count in an attribute; 1 where there is none."""
        text = self.attribute(local) or ""
        return max(int(text), 1) if text.isascii() and text.isdecimal() and len(text) < 10 else 1


@dataclass(slots=True)
class XmlCell:
    """Child of a row: its tag, its place in the row's bytes, and whether it has children."""

    tag: XmlTag
    start: int
    end: int = 0
    has_children: bool = False


@dataclass(slots=True)
class XmlRow:
    """Row: its tag, its bytes, and its children in order."""

    tag: XmlTag
    raw: bytes = b""
    cells: list[XmlCell] = field(default_factory=list)

    @property
    def head(self) -> bytes:
        """Start tag of a row that has children."""
        return self.tag.raw if not self.tag.raw.endswith(b"/>") else self.tag.raw[:-2] + b">"

    def rest(self, behind: int) -> bytes:
        """Bytes behind a place, with the end tag."""
        return self.raw[behind:] or f"</{self.tag.name}>".encode()


class _Parser:
    """Parser of a part: fragments of its bytes, with tags and rows apart."""

    def __init__(self, row: str, tags: frozenset[str]) -> None:
        self.fragments: list[bytes | XmlTag | XmlRow] = []
        self._row_name, self._tag_names = row, tags
        self._buffer = bytearray()
        self._base = 0  # offset of the buffer in the part; all before it is in fragments
        self._seen = 0  # offset behind which there may be tags that are not told yet
        self._row: XmlRow | None = None
        self._around: list[str] = []
        self._depth = 0  # below the row
        self._expat = expat.ParserCreate()
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.StartDoctypeDeclHandler = _refuse

    def feed(self, chunk: bytes) -> None:
        """Parse a chunk; an empty one ends the part."""
        self._buffer += chunk
        self._expat.Parse(chunk, not chunk)
        if self._row is None:
            self._write_to(self._seen if chunk else self._base + len(self._buffer))
        if len(self._buffer) > MAX_ROW_BYTES:
            raise SourceError(f"a row, or an element outside the rows, has over {MAX_ROW_BYTES >> 20} MB")

    def _write_to(self, offset: int) -> None:
        if offset > self._base:
            self.fragments.append(bytes(self._buffer[: offset - self._base]))
            self._skip_to(offset)

    def _skip_to(self, offset: int) -> None:
        del self._buffer[: offset - self._base]
        self._base = self._seen = offset

    def _tag(self, offset: int) -> bytes:
        """Bytes of the tag at an offset."""
        found = _TAG.match(self._buffer, offset - self._base)
        if found is None:
            raise SourceError("its XML is in an encoding that can't be edited", todo="Save it once more.")
        return bytes(found[0])

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        offset = self._expat.CurrentByteIndex
        if self._row is not None:
            self._depth += 1
            if self._depth == 1:
                tag = XmlTag(name, attributes, self._tag(offset))
                self._row.cells.append(XmlCell(tag, offset - self._base))
            elif self._depth == 2:
                self._row.cells[-1].has_children = True
            return
        self._seen = offset
        local = name.rpartition(":")[2]
        if local == self._row_name or local in self._tag_names:
            self._write_to(offset)
            tag = XmlTag(name, attributes, self._tag(offset), tuple(self._around))
            if local == self._row_name:
                self._row, self._depth = XmlRow(tag), 0
                return
            self.fragments.append(tag)
            self._skip_to(offset + len(tag.raw))
        self._around.append(local)

    def _end(self, _name: str) -> None:
        offset = self._expat.CurrentByteIndex
        if self._row is None:
            self._seen = max(self._seen, offset)
            self._around.pop()
        elif self._depth:
            if self._depth == 1:
                cell = self._row.cells[-1]
                cell.end = self._behind(cell.tag, cell.start, offset)
            self._depth -= 1
        else:
            end = self._behind(self._row.tag, 0, offset)
            self._row.raw = bytes(self._buffer[:end])
            self.fragments.append(self._row)
            self._row = None
            self._skip_to(self._base + end)

    def _behind(self, tag: XmlTag, start: int, offset: int) -> int:
        """Place in the buffer behind an element: behind its end tag, or behind the one tag that is both."""
        if tag.raw.endswith(b"/>"):
            return start + len(tag.raw)
        return offset - self._base + len(self._tag(offset))


def _refuse(*_: object) -> None:
    raise SourceError("its XML has a document type declaration, and no workbook has one")


def fragments(chunks: Iterable[bytes], row: str, tags: frozenset[str]) -> Iterator[bytes | XmlTag | XmlRow]:
    """Yield the bytes of a part in order, with its rows and some tags apart.

    Args:
        chunks: the bytes of the part.
        row: the name of a row, without a prefix.
        tags: names of other elements whose start tags come apart.

    Raises:
        SourceError: the part is no XML that can be read.
    """
    parser = _Parser(row, tags)
    for chunk in chain(filter(None, chunks), (b"",)):
        try:
            parser.feed(chunk)
        except expat.ExpatError as fault:
            raise SourceError(f"its XML is damaged: {fault}") from None
        found, parser.fragments = parser.fragments, []
        yield from found


def escaped(text: str) -> str:
    """Return a text as ASCII with character references, right in every encoding that has ASCII.

    >>> escaped("Señal <1>")
    'Se&#241;al &#60;1&#62;'
    """
    return _REFERENCES.sub(lambda found: f"&#{ord(found[0])};", _NO_XML.sub("", text))


def one_line(text: str) -> str:
    """Return a text on one line."""
    return _WHITE.sub(" ", text).strip()


def with_attribute(raw: bytes, name: str, value: int | str | None) -> bytes:
    """Return an element with another value of an attribute that it has, or without it.

    Args:
        raw: the element, or its start tag.
        name: the name of the attribute, without a prefix.
        value: its value, which needs no escapes; None to leave it out.

    >>> with_attribute(b'<t:c t:n="3" s="1"/>', "n", 2), with_attribute(b'<c n="3"/>', "n", None)
    (b'<t:c t:n="2" s="1"/>', b'<c/>')
    """
    tag = _TAG.match(raw)
    head = tag[0] if tag else raw
    pattern = rb"""\s([\w.-]+:)?""" + name.encode() + rb"""\s*=\s*(?:"[^"]*"|'[^']*')"""
    replacement = b"" if value is None else rb" \g<1>" + f'{name}="{value}"'.encode()
    return re.sub(pattern, replacement, head, count=1) + raw[len(head) :]
