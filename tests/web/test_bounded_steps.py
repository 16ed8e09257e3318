"""Steps of a request in the event loop, up to the queue that counts its client: bounded, whatever a stranger sends.

Steps are operations of Python's machine; a hundred thousand take some 2 ms.
"""

import asyncio
import contextlib

import pytest
from steps import steps

from kg.web.app import Application
from kg.web.server.client_address import proxy_networks
from kg.web.server.guard import Guard
from kg.web.server.request_parser import MAX_HEAD_BYTES, RefusedRequest, RequestParser

HEAD = MAX_HEAD_BYTES - 1_000
MOST = 100_000
FORM = b"application/x-www-form-urlencoded"
THING = "/data/record/177838"


class Server:
    """The guarded application with an event loop in this thread, so that its steps can be counted."""

    def __init__(self, settings):
        self.runner = asyncio.Runner()
        self.application = Guard(Application(settings), proxy_networks(["10.0.0.0/8"]))
        self.told = self.runner.run(self._begin())

    async def _begin(self):
        told, begun = asyncio.Queue(), asyncio.Event()

        async def send(_message):
            begun.set()

        self.life = asyncio.create_task(self.application({"type": "lifespan"}, told.get, send))
        await told.put({"type": "lifespan.startup"})
        await begun.wait()
        return told

    def close(self):
        async def end():
            await self.told.put({"type": "lifespan.shutdown"})
            await self.life

        self.runner.run(end())
        self.runner.close()

    def ask(self, path, query=b"", headers=(), body=None):
        """Status of the answer, and the steps that it took."""
        sent = [{"type": "http.request", "body": body or b"", "more_body": False}]
        statuses = []

        async def receive():
            return sent.pop() if sent else await asyncio.Event().wait()

        async def send(message):
            statuses.append(message.get("status"))

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET" if body is None else "POST",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query,
            "headers": list(headers),
            "client": ("10.0.0.1", 5),
            "scheme": "http",
            "root_path": "",
        }
        counted = steps(lambda: self.runner.run(self.application(scope, receive, send)))
        return statuses[0], counted


@pytest.fixture(scope="module")
def server(example):
    """The example collection."""
    server = Server(example)
    for path in (*PLACES, THING, "/data/", "/data/nothing", "/data/dumps/kg.nt.gz"):
        for name, value in ((b"accept", b"text/html"), (b"accept", b"*/*"), (b"accept-language", b"ru")):
            server.ask(path, b"", [(name, value)])  # what is made once is no part of a request
    yield server
    server.close()


PATTERNS = [
    b"%&",
    b"%=%&",
    b"%zz&",
    b"a&",
    b"&",
    b"%",
    b"%41",
    b"lang=ru&",
    b"q=%D0&",
    b"+",
    b"graph=x&",
    b"format=csv,",
]
PLACES = [THING + ".html", "/data/search", "/data/sparql", "/data/graphs", "/data/graphs/x", "/data/api/companions"]


@pytest.mark.parametrize("path", [*PLACES, "/data/nothing", "/data/dumps/SHA256SUMS", "/data/static/x", "/data/"])
@pytest.mark.parametrize("accept", [b"*/*", b"text/html"])
def test_query_strings(server, path, accept):
    """An address of 64 kB of anything is read in bounded steps at every door, for data as for pages."""
    for pattern in PATTERNS:
        for begins in (b"", b"q=", b"query=ASK{}&x="):
            query = (begins + pattern * HEAD)[:HEAD]
            status, counted = server.ask(path, query, [(b"accept", accept)])
            assert counted < MOST, (pattern, begins, status)
            assert status != 500, (pattern, begins)


@pytest.mark.parametrize("path", PLACES)
def test_short_query_strings(server, path):
    """So is one of 8,000 characters, where each of a hundred and more parameters may be read."""
    _, polite = server.ask(path, b"x=1")
    for pattern in PATTERNS:
        query = (b"q=" + pattern * 8_000)[: 8_000 - len(path)]
        status, counted = server.ask(path, query)
        assert counted < polite + MOST, (pattern, status)


@pytest.mark.parametrize(
    "body",
    [
        *(pattern * (1 << 20) for pattern in PATTERNS),
        *((pattern * 300_000)[:300_000] for pattern in PATTERNS),
        b"query=" + b"%41" * 100_000,
        b"query=" + b"now" * 30_000,
        b"query=ASK{}&format=" + b"csv," * 50_000,
        b"query=ASK{}&timeout=" + b"1" * 200_000,
        b"query=ASK{}&" + b"named-graph-uri=x&" * 20_000,
    ],
    ids=lambda body: f"{body[:20].decode()}… {len(body)}",
)
def test_forms(server, body):
    """A form of a megabyte is refused in bounded steps, whatever it holds."""
    status, counted = server.ask("/data/sparql", b"", [(b"content-type", FORM)], body)
    assert counted < MOST, status
    assert 400 <= status < 500


def test_the_longest_query(server):
    """The longest query that is read takes no more steps than a short one before it waits for its turn."""
    for query in (b" " * 99_990 + b"ASK{}", b"\n" * 99_990 + b"ASK{}", b"ASK{} #" + b"now()" * 19_000):
        status, counted = server.ask("/data/sparql", b"", [(b"content-type", b"application/sparql-query")], query)
        assert (status, counted < MOST) == (200, True), query[:20]


HEADERS = {
    b"accept": [b"a/b,", b"text/html;q=0.1,", b"a/b;x=1;", b",", b'a/b;x="', b"*/*,"],
    b"accept-language": [b"ru,", b"de;q=0.1,", b","],
    b"accept-encoding": [b"gzip,", b"x;q=1,", b","],
    b"cookie": [b"lang=ru;", b";", b"a;", b"lang=", b"; "],
    b"if-none-match": [b'"x",', b",", b"*,", b"W/"],
    b"if-modified-since": [b"Mon ", b",", b"1 ", b":"],
    b"range": [b"bytes=0-0,", b"0-1,", b",", b"-1,", b"1"],
    b"if-range": [b'"x",', b"Mon "],
    b"x-forwarded-for": [b"10.0.0.1,", b",", b"::,", b"10.0.0.1"],
    b"forwarded": [b"for=10.0.0.1,", b";"],
    b"content-type": [b"charset;", b";", b"application/x-www-form-urlencoded;charset=x;"],
    b"content-length": [b"1"],
    b"expect": [b"100-continue,"],
    b"user-agent": [b"x"],
    b"origin": [b"null,"],
    b"access-control-request-headers": [b"x,"],
}


@pytest.mark.parametrize("name", HEADERS, ids=bytes.decode)
@pytest.mark.parametrize("path", [THING, "/data/nothing", "/data/sparql", "/data/search", "/data/dumps/kg.nt.gz"])
def test_headers(server, name, path):
    """A header of 64 kB, of thousands of members or of one, adds bounded steps to a request at every door."""
    _, polite = server.ask(path, b"x=1")
    for pattern in HEADERS[name]:
        for begins in (b"", b"bytes=" if name == b"range" else pattern[:1]):
            value = (begins + pattern * HEAD)[:HEAD]
            _, counted = server.ask(path, b"", [(name, value)])
            assert counted < polite + MOST // 2, (pattern, begins)
            _, counted = server.ask("/data/sparql", b"", [(name, value)], b"query=ASK{}")
            assert counted < MOST, (pattern, begins)


@pytest.mark.parametrize("pattern", ["%", "%41", "/", "a.", "%2F", ".html", "é", "%zz", "x/"])
def test_paths(server, pattern):
    """A path of 64 kB, or of 8,000 characters, is matched with the routes in bounded steps."""
    for begins in ("/data/record/", "/data/graphs/", "/data/", "/"):
        for size in (HEAD, 7_900):
            status, counted = server.ask((begins + pattern * size)[:size])
            assert counted < MOST, (begins, size, status)


class Receiver:
    """Receives requests, and answers none."""

    def begin_request(self, scope, *, keep_alive):  # noqa: ARG002
        """Take one."""
        self.scope = scope
        return self

    def feed(self, body):
        return len(body)

    def pause_reading(self):
        """Do nothing."""

    complete_request = pause_reading


POST = b"POST /data/sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\n" + b"a:\r\n" * 16_000,
        b"GET /" + b"%" * HEAD + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /" + b"\xe9" * HEAD + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /?" + b"\xe9a" * (HEAD // 2) + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        POST + b"1\r\na\r\n" * 10_000,
        POST + b"0\r\n" + b"a:\r\n" * 16_000,
    ],
    ids=["fields", "escapes", "not ASCII", "some not ASCII", "chunks", "trailers"],
)
def test_parser(sent):
    """So is a read of 64 kB parsed: fields, trailers and parts of a body are counted as they come."""
    parser = RequestParser(Receiver())

    def parse():
        with contextlib.suppress(RefusedRequest):
            parser.feed(memoryview(sent))

    assert steps(parse) < MOST
