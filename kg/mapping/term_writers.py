"""Term writers for the mapping: lines of N-Triples for a build, terms of the engine for a page."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Protocol

import orjson
from pyoxigraph import Literal, NamedNode

NO_LANGUAGE = "@none"
"""Marker of a text without a language, as in the context."""

Value = NamedNode | Literal
ValueStatements = tuple[Any, ...]
"""Statements with a value: under a property and its counterparts, as lines or as pairs of terms."""


class TermWriter(Protocol):
    """Writer of terms and statements in some form."""

    def subject(self, iri: str) -> tuple[Any, Any]:
        """Return a subject of ours in two forms: as the subject of statements, and as a value."""
        ...

    def iri(self, iri: str) -> Any:
        """Return a link. Raises ValueError for an invalid IRI."""
        ...

    def text(self, language: str, text: str) -> Any:
        """Return a text in a language, or in none. Raises ValueError for an invalid text or language."""
        ...

    def typed(self, lexical: str, datatype: str) -> Any:
        """Return a value of a datatype."""
        ...

    def writer_under(self, predicates: Sequence[str]) -> Callable[[Any], ValueStatements]:
        """Return a function that writes a value under each of some predicates."""
        ...


class NTriplesTermWriter:
    """N-Triples writer: a statement is the rest of a line after the subject."""

    def subject(self, iri: str) -> tuple[bytes, bytes]:
        """Return the IRI in its brackets."""
        written = f"<{iri}>".encode()
        return written, written

    def iri(self, iri: str) -> bytes:
        """Return the IRI as the engine writes it."""
        return str(NamedNode(iri)).encode()

    def text(self, language: str, text: str) -> bytes:
        """Return the text as the engine writes it; JSON's quotes are the same and quicker but for rare characters."""
        try:
            quoted = orjson.dumps(text)
        except TypeError:  # half a character, which the engine refuses
            quoted = str(Literal(text)).encode()
        if b"\x7f" in quoted or b"\xef" in quoted or (b"\\" in quoted and b"\\u" in quoted):
            quoted = str(Literal(text)).encode()
        return quoted if language == NO_LANGUAGE else quoted + _language_suffix(language)

    def typed(self, lexical: str, datatype: str) -> bytes:
        """Return the literal as the engine writes it."""
        return str(Literal(lexical, datatype=_datatype(datatype))).encode()

    def writer_under(self, predicates: Sequence[str]) -> Callable[[bytes], tuple[bytes, ...]]:
        """Return a function from a value to a line for each predicate."""
        first, *others = [b" <%b> " % iri.encode() for iri in predicates]
        if not others:
            return lambda value: (first + value + b" .",)

        def write_lines(value: bytes) -> tuple[bytes, ...]:
            end = value + b" ."
            return (first + end, *[predicate + end for predicate in others])

        return write_lines


class EngineTermWriter:
    """Writer of the engine's terms: a statement is a pair of predicate and value."""

    def subject(self, iri: str) -> tuple[str, NamedNode]:
        """Return the IRI, as text and as a node."""
        return iri, NamedNode(iri)

    def iri(self, iri: str) -> NamedNode:
        """Return the node."""
        return NamedNode(iri)

    def text(self, language: str, text: str) -> Literal:
        """Return the literal."""
        return Literal(text) if language == NO_LANGUAGE else Literal(text, language=language)

    def typed(self, lexical: str, datatype: str) -> Literal:
        """Return the literal."""
        return Literal(lexical, datatype=_datatype(datatype))

    def writer_under(self, predicates: Sequence[str]) -> Callable[[Value], tuple[tuple[str, Value], ...]]:
        """Return a function from a value to a pair for each predicate."""
        return lambda value: tuple([(predicate, value) for predicate in predicates])


@cache
def _language_suffix(tag: str) -> bytes:
    """Suffix of a literal in a language, after the quotes. Raises ValueError for an invalid tag."""
    return str(Literal("", language=tag))[2:].encode()


@cache
def _datatype(iri: str) -> NamedNode:
    return NamedNode(iri)
