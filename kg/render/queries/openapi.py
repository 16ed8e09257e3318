"""The saved queries as OpenAPI 3.1 describes an interface."""

from collections.abc import Iterable
from typing import Any

from kg.render.queries.parameters import TYPES, Parameter
from kg.render.queries.saved_queries import SavedQuery
from kg.render.site.pages import Site

VERSION = "1"
"""Of the interface; a query that is taken away or changes its parameters makes another."""

_RESULTS = {
    "type": "object",
    "description": "SPARQL 1.1 Query Results JSON Format",
    "required": ["head", "results"],
    "properties": {
        "head": {
            "type": "object",
            "properties": {"vars": {"type": "array", "items": {"type": "string"}}},
        },
        "results": {
            "type": "object",
            "properties": {
                "bindings": {
                    "type": "array",
                    "items": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Term"}},
                }
            },
        },
    },
}
_TERM = {
    "type": "object",
    "required": ["type", "value"],
    "properties": {
        "type": {"enum": ["uri", "literal", "bnode"]},
        "value": {"type": "string"},
        "xml:lang": {"type": "string"},
        "datatype": {"type": "string", "format": "uri"},
    },
}
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457",
    "properties": {
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}


_PROBLEMS = ("400", "406", "413", "414", "429", "503", "504", "507")
"""What an answer may come to instead."""


def document(queries: Iterable[SavedQuery], formats: dict[str, str], site: Site) -> dict[str, Any]:
    """The whole description.

    Args:
        queries: the saved queries.
        formats: name for `format=` → media type.
        site: what is said of the site.
    """
    info: dict[str, Any] = {"title": site.title, "version": VERSION, "description": site.description}
    info["license"] = {"name": site.license, "url": site.license}
    return {
        "openapi": "3.1.0",
        "info": info,
        "servers": [{"url": site.base.removesuffix("/")}],
        "paths": {f"/api/{each.name}": {"get": _operation(each, formats)} for each in queries},
        "components": {
            "schemas": {"Results": _RESULTS, "Term": _TERM, "Problem": _PROBLEM},
            "responses": {
                "Problem": {
                    "description": "What is wrong, and what to do",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
            },
        },
    }


def _operation(query: SavedQuery, formats: dict[str, str]) -> dict[str, Any]:
    """What is said of one query."""
    format_ = {
        "name": "format",
        "in": "query",
        "description": "Instead of Accept",
        "required": False,
        "schema": {"enum": list(formats)},
    }
    problem = {"$ref": "#/components/responses/Problem"}
    content = {
        media_type: {"schema": {"$ref": "#/components/schemas/Results"} if name == "json" else {"type": "string"}}
        for name, media_type in formats.items()
    }
    return {
        "operationId": query.name,
        "summary": query.summary,
        "description": query.description,
        "tags": list(query.tags),
        "parameters": [*map(_parameter, query.parameters), format_],
        "responses": {
            "200": {"description": "The rows", "content": content},
            **dict.fromkeys(_PROBLEMS, problem),
        },
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = dict(TYPES[parameter.type].schema)
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    if parameter.default is not None:
        schema["default"] = _typed(parameter.default, schema["type"])
    said: dict[str, Any] = {
        "name": parameter.name,
        "in": "query",
        "description": parameter.description,
        "required": parameter.required and parameter.default is None,
        "schema": schema,
    }
    if parameter.example is not None:
        said["example"] = _typed(parameter.example, schema["type"])
    return said


def _typed(value: str, type_: str) -> str | int | float | bool:
    """A value of a header as the JSON value that its schema asks for."""
    if type_ == "integer":
        return int(value)
    if type_ == "number":
        return float(value)
    return value == "true" if type_ == "boolean" else value
