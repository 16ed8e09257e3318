"""Hostile clients, each from an address of its own."""

import contextlib
import http.client
import json
import socket
import time
import urllib.parse

HELD = 64 << 10
"""Before so many bytes a fault has to show as a status."""


def ask(port, path, *, source, body=None, patience=40):
    """One request from an address; status and body. Raises what a client sees when an answer is cut."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience, source_address=(source, 0))
    with contextlib.closing(connection):
        headers = {"Content-Type": "application/sparql-query"} if body is not None else {}
        connection.request("GET" if body is None else "POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()


def attack(port, text, source):
    """Send a query; the status, or "cut". Raises AssertionError for an answer that looks whole and is not."""
    body = text.encode("utf-8", "surrogatepass")
    try:
        status, got = ask(port, "/sparql", source=source, body=body)
    except http.client.IncompleteRead as cut:
        return "cut" if len(cut.partial) >= HELD else "cut too early"
    except (BrokenPipeError, ConnectionResetError):  # the body was too long, and nobody read it
        assert len(body) > 100_000, text[:300]
        return "refused"
    if status == 200:
        if got.startswith((b'{"head"', b"{")):
            json.loads(got)
    else:
        assert json.loads(got)["status"] == status, (text[:300], got[:300])
    return status


def vanish(port, text, source, *, after=0.05):
    """Ask and go away, before anything came or in the middle."""
    with contextlib.suppress(OSError), connected(port, source) as line:
        line.sendall(_head(text))
        time.sleep(after)


def read_slowly(port, text, source, *, seconds):
    """Ask for much and take little."""
    with contextlib.suppress(OSError), connected(port, source, window=4096) as line:
        line.sendall(_head(text))
        until = time.monotonic() + seconds
        while time.monotonic() < until and line.recv(512):
            time.sleep(0.2)


def write_slowly(port, source, *, seconds):
    """Send a body letter by letter."""
    with contextlib.suppress(OSError), connected(port, source) as line:
        head = "POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 90000\r\n\r\n"
        line.sendall(head.encode())
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            line.sendall(b" ")
            time.sleep(0.1)


def connected(port, source, window=None):
    """A bare connection from an address."""
    line = socket.socket()
    line.settimeout(40)
    if window:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
    line.bind((source, 0))
    line.connect(("127.0.0.1", port))
    return line


def _head(text):
    query = urllib.parse.urlencode({"query": text})
    return f"GET /sparql?{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


HALF_SENT = (
    b"",
    b"GET /sparql HTT",
    b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: ",
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 9\r\n\r\nASK",
)


@contextlib.contextmanager
def idlers(port, many):
    """Connections that say nothing, or half of what they should."""
    lines = []
    try:
        for number in range(many):
            with contextlib.suppress(OSError):
                line = connected(port, f"127.0.1.{number % 250 + 1}")
                lines.append(line)
                line.sendall(HALF_SENT[number % len(HALF_SENT)])
        yield len(lines)
    finally:
        for line in lines:
            line.close()
