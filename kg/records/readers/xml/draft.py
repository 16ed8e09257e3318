"""Draft of a record from an XML element: text that no key consumes becomes `extra`, so that nothing is lost (D-8)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from kg.records.model.keys import Record, keys_of
from kg.records.problems import SourceProblem
from kg.records.readers.base import SourceFile
from kg.records.readers.xml import markup, tree
from kg.records.readers.xml.tree import NO_LANGUAGE, Element

_INSTEAD = {
    "mentions": "subjects",
    "placeOfCreation": "places",
    "duration": "extent",
    "participants": "contributors",
    "sender": "contributors",
    "recipient": "contributors",
    "translator": "contributors",
    "creator": "contributors",
}
"""Key of some kinds of records only → more general key, for the other kinds."""

_KEYS_OF = {kind: frozenset(key.name for key in keys_of(kind)) for kind in ("record", "archive", "agent")}

_DATES = frozenset({"normal", "standardDate", "notBefore", "notAfter"})
"""Attributes with an encoded date: what reads the date tells of one that it does not take."""
_DEFAULTS = {
    "calendar": frozenset({"gregorian"}),
    "era": frozenset({"ce"}),
    "label": frozenset({
        *("title", "title(s)", "date", "dates", "date(s)", "inclusive dates", "creator", "creators", "origination"),
        *("extent", "quantity", "size", "physical description", "description", "abstract", "summary", "repository"),
        *("language", "languages", "language(s)", "language of materials", "identifier", "identification", "number"),
        *("call number", "reference code", "location", "note", "container", "collection", "series", "file", "item"),
    }),
}  # fmt: skip
"""Attribute → values that say nothing more than the element: the standard's own defaults, and its name on a page."""
_TYPES = frozenset({"type", "localType"})
_PREDICATE = re.compile(r"\[@(\w+)='([^']*)'\]")
_UNTOLD = frozenset({"governs", "form only"})
_SHORT = 8
"""Length up to which an equal text elsewhere in the record may be a coincidence."""


@dataclass(slots=True)
class Draft:
    """Draft of a record.

    Attributes:
        source: the file.
        record: the keys so far, `id` first.
        language: the language of the description, where an element says no other.
        consumed: elements that the record holds with all that is in them.
        taken: attributes that the record holds, or that were obeyed: (element, name).
        problems: notes for the source's keeper.
    """

    source: SourceFile
    record: Record
    language: str = NO_LANGUAGE
    consumed: set[Element] = field(default_factory=set)
    taken: set[tuple[Element, str]] = field(default_factory=set)
    problems: list[SourceProblem] = field(default_factory=list)
    _added: set[tuple[str, str]] = field(default_factory=set)
    _said: set[tuple[str, str]] = field(default_factory=set)

    @property
    def kind(self) -> str:
        """Kind of the record."""
        return str(self.record["id"]).partition("/")[0]

    @property
    def schema(self) -> str:
        """Standard that the source follows, as the table of elements calls it."""
        return "eac" if self.kind == "agent" else "ead"

    def key(self, name: str) -> str:
        """Return a key that a record of this kind has, in place of the preferred one."""
        return name if name in _KEYS_OF[self.kind] else _INSTEAD.get(name, name)

    def add(self, name: str, value: Any) -> None:
        """Append a value to the list of a key, unless it is None or present."""
        name = self.key(name)
        if value is not None and self._is_new(name, value):
            self.record.setdefault(name, []).append(value)

    def add_text(self, name: str, element: Element | None, text: str | None = None) -> None:
        """Append an element's text to a key with many texts, under the element's language, and consume the element."""
        text = tree.text(element) if text is None else text
        if element is None or text is None:
            return
        name, language = self.key(name), self.language_of(element)
        if self._is_new(name, (language, text)):
            self.record.setdefault(name, {}).setdefault(language, []).append(text)
        self.consumed.add(element)

    def add_single_text(self, name: str, element: Element, text: str | None = None) -> bool:
        """Set an element's text under a key with a single text a language; False for a second, different text."""
        text = tree.text(element) if text is None else text
        if text is None:
            return False
        texts = self.record.setdefault(name, {})
        if texts.setdefault(self.language_of(element), text) != text:
            return False
        self.consumed.add(element)
        return True

    def language_of(self, element: Element) -> str:
        """Return the language of an element's text."""
        return tree.language(element, self.language)

    def report(self, element: Element, where: str, value: str, expected: str, message: str) -> None:
        """Report a problem with an element, as a note for the source's keeper."""
        record = self.record["id"]
        at = tree.line_label(element)
        self.problems.append(self.source.problem(at, where, value, expected, message, record=record))

    def add_extra(self, where: str, value: str | None) -> None:
        """Add a value without a key of the model to `extra`."""
        if value:
            self._said.update(_PREDICATE.findall(where))
            self.add("extra", {"field": where, "value": value})

    def add_rest_as_extra(self, top: Element | None, passed: Callable[[Element], bool]) -> None:
        """Add unconsumed text below an element to `extra`, and values that stand in attributes alone, with their paths.

        Args:
            top: where to look; nothing where it is None.
            passed: elements without text of the record: the label over a list, a record within this one.
        """
        if top is None:
            return
        for block in tree.blocks(top, lambda part: part in self.consumed or passed(part)):
            self.add_extra(tree.path(block, top), tree.text(block))
        recorded = set(_strings(self.record))
        # A number in the source became the key of a reference.
        recorded |= {text.rpartition("/")[2] for text in recorded}
        # A type is often said by the path of another value.
        for element, name, value, is_key in sorted(self._told_attributes(top), key=lambda told: told[1] in _TYPES):
            if self._is_left(element, name, value, recorded, is_key=is_key):
                self.add_extra(f"{tree.path(element, top)}/@{name}", value)

    def _told_attributes(self, top: Element) -> Iterator[tuple[Element, str, str, bool]]:
        """Attributes whose value the record ought to have, and whether under a key: all but those of mere form."""
        schema = self.schema
        for element in top.iter(etree.Element):
            for key, value in element.items():
                name, treatment = markup.treatment_of(schema, str(element.tag), str(key))
                if treatment not in _UNTOLD and (normalised_value := " ".join(str(value).split())):
                    yield element, name, normalised_value, treatment == "key"

    def _is_left(self, element: Element, name: str, value: str, recorded: set[str], *, is_key: bool) -> bool:
        """Whether an attribute holds a value that the record lacks."""
        if (element, name) in self.taken or (is_key and (name in _DATES or value in recorded)):
            return False
        if (len(value) > _SHORT and value in recorded) or (name, value) in self._said:  # by the path of what is in it
            return False
        if name in _DEFAULTS and value.lower().strip(" :.") in _DEFAULTS[name]:
            return False
        if len(element) == 0 and value == (element.text or "").strip():
            return False
        return tree.attribute(element, "show") != "embed"  # an icon

    def _is_new(self, name: str, value: Any) -> bool:
        """Whether a value is the first of its kind; a set replaces the scan of a list, since sources are untrusted."""
        mark = name, repr(value)
        if mark in self._added:
            return False
        self._added.add(mark)
        return True


def _strings(value: Any) -> Iterator[str]:
    """Every text in a record."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _strings(child)
