"""Watch over what clients take: bytes count when the client's system has them, and they have to keep coming."""

import asyncio
import socket
from types import SimpleNamespace

import pytest
from connections import PLAIN, POST, open_narrow, read_until_reset, talk, until

from kg.web.server import connection, connection_table, send_watch
from kg.web.server.guard import Guard
from kg.web.server.send_watch import MIN_RATE, RATE_SECONDS, SendWatch

SECONDS = 60


class Wire:
    """A transport, and a kernel below it, that hold as many bytes as a test says."""

    def __init__(self, monkeypatch):
        self.in_transport = self.in_kernel = 0
        self.closing = False
        monkeypatch.setattr(send_watch, "_bytes_in_kernel", lambda _: self.in_kernel)

    def get_extra_info(self, _):
        return SimpleNamespace(fileno=lambda: 0)

    def get_write_buffer_size(self):
        return self.in_transport

    def is_closing(self):
        return self.closing


@pytest.fixture
def wire(monkeypatch):
    return Wire(monkeypatch)


def late_at(watch, times, take=lambda _: None):
    """The first of some times at which the client is late; the client does something before each look."""
    for now in times:
        take(now)
        watch.look(now)
        if watch.is_late(now, SECONDS):
            return now
    return None


@pytest.mark.parametrize("place", ["in_transport", "in_kernel"])
def test_nothing_taken(wire, place):
    """A client that takes nothing is late after its time, be the bytes in the transport or in the kernel."""
    watch = SendWatch(wire)
    watch.sent = 1000
    setattr(wire, place, 1)
    assert late_at(watch, range(100)) == SECONDS + 1


def test_time_begins_with_the_bytes(wire):
    """The time begins when there is something to take, however long the connection has waited before."""
    watch = SendWatch(wire)
    assert late_at(watch, range(1000)) is None
    watch.sent = wire.in_kernel = 1000
    assert late_at(watch, range(1000, 2000)) == 1000 + SECONDS + 1


def test_any_byte_is_progress(wire):
    """A client that takes a byte begins its time anew."""
    watch = SendWatch(wire)
    watch.sent = wire.in_kernel = 1000

    def take(now):
        wire.in_kernel -= now == 50

    assert late_at(watch, range(200), take) == 50 + SECONDS + 1


def test_all_taken(wire):
    """A client that has taken all is never late."""
    watch = SendWatch(wire)
    watch.sent = wire.in_transport = 10

    def take(now):
        if now == 59:
            wire.in_transport = 0

    assert late_at(watch, range(1000), take) is None
    assert watch.stalled_since is None


@pytest.mark.parametrize(("rate", "late"), [(MIN_RATE - 1, RATE_SECONDS), (MIN_RATE, None), (5 * MIN_RATE, None)])
def test_lowest_rate(wire, rate, late):
    """A client that takes a long answer at less than the lowest rate, over minutes, is late; one at that rate is not."""
    watch = SendWatch(wire)
    wire.in_kernel, watch.sent = 10_000_000 + rate, 10_000_000

    def take(_):
        wire.in_kernel -= rate

    assert late_at(watch, range(1000), take) == late


def test_rate_of_a_line_that_is_away_for_a_minute(wire):
    """The rate is a mean over minutes: a pause in the middle of an otherwise good line does not end the answer."""
    watch = SendWatch(wire)
    wire.in_kernel, watch.sent = 10_000_000, 10_000_000

    def take(now):
        wire.in_kernel -= 0 if 100 < now < 155 else 2 * MIN_RATE

    assert late_at(watch, range(1000), take) is None


def test_rate_is_that_of_one_answer(wire):
    """Many short answers in a row, of which something always waits, are no long one."""
    watch = SendWatch(wire)
    watch.sent = wire.in_kernel = 1

    def take(_):
        watch.sent += 1
        watch.begin_answer()

    assert late_at(watch, range(1000), take) is None


def test_closed_connections_are_not_asked(wire, monkeypatch):
    """The descriptor of a closed connection, which may be another's by now, is not asked."""
    watch = SendWatch(wire)
    watch.sent = 10
    wire.closing = True
    monkeypatch.setattr(send_watch, "_bytes_in_kernel", lambda _: pytest.fail("asked"))
    assert late_at(watch, range(1000)) is None


def test_a_descriptor_that_is_no_socket(tmp_path):
    """Where the system does not tell what it holds, it counts as nothing."""
    with (tmp_path / "file").open("w", encoding="ascii") as file:
        assert send_watch._bytes_in_kernel(file.fileno()) == 0


def answering(size, *, parts=1, length=True, end=True):
    """An application whose answers have some parts of a size."""

    async def application(_scope, _receive, send):
        headers = [(b"content-length", b"%d" % (size * parts))] if length else []
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for _ in range(parts):
            await send({"type": "http.response.body", "body": bytes(size), "more_body": True})
        if end:
            await send({"type": "http.response.body"})
        else:
            await asyncio.Event().wait()

    return application


@pytest.mark.parametrize(
    ("request_", "application"),
    [
        (PLAIN, answering(30 << 20)),  # a whole one, as of the page cache
        (PLAIN, answering(300_000)),  # a whole one that the kernel holds
        (PLAIN, answering(1 << 16, parts=500)),  # a file
        (PLAIN, answering(1 << 16, parts=500, length=False)),  # a stream
        (PLAIN, answering(1 << 16, parts=5, length=False, end=False)),  # a stream that waits
        (PLAIN[:-2] + b"Connection: close\r\n\r\n", answering(30 << 20)),
        (PLAIN[:-2] + b"Connection: close\r\n\r\n", answering(300_000)),  # closed, and the kernel still holds it
        (PLAIN.replace(b"1.1", b"1.0"), answering(30 << 20)),
        (PLAIN.replace(b"1.1", b"1.0"), answering(300_000, length=False)),
        (PLAIN.replace(b"1.1", b"1.0"), answering(1 << 16, parts=500, length=False)),
        (PLAIN * 30, answering(300_000)),
        (PLAIN + b"nonsense\r\n", answering(30 << 20)),  # refused behind it
        (POST + b"Content-Length: 9\r\n\r\n", answering(30 << 20)),  # answered before the body is there
    ],
)
@pytest.mark.parametrize("half_closed", [False, True])
def test_a_client_that_never_reads(monkeypatch, request_, application, half_closed):
    """A client that takes nothing of an answer, of whatever kind, is reset, and its request ends."""
    monkeypatch.setattr(connection, "HALF_CLOSED_SECONDS", 0.1)
    monkeypatch.setattr(connection_table, "_CHECK_SECONDS", 0.05)

    async def client(_):
        with await open_narrow(talk.port, request_) as narrow:
            await until(lambda: talk.state.connections)
            if half_closed:
                narrow.shutdown(socket.SHUT_WR)
            await until(lambda: not (talk.state.connections or talk.state.tasks))
            return await read_until_reset(narrow)

    assert len(talk(client, Guard(application), send_seconds=0.2)) < 300_000


def test_waiting_for_an_answer_is_no_delay(monkeypatch):
    """A client that waits for its answer for longer than it may take nothing is not disconnected."""
    monkeypatch.setattr(connection_table, "_CHECK_SECONDS", 0.02)

    async def slow(scope, receive, send):
        await asyncio.sleep(0.4)
        await answering(10)(scope, receive, send)

    async def client(connect):
        reader, writer = await connect()
        writer.write(PLAIN)
        return (await reader.readline()).split()[1]

    assert talk(client, slow, send_seconds=0.1) == b"200"


def test_a_late_client_gets_a_reset(monkeypatch):
    """A client that is disconnected because it took nothing gets a reset: the kernel holds nothing for it any more."""
    monkeypatch.setattr(connection_table, "_CHECK_SECONDS", 0.05)

    async def client(_):
        with await open_narrow(talk.port, PLAIN) as narrow:
            await until(lambda: talk.state.connections)
            await until(lambda: not talk.state.connections)
            return await read_until_reset(narrow)

    assert len(talk(client, answering(300_000), send_seconds=0.2)) < 300_000
