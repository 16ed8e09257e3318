"""Problems with parameters: 400 with the members `parameter`, `value` and `expected`, in the reader's language.

pydantic checks values, for FastAPI or by itself. Of its faults the *type* alone is taken; readers see a message of the
catalogue: `MESSAGES` has one for each type of fault that a parameter can have (D-95).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import PydanticCustomError

from kg.render.site.translations import LANGUAGES, translations
from kg.web.http.problems import Problem

MESSAGES = {
    "missing": "a value",
    "once": "one value",
    "choice": "one of: %(choices)s",
    "number_range": "a whole number from %(first)s to %(last)s",
    "seconds": "a number of seconds, more than 0",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "date": "a day as YYYY-MM-DD",
    "gYear": "a year of four digits",
    "iri": "an IRI, or kind/key",
    "absolute_iri": "an absolute IRI",
    "literal": "a text of at most %(most)s characters, without control characters",
    "string_too_long": "at most %(most)s characters",
    "too_many": "at most %(most)s values",
    "language_tag": "the tag of a language, such as ru or sr-Latn",
    "time": "a year, month, day or period, 1962..1963-04-05, also in words: February 1963",
    "time_order": "a period that does not end before it begins, such as 1962..1963",
    "cursor": "a point in a list, as given in the links between its pages",
    "deep_cursor": "a point among the first %(most)s of a list",
    "search": "a search: words, phrases in quotes, AND, OR, NOT, brackets, field:word",
    "one_graph": "one graph: graph=IRI, or default",
    "no_other_graph": "no graph: the address names one",
    "unknown": "one of: %(choices)s",
    "unknown_of_none": "no parameters",
}
"""Type of a fault → what the parameter takes, the end of “`limit` takes …”."""

BAD = "`%(parameter)s` must be %(expected)s, not “%(value)s”."
MISSING = "`%(parameter)s` is missing. Expected: %(expected)s."
UNKNOWN = "There is no parameter `%(parameter)s` here. Expected: %(expected)s."
DETAILS = (BAD, MISSING, UNKNOWN)
"""Sentences around these messages."""

_MAX_NAME_LENGTH, _MAX_VALUE_LENGTH = 50, 100
"""Characters of a parameter's name and value that a problem repeats."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Values that a parameter takes: a type of fault, and the fields of its message."""

    kind: str
    values: Mapping[str, object] = field(default_factory=dict)

    def spoken(self, language: str) -> str:
        """The message in a language."""
        message = translations(language).gettext(MESSAGES[self.kind])
        return message % self.values if self.values else message


class ParameterProblem(Problem):
    """A bad value of a parameter.

    Attributes:
        parameter: its name, bounded in length.
        value: the value as it came, bounded in length; None where there was none.
        expected: the values that it takes.
        hint: a sentence more, by language.
        others: further members.
    """

    def __init__(  # members of one problem
        self,
        parameter: str,
        value: str | None,
        expected: Expected,
        *,
        hint: Callable[[str], str] | None = None,
        others: Mapping[str, Any] | None = None,
    ) -> None:
        self.parameter = shortened(parameter, _MAX_NAME_LENGTH)
        self.value = None if value is None else shortened(value, _MAX_VALUE_LENGTH)
        self.expected = expected
        self.hint = hint
        self.others = others or {}
        super().__init__(400, *self._spoken(LANGUAGES[0]))

    def spoken(self, language: str) -> Problem:
        """The problem in a reader's language, members and all."""
        return Problem(400, *self._spoken(language), language=language)

    def _spoken(self, language: str) -> tuple[str, dict[str, str], dict[str, Any]]:
        """Detail, headers and members."""
        members = {"parameter": self.parameter, "value": self.value, "expected": self.expected.spoken(language)}
        unknown = self.expected.kind.startswith("unknown")
        sentence = UNKNOWN if unknown else MISSING if self.value is None else BAD
        detail = translations(language).gettext(sentence) % members
        more = self.hint(language) if self.hint is not None else ""
        return f"{detail} {more}".rstrip(), {}, {**members, **self.others}


def bad_parameter(parameter: str, value: str | None, kind: str, /, **values: object) -> ParameterProblem:
    """The problem of a parameter that a handler refuses by itself.

    Args:
        parameter: its name.
        value: the value as it came; None for a missing one.
        kind: a key of MESSAGES.
        values: fields of the message.
    """
    return ParameterProblem(parameter, value, Expected(kind, values))


def refusal(kind: str, /, **values: object) -> PydanticCustomError:
    """A fault of a value, for a validator of pydantic to raise.

    Args:
        kind: a key of MESSAGES.
        values: fields of the message.
    """
    return PydanticCustomError(kind, "refused", {**values})


def problem_of(faults: Iterable[Mapping[str, Any]]) -> ParameterProblem:
    """The problem of the first of a validator's faults."""
    fault = next(iter(faults))
    names = [str(each) for each in fault["loc"] if isinstance(each, str) and each not in {"query", "path"}]
    value = fault.get("input")
    shown = value[0] if isinstance(value, list) and value else value
    given = None if fault["type"] == "missing" or isinstance(value, dict) else str(shown)
    # A type of pydantic's own that no message stands for is told without more.
    kind = fault["type"] if fault["type"] in MESSAGES else "missing"
    return ParameterProblem(names[0] if names else "", given, Expected(kind, fault.get("ctx") or {}))


def shortened(value: str, most: int) -> str:
    """A value of a request for a reader: at most so many characters, each of which can be printed."""
    shown = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in value[:most])
    return shown if len(value) <= most else f"{shown}…"
