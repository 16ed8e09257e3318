"""Exports of searches: small ones whole, others as streams that are made no faster than they are taken."""

import asyncio
import re
from threading import get_ident

import pyoxigraph
import pytest
import zstandard
from waiting import HANG_SECONDS

from kg.read import search_hits
from kg.read.record_reader import RecordReader
from kg.web.app import Application
from kg.web.search import export_stream

SEARCH = "/data/search"
FORMATS = ("csv", "atom", "rss", "ttl", "bib", "ris", "csl.json")


@pytest.fixture
def small_pieces(monkeypatch):
    """Exports that begin with their first piece, and have few things in each."""
    monkeypatch.setattr(export_stream, "HELD", 1)
    monkeypatch.setattr(search_hits, "_MAX_BATCH", 2)
    monkeypatch.setattr("kg.render.site.pages._PIECE", 100)


def graph(body):
    """Triples of a Turtle document, each of whose prefixes stands in it once; names of blank nodes aside."""
    lines = [line for line in body.splitlines() if line.startswith(b"@prefix")]
    assert len(lines) == len(set(lines))
    parsed = pyoxigraph.parse(body, format=pyoxigraph.RdfFormat.TURTLE)
    return sorted(re.sub(r"_:\w+", "_:b", str(quad)) for quad in parsed)


@pytest.mark.parametrize("name", FORMATS)
def test_a_stream_is_the_same_document(client, request, name):
    """In pieces an export is byte for byte what it is in one, in each coding; Turtle is the same graph."""
    parameters = {"q": "castro", "format": name, "limit": 6}
    whole = client.get(SEARCH, params=parameters)
    assert "content-length" in whole.headers
    request.getfixturevalue("small_pieces")
    for coding in ("identity", "gzip", "zstd"):
        answer = client.get(SEARCH, params=parameters, headers={"accept-encoding": coding})
        assert answer.status_code == 200
        body = answer.content
        if coding == "zstd":
            body = zstandard.ZstdDecompressor().decompressobj().decompress(body)
        assert body == whole.content or (name == "ttl" and graph(body) == graph(whole.content))
        assert answer.headers.get("content-encoding", "identity") == coding
        for header in ("content-type", "content-disposition", "link", "x-robots-tag", "cache-control", "vary"):
            assert answer.headers.get(header) == whole.headers.get(header), header


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_found(client, small_pieces, name):
    """An export of nothing is a whole document of its format."""
    parameters = {"topic": "topic/none", "format": name}
    answer = client.get(SEARCH, params=parameters)
    assert answer.status_code == 200
    if name == "csl.json":
        assert answer.json() == []


def test_conditions(client, small_pieces):
    """A stream has a tag of its own in each coding, by which a client that has it is told so; HEAD has no body."""
    parameters = {"q": "castro", "format": "csv"}
    tags = set()
    for coding in ("identity", "gzip"):
        headers = {"accept-encoding": coding}
        tag = client.get(SEARCH, params=parameters, headers=headers).headers["etag"]
        known = client.get(SEARCH, params=parameters, headers={**headers, "if-none-match": tag})
        assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", tag)
        head = client.head(SEARCH, params=parameters, headers=headers)
        assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)
        tags.add(tag)
    tags.add(client.get(SEARCH, params={**parameters, "limit": 5}, headers={"accept-encoding": "gzip"}).headers["etag"])
    assert len(tags) == 3


def test_what_goes_wrong_before_the_first_piece_has_its_status(client, small_pieces):
    """A search that can't be understood is told as ever."""
    assert client.get(SEARCH, params={"q": "(castro", "format": "csv"}).status_code == 400


def test_records_are_read_as_they_are_taken(example, small_pieces, monkeypatch):
    """Of an export that nobody reads on no more is made than a piece, in a thread, and none after its reader has left."""
    read = []
    whole = RecordReader.whole
    monkeypatch.setattr(RecordReader, "whole", lambda reader, *place: read.append(get_ident()) or whole(reader, *place))

    async def main():
        application, told, begun = Application(example), asyncio.Queue(), asyncio.Event()

        async def life_send(_message):
            begun.set()

        life = asyncio.create_task(application({"type": "lifespan"}, told.get, life_send))
        await told.put({"type": "lifespan.startup"})
        await begun.wait()
        taken, stuck = [], asyncio.Event()

        async def send(message):
            taken.append(message)
            if len(taken) == 3:
                stuck.set()
                await asyncio.Event().wait()

        scope = {
            "type": "http",
            "method": "GET",
            "path": SEARCH,
            "raw_path": SEARCH.encode(),
            "query_string": b"format=csv&kind=record",
            "headers": [],
            "client": ("192.0.2.7", 1),
        }
        reader = asyncio.create_task(application(scope, told.get, send))
        await stuck.wait()
        await asyncio.sleep(0.1)
        assert 0 < len(read) <= 2 * (len(taken) + 1)
        assert get_ident() not in read
        reader.cancel()
        await asyncio.wait([reader])
        before = len(read)
        await asyncio.sleep(0.1)
        assert len(read) == before
        await told.put({"type": "lifespan.shutdown"})
        await life

    asyncio.run(asyncio.wait_for(main(), HANG_SECONDS))
