"""XML sanitiser for the output of Oxigraph's writers: values that XML can't represent are escaped or refused.

- A bare carriage return would be lost to the reader (XML 1.0, 2.11): it becomes a character reference.
- XML can't hold some characters at all (2.2).
- A property in RDF/XML is an element (RDF/XML 1.1, 2.2), so its IRI has to end in a name; so has a class that
  becomes an element.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Protocol

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.errors import Message, QueryUnwritable

Term = NamedNode | BlankNode | Literal | Triple


class ByteSink(Protocol):
    """Destination of bytes."""

    def write(self, data: bytes, /) -> object:
        """Append bytes."""


_NAME_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = rf"[{_NAME_START}][-.0-9\u00b7\u0300-\u036f\u203f\u2040{_NAME_START}]*"
_ENDS_IN_NAME = re.compile(rf"{_NAME}\Z")
_IS_NAME = re.compile(_NAME)
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
# RDF/XML 1.1, 6.2.2: names that can't be a property element, and rdf:li, which would be read as rdf:_1.
_NOT_PROPERTIES = frozenset(
    _RDF + name
    for name in (
        *("RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype", "Description", "li"),
        *("aboutEach", "aboutEachPrefix", "bagID"),
    )
)


_RDF_TYPE = _RDF + "type"


def _is_unfit_element(iri: str) -> bool:
    return iri in _NOT_PROPERTIES or not _ENDS_IN_NAME.search(iri)


def check_rdfxml(triples: Iterable[Triple]) -> Iterator[Triple]:
    """The same triples; QueryUnwritable at one that RDF/XML can't represent."""
    checked: set[str] = set()
    for triple in _unfit_classes_last(triples):
        part: Term = triple
        while isinstance(part, Triple):
            predicate = part.predicate.value
            if predicate not in checked:
                if _is_unfit_element(predicate):
                    raise QueryUnwritable(
                        Message("RDF/XML cannot express the predicate <%(iri)s>", iri=predicate),
                        todo=Message("Choose Turtle or N-Triples."),
                    )
                checked.add(predicate)
            for node in (part.subject, part.object):
                if isinstance(node, BlankNode) and not _IS_NAME.fullmatch(node.value):
                    raise QueryUnwritable(
                        Message("RDF/XML cannot express the blank node %(node)s", node=f"_:{node.value}"),
                        todo=Message("Choose Turtle or N-Triples."),
                    )
            part = part.object
        yield triple


def _is_unfit_class(triple: Triple) -> bool:
    class_ = triple.object
    return triple.predicate.value == _RDF_TYPE and isinstance(class_, NamedNode) and _is_unfit_element(class_.value)


def _unfit_classes_last(triples: Iterable[Triple]) -> Iterator[Triple]:
    """The same triples, with a class that can't be an element behind another triple of its subject.

    The engine makes the class an element where rdf:type is the first triple of a subject.
    """
    postponed: list[Triple] = []
    last_subject: Term | None = None
    for triple in triples:
        if postponed and triple.subject != postponed[0].subject:
            break
        if triple.subject != last_subject and _is_unfit_class(triple):
            postponed.append(triple)
        else:
            yield triple
            last_subject = triple.subject
            yield from postponed
            postponed.clear()
    if postponed:
        raise QueryUnwritable(
            Message("RDF/XML cannot express the class %(iri)s", iri=str(postponed[0].object)),
            todo=Message("Choose Turtle or N-Triples."),
        )


# XML 1.0, 2.2: characters that it can't hold, not even by reference, in UTF-8.
_NOT_IN_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_INCOMPLETE = re.compile(rb"\xef\xbf?\Z")


class XmlSanitizer:
    """Output filter for Oxigraph's XML writers, none of which writes a carriage return of its own."""

    def __init__(self, out: ByteSink) -> None:
        self._out = out
        self._partial = b""

    def write(self, data: bytes) -> int:
        """Check a chunk of the document and pass on its complete characters. Raises QueryUnwritable."""
        chunk = self._partial + data
        incomplete = _INCOMPLETE.search(chunk)
        self._partial = incomplete[0] if incomplete else b""
        chunk = chunk[: len(chunk) - len(self._partial)]
        match = _NOT_IN_XML.search(chunk)
        if match:
            raise QueryUnwritable(
                Message(
                    "a value contains the character %(character)s, which XML does not allow",
                    character=f"U+{ord(match[0].decode()):04X}",
                ),
                todo=Message("Choose JSON (or Turtle, if the answer consists of triples)."),
            )
        self._out.write(chunk.replace(b"\r", b"&#13;"))
        return len(data)

    def flush(self) -> None:
        """No-op: the rest comes with `finish`."""

    def finish(self) -> None:
        """Pass on the incomplete character at the end, if any."""
        self._out.write(self._partial)
