"""Elements of an XML part, streamed: each is given at its end and then removed, so that memory stays bounded.

A DOCTYPE is refused, since neither format has one (ECMA-376-2, 6.3.2): so no entity grows. Nothing is fetched.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree

from kg.errors import SourceError
from kg.records.readers.xml.pull_parser import feed, pull_parser

MAX_PENDING_BYTES = 8 << 20
"""Maximum number of bytes between two elements that are given, such as those of a row."""

_WHOLE = "a workbook that its program opens: save it once more"


def elements(chunks: Iterable[bytes], tags: Iterable[str], part: str) -> Iterator[Any]:
    """Yield each element with one of these local names, in any namespace, at its end.

    Args:
        chunks: the bytes of the part.
        tags: local names of elements that are not inside one another.
        part: the name of the part, for messages.

    Raises:
        SourceError: for what is no XML, or more than may be held at once.
    """
    parser = pull_parser("end", tags=[f"{{*}}{tag}" for tag in tags])
    pending = 0
    is_checked = False
    try:
        for chunk in chunks:
            fault = feed(parser, chunk)
            pending += len(chunk)
            for _, element in parser.read_events():
                pending = 0
                if not is_checked:  # it stands before every element
                    _refuse_doctype(element, part)
                    is_checked = True
                yield element
                _take_out(element)
            if fault:
                raise fault
            _check_pending(pending, part)
        _refuse_doctype(parser.close(), part)
    except etree.XMLSyntaxError as fault:
        raise _no_xml(fault, part) from None


def local(element: Any) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def attribute(element: Any, name: str) -> str:
    """Return an attribute by its name without a namespace, or empty text."""
    value = element.get(name)
    if value is not None:
        return str(value)
    return next((str(each) for key, each in element.items() if str(key).rpartition("}")[2] == name), "")


def _check_pending(size: int, part: str) -> None:
    if size > MAX_PENDING_BYTES:
        raise SourceError(
            f"a row, or an element outside the rows, has over {MAX_PENDING_BYTES >> 20} MB in the part {part}; the file"
            " is read no further",
            todo="rows with less text",
        )


def _refuse_doctype(element: Any, part: str) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise SourceError(
            f"the part {part} has a DOCTYPE, which no workbook has; the file is read no further", todo=_WHOLE
        )


def _no_xml(fault: etree.XMLSyntaxError, part: str) -> SourceError:
    message = " ".join(str(fault.msg).split())
    return SourceError(f"the file is damaged: its part {part} is no XML ({message})", todo=_WHOLE)


def _take_out(element: Any) -> None:
    """Remove an element, and what stands before it and around it without being wanted."""
    element.clear()
    parent = element.getparent()
    while parent is not None:
        if parent[0] is not element:
            for each in list(element.itersiblings(preceding=True)):
                parent.remove(each)
        element, parent = parent, parent.getparent()
