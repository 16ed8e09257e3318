"""Static files: those whose address holds a version may be kept for ever."""

import re
from functools import cache, partial
from typing import Annotated

from fastapi import Path
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import Message
from kg.render.site.assets import assets, version
from kg.web.http import content_coding
from kg.web.http.conditional import has_it, http_date
from kg.web.http.headers import NOSNIFF
from kg.web.http.problems import Problem
from kg.web.serving.context import Context, HeldContext

_VERSION = re.compile(r"v-([0-9a-f]{16})/(.+)")
_FOR_EVER = "public, max-age=31536000, immutable"
_AN_HOUR = "public, max-age=3600"


async def respond(request: Request, context: HeldContext, name: Annotated[str, Path()]) -> Response:
    """A file that pages use. A version that is not today's gets today's file, to be asked for again soon."""
    match = _VERSION.fullmatch(name)
    lasting = bool(match and match[1] == version())
    asset = assets().get(match[2] if match else name)
    if asset is None:
        raise Problem(404, Message("There is no such file."))
    name = content_coding.for_request(request, content_coding.OF_DOCUMENTS)
    packed = await _packed(context, asset.name, name) if name else None
    etag = f'"{asset.digest}-{name}"' if packed else f'"{asset.digest}"'
    modified = context.publication.published
    headers = {
        "Cache-Control": _FOR_EVER if lasting else _AN_HOUR,
        "ETag": etag,
        "Last-Modified": http_date(modified),
        "Vary": "Accept-Encoding",
        **NOSNIFF,
    }
    if has_it(request, etag, modified):
        return Response(None, 304, headers)
    if packed:
        headers["Content-Encoding"] = name
    return Response(packed or asset.body, 200, headers, asset.media_type)


async def _packed(context: Context, name: str, coding: str) -> bytes | None:
    """A file compressed, once and beside the event loop; None where that does not pay."""
    work = partial(context.serving.in_thread, "", partial(_pack, name, coding))
    return await context.serving.memo.get(f"static {name} {coding}", work)


@cache
def _pack(name: str, coding: str) -> bytes | None:
    asset = assets()[name]
    if asset.media_type == "image/png" or len(asset.body) < content_coding.SMALLEST:
        return None
    return content_coding.pack_once(asset.body, coding)
