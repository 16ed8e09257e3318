"""Files to take away: the dumps, and the tables with the description of their columns."""

import asyncio
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import orjson
from fastapi import Path as PathParameter
from starlette.requests import Request
from starlette.responses import Response

from kg.errors import Message
from kg.iris import KINDS
from kg.read.publication import Publication
from kg.render.site.table_columns import column_description
from kg.web.http import byte_ranges
from kg.web.http.conditional import has_it, http_date
from kg.web.http.headers import CORS, raw
from kg.web.http.problems import Problem
from kg.web.http.responses import Ready, Stream, file_pieces
from kg.web.serving import published
from kg.web.serving.context import Context, HeldContext

_Name = Annotated[str, PathParameter(description="Name of the file, as on the page.")]
_SUMS = "SHA256SUMS"
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
    return await asyncio.to_thread(_file, request, context, context.publication.dumps, name, "dumps/")


async def dumps(request: Request, context: HeldContext) -> Response:
    """The page of the dumps."""
    return await context.serving.in_thread(request, partial(_dumps, request, context))


def _dumps(request: Request, context: Context) -> Response:
    publication = context.publication
    values = {
        "files": _offered(publication, publication.dumps, _DUMPS),
        "triples": publication.triples,
        "generation": publication.number,
        "tables": context.publication.tables.is_dir(),
    }
    return published.page(request, context, "dumps", values)


async def table(request: Request, context: HeldContext, name: _Name) -> Response:
    """A file of the tables, or its part that Range names."""
    return await asyncio.to_thread(_file, request, context, context.publication.tables, name, "data/")


async def tables(request: Request, context: HeldContext) -> Response:
    """The page of the tables with every column."""
    return await context.serving.in_thread(request, partial(_tables, request, context))


def _tables(request: Request, context: Context) -> Response:
    publication = context.publication
    offered = _offered(publication, publication.tables, _TABLES)
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
    return {"rows": document["void:entities"], "columns": columns}


def _digests(publication: Publication, folder: Path) -> dict[str, str]:
    """File → its digest. Raises GenerationError for a damaged list."""
    sums = publication.file(folder / _SUMS)
    lines = sums.read_text(encoding="ascii").splitlines() if sums else []
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}


def _offered(publication: Publication, folder: Path, formats: dict[str, str]) -> list[Download]:
    """The files of a folder that have one of these endings, by name and in the order of the endings.

    Raises:
        GenerationError: one of them is damaged.
    """
    digests = _digests(publication, folder)
    return [
        Download(name, title, path.stat().st_size, digests[name])
        for name in digests
        for ending, title in formats.items()
        if name.endswith(ending) and (path := publication.file(folder / name))
    ]


def _file(request: Request, context: Context, folder: Path, name: str, place: str) -> Response:
    """File of a folder; a part of it where that is asked for (RFC 9110, 14.2)."""
    path = context.publication.file(folder / name)
    if path is None:
        raise Problem(
            404,
            Message(
                "There is no file %(name)s; see the list at %(place)s.",
                name=repr(name[:100]),
                place=context.path(place),
            ),
        )
    publication = context.publication
    etag = f'"{_digests(publication, folder).get(name, publication.number)}"'
    modified = http_date(publication.published)
    headers = {**CORS, "Cache-Control": "public, max-age=300", "ETag": etag, "Last-Modified": modified}
    headers["Accept-Ranges"] = "bytes"
    if name.endswith(".csv"):  # CSV on the Web, 5.2
        described = f"{name.removesuffix('.csv')}{_DESCRIPTION}"
        headers["Link"] = f'<{described}>; rel="describedby"; type="application/csvm+json"'
    if has_it(request, etag, publication.published):
        return Response(None, 304, headers)
    media_type = next((type_ for ending, type_ in _MEDIA_TYPES.items() if name.endswith(ending)), _TEXT)
    selected = byte_ranges.select(request, path.stat().st_size, media_type, etag=etag, modified=modified)
    sent = raw({**headers, **selected.headers})
    if request.method == "HEAD":
        return Ready(selected.status, sent)
    return Stream(sent, file_pieces(path, selected.pieces), selected.status)
