"""A record while it is taken out of a piece of XML: what nobody takes stays as `extra`, so nothing is lost."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from kg.records.model.keys import Record, keys_of
from kg.records.problems import Problem
from kg.records.readers.base import SourceFile
from kg.records.readers.xml import tree
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
"""Key that only some kinds of records have → the one that says less, for the others."""

_KEYS_OF = {kind: frozenset(key.name for key in keys_of(kind)) for kind in ("record", "archive", "agent")}


_TOLD = frozenset(
    {"href", "authfilenumber", "publicid", "countrycode", "mainagencycode", "repositorycode", "certainty"}
)
"""Attributes that say something of the thing; others say how the file is made, or what an element is for."""


@dataclass(slots=True)
class Draft:
    """A record in the making.

    Attributes:
        source: the file.
        record: what is known so far, `id` first.
        language: the language of the description, where an element says no other.
        taken: elements that the record holds with all that is in them.
        problems: what somebody should look at.
    """

    source: SourceFile
    record: Record
    language: str = NO_LANGUAGE
    taken: set[Element] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    _there: set[tuple[str, str]] = field(default_factory=set)

    @property
    def kind(self) -> str:
        """The kind of the record."""
        return str(self.record["id"]).partition("/")[0]

    def key(self, name: str) -> str:
        """A key that a record of this kind has, for the one that is meant."""
        return name if name in _KEYS_OF[self.kind] else _INSTEAD.get(name, name)

    def add(self, name: str, value: Any) -> None:
        """Put a value behind others of its key; nothing where it is None or stands there."""
        name = self.key(name)
        if value is not None and self._is_new(name, value):
            self.record.setdefault(name, []).append(value)

    def say(self, name: str, element: Element | None, said: str | None = None) -> None:
        """Put the text of an element under a key that takes many, in the element's language, and take it."""
        said = tree.text(element) if said is None else said
        if element is None or said is None:
            return
        name, language = self.key(name), self.language_of(element)
        if self._is_new(name, (language, said)):
            self.record.setdefault(name, {}).setdefault(language, []).append(said)
        self.taken.add(element)

    def say_once(self, name: str, element: Element, said: str | None = None) -> bool:
        """The same for a key that takes one text in each language; False where there is another one already."""
        said = tree.text(element) if said is None else said
        if said is None:
            return False
        texts = self.record.setdefault(name, {})
        if texts.setdefault(self.language_of(element), said) != said:
            return False
        self.taken.add(element)
        return True

    def language_of(self, element: Element) -> str:
        """The language of an element's text."""
        return tree.language(element, self.language)

    def note(self, element: Element, where: str, value: str, expected: str, message: str) -> None:
        """Report what somebody should look at."""
        record = self.record["id"]
        at = tree.at(element)
        self.problems.append(self.source.problem(at, where, value, expected, message, record=record))

    def keep(self, where: str, value: str | None) -> None:
        """Keep what the model has no key for."""
        if value:
            self.add("extra", {"field": where, "value": value})

    def keep_rest(self, top: Element | None, passed: Callable[[Element], bool]) -> None:
        """Keep all text below an element that was not taken, and addresses and codes, each with where it stood.

        Args:
            top: where to look; nothing where it is None.
            passed: what is no text of the record: the label over a list, a record within this one.
        """
        if top is None:
            return
        for block in tree.blocks(top, lambda each: each in self.taken or passed(each)):
            self.keep(tree.path(block, top), tree.text(block))
        said = set(_strings(self.record))
        said |= {each.rpartition("/")[2] for each in said}  # a number in the source, where it became a reference
        for element, name, value in tree.attributes(top, _TOLD):
            is_icon = tree.attribute(element, "show") == "embed"
            if value not in said and not is_icon:
                self.keep(f"{tree.path(element, top)}/@{name}", value)

    def _is_new(self, name: str, value: Any) -> bool:
        """Whether a value comes for the first time; a list is not searched, since strangers write long ones."""
        mark = name, repr(value)
        if mark in self._there:
            return False
        self._there.add(mark)
        return True


def _strings(value: Any) -> Iterator[str]:
    """Every text in a record."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)
