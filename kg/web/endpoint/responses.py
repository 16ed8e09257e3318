"""Responses to queries: the answer of the cache, 304, or a worker's, whole or as a stream.

Nothing is sent before 64 KiB of an answer are there or its end, so that whatever goes wrong by then has its own status.
What goes wrong later breaks the connection off: no client takes a part for the whole (D-76).
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from kg.errors import Message, QueryError, QuerySyntaxError, RemoteError
from kg.store.sparql import query_checks
from kg.store.sparql.query_service import QueryAnswer
from kg.web.endpoint.answer_headers import Shape
from kg.web.http import content_coding
from kg.web.http.client import client_name
from kg.web.http.headers import combined
from kg.web.http.problems import Problem, of
from kg.web.http.responses import Ready, Stream
from kg.web.observe.request_notes import RequestNotes, notes_of
from kg.web.serving.answer_cache import AnswerCache, CachedAnswer, RepeatedRequest, tag_of, varies
from kg.web.serving.context import Context
from kg.web.serving.live import Serving

HELD = 64 << 10
"""Bytes of an answer that are waited for before it is begun."""

_KILLS = {"QueryTimeout": "time", "QueryTooLarge": "size", "QueryTooHeavy": "memory", "QueryCrashed": "crash"}
"""Error of a query → why its worker is gone."""

_KILLS_LATE = {**_KILLS, "QueryBusy": "others wait"}
_LEFT = "client left"
_LARGE = 200_000
"""Bytes from which others would wait while they are packed."""

_LONG = 32 << 10
"""Characters of a query from which others would wait while it is read (D-137)."""

_EXCERPT_LENGTH, _MAX_LINES = 40, 10_000
"""Characters of a query that an error shows, and lines among which it looks for them."""


class Question(NamedTuple):
    """A query and what of.

    Attributes:
        query: the text.
        formats: names of formats by preference.
        default_graphs: graphs that are the default graph together.
        named_graphs: graphs that GRAPH sees.
        timeout: seconds that the client gives it.
    """

    query: str
    formats: tuple[str, ...]
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    timeout: float | None = None

    def tag(self, context: Context) -> str | None:
        """Entity tag of the answer; None where each answer is another one."""
        if len(self.query) > context.settings.query_length or varies(self.query):
            return None
        publication = context.publication
        return tag_of(publication, self.query, self.formats, (self.default_graphs, self.named_graphs))

    def ask(
        self, context: Context, request: Request | None = None, *, rows: int | None = None
    ) -> AbstractAsyncContextManager[QueryAnswer]:
        """Have it answered, for whoever sent a request or for ourselves; see `kg.store.sparql.query_service`."""
        asking = context.serving.pool.query(
            self.query,
            format=self.formats,
            default_graphs=self.default_graphs,
            named_graphs=self.named_graphs,
            rows=rows,
            timeout=self.timeout,
            client="" if request is None else _client(request),
        )
        return asking if context.metrics is None else context.metrics.running(asking)


def _client(request: Request) -> str:
    host, _ = request.scope.get("client") or ("", 0)
    return str(host)


@dataclass(slots=True)
class _Begun:
    """An answer of which some is here."""

    answer: QueryAnswer
    asking: AbstractAsyncContextManager[QueryAnswer]
    held: list[bytes]
    pieces: AsyncIterator[bytes]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.held:
            yield piece
        async for piece in self.pieces:
            yield piece

    def close(self) -> Awaitable[bool | None]:
        """Want no more of it."""
        return self.asking.__aexit__(None, None, None)


async def respond(request: Request, context: Context, question: Question) -> Response:
    """The response to a question. Raises Problem."""
    notes = notes_of(request.scope)
    notes.query = question.query
    shape = Shape.of(request, await _tag(request, context, question))
    if shape.known:
        notes.answered = "not modified"
        return Ready(304, shape.headers(shape.known))
    shared = shape.tag if question.timeout is None else None  # who waits less than others is on his own
    client = client_name(request)
    found = context.answers.find(shape.tag, client) if shape.tag else None
    if found is None and shared:
        found = await context.answers.coming(shared, client)
    if found is not None:
        notes.answered, notes.format = "kept", found.format
        if shape.coding and len(found.body) > _LARGE:
            await asyncio.to_thread(found.bytes_in, shape.coding)
        response = shape.whole(found)
        if request.method == "GET" and response.status_code == 200:
            repeat = RepeatedRequest(shape.tag or "", shape.coding_of(found), question.query, response.raw_headers)
            context.answers.expect(_bytes_of(request, context.serving), repeat, client)
        return response
    with context.answers.pending(shared):
        begun = await _begin(request, context, question, notes)
        notes.answered, notes.format = "asked", begun.answer.format
        if begun.answer.done:
            await begun.close()
            return shape.whole(_cached(context, shape.tag, begun.answer, b"".join(begun.held), client))
    if shape.head or shape.has_any:
        notes.killed = "nobody took it"
        await begun.close()
        return Ready(200, shape.begun(begun.answer)) if shape.head else Ready(304, shape.headers(shape.etag))
    pieces = _sent(begun, context, shape.tag, notes, client)
    if shape.coding:
        pieces = content_coding.stream(pieces, shape.coding)
    return Stream(shape.begun(begun.answer), pieces)


async def _tag(request: Request, context: Context, question: Question) -> str | None:
    """Entity tag of the answer; a long query is read beside others' requests."""
    if len(question.query) <= _LONG:
        return question.tag(context)
    return await context.serving.page_queue.run(request, partial(question.tag, context))


def repeated_answer(request: Request, serving: Serving, answers: AnswerCache) -> Response | None:
    """The response to a GET that came before byte by byte, if its answer is still in the cache."""
    if combined(request, "if-none-match"):
        return None
    found = answers.repeat(_bytes_of(request, serving), client_name(request))
    if found is None:
        return None
    repeat, answer = found
    notes = notes_of(request.scope)
    notes.answered, notes.format, notes.query = "kept", answer.format, repeat.query
    return Ready(200, repeat.headers, answer.bytes_in(repeat.coding))


def _bytes_of(request: Request, serving: Serving) -> tuple[str | bytes, ...]:
    """Parts of a request on which the answer to a GET depends, as they came."""
    scope = request.scope
    path: bytes = scope.get("raw_path") or scope["path"].encode()  # `a%2Fb` names another graph than `a/b`
    depends = combined(request, "accept"), combined(request, "accept-encoding")
    return serving.publication.published, path, scope["query_string"], *depends


async def whole_answer(context: Context, question: Question) -> CachedAnswer:
    """The whole answer to a question of our own."""
    tag = question.tag(context)
    found = context.answers.find(tag) if tag else None
    if found is not None:
        return found
    async with question.ask(context) as answer:
        return _cached(context, tag, answer, b"".join([piece async for piece in answer]))


def _cached(context: Context, tag: str | None, answer: QueryAnswer, body: bytes, client: str = "") -> CachedAnswer:
    made = CachedAnswer(answer.format, answer.media_type, body, answer.limited)
    if tag is not None:
        context.answers.keep(tag, made, client)
    return made


async def _begin(request: Request, context: Context, question: Question, notes: RequestNotes) -> _Begun:
    """Ask, and wait for the beginning. Raises Problem for what comes instead; a client that leaves ends the query."""
    try:
        query_checks.check_size(question.query, query_checks.QueryLimits(size=context.settings.query_length))
    except QueryError as fault:
        notes.fault = type(fault).__name__
        raise
    asking = question.ask(context, request)
    begun = None
    try:
        answer = await asking.__aenter__()
        begun = _Begun(answer, asking, [], aiter(answer))
        size = 0
        async for piece in begun.pieces:
            begun.held.append(piece)
            size += len(piece)
            if size >= HELD:
                break
    except BaseException as fault:
        if begun:
            await begun.close()
        match fault:
            case QueryError():
                notes.fault = type(fault).__name__
                notes.killed = _KILLS.get(notes.fault)
                raise explained(fault, question.query) from None
            case RemoteError():
                notes.fault = type(fault).__name__
            case asyncio.CancelledError():
                notes.killed = _LEFT
        raise
    return begun


async def _sent(
    begun: _Begun, context: Context, tag: str | None, notes: RequestNotes, client: str
) -> AsyncGenerator[bytes, None]:
    """An answer as it comes; the worker is free, or stopped, when it ends or the client leaves."""
    with context.answers.recorder.begin(tag, client) as recording:
        try:
            async for piece in begun:
                recording.add(piece)
                yield piece
        except QueryError as fault:
            notes.fault = type(fault).__name__
            notes.killed = _KILLS_LATE.get(notes.fault)
            raise
        except RemoteError as fault:
            notes.fault = type(fault).__name__
            raise
        except (asyncio.CancelledError, GeneratorExit):
            notes.killed = _LEFT
            raise
        finally:
            await begun.close()
        body = recording.body()
    if body is not None:
        _cached(context, tag, begun.answer, body, client)


def explained(fault: QueryError, query: str) -> Problem:
    """The problem that a fault is, with what stands in the query where it is."""
    problem = of(fault)
    if not isinstance(fault, QuerySyntaxError) or fault.line is None or fault.column is None:
        return problem
    if fault.line > _MAX_LINES:
        return problem
    lines = query.split("\n", fault.line)
    line = lines[fault.line - 1] if fault.line <= len(lines) else ""
    text = line[fault.column - 1 : fault.column - 1 + _EXCERPT_LENGTH].rstrip()
    if text:
        near = Message("near “%(text)s”", text=text)
    else:
        near = Message("at the end of the line") if fault.line < len(lines) else Message("at the end")
    told = isinstance(fault.what, Message)
    what = Message("%(what)s, %(near)s", what=fault.what, near=near) if told else f"{fault.what}, {near}"
    placed = QuerySyntaxError(what, line=fault.line, column=fault.column, todo=fault.todo)
    return Problem(problem.status, placed.message, problem.headers, {**problem.more, "text": text})
