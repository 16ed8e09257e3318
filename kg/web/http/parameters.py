"""Types of query parameters, shared by FastAPI's routes and handlers that read an address themselves."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Path
from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError, model_validator
from pydantic_core import CoreSchema, core_schema
from starlette.requests import Request

from kg.iris import KINDS
from kg.web.http.form_encoding import pairs
from kg.web.http.parameter_problems import bad_parameter, problem_of, refusal

_Model = TypeVar("_Model", bound="Parameters")

KindPath = Annotated[str, Path(description="Category of entries.", json_schema_extra={"enum": [*KINDS]})]
KeyPath = Annotated[str, Path(description="Key of an entry, percent-encoded as in its address.")]
"""Segments of an address, as they were sent."""


class Parameters(BaseModel):
    """Query parameters of a route; an empty value counts as absent, as a form sends it."""

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def without_empty(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Values that say something."""
        return {name: value for name, value in given.items() if value not in ("", [])}


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """Metadata of a parameter's type for pydantic: a check, and the schema that stands in the description.

    Attributes:
        check: from a value as it came to the value; raises `refusal`.
        schema: the type in JSON Schema.
    """

    check: Callable[[str], Any]
    schema: Mapping[str, Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The check, before pydantic's own."""
        return core_schema.no_info_before_validator_function(lambda value: self.check(str(value)), handler(source))

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """The schema as it was given."""
        return {**self.schema}


def choice(choices: Iterable[str]) -> Check:
    """One of a few values."""
    known = tuple(choices)

    def check(value: str) -> str:
        if value not in known:
            raise refusal("choice", choices=", ".join(known))
        return value

    return Check(check, {"type": "string", "enum": [*known]})


def whole_number(first: int, last: int) -> Check:
    """A whole number in a range, written in decimal digits."""

    def check(value: str) -> int:
        short = value.isascii() and value.isdecimal() and len(value) <= len(str(last)) + 1
        if not (short and first <= int(value) <= last):
            raise refusal("number_range", first=first, last=last)
        return int(value)

    return Check(check, {"type": "integer", "minimum": first, "maximum": last})


def text(most: int) -> Check:
    """A text of at most so many characters."""

    def check(value: str) -> str:
        if len(value) > most:
            raise refusal("string_too_long", most=most)
        return value

    return Check(check, {"type": "string", "maxLength": most})


def matching(pattern: re.Pattern[str], kind: str) -> Check:
    """A text that a pattern describes; another one is a fault of this kind."""

    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise refusal(kind)
        return value

    return Check(check, {"type": "string", "pattern": f"^(?:{pattern.pattern})$"})


def at_most(count: int) -> Callable[[list[str]], list[str]]:
    """Validator of a list's length."""

    def check(values: list[str]) -> list[str]:
        if len(values) > count:
            raise refusal("too_many", most=count)
        return values

    return check


def pairs_of(request: Request) -> list[tuple[str, str]]:
    """Names and values of an address in their order. Raises Problem where they are no UTF-8."""
    return list(pairs(request.scope["query_string"]))


def read(model: type[_Model], pairs: Iterable[tuple[str, str]], lists: Collection[str]) -> _Model:
    """Parameters of an address that FastAPI does not read.

    Args:
        model: their types.
        pairs: names and values.
        lists: names of those that may come several times; of others the last counts.

    Raises:
        ParameterProblem: a value is of another type.
    """
    given: dict[str, Any] = {}
    for name, value in pairs:
        if name in lists:
            given.setdefault(name, []).append(value)
        else:
            given[name] = value
    try:
        return model.model_validate(given)
    except ValidationError as fault:
        raise problem_of(fault.errors(include_url=False)) from None


def once(pairs: Iterable[tuple[str, str]], names: Collection[str]) -> None:
    """Refuse a parameter that comes with two different values. Raises ParameterProblem."""
    given: dict[str, str] = {}
    for name, value in pairs:
        said = value.strip()
        if name in names and said and given.setdefault(name, said) != said:
            raise bad_parameter(name, value, "once")
