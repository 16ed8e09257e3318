"""Parameters of saved queries: validation of a text in an address, and its conversion to a term of a query.

A parameter is a variable whose name has its type, by grlc's convention: `?_name` is text and required, `?__name` is
optional; `?_name_iri`, `?_name_number`, `?_name_integer`, `?_name_xsd_date` are typed; `?_name_en` is in a language.
A value is validated by its type and becomes a term. No text of a request enters a query in any other way.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from pyoxigraph import Literal, NamedNode

from kg.errors import KgError, ParameterFault
from kg.iris import KINDS, Base, repair
from kg.ontology import XSD

MAX_LENGTH = 1_000
"""Maximum length of a value in characters."""

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
    """Parameter of a saved query.

    Attributes:
        variable: variable of the query, with the question mark.
        name: name in requests.
        required: True if a request, or the default, has to give a value.
        type: name in TYPES.
        language: language of a text, else the empty string.
        description: description for people.
        default: value for requests without one.
        example: value that returns rows in the example collection.
        choices: allowed values; empty for any.
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
        """Term of a value. Raises ParameterFault for a value of another type."""
        if len(value) > MAX_LENGTH or _CONTROL.search(value):
            what = f"more than {MAX_LENGTH} characters, or a control character"
            raise self._fault(what, value[:40], "literal", most=MAX_LENGTH)
        if self.choices and value not in self.choices:
            choices = ", ".join(self.choices)
            raise self._fault(f"none of {choices}", value, "choice", choices=choices)
        if self.language:
            return Literal(value, language=self.language)
        try:
            return TYPES[self.type].read(value.strip() if self.type != "literal" else value, base)
        except (ValueError, KgError):
            raise self._fault(f"not {TYPES[self.type].what}", value, self.type, most=MAX_LENGTH) from None

    @property
    def schema(self) -> dict[str, Any]:
        """JSON Schema of the type, with choices and default."""
        schema: dict[str, Any] = dict(TYPES[self.type].schema)
        if self.choices:
            schema["enum"] = list(self.choices)
        if self.default is not None:
            schema["default"] = self.in_json(self.default)
        return schema

    def in_json(self, value: str) -> str | int | float | bool:
        """JSON value of a header's value, as the schema asks for it."""
        type_ = TYPES[self.type].schema["type"]
        if type_ == "integer":
            return int(value)
        if type_ == "number":
            return float(value)
        return value == "true" if type_ == "boolean" else value

    def _fault(self, what: str, value: str, kind: str, **values: object) -> ParameterFault:
        hint = f" Such as {self.name}={self.example or self.default}." if self.example or self.default else ""
        return ParameterFault(
            f"the parameter `{self.name}` is {what}: {value[:100]!r}",
            todo=f"{self.description or 'Give ' + TYPES[self.type].what + '.'}{hint}",
            kind=kind,
            **values,
        )


@dataclass(frozen=True, slots=True)
class ParameterType:
    """Type of a parameter.

    Attributes:
        what: description, behind "not" in an error.
        schema: JSON Schema.
        read: from text to term; raises ValueError or KgError.
        control: type of the control in a form.
    """

    what: str
    schema: dict[str, str]
    read: Callable[[str, str], NamedNode | Literal]
    control: str = "text"


def _iri(value: str, base: str) -> NamedNode:
    if _ABSOLUTE.match(value):
        return NamedNode(Base(base).canonical(value))
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


TYPES: dict[str, ParameterType] = {
    "iri": ParameterType("an IRI, or kind/key", {"type": "string", "format": "iri-reference"}, _iri),
    "number": ParameterType("a number", {"type": "number"}, _typed(_NUMBER, "decimal"), "number"),
    "integer": ParameterType("a whole number", {"type": "integer"}, _typed(_INTEGER, "integer"), "number"),
    "literal": ParameterType("a text", {"type": "string"}, lambda value, _: Literal(value)),
    "date": ParameterType("a day as YYYY-MM-DD", {"type": "string", "format": "date"}, _day, "date"),
    "gYear": ParameterType(
        "a year of four digits", {"type": "string", "pattern": "^-?[0-9]{4}$"}, _typed(_YEAR, "gYear")
    ),
    "boolean": ParameterType("true or false", {"type": "boolean"}, _typed(re.compile("true|false"), "boolean")),
}
"""Name of a type → type."""


def parameters_in(query: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Parameters among the variables of a query, each once, in order: name and match."""
    matches: dict[str, re.Match[str]] = {}
    for match in _VARIABLE.finditer(query):
        matches.setdefault(match["name"], match)
    yield from matches.items()


def type_of(match: re.Match[str]) -> str:
    """Type in a variable's name. Raises KgError for an unknown one."""
    name = match["kind"] or match["datatype"] or "literal"
    if name not in TYPES:
        raise KgError(f"{match[0]} names a type that there is not: {name}", todo=f"There are {', '.join(TYPES)}.")
    return name
