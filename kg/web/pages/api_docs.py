"""Description of the routes: `/openapi.json` as FastAPI generates it from their signatures, `/docs` the page of it."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from kg.iris import KINDS
from kg.web.http.headers import CORS
from kg.web.serving import published
from kg.web.serving.context import Context, HeldContext

MEDIA_TYPE = "application/vnd.oai.openapi+json"
_CONTENT_TYPE = f"{MEDIA_TYPE};version=3.1"
_EXAMPLE = "x-example"

_COMMON = ("304", "414", "500", "503")
"""Statuses that the page tells once, of all addresses."""


@dataclass(frozen=True, slots=True)
class ParameterView:
    """A parameter on the page.

    Attributes:
        name: its name.
        place: path or query.
        description: in English, to be translated.
        required: whether it has to be there.
        type: of JSON Schema, with bounds; `…` where it may come several times.
        choices: its values, where these are few.
        default: its value where it is left out; empty for none.
        example: a value that is answered; empty for none.
    """

    name: str
    place: str
    description: str
    required: bool
    type: str
    choices: tuple[str, ...]
    default: str
    example: str


@dataclass(frozen=True, slots=True)
class OperationView:
    """A method of a path on the page.

    Attributes:
        name: its operation id, by which links lead to it.
        method: in capitals.
        path: its template below the base.
        summary, description: in English, to be translated.
        parameters: of path and query.
        statuses: status → description, but for those that any address may have.
        media_types: of the representation.
        example: an address below the base that is answered; None where there is none.
    """

    name: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[ParameterView, ...]
    statuses: tuple[tuple[str, str], ...]
    media_types: tuple[str, ...]
    example: str | None


async def description(request: Request, context: HeldContext) -> Response:
    """The description as OpenAPI 3.1, with examples from this collection."""
    body = orjson.dumps(_described(request, context), option=orjson.OPT_INDENT_2)
    return published.respond(request, context, body, _CONTENT_TYPE, CORS, vary="Accept-Encoding")


async def former(context: HeldContext) -> Response:
    """Redirect from the former address of the description."""
    return Response(None, 308, {**CORS, "Location": context.path("openapi.json")})


async def page(request: Request, context: HeldContext) -> Response:
    """The page of the description: each path with parameters, statuses and an example."""
    document = _described(request, context)
    wings: dict[str, list[OperationView]] = {}
    for operation, tag in _operations(document):
        wings.setdefault(tag, []).append(operation)
    operations = document["paths"]["/search"]["get"]["responses"]
    values = {
        "wings": wings,
        "common": [(status, operations[status]["description"]) for status in _COMMON],
        "language": _parameter(document["components"]["parameters"]["Language"]),
    }
    return published.page(request, context, "docs", values)


def _described(request: Request, context: Context) -> dict[str, Any]:
    """The description of a site: its address, its licence, examples that its collection answers."""
    api: FastAPI = request.scope["app"]
    document = deepcopy(api.openapi())
    site = context.site
    document["info"] |= {"title": context.settings.main_title, "license": {"name": site.license, "url": site.license}}
    document["servers"] = [{"url": site.base.removesuffix("/")}]
    document["tags"] = [{"name": each} for each in dict.fromkeys(tag for _, tag in _operations(document))]
    known = _example_names(context)
    for methods in document["paths"].values():
        for operation in methods.values():
            example = operation.pop(_EXAMPLE, None)
            if example is not None and all(known.get(name, "") for name in known if f"{{{name}}}" in example):
                operation[_EXAMPLE] = example.format(**known) if "{" in example else example
    return document


def _example_names(context: Context) -> dict[str, str]:
    """Names in the addresses of examples → what stands for them in this collection; empty where there is nothing."""
    publication = context.publication
    record = publication.catalogue.newest(1)
    thing = next(
        (each.thing.reference for kind in KINDS for each in publication.catalogue.list_of_kind(kind, 1, "")), ""
    )
    return {
        "record": record[0].reference if record else "",
        "thing": thing,
        "dump": "dumps/SHA256SUMS" if publication.has_dumps else "",
        "table": "data/SHA256SUMS" if publication.file(publication.tables / "SHA256SUMS") else "",
    }


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[OperationView, str]]:
    """The operations of a description with the wing of each."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield _operation(path, method, operation), operation["tags"][0]


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> OperationView:
    responses = operation["responses"]
    media_types = tuple(responses.get("200", {}).get("content", {}))
    return OperationView(
        operation["operationId"],
        method.upper(),
        path,
        operation["summary"],
        operation.get("description", ""),
        tuple(_parameter(each) for each in operation.get("parameters", ()) if "name" in each),
        tuple((status, responses[status]["description"]) for status in sorted(responses) if status not in _COMMON),
        media_types or tuple(operation.get("requestBody", {}).get("content", {})),
        operation.get(_EXAMPLE),
    )


def _parameter(parameter: Mapping[str, Any]) -> ParameterView:
    schema = parameter["schema"]
    inner = schema.get("items", schema)
    bounds = "…".join(str(inner[each]) for each in ("minimum", "maximum") if each in inner)
    several = "[]" if schema.get("type") == "array" else ""
    examples = [*schema.get("examples", ()), *([parameter["example"]] if "example" in parameter else [])]
    return ParameterView(
        parameter["name"],
        parameter["in"],
        parameter.get("description", ""),
        parameter.get("required", False),
        f"{inner.get('type', 'string')}{several}{f' {bounds}' if bounds else ''}",
        tuple(map(str, inner.get("enum", ()))),
        str(schema["default"]) if "default" in schema else "",
        str(examples[0]) if examples else "",
    )
