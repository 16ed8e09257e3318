"""What XML can't say, and what Oxigraph's XML writers don't mind: see to it, or refuse.

- A bare carriage return would be lost to the reader (XML 1.0, 2.11): it is written as a character reference.
- Some characters XML can't hold at all (2.2).
- A property in RDF/XML is an element (RDF/XML 1.1, 2.2), so its IRI has to end in a name; so has a class that
  becomes an element.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Protocol

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.errors import QueryUnwritable

Term = NamedNode | BlankNode | Literal | Triple


class Out(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> object:
        """Take some."""


_NAME_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = rf"[{_NAME_START}][-.0-9\u00b7\u0300-\u036f\u203f\u2040{_NAME_START}]*"
_ENDS_IN_NAME = re.compile(rf"{_NAME}\Z")
_IS_NAME = re.compile(_NAME)
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
# RDF/XML 1.1, 6.2.2: what can't be a property element, and rdf:li, which would be read as rdf:_1.
_NOT_PROPERTIES = frozenset(
    _RDF + name
    for name in (
        *("RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype", "Description", "li"),
        *("aboutEach", "aboutEachPrefix", "bagID"),
    )
)


_RDF_TYPE = _RDF + "type"


def _no_element(iri: str) -> bool:
    return iri in _NOT_PROPERTIES or not _ENDS_IN_NAME.search(iri)


def fit(triples: Iterable[Triple]) -> Iterator[Triple]:
    """The triples, unless one of them has no form in RDF/XML."""
    known: set[str] = set()
    for triple in _classes_later(triples):
        part: Term = triple
        while isinstance(part, Triple):
            predicate = part.predicate.value
            if predicate not in known:
                if _no_element(predicate):
                    raise QueryUnwritable(
                        f"RDF/XML has no way to write the predicate <{predicate}>",
                        todo="Ask for Turtle or N-Triples.",
                    )
                known.add(predicate)
            for node in (part.subject, part.object):
                if isinstance(node, BlankNode) and not _IS_NAME.fullmatch(node.value):
                    raise QueryUnwritable(
                        f"RDF/XML has no way to write the blank node _:{node.value}",
                        todo="Ask for Turtle or N-Triples.",
                    )
            part = part.object
        yield triple


def _is_unfit_class(triple: Triple) -> bool:
    named = triple.object
    return triple.predicate.value == _RDF_TYPE and isinstance(named, NamedNode) and _no_element(named.value)


def _classes_later(triples: Iterable[Triple]) -> Iterator[Triple]:
    """The triples, with a class that no element can be made of behind another triple of its subject.

    The engine makes an element of the class where rdf:type is the first that is said of a subject.
    """
    held: list[Triple] = []
    last: Term | None = None
    for triple in triples:
        if held and triple.subject != held[0].subject:
            break
        if triple.subject != last and _is_unfit_class(triple):
            held.append(triple)
        else:
            yield triple
            last = triple.subject
            yield from held
            held.clear()
    if held:
        raise QueryUnwritable(
            f"RDF/XML has no element for the class {held[0].object}", todo="Ask for Turtle or N-Triples."
        )


# XML 1.0, 2.2: the characters that it can't hold, not even by reference, as UTF-8 has them.
_NOT_IN_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_CUT = re.compile(rb"\xef\xbf?\Z")


class Guard:
    """Sees to what Oxigraph's XML writers let pass. None of them writes a carriage return of its own."""

    def __init__(self, out: Out) -> None:
        self._out = out
        self._held = b""

    def write(self, data: bytes) -> int:
        """Take some of the document, and pass on what is whole and fit."""
        piece = self._held + data
        cut = _CUT.search(piece)
        self._held = cut[0] if cut else b""
        piece = piece[: len(piece) - len(self._held)]
        found = _NOT_IN_XML.search(piece)
        if found:
            raise QueryUnwritable(
                f"a value holds the character U+{ord(found[0].decode()):04X}, which XML can't say",
                todo="Ask for JSON (or Turtle, where the answer is triples).",
            )
        self._out.write(piece.replace(b"\r", b"&#13;"))
        return len(data)

    def flush(self) -> None:
        """There is nothing to hurry: the rest comes with `finish`."""

    def finish(self) -> None:
        """Pass on what was held back to see whether it is whole."""
        self._out.write(self._held)
