"""`/media/…`: the archive's own scans and recordings, from the folder of the setting `media`.

Types are few, and none of them can run a script (D-158). A file is what it is on the disk at the moment: it belongs to
no generation.
"""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote

from fastapi import Path as PathParameter
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import Message
from kg.web.http import byte_ranges
from kg.web.http.conditional import has_it, http_date
from kg.web.http.headers import CORS, raw
from kg.web.http.problems import Problem
from kg.web.http.responses import Ready, Stream, file_pieces
from kg.web.serving.context import Context, HeldContext

MEDIA_TYPES = {
    ".avif": "image/avif",
    ".flac": "audio/flac",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".ogg": "audio/ogg",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".wav": "audio/wav",
    ".webm": "video/webm",
    ".webp": "image/webp",
}
"""Suffix of a file that is served → its media type."""

_Name = Annotated[str, PathParameter(description="The path of the file, below the folder of the setting `media`.")]


async def respond(request: Request, context: HeldContext, name: _Name) -> Response:
    """A file, or its part that Range names."""
    return await asyncio.to_thread(_file, request, context, name)


def _file(request: Request, context: Context, name: str) -> Response:
    path = media_file(context.settings.media_folder, unquote(name))
    if path is None:
        raise Problem(404, Message("There is no such file."))
    status = path.stat()
    media_type = MEDIA_TYPES[path.suffix.lower()]
    changed = datetime.fromtimestamp(status.st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    etag, modified = f'"{status.st_mtime_ns:x}-{status.st_size:x}"', http_date(changed)
    headers = {**CORS, "Cache-Control": "public, max-age=3600", "ETag": etag, "Last-Modified": modified}
    headers |= {"Accept-Ranges": "bytes", "Content-Security-Policy": "default-src 'none'; sandbox"}
    if has_it(request, etag, changed):
        return Response(None, 304, headers)
    selected = byte_ranges.select(request, status.st_size, media_type, etag=etag, modified=modified)
    sent = raw({**headers, **selected.headers})
    if request.method == "HEAD":
        return Ready(selected.status, sent)
    return Stream(sent, file_pieces(path, selected.pieces), selected.status)


def media_file(folder: Path | None, name: str) -> Path | None:
    """File of the folder with that name; None for one that is not there, outside of it, hidden, or of no known type.

    Args:
        folder: the folder; None for no folder.
        name: path of the file below it, as a stranger sent it, without escapes.
    """
    parts = name.split("/")
    is_plain = all(part and not part.startswith(".") and "\0" not in part and "\\" not in part for part in parts)
    if folder is None or not is_plain or Path(name).suffix.lower() not in MEDIA_TYPES:
        return None
    top = os.path.realpath(folder)
    try:
        found = Path(os.path.realpath(Path(top, *parts)))
        return found if found.is_relative_to(top) and found.is_file() else None
    except OSError:  # a name longer than the file system has
        return None
