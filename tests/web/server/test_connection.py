"""HTTP/1 on bare connections: what is no request is refused, heads end in time, and one answer follows another."""

import asyncio
import contextlib
import gc
import os
import random
import re
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest
import uvloop
from waiting import HANG_SECONDS

from kg.web.server import connection, connection_table, exchange
from kg.web.server.connection import SENT_AHEAD, Connection
from kg.web.server.connection_table import Connections
from kg.web.server.exchange import Exchange
from kg.web.server.request_parser import HEAD_BYTES, HEAD_FIELDS, Requests
from kg.web.server.run import _bound

PLAIN = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /a HTTP/1.1\r\nHost: x\r\n"


async def tell(scope, receive, send):
    """Answers with what was asked, and how it was asked."""
    body = b""
    more = scope["method"] == "POST"
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message["body"]
        more = message["more_body"]
    told = b"|".join((scope["method"].encode(), scope["path"].encode(), scope["raw_path"], scope["query_string"], body))
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(told))]})
    await send({"type": "http.response.body", "body": told})


def run(coroutine):
    """Run it on the loop that `kg serve` has."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(coroutine)


def talk(client, application=tell):
    """Run a client's coroutine against a server with one application; it is called with the way to connect."""

    async def go():
        state = SimpleNamespace(connections=set(), tasks=set(), default_headers=[(b"date", b"now")])
        among = Connections()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Connection(application, among, server_state=state), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        talk.state, talk.among = state, among
        writers = []

        async def connect():
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writers.append(writer)
            return reader, writer

        try:
            return await asyncio.wait_for(client(connect), HANG_SECONDS)
        finally:
            server.close()
            for each in writers:
                each.transport.abort()
            for each in tuple(state.connections):
                each.drop()
            for task in tuple(state.tasks):
                task.cancel()
            await asyncio.sleep(0.01)

    return run(go())


async def said(reader, seconds=0.16):
    """What comes until nothing does for a while, and whether the server closed then."""
    got = bytearray()
    quiet = 0
    with contextlib.suppress(ConnectionError):
        while not reader.at_eof() and quiet < seconds / 0.02:
            quiet += 1
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.02):
                    got += await reader.read(65536)
                    quiet = 0
    return bytes(got), reader.at_eof()


def ask(*pieces, application=tell):
    """What the server says to these pieces, each sent by itself, and whether it closes."""

    async def client(connect):
        reader, writer = await connect()
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0.01)
        return await said(reader)

    return talk(client, application)


def statuses(got):
    return [int(each) for each in re.findall(rb"HTTP/1\.1 (\d+)", got)]


def bodies(got):
    return [part.partition(b"\r\n\r\n")[2] for part in got.split(b"HTTP/1.1 ")[1:]]


def test_requests_sent_ahead():
    """Requests that are sent ahead are answered one after another, in their order."""
    got, closed = ask(b"".join(PLAIN.replace(b"/a", b"/%d" % number) for number in range(20)))
    assert [body.split(b"|")[1] for body in bodies(got)] == [b"/%d" % number for number in range(20)]
    assert not closed


def test_too_many_sent_ahead():
    """Who sends more ahead than may wait gets answers to those that do, and then an end."""
    got, closed = ask(PLAIN * 10 * SENT_AHEAD)
    assert statuses(got) == [200] * (SENT_AHEAD + 1)
    assert got.count(b"connection: close") == 1
    assert closed


@pytest.mark.parametrize("size", [1, 7, 40])
def test_in_pieces(size):
    """However a request is cut into pieces on its way, it is the same."""
    whole = POST + b"Transfer-Encoding: chunked\r\n\r\n5;x=y\r\nquery\r\n2\r\n=1\r\n0\r\nTrailer: x\r\n\r\n" + PLAIN
    got, _ = ask(*(whole[at : at + size] for at in range(0, len(whole), size)))
    assert bodies(got) == [b"POST|/a|/a||query=1", b"GET|/a|/a||"]


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (b"/a?b=c", b"/a|/a|b=c"),
        (b"/a#b", b"/a|/a|"),
        (b"//evil.example/a", b"//evil.example/a|//evil.example/a|"),
        (b"http://x/a?b", b"/a|/a|b"),
        (b"HTTP://x", b"/|/|"),
        (b"http://x?b", b"/|/|b"),
        (b"*", b"*|*|"),
        (b"/%C3%A9", "/é|/%C3%A9|".encode()),
        ("/é".encode(), "/é|/%C3%A9|".encode()),
        (b"/\xe9", "/\ufffd|/%E9|".encode()),
        (b"/%ff%zz", "/\ufffd%zz|/%ff%zz|".encode()),
        ("/a?q=письмо".encode(), b"/a|/a|q=%D0%BF%D0%B8%D1%81%D1%8C%D0%BC%D0%BE"),
    ],
)
def test_targets(target, told):
    """Whatever a request is for, its path and query are told as ASGI has them."""
    got, closed = ask(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert bodies(got) == [b"GET|" + told + b"|"]
    assert not closed


def test_connect_is_not_taken_as_a_proxy():
    """CONNECT is a request as others are, without a path, and the connection ends or speaks HTTP."""
    got, _ = ask(b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n")
    assert bodies(got) == [b"CONNECT||||"]


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
        b"Content-Length: 3\r\nContent-Length: 3\r\n\r\n",
        b"Content-Length: 3\r\nContent-Length: 4\r\n\r\n",
        b"Content-Length: 3, 3\r\n\r\n",
        b"Content-Length: -3\r\n\r\n",
        b"Content-Length: +3\r\n\r\n",
        b"Content-Length: 0x3\r\n\r\n",
        b"Content-Length: 99999999999999999999999\r\n\r\n",
        b"Transfer-Encoding: chunked, gzip\r\n\r\n",
        b"Transfer-Encoding: identity\r\n\r\n",
        b"Transfer-Encoding: xchunked\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n",
        b"Content-Length : 3\r\n\r\n",
        b"Content-Length: 3\n\r\n",
        b"X: y\r\n z\r\nContent-Length: 3\r\n\r\n",
        b"X: y\rContent-Length: 3\r\n\r\n",
        b"X: y\0z\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n",
        b"Transfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n",
        b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_no_request_can_be_hidden(framing):
    """What two servers may read differently is refused, and nothing after it is read (RFC 9112, 11.2)."""
    got, closed = ask(POST + framing + b"abc" + PLAIN)
    assert statuses(got) == [400]
    assert b"connection: close" in got
    assert int(re.search(rb"content-length: (\d+)", got)[1]) == len(bodies(got)[0])
    assert closed


@pytest.mark.parametrize(
    "text",
    [
        b"\x16\x03\x01\0\xa5\x01\0\0\xa1\x03\x03" + bytes(40),
        b"hello\r\n\r\n",
        b"GET /a b HTTP/1.1\r\n\r\n",
        b"GET a HTTP/1.1\r\n\r\n",
        b"GET ? HTTP/1.1\r\n\r\n",
        b"GET /a\0 HTTP/1.1\r\n\r\n",
        b"GET /a HTTP/1.1\nHost: x\n\n",
        b"GET /a HTTP/1.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
def test_what_is_no_request(text, caplog):
    """What is no request of HTTP/1 is answered so, and nothing stands in the log."""
    got, closed = ask(text)
    assert statuses(got) == [400]
    assert closed
    assert not caplog.text


@pytest.mark.parametrize("text", [b"GET /a\r\n\r\n", b"GET /a HTTP/2.0\r\n\r\n"])
def test_other_versions(text):
    """Another version of HTTP is told from what is no request."""
    assert statuses(ask(text)[0]) == [505]


def test_a_mistake_after_a_good_request():
    """A request before one that is none is answered, and then the other is refused."""
    got, closed = ask(PLAIN + b"hello\r\n\r\n")
    assert statuses(got) == [200, 400]
    assert closed
    got, closed = ask(b"GET /a HTTP/1.1\r\nConnection: close\r\n\r\n" + PLAIN)
    assert statuses(got) == [200]
    assert closed


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /" + b"a" * HEAD_BYTES + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET /" + b"a" * (HEAD_BYTES - 500) + b" HTTP/1.1\r\n\r\n", 200),
        (b"GET /a HTTP/1.1\r\nX: " + b"a" * HEAD_BYTES + b"\r\n\r\n", 431),
        (b"GET /a HTTP/1.1\r\nX: " + b"a" * (HEAD_BYTES - 500) + b"\r\n\r\n", 200),
        (b"GET /a HTTP/1.1\r\n" + b"X: y\r\n" * (HEAD_FIELDS + 1) + b"\r\n", 431),
        (b"GET /a HTTP/1.1\r\n" + b"X: y\r\n" * HEAD_FIELDS + b"\r\n", 200),
        (b"GET /a HTTP/1.1\r\nX: " + b"a" * 20 * HEAD_BYTES, 431),
        (b"GET /a HTTP/1.1\r\n" + b"a" * 20 * HEAD_BYTES, 431),
        (b"GET /" + b"a" * 20 * HEAD_BYTES, 414),
    ],
)
def test_heads_have_a_size(head, status):
    """A head has a size; who goes over it is told, though more is on its way."""

    async def client(connect):
        reader, writer = await connect()
        writer.write(head)
        return await said(reader)

    got, closed = talk(client)
    assert statuses(got) == [status]
    assert closed == (status != 200)


def test_a_long_body_after_a_long_head():
    """What comes with a head in one piece does not count as a part of it."""
    body = b"b" * 3 * HEAD_BYTES
    head = POST + b"X: " + b"a" * (HEAD_BYTES - 500) + b"\r\nContent-Length: %d\r\n\r\n" % len(body)
    got, _ = ask(head[:-10], head[-10:] + body)
    assert statuses(got) == [200]
    assert got.endswith(body)


def test_trailers_have_a_size():
    """What follows a body in pieces may not go on for ever."""
    head = POST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: "
    got, closed = ask(head, *[b"a" * HEAD_BYTES] * 3)
    assert statuses(got) == [431]
    assert closed


def test_leave_to_send():
    """Who waits for leave to send a body gets it when somebody wants the body, once."""
    head = POST + b"Expect: 100-continue\r\nContent-Length: 6\r\n\r\n"
    got, _ = ask(head, b"que", b"ry!")
    assert statuses(got) == [100, 200]
    assert got.endswith(b"|query!")

    async def early(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})

    got, closed = ask(head, application=early)
    assert statuses(got) == [404]
    assert b"connection: close" in got
    assert closed


def test_upgrades_are_ignored():
    """Who asks for another protocol is answered in this one, with his body, and so is who comes after (RFC 9110, 7.8)."""
    for protocol_ in (b"h2c", b"websocket"):
        upgrade = b"Connection: Upgrade\r\nUpgrade: " + protocol_ + b"\r\n"
        length = POST + upgrade + b"Content-Length: 5\r\n\r\nGET /" + PLAIN
        assert bodies(ask(length)[0]) == [b"POST|/a|/a||GET /", b"GET|/a|/a||"]
        assert bodies(ask(length[:-35], length[-35:])[0]) == [b"POST|/a|/a||GET /", b"GET|/a|/a||"]
        pieces = POST + upgrade + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + PLAIN
        assert bodies(ask(pieces)[0]) == [b"POST|/a|/a||abc", b"GET|/a|/a||"]
        none = b"GET /b HTTP/1.1\r\n" + upgrade + b"\r\n" + PLAIN
        assert bodies(ask(none)[0]) == [b"GET|/b|/b||", b"GET|/a|/a||"]


def test_many_that_ask_for_another_protocol():
    """Those are limited as others are."""
    got, closed = ask(b"GET /a HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n" * 10 * SENT_AHEAD)
    assert statuses(got) == [200] * (SENT_AHEAD + 1)
    assert closed


def test_http_1_0():
    """HTTP/1.0 is answered and closed, or kept open where that is asked for; never in pieces."""
    got, closed = ask(b"GET /a HTTP/1.0\r\n\r\n")
    assert (statuses(got), closed) == ([200], True)
    got, closed = ask(b"GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    assert (statuses(got), closed) == ([200], False)
    assert b"connection: keep-alive" in got
    got, closed = ask(b"GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", application=in_parts(b"x", b"y"))
    assert got.endswith(b"\r\n\r\nxy")
    assert b"chunked" not in got
    assert closed


def in_parts(*parts, whole=True):
    """An application that answers in parts, or breaks off after them."""

    async def application(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-name", b"value")]})
        for part in parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        if not whole:
            raise ValueError("something")
        await send({"type": "http.response.body"})

    return application


def test_framing_of_answers():
    """An answer without a length comes in pieces; HEAD gets the same head and no body."""
    got, closed = ask(PLAIN, application=in_parts(b"abc", b"", b"d" * 20))
    head, _, body = got.partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [b"HTTP/1.1 200 OK", b"date: now", b"x-name: value", b"transfer-encoding: chunked"]
    assert body == b"3\r\nabc\r\n14\r\n" + b"d" * 20 + b"\r\n0\r\n\r\n"
    assert not closed
    got, _ = ask(PLAIN.replace(b"GET", b"HEAD") * 2, application=in_parts(b"abc"))
    assert statuses(got) == [200, 200]
    assert bodies(got) == [b"", b""]


def test_a_cut_answer_has_no_end(caplog):
    """An answer that breaks off is closed without its end; where nothing was sent yet, it is an error."""
    got, closed = ask(PLAIN, application=in_parts(b"abc", whole=False))
    assert got.endswith(b"\r\n3\r\nabc\r\n")
    assert closed
    got, closed = ask(PLAIN, application=in_parts(whole=False))
    assert statuses(got) == [500]
    assert closed
    assert caplog.text.count("ValueError: something") == 2


@pytest.mark.parametrize(
    "headers", [[(b"x", b"a\r\nb: c")], [(b"x", b"a\nb")], [(b"x\r\ny", b"a")], [(b"content-length", b"5")]]
)
def test_answers_that_break_their_head(headers, caplog):
    """A field with a line end, or a wrong length, is never sent."""

    async def application(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"abc"})

    assert statuses(ask(PLAIN, application=application)[0]) == [500]
    assert "RuntimeError" in caplog.text


def test_a_drip_does_not_keep_a_connection(monkeypatch):
    """A head has to be whole in time, however many of its bytes come meanwhile; so has what follows an early answer."""
    monkeypatch.setattr(connection, "IDLE_SECONDS", 0.3)
    monkeypatch.setattr(connection_table, "_LOOK_EVERY", 0.1)

    async def client(connect):
        for first in (b"", b"GET /a HTTP/1.1\r\nX: ", PLAIN + b"GET /a HTTP/1.1\r\nX: ", b"nonsense\r\n"):
            reader, writer = await connect()
            writer.write(first)
            with contextlib.suppress(ConnectionError):
                while not reader.at_eof():  # or until `talk` breaks it off
                    if first:
                        writer.write(b"a")
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(0.05):
                            await reader.read(1000)
        return "all were closed"

    assert talk(client) == "all were closed"


def test_idle_connections_stay_for_a_while(monkeypatch):
    """A connection that idles for less than it may, between requests too, is not closed."""
    monkeypatch.setattr(connection, "IDLE_SECONDS", 1.0)
    monkeypatch.setattr(connection_table, "_LOOK_EVERY", 0.1)
    got, closed = ask(PLAIN, *[b""] * 20, PLAIN, *[b""] * 20, PLAIN)
    assert statuses(got) == [200] * 3
    assert not closed


def test_who_reads_slowly_holds_up_his_answer_alone():
    """What a client does not take is not made: an application waits until there is room."""
    sent = []

    async def application(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(200):
            await send({"type": "http.response.body", "body": bytes(1 << 17), "more_body": True})
            sent.append(1)
        await send({"type": "http.response.body"})

    async def client(connect):
        reader, writer = await connect()
        writer.write(PLAIN)
        await asyncio.sleep(0.3)
        before = len(sent)
        return before, len((await said(reader))[0])

    before, got = talk(client, application)
    assert before < 100
    assert got > 200 << 17


def test_who_never_reads_is_let_go(monkeypatch):
    """An answer that is whole and of which nothing is taken for long is given up."""
    monkeypatch.setattr(connection, "IDLE_SECONDS", 0.3)
    monkeypatch.setattr(connection_table, "_LOOK_EVERY", 0.1)

    async def application(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": bytes(30 << 20)})

    async def client(connect):
        _, writer = await connect()
        writer.write(PLAIN)
        await asyncio.sleep(0.2)
        held = len(talk.state.connections)
        await asyncio.sleep(1)
        return held, len(talk.state.connections)

    assert talk(client, application) == (1, 0)


def test_long_bodies_wait_until_they_are_wanted():
    """No more of a body is read than somebody asks for."""
    wanted = asyncio.Event()

    async def application(scope, receive, send):
        await wanted.wait()
        await tell(scope, receive, send)

    async def client(connect):
        reader, writer = await connect()
        writer.write(POST + b"Content-Length: %d\r\n\r\n" % (30 << 20) + bytes(30 << 20))
        await asyncio.sleep(0.2)
        (connection,) = talk.state.connections
        held = len(connection._exchange._body)
        wanted.set()
        got = 0
        while got < 30 << 20:
            got += len(await reader.read(1 << 20))
        return held

    assert talk(client, application) <= 2 * exchange.AHEAD


def test_who_leaves_is_noticed():
    """A client that leaves is told to the application at once, before and after its answer has begun."""
    noticed = []

    async def application(scope, receive, send):
        if scope["path"] == "/begun":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"x", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass
        noticed.append(scope["path"])

    async def client(connect):
        for path in (b"/a", b"/begun"):
            _, writer = await connect()
            writer.write(PLAIN.replace(b"/a", path))
            await asyncio.sleep(0.1)
            writer.close()
            await asyncio.sleep(0.1)
        return len(talk.state.connections)

    assert talk(client, application) == 0
    assert noticed == ["/a", "/begun"]


def test_an_early_answer_is_read():
    """Who sends much and is answered before its end gets the answer, and is cut off when he goes on."""

    async def early(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 413, "headers": [(b"content-length", b"1")]})
        await send({"type": "http.response.body", "body": b"x"})

    async def client(connect):
        reader, writer = await connect()
        writer.write(POST + b"Content-Length: 50000000\r\n\r\n" + bytes(500_000))
        got, closed = await said(reader, 1)
        writer.write(bytes(40_000_000))
        with pytest.raises(ConnectionError):
            await writer.drain()
        return got, closed

    got, closed = talk(client, early)
    assert statuses(got) == [413]
    assert closed


def test_shutdown():
    """At the end idle connections are closed, and what is under way is answered first."""

    async def slow(scope, receive, send):
        await asyncio.sleep(0.3)
        await tell(scope, receive, send)

    async def client(connect):
        idle, _ = await connect()
        half, writer = await connect()
        writer.write(PLAIN[:9])
        busy, writer = await connect()
        writer.write(PLAIN * 2)
        await asyncio.sleep(0.1)
        talk.among.ending = True
        for each in tuple(talk.state.connections):
            each.shutdown()
        late, _ = await connect()
        return [await said(each, 1) for each in (idle, half, late, busy)]

    *others, (got, closed) = talk(client, slow)
    assert others == [(b"", True)] * 3
    assert statuses(got) == [200]
    assert closed


def dense(opened):
    """Open descriptors until none is free below the highest one, which other tests may have left; the next number."""
    highest = max(int(each.name) for each in Path("/proc/self/fd").iterdir())
    while not opened or opened[-1] < highest:
        opened.append(os.dup(2))
    return opened[-1] + 1


def test_room_is_made_by_closing_the_longest_idle(monkeypatch):
    """Where descriptors run short the longest idle connections go, and those with a request under way last."""

    async def slow(scope, receive, send):
        await asyncio.sleep(0.5)
        await tell(scope, receive, send)

    async def client(connect):
        busy, writer = await connect()
        writer.write(PLAIN)
        await asyncio.sleep(0.05)
        taken = dense(opened)
        talk.among._most = (taken + 100) * 4 // 3
        monkeypatch.setattr(connection_table, "EASED", (taken + 75) / talk.among._most)
        lines = [await connect() for _ in range(60)]
        await asyncio.sleep(0.2)
        gone = [reader.at_eof() for reader, _ in lines]
        answer = await said(busy, 1)
        last = lines[-1]
        last[1].write(PLAIN)
        return gone, answer, await said(last[0], 1)

    opened = []
    try:
        gone, (answer, _), (last, _) = talk(client, slow)
    finally:
        for descriptor in opened:
            os.close(descriptor)
    assert any(gone)
    assert gone == sorted(gone, reverse=True)
    assert not all(gone)
    assert statuses(answer) == [200]
    assert statuses(last) == [200]


class Nowhere(asyncio.Transport):
    """A connection to nobody; it fails where a socket would."""

    closed = ended = False
    sent = 0

    def get_extra_info(self, name, _=None):
        return SimpleNamespace(fileno=lambda: 5) if name == "socket" else ("127.0.0.1", 1)

    def write(self, data):
        assert not self.ended
        Nowhere.sent += len(data)

    def write_eof(self):
        self.ended = True

    def close(self):
        self.closed = True

    abort = close

    def pause_reading(self):
        pass

    resume_reading = pause_reading

    def get_write_buffer_size(self):
        return 0


SEEDS = (
    PLAIN,
    POST + b"Content-Length: 5\r\n\r\nabcde",
    POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\nX: y\r\n\r\n",
    POST + b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 5\r\n\r\nabcde",
    POST + b"Connection: Upgrade\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
    POST + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
    b"CONNECT x:1 HTTP/1.1\r\n\r\n",
    b"GET http://x/\xc3\xa9 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    b"HEAD /a HTTP/1.1\r\nConnection: close\r\n\r\n",
)
THORNS = (b"\r\n", b"\n", b"\0", b" ", b":", b"\xff", b"Upgrade: x\r\n", b"Content-Length: 1\r\n")


def mutated(chance):
    """Some requests, with some of their bytes gone, doubled, or others between them."""
    data = b"".join(chance.choices(SEEDS, k=chance.randint(1, 4)))
    for _ in range(chance.randint(0, 3)):
        at, to = sorted(chance.choices(range(len(data) + 1), k=2))
        data = chance.choice(
            (data[:at] + data[to:], data[:to] + data[at:], data[:at] + chance.choice(THORNS) + data[at:])
        )
    return data


def test_whatever_comes():
    """Whatever comes in whatever pieces, and whenever the client leaves: nothing fails, and nothing is left."""
    chance = random.Random(1963)

    async def any_(scope, receive, send):
        if chance.random() < 0.7:
            await tell(scope, receive, send)
        elif chance.random() < 0.5:
            await in_parts(b"abc")(scope, receive, send)

    async def go():
        faults = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, fault: faults.append(fault))
        state, among = SimpleNamespace(connections=set(), tasks=set(), default_headers=[]), Connections()
        for _ in range(3000):
            data = mutated(chance)
            connection, transport = Connection(any_, among, server_state=state), Nowhere()
            connection.connection_made(transport)
            while data and not transport.closed:
                piece, data = data[: (size := chance.choice((1, 5, 50, 500)))], data[size:]
                among.buffer[: len(piece)] = piece
                connection.buffer_updated(len(piece))
                await asyncio.sleep(0)
                chance.choice([connection.shutdown, connection.eof_received, *[int] * 50])()
            connection.look(loop.time() + 100)
            connection.connection_lost(None)
            await asyncio.sleep(0)
        await asyncio.sleep(0.1)
        return faults, state.tasks, state.connections

    assert run(go()) == ([], set(), set())
    assert Nowhere.sent > 100_000


def test_nothing_waits_for_the_clients_word():
    """What is sent in parts is sent at once (TCP_NODELAY), with the socket that `kg serve` makes."""

    async def go():
        made = asyncio.get_running_loop().create_future()

        class Looks(asyncio.Protocol):
            def connection_made(self, transport):
                connection = transport.get_extra_info("socket")
                made.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
                transport.abort()

        with _bound("127.0.0.1", 0, shared=True) as listener:
            server = await asyncio.get_running_loop().create_server(Looks, sock=listener)
            with socket.create_connection(listener.getsockname()):
                assert await asyncio.wait_for(made, HANG_SECONDS)
            server.close()

    run(go())


@pytest.mark.parametrize("sent", [b"", b"GET / HT", PLAIN, POST + b"Content-Length: 10\r\n\r\nabc"])
def test_nothing_of_a_connection_is_left_in_circles(sent):
    """What a connection took goes when it does, not some day when all objects are searched for circles."""

    async def client(connect):
        gc.collect()
        gc.disable()
        try:
            for _ in range(20):
                _, writer = await connect()
                writer.write(sent)
                await asyncio.sleep(0.01)
                writer.transport.abort()
            await asyncio.sleep(0.1)
            assert not talk.state.connections
            return sum(isinstance(each, Connection | Requests | Exchange) for each in gc.get_objects())
        finally:
            gc.enable()

    assert talk(client) == 0
