"""Context of a request: the settings, the generation that it holds, the reader."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, NamedTuple

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from kg.iris import Base, uri
from kg.read.publication import Publication
from kg.render.site.own_files import OwnFiles
from kg.render.site.pages import Site
from kg.render.site.reader import ReaderPreferences
from kg.settings import Settings
from kg.web.http.client import client_name
from kg.web.observe.metrics import Metrics
from kg.web.serving.answer_cache import AnswerCache
from kg.web.serving.body_budget import BodyBudget
from kg.web.serving.live import Serving
from kg.web.serving.time_slices import TimeSlices

_KEY = "kg.context"


class Context(NamedTuple):
    """Everything that a handler needs besides the request.

    Attributes:
        settings: the settings.
        serving: the generation that this request holds.
        base: the identity of what is published.
        site: what pages say of the site.
        reader: who reads.
        answers: whole answers kept in memory.
        bodies: the memory of request bodies.
        slices: time slices of the event loop.
        own: files of the site's own.
        metrics: what is measured, if anything is.
    """

    settings: Settings
    serving: Serving
    base: Base
    site: Site
    reader: ReaderPreferences
    answers: AnswerCache
    bodies: BodyBudget
    slices: TimeSlices
    own: OwnFiles
    metrics: Metrics | None = None

    @property
    def publication(self) -> Publication:
        """The publication that this request holds."""
        return self.serving.publication

    async def in_turn(self, request: Request, make: Callable[[], Coroutine[Any, Any, Response]]) -> Response:
        """A response of a handler that takes no turns otherwise, such as a page among answers to queries."""
        return await self.slices.run(client_name(request), make)

    def path(self, below: str) -> str:
        """The path of something below the base as a URI: links go by path, so that a copy elsewhere can be browsed."""
        return uri(self.base.path + below)


def hold(scope: Scope, context: Context) -> None:
    """Put the context of a request where its handler finds it."""
    scope[_KEY] = context


async def context_of(request: Request) -> Context:
    """The context of a request."""
    context: Context = request.scope[_KEY]
    return context


HeldContext = Annotated[Context, Depends(context_of)]
"""Parameter of a route's handler: the context of its request."""
