"""Findings of the parser for a file's keeper: what is for the staff alone, and characters that were mended."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from kg.records import characters
from kg.records.problems import SourceProblem
from kg.records.readers.base import SourceFile
from kg.records.readers.xml.tree import Element, line_label, local

_HEADER = "eadheader"
_INTERNAL_MESSAGE = 'is for the staff alone (audience="internal"): published nowhere, with all that is in it'
_INTERNAL_EXPECTED = 'audience="external", or no such attribute, where the public may see it'


@dataclass(slots=True)
class Findings:
    """Problems that the parser finds in a file before any reader sees its elements.

    Attributes:
        source: the file.
        problems: the problems that no one has taken yet.
        has_internal: whether anything was left out as internal.
    """

    source: SourceFile
    problems: list[SourceProblem] = field(default_factory=list)
    has_internal: bool = False

    def drain(self) -> Iterator[SourceProblem]:
        """Yield the problems found since the last call."""
        problems, self.problems = self.problems, []
        yield from problems

    def leave_out(self, element: Element) -> None:
        """Count an internal element; nothing of what is in it is said."""
        self.has_internal = True
        problem = self.source.problem(
            line_label(element), f"{local(element)}/@audience", "internal", _INTERNAL_EXPECTED, _INTERNAL_MESSAGE
        )
        self.problems.append(problem)

    def tell(self, told: list[tuple[str, str, str]]) -> None:
        """Take over what was found in the bytes: (line, value, message) each."""
        expected = "well-formed XML 1.0 in the encoding that it declares"
        self.problems += [
            self.source.problem(at, "", value, expected, message, severity="repaired") for at, value, message in told
        ]
        told.clear()

    def mend(self, element: Element) -> None:
        """Mend the characters of an element that has ended: its text, what stands between its children, attributes."""
        if element.text:
            element.text = self._mended(element, local(element), element.text)
        for child in element.iterchildren(etree.Element):
            if child.tail:
                child.tail = self._mended(element, local(element), child.tail)
        for name, value in element.items():
            mended = self._mended(element, f"{local(element)}/@{str(name).rpartition('}')[2]}", str(value))
            if mended != value:
                element.set(name, mended)

    def _mended(self, element: Element, where: str, text: str) -> str:
        mended = characters.mended(text)
        if mended != text:
            place = characters.around_fault(text)
            self.problems.append(
                self.source.problem(
                    line_label(element), where, place, characters.EXPECTED, characters.MESSAGE, severity="repaired"
                )
            )
            mended = "".join(sign for sign in mended if sign >= " " or sign in "\t\n\r")  # as XML itself demands
        return mended


def is_internal(element: Element) -> bool:
    """Return whether an element is for the staff alone. The header isn't: the word says there that no page prints it.

    >>> is_internal(etree.fromstring('<c audience="internal"/>')), is_internal(etree.fromstring('<c audience="x"/>'))
    (True, False)
    """
    audience = element.get("audience")
    return audience is not None and audience.strip().lower() == "internal" and local(element) != _HEADER
