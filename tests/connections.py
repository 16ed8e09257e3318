"""HTTP/1.1 connections of `kg serve` with an application of a test's own, talked to on bare sockets."""

import asyncio
import contextlib
import re
import socket
from types import SimpleNamespace

import uvloop
from waiting import HANG_SECONDS

from kg.web.server.connection import Connection
from kg.web.server.connection_table import ConnectionTable

PLAIN = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /a HTTP/1.1\r\nHost: x\r\n"


async def echo(scope, receive, send):
    """ASGI application that answers with the request: method, path, raw path, query string, body."""
    body = b""
    more = scope["method"] == "POST"
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message["body"]
        more = message["more_body"]
    answer = b"|".join(
        (scope["method"].encode(), scope["path"].encode(), scope["raw_path"], scope["query_string"], body)
    )
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(answer))]})
    await send({"type": "http.response.body", "body": answer})


def run(coroutine):
    """Run a coroutine on the event loop of `kg serve`."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(coroutine)


def talk(client, application=echo, send_seconds=60):
    """Run a client against a server with one application; the client is called with a function that connects."""

    async def go():
        state = SimpleNamespace(connections=set(), tasks=set(), default_headers=[(b"date", b"now")])
        table = ConnectionTable(send_seconds)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Connection(application, table, server_state=state), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        talk.state, talk.table, talk.port = state, table, port
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
                each.abort()
            for task in tuple(state.tasks):
                task.cancel()
            await asyncio.sleep(0.01)

    return run(go())


async def read_all(reader, seconds=0.16):
    """The bytes until a pause of some seconds, and whether the server has closed."""
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


def ask(*parts, application=echo):
    """The server's bytes in answer to some parts, each sent by itself, and whether it closes."""

    async def client(connect):
        reader, writer = await connect()
        for part in parts:
            writer.write(part)
            await asyncio.sleep(0.01)
        return await read_all(reader)

    return talk(client, application)


def statuses(got):
    return [int(each) for each in re.findall(rb"HTTP/1\.1 (\d+)", got)]


def bodies(got):
    return [part.partition(b"\r\n\r\n")[2] for part in got.split(b"HTTP/1.1 ")[1:]]


def in_parts(*parts, complete=True):
    """An application that answers in parts, completely or with an error behind them."""

    async def application(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-name", b"value")]})
        for part in parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        if not complete:
            raise ValueError("something")
        await send({"type": "http.response.body"})

    return application


async def open_narrow(port, sent):
    """A socket with a small receive buffer, for a client that reads nothing, on which some bytes have been sent."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.setblocking(False)
    await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", port))
    await asyncio.get_running_loop().sock_sendall(client, sent)
    return client


async def until(condition):
    """Wait until something is so, or for the time limit of `talk`."""
    while not condition():  # noqa: ASYNC110  # no event tells
        await asyncio.sleep(0.01)


async def read_until_reset(client):
    """The bytes that come on a socket before its reset; fails where it ends properly."""
    got = bytearray()
    while True:
        try:
            piece = await asyncio.get_running_loop().sock_recv(client, 65536)
        except ConnectionResetError:
            return bytes(got)
        assert piece, "the connection ended properly"
        got += piece
