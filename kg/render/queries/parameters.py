"""Parameters of saved queries: from a text in an address to a term in a query.

A parameter is a variable whose name says its type, as grlc has it: `?_name` is text and must be given, `?__name` may be
left out; `?_name_iri`, `?_name_number`, `?_name_integer`, `?_name_xsd_date` are typed; `?_name_en` is in a language.
A value is checked by its type and made a term. No text of a request becomes a part of a query in any other way.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from pyoxigraph import Literal, NamedNode

from kg.errors import KgError, ParameterFault
from kg.iris import KINDS, repair
from kg.ontology import XSD

LONGEST = 1_000
"""Characters of a value."""

_VARIABLE = re.compile(
    r"\?(?P<marks>__?)(?P<name>[A-Za-z0-9]+)"
    r"(?:_(?P<kind>iri|number|literal|integer)|_xsd_(?P<datatype>[A-Za-z]+)|_(?P<language>[a-z]{2,3}))?(?![A-Za-z0-9_])"
)
_NUMBER = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_YEAR = re.compile(r"-?\d{4}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a saved query.

    Attributes:
        variable: as it stands in the query, with the question mark.
        name: what requests call it.
        required: whether a request, or the default, has to give it.
        type: a name in TYPES.
        language: of a text in a language, else the empty string.
        description: what it is, for a person.
        default: what is taken where a request does not say.
        example: a value that gives rows in the example collection.
        choices: the values it may have, where there are few.
    """

    variable: str
    name: str
    required: bool
    type: str
    language: str = ""
    description: str = ""
    default: str | None = None
    example: str | None = None
    choices: tuple[str, ...] = ()

    def term(self, value: str, base: str) -> NamedNode | Literal:
        """The term that a value is. Raises ParameterFault where it is none of the type."""
        if len(value) > LONGEST or _CONTROL.search(value):
            raise self._fault(
                f"more than {LONGEST} characters, or a control character", value[:40], "literal", most=LONGEST
            )
        if self.choices and value not in self.choices:
            choices = ", ".join(self.choices)
            raise self._fault(f"none of {choices}", value, "choice", choices=choices)
        if self.language:
            return Literal(value, language=self.language)
        try:
            return TYPES[self.type].read(value.strip() if self.type != "literal" else value, base)
        except (ValueError, KgError):
            raise self._fault(f"not {TYPES[self.type].what}", value, self.type, most=LONGEST) from None

    @property
    def schema(self) -> dict[str, Any]:
        """The type in JSON Schema, with the default."""
        schema: dict[str, Any] = dict(TYPES[self.type].schema)
        if self.choices:
            schema["enum"] = list(self.choices)
        if self.default is not None:
            schema["default"] = self.in_json(self.default)
        return schema

    def in_json(self, value: str) -> str | int | float | bool:
        """A value of a header as the JSON value that the schema asks for."""
        type_ = TYPES[self.type].schema["type"]
        if type_ == "integer":
            return int(value)
        if type_ == "number":
            return float(value)
        return value == "true" if type_ == "boolean" else value

    def _fault(self, what: str, value: str, kind: str, **values: object) -> ParameterFault:
        shown = f" Such as {self.name}={self.example or self.default}." if self.example or self.default else ""
        return ParameterFault(
            f"the parameter `{self.name}` is {what}: {value[:100]!r}",
            todo=f"{self.description or 'Give ' + TYPES[self.type].what + '.'}{shown}",
            kind=kind,
            **values,
        )


@dataclass(frozen=True, slots=True)
class Type:
    """What values of a parameter are.

    Attributes:
        what: in words, after "not".
        schema: the same as JSON Schema.
        read: from text to term; raises ValueError or KgError.
        control: the type of the control that a form shows.
    """

    what: str
    schema: dict[str, str]
    read: Callable[[str, str], NamedNode | Literal]
    control: str = "text"


def _iri(value: str, base: str) -> NamedNode:
    if _ABSOLUTE.match(value):
        return NamedNode(value)
    if value.partition("/")[0] not in KINDS:
        raise ValueError(value)
    return NamedNode(base + repair(value))


def _typed(pattern: re.Pattern[str], datatype: str) -> Callable[[str, str], Literal]:
    def read(value: str, _: str) -> Literal:
        if not pattern.fullmatch(value):
            raise ValueError(value)
        return Literal(value, datatype=NamedNode(XSD + datatype))

    return read


def _day(value: str, _: str) -> Literal:
    if not _DAY.fullmatch(value):
        raise ValueError(value)
    date.fromisoformat(value)
    return Literal(value, datatype=NamedNode(XSD + "date"))


TYPES: dict[str, Type] = {
    "iri": Type("an IRI, or kind/key", {"type": "string", "format": "iri-reference"}, _iri),
    "number": Type("a number", {"type": "number"}, _typed(_NUMBER, "decimal"), "number"),
    "integer": Type("a whole number", {"type": "integer"}, _typed(_INTEGER, "integer"), "number"),
    "literal": Type("a text", {"type": "string"}, lambda value, _: Literal(value)),
    "date": Type("a day as YYYY-MM-DD", {"type": "string", "format": "date"}, _day, "date"),
    "gYear": Type("a year of four digits", {"type": "string", "pattern": "^-?[0-9]{4}$"}, _typed(_YEAR, "gYear")),
    "boolean": Type("true or false", {"type": "boolean"}, _typed(re.compile("true|false"), "boolean")),
}
"""Type of a parameter → what its values are."""


def found_in(query: str) -> Iterator[tuple[str, re.Match[str]]]:
    """The variables of a query that are parameters, each once, in order: name and match."""
    seen: dict[str, re.Match[str]] = {}
    for match in _VARIABLE.finditer(query):
        seen.setdefault(match["name"], match)
    yield from seen.items()


def type_of(match: re.Match[str]) -> str:
    """The type that a variable's name says. Raises KgError for one that there is not."""
    name = match["kind"] or match["datatype"] or "literal"
    if name not in TYPES:
        raise KgError(f"{match[0]} names a type that there is not: {name}", todo=f"There are {', '.join(TYPES)}.")
    return name
