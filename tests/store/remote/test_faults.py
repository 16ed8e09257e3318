"""Faults of a remote store: slow, unreachable or malformed answers, their errors and their isolation."""

import asyncio
import contextlib
import logging
import re
import socketserver
import threading
from concurrent.futures import ThreadPoolExecutor

import engines
import httpx2
import pytest
from publishing import publish
from serving import free_port
from starlette.testclient import TestClient
from waiting import HANG_SECONDS, eventually

from kg import settings as settings_module
from kg.errors import (
    PublishError,
    QueryBusy,
    QueryTimeout,
    QueryTooLarge,
    QueryTooMany,
    RemoteError,
    RemoteTimeout,
    RemoteUnreachable,
    SettingsError,
)
from kg.publish import build
from kg.store.remote.client import RemoteStore
from kg.store.remote.queries import RemoteQueries
from kg.web.app import Application

SECONDS = 10.0
SOON = 1.5
SECRET = "open-sesame-1963"
ROWS = {"query": "SELECT * { ?s ?p ?o }"}
TABLE = b'{"head":{"vars":["s"]},"results":{"bindings":['
ROW = b'{"s":{"type":"uri","value":"http://e/%d"}}'


class Fake(socketserver.ThreadingTCPServer):
    """A server on this machine that reads a request and does what a test says; it notes what it was sent."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, behave):
        self.behave, self.seen, self.stopped = behave, [], threading.Event()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_address[1]}/sparql"


class _Handler(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.settimeout(5)
        with contextlib.suppress(OSError):
            self.server.seen.append(self._whole())
            self.server.behave(self.request, self.server.stopped)

    def _whole(self):
        """The whole request: to close a connection with something unread in it would reset it."""
        held = b""
        while True:
            held += self.request.recv(65536)
            head, _, body = held.partition(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", head)
            if length and len(body) >= int(length[1]):
                return held


@contextlib.contextmanager
def faking(behave):
    with Fake(behave) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.stopped.set()
            server.shutdown()
            thread.join()


def answering(status, body=b"", content_type="application/sparql-results+json", *more, length=None):
    head = [
        f"HTTP/1.1 {status} x",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body) if length is None else length}",
        "Connection: close",
        *more,
    ]
    return lambda connection, _: connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + body)


def silent(_, stopped):
    """Read the request and never answer."""
    stopped.wait(5)


def dribbling(connection, stopped):
    """Send a letter from time to time: each pause is short, the whole has no end."""
    connection.sendall(b"HTTP/1.1 200 x\r\nContent-Type: application/n-triples\r\nConnection: close\r\n\r\n")
    for _ in range(50):
        connection.sendall(b"#")
        if stopped.wait(0.1):
            return


def endless(connection, stopped):
    """Send rows as fast as they are taken."""
    connection.sendall(
        b"HTTP/1.1 200 x\r\nContent-Type: application/sparql-results+json\r\nConnection: close\r\n\r\n" + TABLE
    )
    rows = b",".join(ROW % n for n in range(1000))
    for _ in range(5000):
        connection.sendall(rows + b",")
        if stopped.is_set():
            return


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Settings of a generation whose triples lie at a remote store that is gone now."""
    folder = tmp_path_factory.mktemp("published")
    record = {"id": "record/1", "title": {"en": "Letter"}}
    with engines.oxigraph(tmp_path_factory.mktemp("engine")) as addresses:
        made, _ = publish(folder, [record], store_seconds=SECONDS, query_seconds=SECONDS, **addresses.settings())
    return made


@pytest.fixture
def served(published):
    """A function that serves the generation with another remote store behind it."""
    stack = contextlib.ExitStack()

    def serve(store, **more):
        made = published.model_copy(update={"store": store, **more})
        return stack.enter_context(TestClient(Application(made), base_url="https://archive.example.org"))

    with stack:
        yield serve


def test_vanished(served, published, caplog):
    """An unreachable remote store is 502, as a page and as a problem; pages that need no store are served as before."""
    client = served(published.store)
    for path, params in (("/data/record/1.ttl", {}), ("/data/record/1.html", {}), ("/data/sparql", ROWS)):
        answer = client.get(path, params=params)
        assert (answer.status_code, answer.headers["content-type"]) == (502, "application/problem+json"), path
    page = client.get("/data/record/1.html", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert "try again" in page.text.lower()
    assert httpx2.URL(published.store).netloc.decode() not in page.text
    assert httpx2.URL(published.store).netloc.decode() in caplog.text
    for path in ("/data/", "/data/record/", "/data/record/1.json", "/data/terms/", "/data/healthz"):
        assert client.get(path).status_code == 200, path


@pytest.mark.parametrize("behave", [silent, dribbling])
def test_slow(served, behave):
    """A remote that takes too long is 504 once the time is up."""
    with faking(behave) as fake:
        client = served(fake.address, store_seconds=SOON, query_seconds=SOON)
        assert client.get("/data/record/1.html").status_code == 504
        assert client.get("/data/sparql", params={"query": "DESCRIBE <http://e/>"}).status_code == 504


def test_others_are_served_while_a_remote_is_slow(served):
    """Requests that need no remote store are answered while a page and a query wait for it."""
    with faking(lambda _, stopped: stopped.wait(HANG_SECONDS)) as fake, ThreadPoolExecutor(2) as waiting:
        client = served(fake.address, store_seconds=HANG_SECONDS, query_seconds=HANG_SECONDS)
        page = waiting.submit(client.get, "/data/record/1.html")
        query = waiting.submit(client.get, "/data/sparql", params={"query": "DESCRIBE <http://e/>"})
        eventually(lambda: len(fake.seen) == 2, "the arrival of both requests")
        assert client.get("/data/record/1.json").status_code == 200
        assert not page.done()
        assert not query.done()
        fake.stopped.set()
        assert {page.result().status_code, query.result().status_code} == {502}


@pytest.mark.parametrize(
    ("behave", "status"),
    [
        (answering(500, b"<html>a stack trace</html>", "text/html"), 502),
        (answering(404, b"no such dataset", "text/plain"), 502),
        (answering(401), 502),
        (answering(503), 503),
        (answering(504), 504),
        (answering(413), 413),
        (answering(200, TABLE), 502),
        (answering(200, TABLE + b"]}"), 502),
        (answering(200, TABLE + b"The engine gave up"), 502),
        (answering(200, TABLE + b"]}}\n## Query cancelled due to timeout"), 502),
        (answering(200, TABLE + (ROW % 1) + b"]}}", length=9999), 502),
        (answering(200, TABLE + b'{"s":{"type":"uri","value":"no iri"}}]}}'), 502),
        (answering(200, TABLE + b'{"s":' * 200 + b"1" + b"}" * 200 + b"]}}"), 502),
        (answering(200, b"<html>", "text/html"), 502),
        (answering(200, b"\xff\xfe"), 502),
        (answering(200, b"garbage", "application/sparql-results+json", "Content-Encoding: gzip"), 502),
    ],
    ids=lambda value: "" if callable(value) else str(value),
)
def test_nonsense(served, behave, status):
    """A malformed answer has a status of its own, and none of its bytes reach the client."""
    with faking(behave) as fake:
        answer = served(fake.address).get("/data/sparql", params=ROWS)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert "stack trace" not in answer.text


@pytest.mark.parametrize("said", [b"<http://e/s> <http://e/p> ", b"An error, in the middle"])
def test_broken_triples(served, said):
    """Triples that break off are 502."""
    with faking(answering(200, b"<http://e/s> <http://e/p> 'x' .\n" + said, "application/n-triples")) as fake:
        client = served(fake.address)
        assert client.get("/data/sparql", params={"query": "DESCRIBE <http://e/>"}).status_code == 502
        assert client.get("/data/record/1.nt").status_code == 502


def test_breaks_off_late(served):
    """A fault after the first 64 KiB aborts the answer: the client gets no complete document."""
    rows = b",".join(ROW % n for n in range(20_000))
    with faking(answering(200, TABLE + rows + b",The engine gave up")) as fake:
        client = served(fake.address)
        with pytest.raises(RemoteError):
            client.get("/data/sparql", params=ROWS)


def test_whole_answer(served):
    """A long answer of many pieces arrives whole."""
    rows = b",".join(ROW % n for n in range(20_000))
    with faking(answering(200, TABLE + rows + b"]}}")) as fake:
        found = served(fake.address).get("/data/sparql", params=ROWS).json()
        assert [row["s"]["value"] for row in found["results"]["bindings"]] == [f"http://e/{n}" for n in range(20_000)]


def test_redirects_are_not_followed(served):
    """The remote can't send requests, and with them credentials, elsewhere."""
    with (
        faking(answering(200, TABLE + b"]}}")) as trap,
        faking(answering(307, b"", "text/plain", f"Location: {trap.address}")) as fake,
    ):
        client = served(fake.address, store_token=settings_module.SecretStr(SECRET))
        assert client.get("/data/sparql", params=ROWS).status_code == 502
        assert client.get("/data/record/1.ttl").status_code == 502
        assert len(fake.seen) == 2
        assert not trap.seen


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({"store_token": settings_module.SecretStr(SECRET)}, b"Bearer open-sesame-1963"),
        (
            {"store_user": "kg", "store_password": settings_module.SecretStr(SECRET)},
            b"Basic a2c6b3Blbi1zZXNhbWUtMTk2Mw==",
        ),
    ],
)
def test_credentials(served, caplog, given, sent):
    """Credentials go to the remote, and neither to people nor into the log."""
    caplog.set_level(logging.DEBUG)
    with faking(answering(403)) as fake:
        client = served(fake.address, **given)
        told = client.get("/data/sparql", params=ROWS).text + client.get("/data/record/1.ttl").text
        assert len(fake.seen) == 2
        assert all(sent in request for request in fake.seen)
    for text in (told, caplog.text, repr(client.app._settings)):
        assert SECRET not in text
        assert sent.split()[1].decode() not in text


def test_secrets_are_no_settings_of_a_file(tmp_path, monkeypatch):
    """Credentials in kg.toml, or in an address, are refused without being shown."""
    for line in (f'store_password = "{SECRET}"', f'store = "https://kg:{SECRET}@host/sparql"'):
        (tmp_path / "kg.toml").write_text(line)
        with pytest.raises(SettingsError) as fault:
            settings_module.load(tmp_path / "kg.toml")
        assert SECRET not in str(fault.value)
    (tmp_path / "kg.toml").write_text('store = "https://host/sparql"')
    monkeypatch.setenv("KG_STORE_PASSWORD", SECRET)
    assert settings_module.load(tmp_path / "kg.toml").store_password.get_secret_value() == SECRET


def test_a_token_that_no_header_holds(published):
    """A token with a line break in it is refused without being shown; white space around it does no harm."""
    broken = published.model_copy(update={"store_token": settings_module.SecretStr(f"{SECRET}\nX: y")})
    with pytest.raises(SettingsError) as fault:
        RemoteStore(broken)
    assert SECRET not in str(fault.value)
    with faking(answering(200, TABLE + b"]}}")) as fake:
        token = settings_module.SecretStr(f"{SECRET}\n")
        remote = RemoteStore(published.model_copy(update={"store_token": token, "store": fake.address}))
        assert remote.select("SELECT * {}", []) == []
        remote.close()
        assert f"Bearer {SECRET}\r\n".encode() in fake.seen[0]


def test_slow_reader_keeps_nobody_waiting(published):
    """A client that does not read a long answer loses it at the deadline, and the next query gets its slot."""

    async def ask(address):
        made = published.model_copy(update={"store": address, "query_workers": 1, "query_seconds": SOON})
        queries = RemoteQueries(made, "http://e/g")
        await queries.start()
        try:
            async with queries.query(ROWS["query"]) as first:
                await asyncio.sleep(SOON + 0.2)
                async with queries.query(ROWS["query"]) as second:
                    assert await anext(aiter(second))
                with pytest.raises(QueryTimeout):
                    _ = [chunk async for chunk in first]
        finally:
            await queries.close()

    with faking(endless) as fake:
        asyncio.run(ask(fake.address))


def test_leaving_frees_the_remote(published):
    """A client that leaves in the middle has the connection closed, so that the remote stops."""
    ended = threading.Event()

    def watched(connection, stopped):
        try:
            endless(connection, stopped)
        except OSError:
            ended.set()

    async def ask(address):
        queries = RemoteQueries(published.model_copy(update={"store": address, "query_seconds": 30.0}), "http://e/g")
        await queries.start()
        async with queries.query(ROWS["query"]) as answer:
            await anext(aiter(answer))
        await queries.close()

    with faking(watched) as fake:
        asyncio.run(ask(fake.address))
        assert ended.wait(HANG_SECONDS)


def test_draining(published):
    """A service that is drained takes no query, and ends behind the answers that are being read."""

    async def ask(address):
        queries = RemoteQueries(published.model_copy(update={"store": address, "query_seconds": 30.0}), "http://e/g")
        await queries.start()
        async with queries.query(ROWS["query"]) as answer:
            draining = asyncio.create_task(queries.drain())
            await asyncio.sleep(0)
            with pytest.raises(QueryBusy):
                await queries.query(ROWS["query"]).__aenter__()
            assert await anext(aiter(answer))
            assert not draining.done()
        await asyncio.wait_for(draining, HANG_SECONDS)
        await queries.drain()

    with faking(endless) as fake:
        asyncio.run(ask(fake.address))


def test_what_the_client_raises(published):
    """The client has different errors for an unreachable and for a slow remote store."""
    gone = RemoteStore(published)
    with pytest.raises(RemoteUnreachable):
        gone.select("SELECT * {}", [])
    gone.close()
    with faking(silent) as fake:
        slow = RemoteStore(published.model_copy(update={"store": fake.address, "store_seconds": 0.3}))
        with pytest.raises(RemoteTimeout):
            slow.select("SELECT * {}", [])
        slow.close()


@pytest.mark.parametrize("behave", [answering(500), answering(403), answering(302)])
def test_build_at_a_remote_that_refuses(published, behave):
    """A build whose remote store refuses its triples publishes nothing; the error names the store."""
    with faking(behave) as fake:
        made = published.model_copy(update=dict.fromkeys(("store", "store_update", "store_graphs"), fake.address))
        with pytest.raises(PublishError, match="nothing was published"):
            build.build(made)


def test_build_at_a_remote_that_is_gone(published, tmp_path):
    """A build with an unreachable remote store publishes nothing; the live generation stays."""
    gone = f"http://127.0.0.1:{free_port()}/"
    made = published.model_copy(update=dict.fromkeys(("store", "store_update", "store_graphs"), gone))
    before = (published.var_folder / "current").readlink()
    with pytest.raises(PublishError, match="can't be reached"):
        build.build(made)
    assert (published.var_folder / "current").readlink() == before


def test_build_needs_an_address_for_updates(published):
    """A build without an address for updates names the missing setting."""
    with engines_refused() as address, pytest.raises(PublishError, match="store_update"):
        build.build(published.model_copy(update={"store": address, "store_update": "", "store_graphs": ""}))


@contextlib.contextmanager
def engines_refused():
    """A remote that answers each question with an empty table."""
    with faking(answering(200, TABLE + b"]}}")) as fake:
        yield fake.address


@pytest.mark.parametrize(("setting", "value"), [("query_rows", 500), ("query_bytes", 100_000)])
def test_answers_have_an_end(published, setting, value):
    """An answer has at most the rows and bytes of the settings, as with kg's own workers."""

    async def ask(address):
        queries = RemoteQueries(published.model_copy(update={"store": address, setting: value}), "http://e/g")
        await queries.start()
        try:
            with pytest.raises(QueryTooLarge):
                async with queries.query(ROWS["query"]) as answer:
                    _ = [chunk async for chunk in answer]
        finally:
            await queries.close()

    with faking(endless) as fake:
        asyncio.run(ask(fake.address))


def test_clients_take_turns(published):
    """One client never has all slots of the remote store or the whole queue, so that another client need not wait."""
    settings = {"query_workers": 2, "query_queue": 4, "query_seconds": 30.0}

    async def ask(address):
        queries = RemoteQueries(published.model_copy(update={"store": address, **settings}), "http://e/g")
        await queries.start()

        async def taking(client):
            async with queries.query(ROWS["query"], client=client) as answer:
                await anext(aiter(answer))
                await asyncio.sleep(2 * HANG_SECONDS)  # cancelled once the other client has its answer

        greedy = [asyncio.create_task(taking("192.0.2.1")) for _ in range(3)]
        await asyncio.sleep(0.3)
        with pytest.raises(QueryTooMany):
            async with queries.query(ROWS["query"], client="192.0.2.1"):
                pass
        async with asyncio.timeout(HANG_SECONDS), queries.query(ROWS["query"], client="192.0.2.2") as answer:
            assert await anext(aiter(answer))
        for each in greedy:
            each.cancel()
        await asyncio.gather(*greedy, return_exceptions=True)
        await queries.close()

    with faking(endless) as fake:
        asyncio.run(ask(fake.address))
