"""Static files: those whose address holds a version may be kept for ever."""

import gzip
import re
from functools import cache

from starlette.requests import Request
from starlette.responses import Response

from kg.render.assets import assets, version
from kg.web.conditional import GZIP_FROM, has_tag, takes_gzip
from kg.web.context import Context
from kg.web.problems import Problem

_VERSION = re.compile(r"v-([0-9a-f]{16})/(.+)")
_FOR_EVER = "public, max-age=31536000, immutable"
_AN_HOUR = "public, max-age=3600"


async def respond(request: Request, context: Context, name: str) -> Response:  # noqa: ARG001  # as every handler
    """A file that pages use. A version that is not today's gets today's file, to be asked for again soon."""
    match = _VERSION.fullmatch(name)
    lasting = bool(match and match[1] == version())
    asset = assets().get(match[2] if match else name)
    if asset is None:
        raise Problem(404, "There is no such file.")
    packed = _packed(asset.name) if takes_gzip(request) else None
    etag = f'"{asset.digest}-gz"' if packed else f'"{asset.digest}"'
    headers = {
        "Cache-Control": _FOR_EVER if lasting else _AN_HOUR,
        "ETag": etag,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if has_tag(request, etag):
        return Response(None, 304, headers)
    body = packed or asset.body
    if packed:
        headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(body))
    return Response(b"" if request.method == "HEAD" else body, 200, headers, asset.media_type)


@cache
def _packed(name: str) -> bytes | None:
    """A file compressed, once; None where that does not pay."""
    asset = assets()[name]
    if asset.media_type == "image/png" or len(asset.body) < GZIP_FROM:
        return None
    return gzip.compress(asset.body, 9, mtime=0)
