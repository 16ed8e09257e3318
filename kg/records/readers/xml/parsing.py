"""Safe streaming parser for untrusted XML.

- No DTD is loaded, no address opened. Of entities, those are read that the file declares as plain text of its own, and
  the named characters of HTML; a file with another one is refused: its text would be lost, or could grow without end.
- An element for the staff alone (`audience="internal"`) is emptied, or not yielded, and counted (D-128).
- Bytes, depth, the length of a text and the number of elements held at once are bounded.

>>> sniff(b'<!-- made by hand --><ead xmlns="urn:isbn:1-931666-22-9">'), sniff(b"id,title")
('{urn:isbn:1-931666-22-9}ead', None)
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, BinaryIO

from lxml import etree

from kg.errors import SourceError
from kg.records.readers.base import ReaderItem, ReadFailure, SourceFile
from kg.records.readers.xml.findings import Findings, is_internal
from kg.records.readers.xml.pull_parser import feed, pull_parser
from kg.records.readers.xml.source_bytes import SourceBytes, entity_error
from kg.records.readers.xml.tree import Element, line_label

MAX_BYTES = 256 * 1024 * 1024
"""Maximum size of a file, in bytes."""
MAX_DEPTH = 256
"""Maximum nesting of elements; libxml2 itself refuses deeper ones, and a text over 10 MB."""
MAX_ELEMENTS = 1_000_000
"""Maximum number of elements in memory, at some 150 bytes each beside their text: a record's, and those around it."""

MAX_ATTRIBUTES = 256
"""Maximum number of attributes of an element: lxml walks along all of them to each, which takes time by the square."""

_POSITION = re.compile(r", line \d+, column \d+\s*$|, (?:use|try) XML_PARSE_HUGE(?: option)?")
_PROLOG = re.compile(rb"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL)
_DOCTYPE = re.compile(rb"<!DOCTYPE\s+([A-Za-z_][\w.-]{0,40})")
_START_TAG = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,40}:)?([A-Za-z_][\w.-]{0,40})[\s/>]")
_ENCODING_FAULT = re.compile(r"(?i)\bencoding\b|\bUTF-8\b|invalid bytes")


def sniff(head: bytes) -> str | None:
    """Return the name of the root element, `{namespace}local`, from the first kilobytes; None where there is none.

    White space in front of the XML declaration is overlooked here, for the reader to report.
    """
    parser = pull_parser("start")
    with suppress(etree.XMLSyntaxError):  # events before a fault are still there
        parser.feed(head.lstrip(b" \t\r\n"))
    found = next((str(element.tag) for _, element in parser.read_events()), None)
    if found is None and head.lstrip()[:1] == b"<":  # a long DOCTYPE, or a fault in the bytes, which the reader tells
        tag = _DOCTYPE.search(head) or _START_TAG.search(_PROLOG.sub(b"", head))
        found = tag[1].decode() if tag else None
    return found


def elements(source: SourceFile, wanted: Callable[[Element], bool], findings: Findings) -> Iterator[Element]:
    """Yield each wanted element at its end, then remove it from the tree, so that memory stays bounded.

    A yielded element is complete except for elements inside it that were yielded before. The elements around it and
    before it are present, to be read and not to be changed. Internal elements are emptied, and not yielded.

    Args:
        source: the file.
        wanted: the elements to yield.
        findings: where internal elements and mended characters are told.

    Raises:
        SourceError: where the file is no well-formed XML, or more than may be read; `where` has the line.
        OSError: where it can't be opened.
    """
    element_count = 0
    counts_before: list[int] = []
    internal_depth = 0
    source_bytes = SourceBytes(source.path)
    with source.path.open("rb") as file:
        for event, element in _events(file, source_bytes, findings):
            if event == "start":
                counts_before.append(element_count)
                element_count += 1
                _check_bounds(element, len(counts_before), element_count)
                if not internal_depth and is_internal(element):
                    internal_depth = len(counts_before)
                continue
            depth, count_before = len(counts_before), counts_before.pop()
            if internal_depth:
                if depth == internal_depth:
                    internal_depth = 0
                    findings.leave_out(element)
                    element.clear(keep_tail=True)  # type: ignore[call-arg]  # the stubs don't know it
                if wanted(element):
                    _take_out(element)
                    element_count = count_before
                continue
            if source_bytes.mendable:
                findings.mend(element)
            if wanted(element):
                _refuse_used(element)
                yield element
                _take_out(element)
                element_count = count_before
            elif not counts_before:
                _refuse_used(element)


def report_source_error(source: SourceFile, items: Iterator[ReaderItem]) -> Iterator[ReaderItem]:
    """Yield a reader's items; a SourceError becomes a final `ReadFailure`."""
    try:
        yield from items
    except SourceError as fault:
        yield ReadFailure(source.problem(fault.where or "", "", "", fault.todo or "", fault.what, severity="rejected"))


def _events(file: BinaryIO, source_bytes: SourceBytes, findings: Findings) -> Iterator[tuple[str, Element]]:
    """Starts and ends of elements; those before a syntax error come first, then SourceError."""
    parser: Any = None
    size = 0
    try:
        for chunk in source_bytes.chunks(file):
            findings.tell(source_bytes.told)
            parser = parser or pull_parser("start", "end", encoding=source_bytes.encoding)
            size += len(chunk)
            if size > MAX_BYTES:
                raise SourceError(f"the file is larger than {MAX_BYTES // 2**20} MB", todo="several smaller files")
            fault = feed(parser, chunk)
            yield from parser.read_events()
            if fault:
                raise fault
        (parser or pull_parser()).close()
    except etree.XMLSyntaxError as fault:
        raise _not_well_formed(fault, source_bytes) from None


def _not_well_formed(fault: etree.XMLSyntaxError, source_bytes: SourceBytes) -> SourceError:
    todo = "well-formed XML 1.0 in the encoding that it declares"
    message = " ".join(_POSITION.sub("", str(fault.msg)).split())
    if _ENCODING_FAULT.search(message) and (place := source_bytes.fault_place()):
        line, byte, encoding = place
        return SourceError(
            f"the file can be read no further: byte {byte} is no character of {encoding}, in which the file says it is",
            where=f"line {line}",
            todo=todo,
        )
    where = f"line {fault.lineno}" if fault.lineno else ""
    return SourceError(f"the file can be read no further: {message}", where=where, todo=todo)


def _refuse_used(element: Element) -> None:
    """Refuse an entity in the text: the parser does not expand it, so its text would be missing."""
    entity: Any
    for entity in element.iter(etree.Entity):
        raise entity_error(entity.name, line_label(entity) or line_label(element))


def _check_bounds(element: Element, depth: int, element_count: int) -> None:
    if depth > MAX_DEPTH:
        raise SourceError(
            f"elements nest deeper than {MAX_DEPTH}", where=line_label(element), todo="a flatter document"
        )
    if len(element.attrib) > MAX_ATTRIBUTES:
        raise SourceError(
            f"an element has {len(element.attrib):,} attributes, and {MAX_ATTRIBUTES} are read",
            where=line_label(element),
            todo="a value as text or as an element of its own",
        )
    if element_count > MAX_ELEMENTS:
        raise SourceError(
            f"one record has more than {MAX_ELEMENTS} elements", where=line_label(element), todo="smaller records"
        )


def _take_out(element: Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    if element.tail and not element.tail.isspace():
        element.clear(keep_tail=True)  # type: ignore[call-arg]  # the stubs don't know it
    else:
        parent.remove(element)
