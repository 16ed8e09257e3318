"""Files to take away: the dumps, and the tables with the description of their columns."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import orjson
from fastapi import Path as PathParameter
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import KgError, Message
from kg.iris import KINDS
from kg.read.publication import Publication
from kg.render.site.table_columns import column_description
from kg.store.dumps.dump_file import DumpFile
from kg.store.dumps.dump_folder import SUMS, read_sums, sums_text
from kg.web.http import byte_ranges
from kg.web.http.byte_ranges import BodyPiece
from kg.web.http.conditional import has_it, http_date
from kg.web.http.headers import CORS, raw
from kg.web.http.problems import Problem
from kg.web.http.responses import Ready, Stream, file_pieces, read_pieces
from kg.web.serving import published
from kg.web.serving.context import Context, HeldContext

_Name = Annotated[str, PathParameter(description="Name of the file, as on the page.")]
_TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Download:
    """A file that a page offers.

    Attributes:
        name: its name.
        format: what it is.
        size: in bytes.
        sha256: its digest.
    """

    name: str
    format: str
    size: int
    sha256: str


_DUMPS = {".nt.gz": "N-Triples", ".ttl.gz": "Turtle"}
_DESCRIPTION = ".csv-metadata.json"
_TABLES = {".csv": "CSV", ".parquet": "Parquet", _DESCRIPTION: "CSV on the Web"}
_MEDIA_TYPES = {
    ".gz": "application/gzip",
    ".csv": "text/csv; charset=utf-8; header=present",
    ".parquet": "application/vnd.apache.parquet",
    _DESCRIPTION: "application/csvm+json",
}


async def dump(request: Request, context: HeldContext, name: _Name) -> Response:
    """A dump, or its part that Range names."""
    return await asyncio.to_thread(_dump, request, context, name)


def _dump(request: Request, context: Context, name: str) -> Response:
    dumps = context.publication.dumps()
    if dumps is not None and name == SUMS:
        text = sums_text(dumps.sums()).encode()
        tag = hashlib.sha256(text, usedforsecurity=False).hexdigest()
        return _sent(request, context, _Content(name, len(text), tag, partial(read_pieces, partial(_part_of, text))))
    file = dumps.files.get(name) if dumps else None
    if file is None:
        raise _no_file(context, name, "dumps/")
    tag = file.entity_tag or str(context.publication.number)
    return _sent(request, context, _Content(name, file.size, tag, partial(read_pieces, partial(_read, file))))


def _part_of(text: bytes, at: int, size: int) -> bytes:
    return text[at : at + size]


def _read(file: DumpFile, at: int, size: int) -> bytes:
    """Bytes of a dump. Raises EOFError where it was cut since its size was sent, so that the answer is cut, too."""
    try:
        return file.read_at(at, size)
    except KgError as fault:
        raise EOFError(str(fault)) from fault


async def dumps(request: Request, context: HeldContext) -> Response:
    """The page of the dumps."""
    return await context.serving.in_thread(request, partial(_dumps, request, context))


def _dumps(request: Request, context: Context) -> Response:
    publication = context.publication
    held = publication.dumps()
    table = held.table if held else None  # dumps that are made late say whose graph they hold
    sums, files = (held.sums(), held.files) if held else ({}, {})
    values = {
        "files": [
            Download(name, title, files[name].size, sums[name])
            for ending, title in _DUMPS.items()
            for name in files
            if name.endswith(ending)
        ],
        "triples": table.triples if table else publication.triples,
        "generation": table.generation if table else publication.number,
        "tables": context.publication.tables.is_dir(),
    }
    return published.page(request, context, "dumps", values)


async def table(request: Request, context: HeldContext, name: _Name) -> Response:
    """A file of the tables, or its part that Range names."""
    return await asyncio.to_thread(_table, request, context, name)


async def tables(request: Request, context: HeldContext) -> Response:
    """The page of the tables with every column."""
    return await context.serving.in_thread(request, partial(_tables, request, context))


def _tables(request: Request, context: Context) -> Response:
    publication = context.publication
    offered = _offered(publication)
    shown = [
        {
            "kind": kind,
            "files": [each for each in offered if each.name.startswith(f"{kind}.")],
            **_described(path, context.reader.language),
        }
        for kind in KINDS
        if (path := publication.file(publication.tables / f"{kind}{_DESCRIPTION}"))
    ]
    return published.page(request, context, "tables", {"tables": shown})


def _described(path: Path, language: str) -> dict[str, Any]:
    """Rows and columns of a table, as its description has them.

    Columns are described in the reader's language; one that the model has no more in English, as the file has it.
    """
    document = orjson.loads(path.read_bytes())
    columns = [
        {
            "name": each["name"],
            "meaning": column_description(each["name"], language),
            "meaning_in_english": each["dc:description"],
            "type": each["datatype"],
            "many": "separator" in each,
            "example": each.get("skos:example", ""),
            "filled": each["void:entities"],
        }
        for each in document["tableSchema"]["columns"]
    ]
    state = document.get("dc:modified", {}).get("@value", "")  # kg before 0.5 did not say
    return {"rows": document["void:entities"], "columns": columns, "state": state}


def _digests(publication: Publication) -> dict[str, str]:
    """Table → its digest. Raises GenerationError for a damaged list."""
    sums = publication.file(publication.tables / SUMS)
    return read_sums(sums) if sums else {}


def _offered(publication: Publication) -> list[Download]:
    """The tables with their descriptions, by name and in the order of the endings.

    Raises:
        GenerationError: one of them is damaged.
    """
    digests = _digests(publication)
    return [
        Download(name, title, path.stat().st_size, digests[name])
        for name in digests
        for ending, title in _TABLES.items()
        if name.endswith(ending) and (path := publication.file(publication.tables / name))
    ]


@dataclass(frozen=True, slots=True)
class _Content:
    """Content of a file: its name, size and entity tag, and the function that makes pieces of a body of it."""

    name: str
    size: int
    tag: str
    pieces: Callable[[Sequence[BodyPiece]], AsyncGenerator[bytes]]


def _table(request: Request, context: Context, name: str) -> Response:
    """File of the tables; a part of it where that is asked for."""
    publication = context.publication
    path = publication.file(publication.tables / name)
    if path is None:
        raise _no_file(context, name, "data/")
    tag = _digests(publication).get(name, str(publication.number))
    return _sent(request, context, _Content(name, path.stat().st_size, tag, partial(file_pieces, path)))


def _no_file(context: Context, name: str, place: str) -> Problem:
    detail = Message(
        "There is no file %(name)s; see the list at %(place)s.", name=repr(name[:100]), place=context.path(place)
    )
    return Problem(404, detail)


def _sent(request: Request, context: Context, content: _Content) -> Response:
    """A file; a part of it where that is asked for (RFC 9110, 14.2)."""
    published_at = context.publication.published
    etag, modified = f'"{content.tag}"', http_date(published_at)
    headers = {**CORS, "Cache-Control": "public, max-age=300", "ETag": etag, "Last-Modified": modified}
    headers["Accept-Ranges"] = "bytes"
    if content.name.endswith(".csv"):  # CSV on the Web, 5.2
        described = f"{content.name.removesuffix('.csv')}{_DESCRIPTION}"
        headers["Link"] = f'<{described}>; rel="describedby"; type="application/csvm+json"'
    if has_it(request, etag, published_at):
        return Response(None, 304, headers)
    media_type = next((type_ for ending, type_ in _MEDIA_TYPES.items() if content.name.endswith(ending)), _TEXT)
    selected = byte_ranges.select(request, content.size, media_type, etag=etag, modified=modified)
    sent = raw({**headers, **selected.headers})
    if request.method == "HEAD":
        return Ready(selected.status, sent)
    return Stream(sent, content.pieces(selected.pieces), selected.status)
