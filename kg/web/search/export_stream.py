"""Response to an export: whole where it is small, else as a stream that is made no faster than it is taken.

A reader holds the places of the things in the index and the piece that is being sent: a thousand readers of a thousand
long records take no more than that. Each piece is made in its client's turn (`kg.web.serving.thread_queue`) (D-109).
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from kg.errors import QueryBusy
from kg.web.http import content_coding
from kg.web.http.conditional import has_it, http_date
from kg.web.http.headers import raw
from kg.web.http.responses import Stream
from kg.web.serving import published
from kg.web.serving.context import Context

HELD = 64 << 10
"""Bytes of an export that are waited for before it is begun: until then what goes wrong has its own status."""

_PATIENCE = 0.2
"""Seconds after which an export that has begun asks for its turn again, where the queue is full."""


@dataclass(frozen=True, slots=True)
class ExportStream:
    """An export that is to be sent.

    Attributes:
        pieces: of its body; each is made when it is asked for.
        media_type: of the body.
        headers: to send along.
    """

    pieces: Iterator[bytes]
    media_type: str
    headers: Mapping[str, str]


async def respond(request: Request, context: Context, make: Callable[[], ExportStream]) -> Response:
    """The response to an export.

    Args:
        request: the request.
        context: what it is answered with.
        make: makes it, in a thread.
    """
    begun = await context.serving.slow_queue.run(request, partial(_begun, request, context, make))
    if isinstance(begun, Response):
        return begun
    export, held = begun
    coding = content_coding.for_request(request, content_coding.OF_ANSWERS)
    modified = context.publication.published
    etag = _tag(request, context, coding)
    headers = published.with_shared(request, context, export.headers)
    headers |= {"ETag": etag, "Last-Modified": http_date(modified), "Vary": published.BY_FORMAT}
    if has_it(request, etag, modified):
        return Response(None, 304, headers)
    sent = raw({**headers, "Content-Type": export.media_type, **({"Content-Encoding": coding} if coding else {})})
    pieces = iter(()) if request.method == "HEAD" else _joined(held, export.pieces)
    return Stream(sent, _sent(request, context, pieces, "" if request.method == "HEAD" else coding))


def _begun(
    request: Request, context: Context, make: Callable[[], ExportStream]
) -> Response | tuple[ExportStream, bytes]:
    """The response that is a small export; of any other one the export with its beginning."""
    export = make()
    held = bytearray()
    for piece in export.pieces:
        held += piece
        if len(held) >= HELD:
            return export, bytes(held)
    return published.respond(request, context, bytes(held), export.media_type, export.headers)


def _joined(held: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield held
    yield from pieces


async def _sent(request: Request, context: Context, pieces: Iterator[bytes], coding: str) -> AsyncGenerator[bytes]:
    """Pieces of an export as they are taken; one that has begun waits for its turns, however many ask."""
    making = content_coding.encoded(pieces, coding) if coding else pieces
    while True:
        try:
            piece = await context.serving.slow_queue.run(request, partial(next, making, None))
        except QueryBusy:
            await asyncio.sleep(_PATIENCE)
            continue
        if piece is None:
            return
        yield piece


def _tag(request: Request, context: Context, coding: str) -> str:
    """Entity tag of an export that is not whole yet: what it is made of, like that of a query's answer (D-109)."""
    publication, reader = context.publication, context.reader
    made_of = (publication.number, publication.published, request.scope["path"], request.scope["query_string"])
    said = f"{made_of} {reader.languages} {reader.language} {request.headers.get('accept', '')}"
    tag = hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    return f'"{tag}-{coding}"' if coding else f'"{tag}"'
