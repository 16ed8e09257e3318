"""Two ways to write what a record says: as lines of N-Triples, for a build, and as terms, for a page."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Protocol

import orjson
from pyoxigraph import Literal, NamedNode

NO_LANGUAGE = "@none"
"""The language of a text that has none, as the context has it."""

Value = NamedNode | Literal
Said = tuple[Any, ...]
"""What is said of a subject: one value under a property and the counterparts of that, as lines or as pairs of terms."""


class Hand(Protocol):
    """A way to write what a record says."""

    def about(self, iri: str) -> tuple[Any, Any]:
        """A subject of ours: as what is said is told under it, and as a value."""
        ...

    def iri(self, iri: str) -> Any:
        """A link. Raises ValueError where it is none."""
        ...

    def text(self, language: str, text: str) -> Any:
        """A text in a language, or in none. Raises ValueError where it is none, or can't be said."""
        ...

    def typed(self, lexical: str, datatype: str) -> Any:
        """A value of a datatype."""
        ...

    def under(self, predicates: Sequence[str]) -> Callable[[Any], Said]:
        """Says a value under each of some predicates."""
        ...


class Lines:
    """N-Triples: of each line what stands behind the subject."""

    def about(self, iri: str) -> tuple[bytes, bytes]:
        """The IRI in its brackets."""
        written = f"<{iri}>".encode()
        return written, written

    def iri(self, iri: str) -> bytes:
        """As the engine writes it."""
        return str(NamedNode(iri)).encode()

    def text(self, language: str, text: str) -> bytes:
        """As the engine writes it. JSON writes it so too, and quicker, but for what is no text or can't be seen."""
        try:
            quoted = orjson.dumps(text)
        except TypeError:  # half a character, which the engine refuses
            quoted = str(Literal(text)).encode()
        if b"\x7f" in quoted or b"\xef" in quoted or (b"\\" in quoted and b"\\u" in quoted):
            quoted = str(Literal(text)).encode()
        return quoted if language == NO_LANGUAGE else quoted + _language(language)

    def typed(self, lexical: str, datatype: str) -> bytes:
        """As the engine writes it."""
        return str(Literal(lexical, datatype=_datatype(datatype))).encode()

    def under(self, predicates: Sequence[str]) -> Callable[[bytes], tuple[bytes, ...]]:
        """Says a value in so many lines."""
        first, *others = [b" <%b> " % iri.encode() for iri in predicates]
        if not others:
            return lambda value: (first + value + b" .",)

        def say(value: bytes) -> tuple[bytes, ...]:
            end = value + b" ."
            return (first + end, *[predicate + end for predicate in others])

        return say


class Terms:
    """Pairs of a predicate and a term."""

    def about(self, iri: str) -> tuple[str, NamedNode]:
        """The IRI as it is."""
        return iri, NamedNode(iri)

    def iri(self, iri: str) -> NamedNode:
        """The node."""
        return NamedNode(iri)

    def text(self, language: str, text: str) -> Literal:
        """The literal."""
        return Literal(text) if language == NO_LANGUAGE else Literal(text, language=language)

    def typed(self, lexical: str, datatype: str) -> Literal:
        """The literal."""
        return Literal(lexical, datatype=_datatype(datatype))

    def under(self, predicates: Sequence[str]) -> Callable[[Value], tuple[tuple[str, Value], ...]]:
        """Says a value in so many pairs."""
        return lambda value: tuple([(predicate, value) for predicate in predicates])


@cache
def _language(tag: str) -> bytes:
    """What stands after the closing quote of a text in a language. Raises ValueError where it is no language tag."""
    return str(Literal("", language=tag))[2:].encode()


@cache
def _datatype(iri: str) -> NamedNode:
    return NamedNode(iri)
