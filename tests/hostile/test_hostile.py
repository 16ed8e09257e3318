"""Hostile clients beside a polite one, against `kg serve` as it runs.

A short run is part of all tests: nobody polite gets a wrong answer, and most get one at all, however busy the machine
is. `make test-hostile` runs everything at full length: there no polite request is refused, and none takes a second longer
than the longest of an idle server, which is measured first. That takes a machine that does nothing else.
"""

import contextlib
import gc
import random
import shutil
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path

import attacks
import psutil
import pytest
from attackers import TOGETHER
from attacking import Attack
from clients import attack, idlers, read_slowly, vanish, write_slowly
from locations import ROOT
from polite import Polite
from serving import free_port, kg, served, server_at

PATIENCE = 40  # a worker too many stays for 20 s


@dataclass(frozen=True)
class Length:
    """How much of everything; `patience`, how many seconds longer than at an idle server an answer may take, None: any;
    `calm`, after how many seconds at least all is over.
    """

    seconds: float
    hard: int
    connections: int
    fuzz: int
    patience: float | None
    calm: int


SHORT = Length(seconds=2, hard=1, connections=300, fuzz=150, patience=None, calm=3)
FULL = Length(seconds=20, hard=3, connections=5000, fuzz=10_000, patience=1, calm=11)  # time-outs take 10 s

IDLE_SECONDS = 5
"""How long a polite client asks an idle server, where the bound depends on how it fares there."""

SPARE_DESCRIPTORS = 8
"""Descriptors more than before that are no leak: connections and pipes that are being closed. Attackers open hundreds."""


@pytest.fixture(params=[SHORT, pytest.param(FULL, marks=pytest.mark.hostile)], ids=["short", "full"], scope="module")
def length(request):
    return request.param


@pytest.fixture(scope="module")
def server(tmp_path_factory, length):
    """The example collection, served; afterwards nothing is left that was not there at first."""
    folder = tmp_path_factory.mktemp("hostile")
    number = free_port()
    shutil.copytree(ROOT / "data", folder / "data")
    text = (ROOT / "kg.toml").read_text(encoding="utf-8").replace(":8000", f":{number}")
    (folder / "kg.toml").write_text("query_seconds = 2.0\nanswers_mb = 0\n" + text, encoding="utf-8")
    assert kg(folder, "build").returncode == 0
    with served(folder, number):
        process = server_at(number)
        idle = taken(process).processes
        with Polite(number):  # what is loaded or grows once only
            time.sleep(1)
        with Polite(number) as calm:
            time.sleep(IDLE_SECONDS if length.patience else 1)
        print(f"\nbeside nobody: {calm.told()}")  # noqa: T201  # the report of the run
        for _ in range(2):
            run(number, [*attacks.HARD, *attacks.nests(90), attacks.BIG, *random_queries(50)], 6)
            with idlers(number, length.connections):
                time.sleep(0.2)
        files = sorted(folder.rglob("*"))
        before = settled(process, idle, length.calm)
        yield Served(number, max(calm.times))
        after = settled(process, idle, length.calm)
        print(f"\nbefore {before}\nafter  {after}")  # noqa: T201  # the report of the run
        assert sorted(folder.rglob("*")) == files
        assert after.zombies == 0
        assert after.descriptors <= before.descriptors + SPARE_DESCRIPTORS
        assert after.memory <= before.memory * (1.1 if length.patience else 1.3)  # little is freed in a few seconds


@dataclass(frozen=True)
class Served:
    """A server: its port, and the seconds of its longest answer to a polite client while nobody else asked."""

    port: int
    idle: float


@dataclass(frozen=True)
class Taken:
    """What a server and its processes take."""

    memory: int
    descriptors: int
    processes: int
    zombies: int


def taken(server):
    """What is taken now."""
    memory = descriptors = processes = zombies = 0
    for each in (server, *server.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess, OSError):
            processes += 1
            zombies += each.status() == psutil.STATUS_ZOMBIE
            memory += _own(each.pid)
            descriptors += each.num_fds()
    return Taken(memory, descriptors, processes, zombies)


def _own(process):
    """Bytes that a process has for itself: of files that are mapped the kernel keeps as much as it likes."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss_Anon:")) << 10


def settled(server, idle, calm):
    """The least of each that is taken in so many calm seconds, when time-outs have passed and so many processes are left."""
    gc.collect()
    seen = []
    while len(seen) < calm or (seen[-1].processes > idle and len(seen) < PATIENCE):
        time.sleep(1)
        seen.append(taken(server))
    return Taken(*map(min, zip(*map(astuple, seen[-5:]), strict=True)))


def run(port, texts, clients):
    """Send all of these from some addresses at once; how often which status came."""
    with ThreadPoolExecutor(clients) as pool:
        found = list(
            pool.map(lambda pair: attack(port, pair[1], f"127.0.0.{10 + pair[0] % clients}"), enumerate(texts))
        )
    return {status: found.count(status) for status in set(found)}


def random_queries(many):
    """Random and mutated queries, the same ones each time."""
    chance = random.Random(1963)
    whole = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "queries" / "examples").glob("*.rq"))]
    whole = [*whole, *(text for text in attacks.HARD if len(text) < 500)]
    return [attacks.random_query(chance, whole) for _ in range(many)]


def beside(server, length, work):
    """Do this beside a polite client, who must not suffer."""
    with Polite(server.port) as polite:
        time.sleep(0.3)
        result = work()
        time.sleep(0.3)
    bound = length.patience and server.idle + length.patience
    print(f"\n{polite.told()}; bound {bound} s, beside nobody {server.idle:.3f} s; {result}")  # noqa: T201  # the report
    assert not polite.wrong, polite.wrong[:3]
    assert polite.refused < len(polite.times) / 2
    if bound:
        assert not polite.refused
        assert max(polite.times) < bound, f"an idle server took {server.idle} s at most"
    return result


@pytest.mark.parametrize("make", [attacks.nests, attacks.chains])
def test_deep_and_long(server, length, make):
    """What nests 20,000 deep or is chained as long is refused; what just passes is answered or takes too long."""
    texts = [*make(attacks.MANY), *make(90), *make(45)] * length.hard
    found = beside(server, length, lambda: run(server.port, texts, 4))
    assert set(found) <= {200, 400, 413, 503, 504, "refused", "cut"}


def test_hard(server, length):
    """Queries that never end, take all memory or bring the engine down cost nobody else an answer."""
    found = beside(server, length, lambda: run(server.port, attacks.HARD * length.hard, 6))
    assert found[504]
    if length.patience:  # a busy machine may end a query before it brings the engine down
        assert found[500]
    assert set(found) <= {200, 400, 413, 429, 500, 503, 504, 507, "cut"}


def test_ten_megabytes(server, length):
    """A query of 10 MB is not read to its end."""
    found = beside(server, length, lambda: run(server.port, [attacks.BIG] * 2 * length.hard, 2))
    assert set(found) <= {413, "refused"}


def test_connections(server, length):
    """Thousands of idle and half-sent connections, slow readers and writers, and clients that go away."""
    much = "SELECT * { ?a ?b ?c . ?d ?e ?f }"

    def work():
        with idlers(server.port, length.connections) as many, ThreadPoolExecutor(12) as pool:
            for n in range(4):
                pool.submit(read_slowly, server.port, much, f"127.0.0.{20 + n}", seconds=length.seconds)
                pool.submit(write_slowly, server.port, f"127.0.0.{30 + n}", seconds=length.seconds)
            for n in range(10 * length.hard):
                pool.submit(
                    vanish, server.port, attacks.HARD[n % len(attacks.HARD)], f"127.0.0.{40 + n % 4}", after=n % 5 / 10
                )
        return f"{many} connections"

    beside(server, length, work)


def test_service_in_disguise(server, length):
    """SERVICE is refused in every disguise and form of query, and nobody is called; nor by FROM."""
    callers = []
    with socket.create_server(("127.0.0.1", 0)) as trap:

        def listen():
            with contextlib.suppress(OSError):
                while True:
                    callers.append(trap.accept())

        threading.Thread(target=listen, daemon=True).start()
        texts = list(attacks.calls(f"http://127.0.0.1:{trap.getsockname()[1]}/x"))
        found = beside(server, length, lambda: run(server.port, texts, 2))
        assert found == {400: len(texts) - 2, 200: 2}
        assert not callers


def test_random_queries(server, length):
    """Random and mutated queries get an answer or an error, never a broken document."""
    found = beside(server, length, lambda: run(server.port, random_queries(length.fuzz), 4))
    assert found[200]
    assert found[400]
    assert set(found) <= {200, 400, 403, 406, 413, 429, 500, 503, 504, 507, "cut"}


def test_all_attackers_together(server, length):
    """Beside all attackers at once no polite answer is wrong."""

    def work():
        with Attack(server.port, TOGETHER, source="127.0.0.50") as attack:
            time.sleep(length.seconds)
        return dict(attack.seen)

    assert sum(beside(server, length, work).values())
