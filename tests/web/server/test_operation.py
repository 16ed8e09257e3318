"""Server in operation: metrics, access log, disconnections, cut answers, stops and restarts."""

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from urllib.parse import quote

import httpx2
import psutil
import pytest
from locations import ROOT
from programs import needs
from serving import KG, example_collection, free_port, served
from starlette.testclient import TestClient
from waiting import HANG_SECONDS, eventually

from kg.web.app import Application
from kg.web.observe import access_log
from kg.web.observe.metrics import Metrics
from kg.web.observe.request_notes import RequestNotes
from kg.web.serving.live import Live

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
LONG = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } "
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    """A folder with the example collection, built."""
    return example_collection(tmp_path_factory.mktemp("operation"))


def _set(folder, **settings):
    ours = (ROOT / "kg.toml").read_text(encoding="utf-8").splitlines()
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    others = [line for line in ours if line.partition("=")[0].strip() not in settings]
    (folder / "kg.toml").write_text("\n".join([*lines, *others]), encoding="utf-8")


def _figure(text, name):
    """The sum of a metric's samples, by the start of their names and labels."""
    return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(name))


def _lines(path):
    return [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]


def test_metrics_of_several_processes(collection):
    """The port of metrics has the sums over all server processes; the public port has none."""
    port, other = free_port(), free_port()
    _set(collection, metrics=f"127.0.0.1:{other}")
    with served(collection, port, "--workers", "2") as address:
        for n in range(30):  # each on a connection of its own, which the kernel gives to either process
            assert httpx2.get(f"{address}/sparql", params={"query": f"{COUNT} #{n}"}).status_code == 200
        assert httpx2.get(f"{address}/sparql", params={"query": "ASK {"}).status_code == 400
        assert httpx2.get(f"{address}/metrics").status_code == 404
        ask = f"http://127.0.0.1:{other}/metrics"
        text = _until(lambda: httpx2.get(ask).text, 'place="/metrics",status="404"')
    assert _figure(text, 'kg_requests_total{method="GET",place="/sparql",status="200"}') == 30
    assert _figure(text, 'kg_queries_total{answered="asked"}') == 30
    assert _figure(text, 'kg_query_faults_total{fault="QuerySyntaxError"}') == 1
    assert _figure(text, "kg_query_workers") == 4
    assert _figure(text, "kg_queries_asked") == 0
    assert _figure(text, "kg_generation") == 1
    assert _figure(text, 'kg_request_seconds_bucket{le="+Inf",place="/sparql"}') == 31


def test_public_metrics_and_kills(collection):
    """Public metrics have the kills of workers by reason, also for clients that leave."""
    port = free_port()
    _set(collection, metrics="public", query_workers=1, query_seconds=1.0, access_log="access.jsonl")
    log = collection / "access.jsonl"
    with served(collection, port) as address:
        assert httpx2.get(f"{address}/sparql", params={"query": ENDLESS}).status_code == 504
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(f"GET /sparql?query={quote(LONG)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert client.recv(1000).startswith(b"HTTP/1.1 200")
        assert httpx2.get(f"{address}/sparql", params={"query": COUNT}, timeout=HANG_SECONDS).status_code == 200
        text = _until(lambda: httpx2.get(f"{address}/metrics").text, 'why="client left"')
    assert _figure(text, 'kg_worker_kills_total{why="time"}') == 1
    assert _figure(text, 'kg_worker_kills_total{why="client left"}') == 1
    assert {line["killed"] for line in _lines(log) if "killed" in line} == {"time", "client left"}


def test_dead_workers_are_counted(collection):
    """A worker that dies while it has no query is counted, too."""
    port = free_port()
    _set(collection, metrics="public", query_workers=1, query_seconds=10.0)
    with served(collection, port, process=True) as (address, server):
        workers = [each for each in psutil.Process(server.pid).children(recursive=True) if _is_worker(each)]
        workers[0].kill()
        text = _until(lambda: httpx2.get(f"{address}/metrics").text, 'why="died, idle"')
    assert _figure(text, 'kg_worker_kills_total{why="died, idle"}') == 1


def _is_worker(process):
    return "kg.store.pool.worker" in process.cmdline()


def _until(ask, word):
    eventually(lambda: word in ask(), word)
    return ask()


def test_disconnection_before_the_answer(collection):
    """A client's disconnection before its answer frees the worker: the next query is answered before the deadline."""
    port = free_port()
    _set(collection, query_workers=1, query_seconds=600.0)
    with served(collection, port) as address:
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(f"GET /sparql?query={quote(ENDLESS)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            time.sleep(0.5)
        assert httpx2.get(f"{address}/sparql", params={"query": COUNT}, timeout=HANG_SECONDS).status_code == 200


def test_access_log(collection):
    """Each request is a line of JSON in plain ASCII, with a digest and never the query."""
    port = free_port()
    log = collection / "lines.jsonl"
    _set(collection, access_log="lines.jsonl")
    secret = "SELECT ?secret { ?secret ?p ?o } LIMIT 1"
    with served(collection, port) as address:
        for _ in range(2):
            httpx2.get(f"{address}/sparql", params={"query": secret})
        httpx2.get(f"{address}/record/none")
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"GET /x\xc2\x9b31m HTTP/1.1\r\nHost: x\r\nUser-Agent: \x9b31m\r\nConnection: close\r\n\r\n")
            while client.recv(1000):
                pass
        _until(log.read_text, "31m")  # a line is written once its response is sent
        log.rename(collection / "rotated.jsonl")
        httpx2.get(f"{address}/record/none")
    lines = _lines(collection / "rotated.jsonl")
    assert "secret" not in (collection / "rotated.jsonl").read_text(encoding="ascii")
    first, second = (line for line in lines if "digest" in line)
    assert first["digest"] == second["digest"]
    assert (first["answered"], second["answered"]) == ("asked", "kept")
    assert first["status"] == 200
    assert first["whole"]
    assert any(line["status"] == 404 and line["path"] == "/record/none" for line in lines)
    assert [line["path"] for line in _lines(log)] == ["/record/none"]


@needs("curl")
def test_cut_answer_is_an_error(collection):
    """An answer that exceeds a limit after its beginning is cut, which is an error in curl and httpx."""
    port = free_port()
    _set(collection, query_seconds=1.0)
    with served(collection, port) as address:
        for coding in ("identity", "gzip", "zstd"):
            command = ["curl", "-s", "-o", "/dev/null", "-H", f"Accept-Encoding: {coding}", "-G", f"{address}/sparql"]
            done = subprocess.run([*command, "--data-urlencode", f"query={LONG}"], check=False, timeout=HANG_SECONDS)
            assert done.returncode in {18, 56}, coding  # a part of a file; a failure to receive
        with pytest.raises(httpx2.RemoteProtocolError):
            httpx2.get(f"{address}/sparql", params={"query": LONG}, timeout=HANG_SECONDS)


def test_clean_stop(collection):
    """A server that gets SIGTERM completes the answers in progress, and ends."""
    port = free_port()
    _set(collection, query_seconds=20.0, grace_seconds=20)
    ask = f"GET /sparql?query={quote(LONG + 'LIMIT 40000')}&format=csv HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    got = bytearray()
    with served(collection, port, process=True) as (address, process):
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
            client.sendall(ask.encode())
            got += client.recv(1000)
            process.send_signal(signal.SIGTERM)
            stopping = threading.Event()
            stopping.wait(1)
            while piece := client.recv(65536):
                got += piece
        assert process.wait(HANG_SECONDS) == 0
    assert got.endswith(b"\r\n0\r\n\r\n")
    assert len(re.findall(rb"\r\n", bytes(got))) > 40_000
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{address}/healthz")


def test_processes_die_with_the_supervisor(collection):
    """Server processes and workers end with a killed supervisor."""
    _set(collection)
    with served(collection, free_port(), "--workers", "2", process=True) as (address, process):
        others = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.wait(HANG_SECONDS)
        _, alive = psutil.wait_procs(others, HANG_SECONDS)
    assert not [each for each in alive if each.status() != psutil.STATUS_ZOMBIE]
    assert len(others) >= 2
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{address}/healthz")


def test_metrics_and_log_are_documented(example):
    """docs/operation.md names every metric and every member of a line of the log."""
    page = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+)`", page))
    text = Metrics(None, 2).written().decode()
    metrics = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    assert {each for each in metrics if not each.endswith("_created")} <= named
    told = RequestNotes(query="ASK {}", answered="asked", format="json", fault="QueryCrashed", killed="crash")
    scope = {"client": ("127.0.0.1", 1), "headers": [], "raw_path": b"/", "method": "GET"}
    assert set(access_log._line(scope, told, 0.1)) <= named


def _server_processes(server):
    """The server processes, by age."""
    processes = []
    for each in psutil.Process(server.pid).children():
        with contextlib.suppress(psutil.Error):  # ended meanwhile
            if "resource_tracker" not in " ".join(each.cmdline()):
                processes.append(each)
    return processes


def _answers(address):
    with contextlib.suppress(httpx2.TransportError):
        return httpx2.get(f"{address}/healthz").status_code == 200
    return False


def test_dead_server_processes(collection):
    """A dead server process is restarted, however soon it dies again, and the server stays."""
    port = free_port()
    _set(collection)
    with served(collection, port, process=True) as (address, server):
        for _ in range(3):
            (process,) = _server_processes(server)
            process.kill()
            process.wait(HANG_SECONDS)
            eventually(lambda: _answers(address), "an answer")
            assert server.poll() is None
        server.terminate()
        assert server.wait(HANG_SECONDS) == 0
    assert "started again in 0.5 s" in (collection / "server.log").read_text(encoding="utf-8")


def test_all_processes_are_replaced(collection):
    """At SIGHUP the server processes are replaced one after another, and requests are answered meanwhile."""
    port = free_port()
    _set(collection)
    with served(collection, port, "--workers", "2", process=True) as (address, server):
        before = set(_server_processes(server))
        server.send_signal(signal.SIGHUP)
        answers = []

        def replaced():
            answers.append(_answers(address))
            now = set(_server_processes(server))
            return not before & now and len(now) == 2

        eventually(replaced, "the replacement of both processes")
        assert answers.count(False) <= 1  # a connection that a process had not accepted yet at its end
        assert len(before) == 2
        server.terminate()
        assert server.wait(HANG_SECONDS) == 0


def test_a_new_process_that_cannot_begin_replaces_none(collection):
    """At SIGHUP the processes stay if the settings have become invalid."""
    port = free_port()
    _set(collection)
    with served(collection, port, process=True) as (address, server):
        before = _server_processes(server)
        (collection / "kg.toml").write_text("nonsense = 1", encoding="utf-8")
        server.send_signal(signal.SIGHUP)
        _until((collection / "server.log").read_text, "the others stay")
        assert _server_processes(server) == before
        assert _answers(address)


@pytest.mark.parametrize(("seconds", "metrics"), [(0, ""), (0.3, "public"), (None, ""), (None, "public")])
def test_ctrl_c(collection, metrics, seconds):
    """Ctrl-C, a signal to the terminal's group, ends the server without a traceback, also during its start."""
    _set(collection, metrics=metrics)
    command = [KG, "serve", "--port", str(free_port()), "--workers", "2"]
    process = subprocess.Popen(command, cwd=collection, stderr=subprocess.PIPE, start_new_session=True)
    try:
        if seconds is None:
            assert process.stderr.readline().startswith(b"Serving")
        else:
            eventually(lambda: _server_processes(process), "the start of a server process")
        time.sleep(0.05 + (seconds or 0))
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=HANG_SECONDS)
    finally:
        process.kill()
    assert process.returncode == 0
    assert re.fullmatch(rb"(Serving .*\n)?", errors)


@pytest.mark.parametrize(("metrics", "workers"), [("", 1), ("", 3), ("public", 2)])
def test_serving_is_said_when_it_is_true(collection, metrics, workers):
    """The line that says so comes when every process listens and answers."""
    port = free_port()
    _set(collection, metrics=metrics)
    command = [KG, "serve", "--port", str(port), "--workers", str(workers)]
    server = subprocess.Popen(command, cwd=collection, stderr=subprocess.PIPE)
    try:
        assert f":{port}/".encode() in server.stderr.readline()
        processes = _server_processes(server)
        assert [_listens(each) for each in processes] == [True] * workers
        assert all(_answers(f"http://127.0.0.1:{port}") for _ in range(4 * workers))
    finally:
        server.terminate()
        server.communicate(timeout=HANG_SECONDS)


def _listens(process):
    return any(each.status == psutil.CONN_LISTEN for each in process.net_connections("tcp"))


def test_ctrl_c_lets_answers_end(collection):
    """Answers in progress at a Ctrl-C are completed, since neither server processes nor query workers get the signal."""
    port = free_port()
    _set(collection, query_seconds=20.0)
    command = [KG, "serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=collection, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        _until(lambda: str(_answers(f"http://127.0.0.1:{port}")), "True")
        ask = f"GET /sparql?query={quote(LONG + 'LIMIT 40000')}&format=csv HTTP/1.1\r\nHost: x\r\n\r\n"
        got = bytearray()
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(ask.encode())
            got += client.recv(1000)
            os.killpg(process.pid, signal.SIGINT)
            time.sleep(0.5)
            while piece := client.recv(65536):
                got += piece
        assert process.wait(HANG_SECONDS) == 0
    finally:
        process.kill()
    assert got.endswith(b"\r\n0\r\n\r\n")


def test_a_process_that_does_not_end_is_killed(collection):
    """Answers still in progress at the end of the grace period are cut, and the server ends."""
    port = free_port()
    _set(collection, query_seconds=600.0, grace_seconds=1)
    with (
        served(collection, port, process=True) as (_, server),
        socket.create_connection(("127.0.0.1", port)) as client,
    ):
        client.sendall(f"GET /sparql?query={quote(ENDLESS)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        time.sleep(0.5)
        server.terminate()
        assert server.wait(HANG_SECONDS) == 0
        assert client.recv(1000) == b""


def test_failed_start(collection):
    """A server whose first process can't serve reports the error and stops."""
    (collection / "own" / "saved").mkdir(parents=True)
    (collection / "own" / "saved" / "broken.rq").write_text("ASK { ?_a_iri ?p ?o }", encoding="utf-8")
    _set(collection, queries="own")
    done = subprocess.run(
        [KG, "serve", "--port", str(free_port())],
        cwd=collection,
        capture_output=True,
        check=False,
        timeout=HANG_SECONDS,
    )
    assert done.returncode == 1
    assert b"broken.rq" in done.stderr
    assert b"Serving" not in done.stderr


KILLED_ONCE = """
    import os, pathlib, signal, sys, time
    from kg.web.server.supervisor import Supervisor

    def target(on_serving, folder):
        first = not folder.joinpath("started").exists()
        folder.joinpath("started").touch()
        if first:
            os.kill(os.getpid(), signal.SIGKILL)
        folder.joinpath("serving").touch()
        on_serving()
        time.sleep(60)

    folder = pathlib.Path(sys.argv[1])
    def told():
        print(folder.joinpath("serving").exists(), flush=True)
        os.kill(os.getpid(), signal.SIGTERM)

    Supervisor(target, (folder,), processes=1, grace=1, spawn=False, on_serving=told).run()
"""


def test_serving_is_said_after_a_failure(tmp_path):
    """Where a process dies before it serves, the line waits for the one that takes its place."""
    script = tmp_path / "failing.py"
    script.write_text(textwrap.dedent(KILLED_ONCE), encoding="utf-8")
    command = [sys.executable, script, tmp_path]
    done = subprocess.run(command, capture_output=True, check=False, timeout=HANG_SECONDS)
    assert done.stdout == b"True\n", done.stderr.decode()


def test_unexpected_fault_at_start(example, monkeypatch):
    """An unexpected exception at the start fails the start too."""

    async def fail(_):
        raise RuntimeError("the moon is full")

    async def receive():
        return {"type": "lifespan.startup"}

    messages = []

    async def send(message):
        messages.append(message)

    monkeypatch.setattr(Live, "start", fail)
    asyncio.run(Application(example)({"type": "lifespan"}, receive, send))
    assert [message["type"] for message in messages] == ["lifespan.startup.failed"]
    assert "the moon is full" in messages[0]["message"]


def test_no_bytes_are_counted_for_head(example):
    """The answer to HEAD has no body, so no bytes are counted."""
    application = Application(example.model_copy(update={"metrics": "public"}))
    with TestClient(application, base_url="https://archive.example.org") as client:
        assert int(client.head("/data/about").headers["content-length"]) > 0
        assert _figure(client.get("/data/metrics").text, "kg_sent_bytes_total") == 0


FIRST_SPAWN = """
    import signal
    from multiprocessing import util
    from kg.web.server.supervisor import Supervisor

    masks = []
    spawn = util.spawnv_passfds
    def recording_spawn(*arguments):
        masks.append(signal.pthread_sigmask(signal.SIG_BLOCK, ()))
        return spawn(*arguments)
    util.spawnv_passfds = recording_spawn
    if __name__ == "__main__":
        Supervisor(print, (), processes=1, grace=1, spawn=True)._start().kill()
        assert len(masks) == 2  # of the resource tracker of multiprocessing, and of our process
        assert all(signal.SIGINT in each for each in masks)
"""


def test_signals_are_blocked_during_a_spawn(tmp_path):
    """Signals of a spawned process, the first too, are blocked until it has its own handlers."""
    script = tmp_path / "spawning.py"
    script.write_text(textwrap.dedent(FIRST_SPAWN), encoding="utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, check=False, timeout=HANG_SECONDS)
    assert done.returncode == 0, done.stderr.decode()
