"""Static files: those whose address holds a version may be kept for ever."""

import re
from functools import cache
from typing import Annotated

from fastapi import Path
from starlette.requests import Request
from starlette.responses import Response

from kg.render.site.assets import assets, version
from kg.web.http import content_coding
from kg.web.http.conditional import has_it, http_date
from kg.web.http.headers import NOSNIFF
from kg.web.http.told_problems import ToldProblem
from kg.web.serving.context import HeldContext

_VERSION = re.compile(r"v-([0-9a-f]{16})/(.+)")
_FOR_EVER = "public, max-age=31536000, immutable"
_AN_HOUR = "public, max-age=3600"


async def respond(request: Request, context: HeldContext, name: Annotated[str, Path()]) -> Response:
    """A file that pages use. A version that is not today's gets today's file, to be asked for again soon."""
    match = _VERSION.fullmatch(name)
    lasting = bool(match and match[1] == version())
    asset = assets().get(match[2] if match else name)
    if asset is None:
        raise ToldProblem(404, "no_file")
    name = content_coding.for_request(request, content_coding.OF_ANSWERS)
    packed = _packed(asset.name, name) if name else None
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


@cache
def _packed(name: str, coding: str) -> bytes | None:
    """A file compressed, once; None where that does not pay."""
    asset = assets()[name]
    if asset.media_type == "image/png" or len(asset.body) < content_coding.SMALLEST:
        return None
    return content_coding.pack(asset.body, coding)
