"""HTTP/1.1 connection: refusals, limits of heads, and the order of answers, on bare sockets."""

import asyncio
import contextlib
import gc
import os
import random
import re
import socket
import struct
from pathlib import Path
from types import SimpleNamespace

import pytest
from connections import (
    PLAIN,
    POST,
    ask,
    bodies,
    echo,
    in_parts,
    open_narrow,
    read_all,
    read_until_reset,
    run,
    statuses,
    talk,
    until,
)
from waiting import HANG_SECONDS

from kg.web.server import connection, connection_table, exchange
from kg.web.server.connection import MAX_PIPELINED, Connection
from kg.web.server.connection_table import ConnectionTable
from kg.web.server.exchange import Exchange
from kg.web.server.guard import Guard
from kg.web.server.request_parser import MAX_HEAD_BYTES, MAX_HEAD_FIELDS, RequestParser
from kg.web.server.run import _bind


def test_pipelined_requests():
    """Pipelined requests are answered one after another, in their order."""
    got, closed = ask(b"".join(PLAIN.replace(b"/a", b"/%d" % number) for number in range(20)))
    assert [body.split(b"|")[1] for body in bodies(got)] == [b"/%d" % number for number in range(20)]
    assert not closed


def test_too_many_pipelined_requests():
    """A client with too many pipelined requests gets answers to those within the limit, and then the end."""
    got, closed = ask(PLAIN * 10 * MAX_PIPELINED)
    assert statuses(got) == [200] * (MAX_PIPELINED + 1)
    assert got.count(b"connection: close") == 1
    assert closed


@pytest.mark.parametrize("size", [1, 7, 40])
def test_request_in_parts(size):
    """A request is the same in whatever parts its bytes come."""
    data = POST + b"Transfer-Encoding: chunked\r\n\r\n5;x=y\r\nquery\r\n2\r\n=1\r\n0\r\nTrailer: x\r\n\r\n" + PLAIN
    got, _ = ask(*(data[at : at + size] for at in range(0, len(data), size)))
    assert bodies(got) == [b"POST|/a|/a||query=1", b"GET|/a|/a||"]


@pytest.mark.parametrize(
    ("target", "scope"),
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
def test_targets(target, scope):
    """Path and query of every form of request target are those of an ASGI scope."""
    got, closed = ask(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert bodies(got) == [b"GET|" + scope + b"|"]
    assert not closed


def test_connect_opens_no_tunnel():
    """CONNECT is a request like any other, without a path, and opens no tunnel."""
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
def test_no_request_smuggling(framing):
    """A request that two servers may read differently is refused, with all bytes behind it (RFC 9112, 11.2)."""
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
def test_invalid_requests(text, caplog):
    """Bytes that are no HTTP/1 request get a 400, and no line of the log."""
    got, closed = ask(text)
    assert statuses(got) == [400]
    assert closed
    assert not caplog.text


@pytest.mark.parametrize("text", [b"GET /a\r\n\r\n", b"GET /a HTTP/2.0\r\n\r\n"])
def test_other_versions(text):
    """Another version of HTTP gets a 505, not a 400."""
    assert statuses(ask(text)[0]) == [505]


def test_an_invalid_request_after_a_valid_one():
    """A valid request is answered before an invalid one behind it is refused."""
    got, closed = ask(PLAIN + b"hello\r\n\r\n")
    assert statuses(got) == [200, 400]
    assert closed
    got, closed = ask(PLAIN[:-2] + b"Connection: close\r\n\r\n" + PLAIN)
    assert statuses(got) == [200]
    assert closed


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /" + b"a" * MAX_HEAD_BYTES + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET /" + b"a" * (MAX_HEAD_BYTES - 500) + b" HTTP/1.1\r\nHost: x\r\n\r\n", 200),
        (b"GET /a HTTP/1.1\r\nX: " + b"a" * MAX_HEAD_BYTES + b"\r\n\r\n", 431),
        (PLAIN[:-2] + b"X: " + b"a" * (MAX_HEAD_BYTES - 500) + b"\r\n\r\n", 200),
        (b"GET /a HTTP/1.1\r\n" + b"X: y\r\n" * (MAX_HEAD_FIELDS + 1) + b"\r\n", 431),
        (PLAIN[:-2] + b"X: y\r\n" * (MAX_HEAD_FIELDS - 1) + b"\r\n", 200),
        (b"GET /a HTTP/1.1\r\nX: " + b"a" * 20 * MAX_HEAD_BYTES, 431),
        (b"GET /a HTTP/1.1\r\n" + b"a" * 20 * MAX_HEAD_BYTES, 431),
        (b"GET /" + b"a" * 20 * MAX_HEAD_BYTES, 414),
    ],
)
def test_limits_of_heads(head, status):
    """A head over a limit is refused, and the client gets the refusal even while it still sends."""

    async def client(connect):
        reader, writer = await connect()
        writer.write(head)
        return await read_all(reader)

    got, closed = talk(client)
    assert statuses(got) == [status]
    assert closed == (status != 200)


def test_a_long_body_after_a_long_head():
    """A body that comes in one part with its head does not count towards the head's limit."""
    body = b"b" * 3 * MAX_HEAD_BYTES
    head = POST + b"X: " + b"a" * (MAX_HEAD_BYTES - 500) + b"\r\nContent-Length: %d\r\n\r\n" % len(body)
    got, _ = ask(head[:-10], head[-10:] + body)
    assert statuses(got) == [200]
    assert got.endswith(body)


def test_limit_of_trailers():
    """Trailers behind a chunked body have the limit of heads."""
    head = POST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: "
    got, closed = ask(head, *[b"a" * MAX_HEAD_BYTES] * 3)
    assert statuses(got) == [431]
    assert closed


def test_expect_continue():
    """A client that expects 100 (Continue) gets it once, when the application reads the body."""
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
    """A request with an Upgrade field is answered in HTTP/1.1, with its body, and so is the next (RFC 9110, 7.8)."""
    for protocol_ in (b"h2c", b"websocket"):
        upgrade = b"Connection: Upgrade\r\nUpgrade: " + protocol_ + b"\r\n"
        length = POST + upgrade + b"Content-Length: 5\r\n\r\nGET /" + PLAIN
        assert bodies(ask(length)[0]) == [b"POST|/a|/a||GET /", b"GET|/a|/a||"]
        assert bodies(ask(length[:-35], length[-35:])[0]) == [b"POST|/a|/a||GET /", b"GET|/a|/a||"]
        chunked = POST + upgrade + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" + PLAIN
        assert bodies(ask(chunked)[0]) == [b"POST|/a|/a||abc", b"GET|/a|/a||"]
        none = b"GET /b HTTP/1.1\r\nHost: x\r\n" + upgrade + b"\r\n" + PLAIN
        assert bodies(ask(none)[0]) == [b"GET|/b|/b||", b"GET|/a|/a||"]


def test_too_many_pipelined_upgrades():
    """Pipelined requests with an Upgrade field have the same limit."""
    got, closed = ask((PLAIN[:-2] + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n") * 10 * MAX_PIPELINED)
    assert statuses(got) == [200] * (MAX_PIPELINED + 1)
    assert closed


def test_http_1_0():
    """HTTP/1.0 is answered and closed, or kept open on request; its answers are never chunked."""
    got, closed = ask(b"GET /a HTTP/1.0\r\n\r\n")
    assert (statuses(got), closed) == ([200], True)
    got, closed = ask(b"GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    assert (statuses(got), closed) == ([200], False)
    assert b"connection: keep-alive" in got
    got, closed = ask(b"GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", application=in_parts(b"x", b"y"))
    assert got.endswith(b"\r\n\r\nxy")
    assert b"chunked" not in got
    assert closed


def test_http_1_0_sees_a_cut(caplog):
    """An answer that only the end of the connection would frame ends in a reset where it breaks off."""

    async def client(_):
        with await open_narrow(talk.port, b"GET /a HTTP/1.0\r\n\r\n") as narrow:
            return await read_until_reset(narrow)

    got = talk(client, Guard(in_parts(b"abc", complete=False)))
    assert statuses(got) in ([], [200])
    assert statuses(ask(b"GET /a HTTP/1.0\r\n\r\n", application=in_parts(complete=False))[0]) == [500]


@pytest.mark.parametrize("size", [0, 1, 1 << 22])
def test_http_1_0_sees_the_end(size):
    """An answer that the end of the connection frames is whole, and ends properly, however late its client reads."""

    async def client(connect):
        reader, writer = await connect()
        writer.write(b"GET /a HTTP/1.0\r\n\r\n")
        await asyncio.sleep(0.1)
        return await reader.read()

    assert talk(client, in_parts(bytes(size), bytes(size))).partition(b"\r\n\r\n")[2] == bytes(2 * size)


def test_http_1_0_sees_the_death_of_the_server():
    """Until such an answer is with the kernel, the kernel resets the connection if the process dies (SO_LINGER)."""
    resets = []

    async def client(connect):
        reader, writer = await connect()
        writer.write(b"GET /a HTTP/1.0\r\n\r\n")
        return await reader.read()

    async def watched(_scope, _receive, send):
        async def sending(message):
            await send(message)
            (each,) = talk.state.connections
            option = each._transport.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)
            resets.append(struct.unpack("ii", option))

        await in_parts(b"abc", bytes(1 << 24))(None, None, sending)

    assert talk(client, watched).endswith(bytes(1 << 24))
    assert resets[1:3] == [(1, 0)] * 2


def test_framing_of_answers():
    """An answer without a length is chunked; HEAD gets the same head and no body."""
    got, closed = ask(PLAIN, application=in_parts(b"abc", b"", b"d" * 20))
    head, _, body = got.partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [b"HTTP/1.1 200 OK", b"date: now", b"x-name: value", b"transfer-encoding: chunked"]
    assert body == b"3\r\nabc\r\n14\r\n" + b"d" * 20 + b"\r\n0\r\n\r\n"
    assert not closed
    got, _ = ask(PLAIN.replace(b"GET", b"HEAD") * 2, application=in_parts(b"abc"))
    assert statuses(got) == [200, 200]
    assert bodies(got) == [b"", b""]


def test_a_cut_answer_has_no_end(caplog):
    """An answer that breaks off is closed without its end; one of which nothing was sent is a 500."""
    got, closed = ask(PLAIN, application=in_parts(b"abc", complete=False))
    assert got.endswith(b"\r\n3\r\nabc\r\n")
    assert closed
    got, closed = ask(PLAIN, application=in_parts(complete=False))
    assert statuses(got) == [500]
    assert closed
    assert caplog.text.count("ValueError: something") == 2
    assert re.search(rb"by the number ([0-9a-f]{8})\.", got)[1].decode() in caplog.text


@pytest.mark.parametrize(
    "headers", [[(b"x", b"a\r\nb: c")], [(b"x", b"a\nb")], [(b"x\r\ny", b"a")], [(b"content-length", b"5")]]
)
def test_invalid_heads_of_answers(headers, caplog):
    """An answer with a line end in a field, or a wrong length, is never sent."""

    async def application(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"abc"})

    assert statuses(ask(PLAIN, application=application)[0]) == [500]
    assert "RuntimeError" in caplog.text


def test_a_drip_does_not_keep_a_connection(monkeypatch):
    """An incomplete head ends at the deadline, however many of its bytes come meanwhile; so do bytes after a refusal."""
    monkeypatch.setattr(connection, "IDLE_SECONDS", 0.3)
    monkeypatch.setattr(connection_table, "_CHECK_SECONDS", 0.1)

    async def client(connect):
        for first in (b"", b"GET /a HTTP/1.1\r\nX: ", PLAIN + b"GET /a HTTP/1.1\r\nX: ", b"nonsense\r\n"):
            reader, writer = await connect()
            writer.write(first)
            with contextlib.suppress(ConnectionError):
                while not reader.at_eof():  # or until the time limit of `talk`
                    if first:
                        writer.write(b"a")
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(0.05):
                            await reader.read(1000)
        return "all were closed"

    assert talk(client) == "all were closed"


def test_idle_connections_stay_for_a_while(monkeypatch):
    """A connection that idles for less than the maximum, between requests too, is not closed."""
    monkeypatch.setattr(connection, "IDLE_SECONDS", 1.0)
    monkeypatch.setattr(connection_table, "_CHECK_SECONDS", 0.1)
    got, closed = ask(PLAIN, *[b""] * 20, PLAIN, *[b""] * 20, PLAIN)
    assert statuses(got) == [200] * 3
    assert not closed


def test_back_pressure_of_answers():
    """An application waits until a slow client has read what was sent."""
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
        return before, len((await read_all(reader))[0])

    before, got = talk(client, application)
    assert before < 100
    assert got > 200 << 17


def test_back_pressure_of_bodies():
    """A body is read only as far as the application reads it, but for a bounded buffer."""
    wanted = asyncio.Event()

    async def application(scope, receive, send):
        await wanted.wait()
        await echo(scope, receive, send)

    async def client(connect):
        reader, writer = await connect()
        writer.write(POST + b"Content-Length: %d\r\n\r\n" % (30 << 20) + bytes(30 << 20))
        await asyncio.sleep(0.2)
        (connection,) = talk.state.connections
        size = len(connection._exchange._body)
        wanted.set()
        got = 0
        while got < 30 << 20:
            got += len(await reader.read(1 << 20))
        return size

    assert talk(client, application) <= 2 * exchange.MAX_UNREAD_BODY


def test_disconnection(monkeypatch):
    """The application gets a client's disconnection in a moment, before and after the start of its answer."""
    monkeypatch.setattr(connection, "HALF_CLOSED_SECONDS", 0.1)
    monkeypatch.setattr(connection_table, "_CHECK_SECONDS", 0.05)
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
            await until(lambda: not talk.state.connections)
        return len(talk.state.connections)

    assert talk(client, application) == 0
    assert noticed == ["/a", "/begun"]


def later(delay, *parts):
    """An application that reads the body, and answers in parts after a while."""

    async def application(scope, receive, send):
        while scope["method"] == "POST" and (message := await receive()).get("more_body", False):
            pass
        if scope["method"] == "POST" and message["type"] == "http.disconnect":
            return
        await asyncio.sleep(delay)
        await in_parts(*parts)(scope, receive, send)

    return Guard(application)


@pytest.mark.parametrize("delay", [0, 0.2])
@pytest.mark.parametrize(
    ("sent", "answers"),
    [
        (PLAIN, 1),
        (PLAIN * 3, 3),
        (POST + b"Content-Length: 3\r\n\r\nabc", 1),
        (b"GET /a HTTP/1.0\r\n\r\n", 1),
        (PLAIN + b"GET /a HT", 1),
        (PLAIN + POST + b"Content-Length: 3\r\n\r\na", 1),
        (b"GET /a HT", 0),
        (POST + b"Content-Length: 3\r\n\r\na", 0),
    ],
)
def test_a_client_that_closes_its_sending_half(sent, answers, delay):
    """A client that sends no more gets the answers to its complete requests, whole, and then the end."""

    async def client(connect):
        reader, writer = await connect()
        writer.write(sent)
        writer.write_eof()
        return await reader.read()

    got = talk(client, later(delay, *[bytes(100_000)] * 20))
    assert statuses(got) == [200] * answers
    assert got.count(b"\0") == answers * 2_000_000


def test_a_client_that_leaves_during_a_long_query(monkeypatch):
    """A client whose input has ended, and for whom nothing is ready for a while, counts as gone."""
    monkeypatch.setattr(connection, "HALF_CLOSED_SECONDS", 0.1)
    monkeypatch.setattr(connection_table, "_CHECK_SECONDS", 0.05)
    ended = []

    async def endless(_scope, _receive, send):
        if begun:
            await in_parts(b"abc")(None, None, lambda message: send({**message, "more_body": True}))
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(begun)

    async def client(connect):
        reader, writer = await connect()
        writer.write(PLAIN)
        writer.write_eof()
        with contextlib.suppress(ConnectionError):
            await reader.read()
        await until(lambda: ended)

    for begun in (False, True):
        talk(client, Guard(endless))
        assert ended.pop() == begun


def test_lingering_close():
    """A client gets an answer that comes before the end of its body, and is cut off when it goes on."""

    async def early(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 413, "headers": [(b"content-length", b"1")]})
        await send({"type": "http.response.body", "body": b"x"})

    async def client(connect):
        reader, writer = await connect()
        writer.write(POST + b"Content-Length: 50000000\r\n\r\n" + bytes(500_000))
        got, closed = await read_all(reader, 1)
        writer.write(bytes(40_000_000))
        with pytest.raises(ConnectionError):
            await writer.drain()
        return got, closed

    got, closed = talk(client, early)
    assert statuses(got) == [413]
    assert closed


def test_shutdown():
    """At shutdown idle connections are closed, and requests in progress are answered first."""

    async def slow(scope, receive, send):
        await asyncio.sleep(0.3)
        await echo(scope, receive, send)

    async def client(connect):
        idle, _ = await connect()
        half, writer = await connect()
        writer.write(PLAIN[:9])
        busy, writer = await connect()
        writer.write(PLAIN * 2)
        await asyncio.sleep(0.1)
        talk.table.closing = True
        for each in tuple(talk.state.connections):
            each.shutdown()
        late, _ = await connect()
        return [await read_all(each, 1) for each in (idle, half, late, busy)]

    *others, (got, closed) = talk(client, slow)
    assert others == [(b"", True)] * 3
    assert statuses(got) == [200]
    assert closed


def dense(opened):
    """Open descriptors until none is free below the highest one, which may be another test's; return the next number."""
    highest = max(int(each.name) for each in Path("/proc/self/fd").iterdir())
    while not opened or opened[-1] < highest:
        opened.append(os.dup(2))
    return opened[-1] + 1


def test_the_longest_idle_connections_are_closed_first(monkeypatch):
    """If descriptors run short, the longest idle connections are closed first, and busy ones last."""

    async def slow(scope, receive, send):
        await asyncio.sleep(0.5)
        await echo(scope, receive, send)

    async def client(connect):
        busy, writer = await connect()
        writer.write(PLAIN)
        await asyncio.sleep(0.05)
        taken = dense(opened)
        talk.table._max_descriptors = (taken + 100) * 4 // 3
        monkeypatch.setattr(connection_table, "LOW_WATER", (taken + 75) / talk.table._max_descriptors)
        connections = [await connect() for _ in range(60)]
        await asyncio.sleep(0.2)
        gone = [reader.at_eof() for reader, _ in connections]
        answer = await read_all(busy, 1)
        last = connections[-1]
        last[1].write(PLAIN)
        return gone, answer, await read_all(last[0], 1)

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


class StubTransport(asyncio.Transport):
    """Transport without a socket; it fails in the same cases."""

    closed = ended = False
    sent = 0

    def get_extra_info(self, name, _=None):
        return SimpleNamespace(fileno=lambda: 5, setsockopt=print) if name == "socket" else ("127.0.0.1", 1)

    def write(self, data):
        assert not self.ended
        StubTransport.sent += len(data)

    def write_eof(self):
        self.ended = True

    def close(self):
        self.closed = True

    abort = close

    def pause_reading(self):
        pass

    resume_reading = pause_reading

    def is_closing(self):
        return self.closed

    def set_write_buffer_limits(self, high):
        pass

    def get_write_buffer_size(self):
        return 0


SEEDS = (
    PLAIN,
    POST + b"Content-Length: 5\r\n\r\nabcde",
    POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\nX: y\r\n\r\n",
    POST + b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 5\r\n\r\nabcde",
    POST + b"Connection: Upgrade\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
    POST + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
    b"CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n",
    b"GET http://x/\xc3\xa9 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    b"HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
)
INSERTIONS = (b"\r\n", b"\n", b"\0", b" ", b":", b"\xff", b"Upgrade: x\r\n", b"Content-Length: 1\r\n")


def mutated(chance):
    """Some requests, with some of their bytes removed, doubled or inserted."""
    data = b"".join(chance.choices(SEEDS, k=chance.randint(1, 4)))
    for _ in range(chance.randint(0, 3)):
        at, to = sorted(chance.choices(range(len(data) + 1), k=2))
        data = chance.choice(
            (data[:at] + data[to:], data[:to] + data[at:], data[:at] + chance.choice(INSERTIONS) + data[at:])
        )
    return data


def test_random_input():
    """No random bytes in any parts, with a disconnection at any time, cause an error or leave a task."""
    chance = random.Random(1963)

    async def any_(scope, receive, send):
        if chance.random() < 0.7:
            await echo(scope, receive, send)
        elif chance.random() < 0.5:
            await in_parts(b"abc")(scope, receive, send)

    async def go():
        faults = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, fault: faults.append(fault))
        state, table = SimpleNamespace(connections=set(), tasks=set(), default_headers=[]), ConnectionTable()
        for _ in range(3000):
            data = mutated(chance)
            connection, transport = Connection(any_, table, server_state=state), StubTransport()
            connection.connection_made(transport)
            while data and not transport.closed:
                part, data = data[: (size := chance.choice((1, 5, 50, 500)))], data[size:]
                table.buffer[: len(part)] = part
                connection.buffer_updated(len(part))
                await asyncio.sleep(0)
                chance.choice([connection.shutdown, connection.eof_received, *[int] * 50])()
            connection.check(loop.time() + 100)
            connection.connection_lost(None)
            await asyncio.sleep(0)
        await asyncio.sleep(0.1)
        return faults, state.tasks, state.connections

    assert run(go()) == ([], set(), set())
    assert StubTransport.sent > 100_000


def test_no_delay():
    """The socket of `kg serve` sends each part at once (TCP_NODELAY)."""

    async def go():
        option = asyncio.get_running_loop().create_future()

        class OptionReader(asyncio.Protocol):
            def connection_made(self, transport):
                connection = transport.get_extra_info("socket")
                option.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
                transport.abort()

        with _bind("127.0.0.1", 0, shared=True) as listener:
            server = await asyncio.get_running_loop().create_server(OptionReader, sock=listener)
            with socket.create_connection(listener.getsockname()):
                assert await asyncio.wait_for(option, HANG_SECONDS)
            server.close()

    run(go())


@pytest.mark.parametrize("sent", [b"", b"GET / HT", PLAIN, POST + b"Content-Length: 10\r\n\r\nabc"])
def test_no_reference_cycles(sent):
    """A closed connection is freed without the garbage collector."""

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
            return sum(isinstance(each, Connection | RequestParser | Exchange) for each in gc.get_objects())
        finally:
            gc.enable()

    assert talk(client) == 0


def test_the_port_of_a_server_that_has_just_ended():
    """A port can be bound again at once although connections that the former server closed still wait on it."""
    with _bind("127.0.0.1", 0, shared=True) as listener:
        listener.listen()
        port = listener.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        served, _ = listener.accept()
        served.close()  # the side that closes first keeps the port for a minute
        client.recv(1)
        client.close()
    _bind("127.0.0.1", port, shared=False).close()
