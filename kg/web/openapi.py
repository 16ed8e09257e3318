"""OpenAPI: the parts of the description besides routes and parameters: responses, problems, schemas, the language."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from kg.render.site.translations import LANGUAGES
from kg.web.http.problems import MEDIA_TYPE, TITLES
from kg.web.route_table import Route

VERSION = "2"
"""Of the interface; a route that is taken away or changes its parameters makes another."""

OK = "The page or data requested"
NOT_MODIFIED = "Not changed since the client's last request (If-None-Match, If-Modified-Since)"
PROBLEM = "What is wrong, and what to do; as a page for who takes HTML"
LANGUAGE = "Language of the page, remembered in a cookie; without it that of the cookie or of Accept-Language"
_SHARED = (NOT_MODIFIED, OK, LANGUAGE)

_EVERYWHERE = (500, 503)
"""Problems that any request may have."""

_TERM = {
    "type": "object",
    "required": ["type", "value"],
    "properties": {
        "type": {"enum": ["uri", "literal", "bnode", "triple"]},
        "value": {},
        "xml:lang": {"type": "string"},
        "datatype": {"type": "string"},
    },
}
_RESULTS = {
    "type": "object",
    "description": "SPARQL 1.1 Query Results JSON Format",
    "required": ["head"],
    "properties": {
        "head": {"type": "object", "properties": {"vars": {"type": "array", "items": {"type": "string"}}}},
        "boolean": {"type": "boolean"},
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
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457; of a bad parameter with its name, its value and what it takes",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "parameter": {"type": "string"},
        "value": {"type": ["string", "null"]},
        "expected": {"type": "string"},
    },
}
_SCHEMAS = {
    "application/sparql-results+json": {"$ref": "#/components/schemas/Results"},
    "application/json": {"type": "object"},
    "application/ld+json": {"type": ["object", "array"]},
    "application/csvm+json": {"type": "object"},
    "application/vnd.oai.openapi+json": {"type": "object"},
    "application/vnd.citationstyles.csl+json": {"type": "array"},
    "application/x-suggestions+json": {"type": "array"},
}
"""Media type → schema; any other one is a text or bytes."""


def responses(row: Route) -> dict[int | str, dict[str, Any]]:
    """The responses of a row by status."""
    content = {each: {"schema": _SCHEMAS.get(each, {"type": "string"})} for each in row.media_types}
    found: dict[int | str, dict[str, Any]] = {}
    if row.status == 200:
        found[200] = {"description": OK, "content": content}
        found[304] = {"description": NOT_MODIFIED}
    for status, what in row.statuses.items():
        found[status] = {"description": what, **({"content": content} if status == 206 else {})}
    for status in sorted({*row.problems, *_EVERYWHERE, *(() if row.long_address else (414,))}):
        found[status] = {"$ref": "#/components/responses/Problem", "description": TITLES[status]}
    return found


def extras(row: Route, method: str) -> dict[str, Any]:
    """The rest of an operation: the language of pages, the body of POST, the address of the example."""
    extra: dict[str, Any] = {}
    if "text/html" in row.media_types:
        extra["parameters"] = [{"$ref": "#/components/parameters/Language"}]
    if method == "POST":
        extra["requestBody"] = {"required": True, "content": row.body}
    elif row.example:
        extra["x-example"] = row.example
    elif row.example is None and "{" not in row.path:
        extra["x-example"] = row.path.removeprefix("/")
    return extra


def finished(document: Mapping[str, Any]) -> dict[str, Any]:
    """The description that FastAPI generates, with shared parts and without faults that are none here: 422."""
    made = deepcopy(dict(document))
    for operation in operations(made):
        operation["responses"].pop("422", None)
        if not operation.get("description", "").strip():
            operation.pop("description", None)
        for parameter in operation.get("parameters", ()):
            schema = parameter.get("schema", {})
            schema.pop("title", None)
            if schema.get("default") == "":
                del schema["default"]
    made["openapi"] = "3.1.0"
    made["components"] = {
        "schemas": {"Results": _RESULTS, "Term": _TERM, "Problem": _PROBLEM},
        "parameters": {
            "Language": {
                "name": "lang",
                "in": "query",
                "description": LANGUAGE,
                "schema": {"type": "string", "enum": [*LANGUAGES]},
            }
        },
        "responses": {
            "Problem": {
                "description": PROBLEM,
                "content": {
                    MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}},
                    "text/html": {"schema": {"type": "string"}},
                },
            }
        },
    }
    return made


def operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The operations of a description."""
    for methods in document["paths"].values():
        yield from methods.values()


def texts(document: Mapping[str, Any]) -> Iterator[str]:
    """The texts of a description that its page shows."""
    yield from _SHARED
    for operation in operations(document):
        yield operation["summary"]
        yield operation.get("description", "")
        for parameter in operation.get("parameters", ()):
            yield parameter.get("description", "")
        for response in operation["responses"].values():
            yield response["description"]
