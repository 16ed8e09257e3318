"""Request guard, alone and in `kg serve`: cut answers, slow bodies, many connections."""

import asyncio
import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import time
from functools import partial

import httpx2
import psutil
import pytest
import rdflib
from locations import ROOT
from programs import needs
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from serving import KG, free_port, kg, served, server_at
from waiting import HANG_SECONDS, eventually

from kg.errors import QueryTimeout
from kg.web.endpoint.responses import HELD
from kg.web.server import guard
from kg.web.server.guard import Guard

LONG = "SELECT * { ?a ?b ?c . ?d ?e ?f }"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The example collection with answers of half a megabyte at most."""
    folder = tmp_path_factory.mktemp("guard")
    shutil.copytree(ROOT / "data", folder / "data")
    text = (ROOT / "kg.toml").read_text(encoding="utf-8")
    (folder / "kg.toml").write_text("query_bytes = 500_000\n" + text, encoding="utf-8")
    assert kg(folder, "build").returncode == 0
    return folder


@pytest.fixture(scope="module")
def address(folder):
    with served(folder, free_port()) as address:
        yield address


@needs("curl")
def test_curl_sees_the_cut(address):
    """An answer that is cut ends curl with an error."""
    done = subprocess.run(
        ["curl", "-s", "-o", os.devnull, "--data-urlencode", f"query={LONG}", f"{address}/sparql"], check=False
    )
    assert done.returncode == 18  # partial file


def test_httpx_sees_the_cut(address):
    """An answer that is cut raises in httpx."""
    with pytest.raises(httpx2.RemoteProtocolError):
        httpx2.get(f"{address}/sparql", params={"query": LONG})


@pytest.mark.filterwarnings("ignore")
def test_rdflib_sees_the_cut(address):
    """An answer that is cut raises in rdflib's SPARQLStore."""
    graph = rdflib.Graph(SPARQLStore(f"{address}/sparql", method="POST"))
    with pytest.raises(
        Exception, match=r"IncompleteRead|incomplete|no element|Extra data|Unterminated|column|Expecting"
    ):
        list(graph.query(LONG))


@needs("node")
def test_fetch_sees_the_cut(address):
    """An answer that is cut fails in the fetch of node, by which Comunica and its kin read."""
    script = "fetch(process.argv[1]).then(r => r.text()).then(() => console.log('complete'), () => console.log('cut'))"
    done = subprocess.run(["node", "-e", script, sparql(address, LONG)], capture_output=True, check=True, timeout=60)
    assert done.stdout == b"cut\n"


@needs("curl")
def test_curl_sees_the_cut_in_http_1_0(address):
    """An answer of HTTP/1.0 that is cut ends curl with an error too, and one that is whole does not."""
    command = ["curl", "-s", "-0", "-w", "%{http_code}", "--data-urlencode"]
    cut = subprocess.run([*command, f"query={LONG}", f"{address}/sparql"], capture_output=True, check=False)
    assert cut.returncode == 56  # a failure to receive
    whole = subprocess.run([*command, f"query={LONG} LIMIT 500", f"{address}/sparql"], capture_output=True, check=True)
    assert whole.stdout.endswith(b"}200")
    assert len(whole.stdout) > HELD


@needs("wget")
def test_wget_sees_the_cut(address):
    """An answer that is cut ends wget with an error, in HTTP/1.0 too."""
    for headers in ([], ["--header=Connection: close"]):
        command = ["wget", "-q", "-t", "1", "-O", os.devnull, *headers, str(sparql(address, LONG))]
        assert subprocess.run(command, check=False).returncode == 4  # a failure of the network
    assert subprocess.run([*command[:-1], sparql(address, "ASK {}")], check=False).returncode == 0


def test_http_client_sees_the_cut_in_http_1_0(address):
    """An answer of HTTP/1.0 that is cut raises in the standard library's client."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=HANG_SECONDS)
    connection._http_vsn, connection._http_vsn_str = 10, "HTTP/1.0"
    with contextlib.closing(connection):
        connection.request("GET", sparql(address, LONG).removeprefix(address))
        answer = connection.getresponse()
        assert answer.status == 200
        with pytest.raises(ConnectionResetError):
            answer.read()


def test_a_killed_process_cuts_answers_of_http_1_0(folder):
    """An answer of HTTP/1.0 whose process is killed in the middle ends with a reset."""
    port = free_port()
    with served(folder, port) as address, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", port))
        client.sendall(f"GET {sparql(address, LONG).removeprefix(address)} HTTP/1.0\r\n\r\n".encode())
        assert client.recv(12) == b"HTTP/1.1 200"
        os.kill(min(processes(server_at(port))), signal.SIGKILL)
        with pytest.raises(ConnectionResetError):
            list(iter(partial(client.recv, 1 << 16), b""))


def sparql(address, query):
    """The address of a query."""
    return str(httpx2.URL(f"{address}/sparql", params={"query": query}))


def test_a_dead_server_process_is_replaced(folder):
    """A killed process of several on one port is replaced, and requests are answered."""
    port = free_port()
    with served(folder, port, "--workers", "2") as address:
        server = server_at(port)
        before = processes(server)
        assert len(before) == 2
        eventually(lambda: all(map(listens, before)), "sockets of both processes")
        os.kill(min(before), signal.SIGKILL)
        eventually(lambda: len(processes(server) - {min(before)}) == 2, "the start of another process")
        for _ in range(8):
            assert httpx2.get(f"{address}/healthz").status_code == 200


def processes(server):
    """The server's live processes, without the query workers."""
    return {each.pid for each in server.children() if _lives(each)}


def listens(pid):
    """Whether a process has a socket that takes connections: the first to have one answers for both."""
    return any(each.status == psutil.CONN_LISTEN for each in psutil.Process(pid).net_connections("tcp"))


def _lives(process):
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:  # ended meanwhile
        return False


def test_idle_connections_are_closed_for_new_ones(folder):
    """If descriptors run short, the longest idle connections are closed, and a new one gets its answer."""
    port = free_port()
    command = f"ulimit -n 600; exec {KG} serve --port {port}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    process = subprocess.Popen(["sh", "-c", command], cwd=folder, env=environment, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with contextlib.suppress(httpx2.TransportError):
                httpx2.get(f"http://127.0.0.1:{port}/healthz")
                break
            time.sleep(0.1)
        with contextlib.ExitStack() as stack:
            idle = [stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60)) for _ in range(900)]
            answer = httpx2.get(f"http://127.0.0.1:{port}/sparql", params={"query": "ASK {}"}, timeout=60)
            assert answer.status_code == 200
            assert any(map(closed, idle[:450]))
    finally:
        process.terminate()
        process.wait(HANG_SECONDS)


def closed(connection):
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def scope(method="GET", **more):
    return {
        "type": "http",
        "method": method,
        "path": "/",
        "http_version": "1.1",
        "headers": [],
        "client": ("10.0.0.1", 9),
        **more,
    }


def client_of(messages):
    """The `receive` of a client that sends some messages and then nothing."""

    async def receive():
        if messages:
            return messages.pop(0)
        await asyncio.Event().wait()
        return None

    return receive


def exchange(application, method="GET", messages=(), proxies=(), **more):
    """The messages to a client."""
    sent = []

    async def send(message):
        sent.append(message)

    async def go():
        await asyncio.wait_for(
            Guard(application, proxies)(scope(method, **more), client_of(list(messages)), send), HANG_SECONDS
        )

    asyncio.run(go())
    return sent


def test_slow_bodies_end(monkeypatch):
    """A request whose body does not come in time ends in 408."""
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.2)

    async def application(scope, receive, send):
        await receive()
        with pytest.raises(guard.Problem) as caught:
            await receive()
        assert caught.value.status == 408
        await send({"type": "http.response.start", "status": 408, "headers": []})

    messages = [{"type": "http.request", "body": b"x", "more_body": True}]
    assert exchange(application, "POST", messages)[0]["status"] == 408


def test_disconnection_ends_the_request():
    """A client's disconnection ends its request, before the answer begins."""
    ended = []

    async def application(scope, receive, send):
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ended.append(True)
            raise

    messages = [{"type": "http.request", "body": b"", "more_body": False}, {"type": "http.disconnect"}]
    assert exchange(application, messages=messages) == []
    assert ended


def test_a_late_fault_cuts_the_answer(caplog):
    """After a fault in the middle of an answer no message is sent, and above all no end."""

    async def application(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
        raise QueryTimeout("too long")

    sent = exchange(application)
    assert [message.get("more_body") for message in sent] == [None, True]
    assert "too long" in caplog.text


def test_forwarded_addresses():
    """An address forwarded by a proxy of the settings is the client's; one from elsewhere is ignored."""
    clients = []

    async def application(scope, receive, send):
        clients.append(scope["client"][0])

    headers = [(b"x-forwarded-for", b"198.51.100.9, 192.0.2.7")]
    exchange(application, headers=headers, proxies=networks_of("10.0.0.0/8"))
    exchange(application, headers=headers, proxies=networks_of("172.16.0.0/12"))
    exchange(application, headers=headers)
    assert clients == ["192.0.2.7", "10.0.0.1", "10.0.0.1"]


def networks_of(*proxies):
    from kg.web.server.client_address import proxy_networks

    return proxy_networks(proxies)


def test_no_line_of_the_log_can_be_forged(caplog):
    """A line end in a path, which is decoded, is escaped in the log."""

    async def application(scope, receive, send):
        scope["path"] = "/a\n500 forged"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
        raise QueryTimeout("too long")

    exchange(application)
    assert "/a\\n500 forged" in caplog.text
    assert "\n500 forged" not in caplog.text.replace("\\n", "")


def test_ipv4_mapped_addresses():
    """An IPv4-mapped address counts as IPv4, of a client and of a proxy."""
    clients = []

    async def application(scope, _receive, send):
        clients.append(scope["client"][0])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    exchange(application, client=("::ffff:192.0.2.7", 5))
    for element in (b"192.0.2.7:4711", b"[2001:db8::1]:80", b"::ffff:192.0.2.8", b"unknown"):
        headers = [(b"x-forwarded-for", element)]
        exchange(application, client=("::ffff:10.0.0.1", 5), headers=headers, proxies=networks_of("10.0.0.0/8"))
    assert clients == ["192.0.2.7", "192.0.2.7", "2001:db8::1", "192.0.2.8", "10.0.0.1"]
