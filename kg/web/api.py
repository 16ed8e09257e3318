"""The FastAPI application: a route for each row of the table, and the description that is generated from them.

FastAPI reads and checks parameters, and describes the routes. The fast path before it has matched the path with a row
already, as it was sent, and holds the generation; so a route of ours is chosen by its row. FastAPI's own pages, its
redirects, its handlers of errors and its telemetry are off: problems have one shape, made in `kg.web.serving.outcome`.
"""

import re
from collections.abc import Callable, Coroutine, Iterable, Iterator
from functools import partial
from typing import Annotated, Any, get_origin

from fastapi import Depends, FastAPI, Query
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from kg.web import openapi
from kg.web.http.canonical_address import KnownParameters
from kg.web.http.form_encoding import EncodedRequest
from kg.web.http.language import PARAMETER
from kg.web.http.parameter_problems import ParameterProblem, problem_of
from kg.web.route_table import Route
from kg.web.serving.context import context_of
from kg.web.serving.outcome import outcome

MATCHED = "kg.matched"
"""Key of the row and the parameters of a request's path in its scope."""

_TELEMETRY_OFF: Any = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}

Made = Callable[[Request], Coroutine[Any, Any, Response]]


class SentPathRoute(APIRoute):
    """A route that is chosen by its row: its path was matched as it was sent, and its method is allowed."""

    row: Route

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request whose path and method fit: HEAD is told apart by what sends its response."""
        scope.update(endpoint=self.endpoint, path_params=scope[MATCHED].parameters, route=self)
        await self.app(scope, receive, send)

    def get_route_handler(self) -> Made:
        """The handler of FastAPI's, whose faults are problems of ours."""
        made = super().get_route_handler()

        async def handle(request: Request) -> Response:
            context = await context_of(request)
            encoded = EncodedRequest(request.scope, request.receive)
            response = await outcome(encoded, context, partial(self._checked, made, encoded), self.row)
            context.serving.begin_answer()
            return response

        return handle

    async def _checked(self, made: Made, request: Request) -> Response:
        try:
            return await made(request)
        except RequestValidationError as fault:
            problem = problem_of(fault.errors())
        except ParameterProblem as fault:
            problem = fault
        if self.row.refused is None:
            raise problem from None
        return await self.row.refused(request, await context_of(request), problem)


class Api(FastAPI):
    """FastAPI with the routes of a table, and without what stands around them."""

    def __init__(self, title: str, description: str) -> None:
        """No routes yet; the title and the description of the site."""
        self._of_rows: dict[int, SentPathRoute] = {}
        super().__init__(
            title=title,
            description=description,
            version=openapi.VERSION,
            openapi_url=None,
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,
            telemetry=_TELEMETRY_OFF,
        )

    def build_middleware_stack(self) -> ASGIApp:
        """The routes with the stack that their dependencies need; errors are problems already."""
        return AsyncExitStackMiddleware(self._routed)

    def add(self, route: SentPathRoute) -> None:
        """Add the route of a row."""
        self.router.routes.append(route)
        self._of_rows[id(route.row)] = route

    def known_parameters(self, row: Route) -> KnownParameters:
        """The query parameters that the route of a row declares, with that of the language, without private ones."""
        declared = dict(_query_parameters(self._of_rows[id(row)].dependant))
        public = {name: several for name, several in declared.items() if name.decode() not in row.private}
        return {**public, PARAMETER.encode(): False}

    async def _routed(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the route of the row that the fast path found: trying one route after another would take longer."""
        await self._of_rows[id(scope[MATCHED].route)].handle(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """The description, with responses and parameters that all routes share."""
        if self.openapi_schema is None:
            self.openapi_schema = openapi.finished(super().openapi())
        return self.openapi_schema


def _query_parameters(dependant: Dependant) -> Iterator[tuple[bytes, bool]]:
    """Name of each query parameter of a route, and whether it may come several times."""
    for field in dependant.query_params:
        annotation = field.field_info.annotation
        fields: dict[str, FieldInfo] = {field.name: field.field_info}
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            fields = annotation.model_fields
        for name, info in fields.items():
            yield (info.alias or name).encode(), get_origin(info.annotation) is list
    for each in dependant.dependencies:
        yield from _query_parameters(each)


def build(rows: Iterable[Route], title: str, description: str) -> Api:
    """The application of a table.

    Args:
        rows: the rows.
        title: of the site.
        description: of the site.
    """
    api = Api(title, description)
    for row in rows:
        for method in ("GET", "POST") if "POST" in row.methods else ("GET",):
            _add(api, row, method)
    return api


def _add(api: Api, row: Route, method: str) -> None:
    route = SentPathRoute(
        row.path,
        row.handler,
        methods=[method],
        tags=[row.wing],
        summary=row.what,
        description=row.description or " ",  # else the handler's docstring
        operation_id=f"{row.operation or _operation(row.path)}{'-post' if method == 'POST' else ''}",
        status_code=row.status,
        responses=openapi.responses(row),
        response_class=Response,
        response_model=None,
        include_in_schema=not row.undescribed,
        dependencies=[_declared(row.parameters)] if row.parameters and method == "GET" else [],
        openapi_extra=openapi.extras(row, method),
    )
    route.row = row
    api.add(route)


def _operation(path: str) -> str:
    """The name of an operation, made of its path."""
    return "-".join(re.findall(r"\w+", path.replace(":path", ""))) or "start"


def _declared(model: type[BaseModel]) -> Any:
    """Parameters that a direct handler reads by itself, for the description."""

    async def declare(_parameters: Annotated[model, Query()]) -> None:  # type: ignore[valid-type]
        """Nothing: a direct route does not come here."""

    return Depends(declare)
