import asyncio
import contextlib
import io
import json
import os
import platform
import random
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
import rdflib
from pooling import THINGS, filled, process_ids, running
from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.errors import (
    KgError,
    QueryBusy,
    QueryCrashed,
    QueryRefused,
    QuerySyntaxError,
    QueryTimeout,
    QueryTooLarge,
    QueryUnwritable,
)
from kg.store.one_query import query_embedded
from kg.store.pool import frames, sandbox
from kg.store.pool.answer import BUFFER
from kg.store.pool.pool import QueryPool
from kg.store.sparql.query_checks import QueryLimits
from kg.store.sparql.results import FORMATS

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
ROWS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"  # 27 million rows, the first of them at once
SMALL = "SELECT ?o { <http://e/7> ?p ?o }"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return filled(tmp_path_factory.mktemp("pool") / "store")


async def taken(pool, text=SMALL, *, into=None, pause=0.0, **options):
    """The whole answer; also piece by piece `into` a list, and slowly if need be."""
    pieces = [] if into is None else into
    async with pool.query(text, **options) as answer:
        async for chunk in answer:
            pieces.append(chunk)
            await asyncio.sleep(pause)
    return b"".join(pieces)


async def values(pool, text=SMALL, **options):
    rows = json.loads(await taken(pool, text, **options))["results"]["bindings"]
    return sorted(row["o"]["value"] for row in rows)


def trap():
    """A listening socket that counts who connects."""
    listener = socket.create_server(("127.0.0.1", 0))
    callers = []

    def answer():
        with contextlib.suppress(OSError):
            while True:
                caller, _ = listener.accept()
                callers.append(caller)
                caller.close()

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    return listener, callers


PARSERS = {
    "turtle": "turtle",
    "ntriples": "nt",
    "rdfxml": "xml",
    "jsonld": "json-ld",
    "trig": "trig",
    "nquads": "nquads",
    "n3": "n3",
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_every_format(folder):
    """Whatever the format, the answer is whole, says its media type, and rdflib reads it."""

    async def go():
        async with running(folder) as pool:
            for name, row in FORMATS.items():
                text = "SELECT * { ?s ?p ?o }" if "select" in row.kinds else "CONSTRUCT WHERE { ?s ?p ?o }"
                async with pool.query(text, format=name) as answer:
                    data = b"".join([chunk async for chunk in answer])
                assert (answer.kind, answer.format, answer.media_type) == (row.kinds[0], name, row.media_type)
                if answer.kind == "select":
                    assert len(list(rdflib.query.Result.parse(io.BytesIO(data), format=name))) == THINGS
                else:
                    graph = rdflib.Dataset() if name in {"trig", "nquads"} else rdflib.Graph()
                    assert len(graph.parse(data=data, format=PARSERS[name])) == THINGS

    asyncio.run(go())


def test_preferences(folder):
    """Of several formats the first that can hold the answer is taken; none at all is an error before any byte."""

    async def go():
        async with running(folder) as pool:
            async with pool.query("DESCRIBE <http://e/7>", format=["csv", "turtle"]) as answer:
                assert answer.format == "turtle"
                assert [chunk async for chunk in answer] == [b'<http://e/7> <http://e/p> "value 7" .\n']
            with pytest.raises(QueryUnwritable, match="turtle"):
                await taken(pool, "DESCRIBE <http://e/7>", format="csv")
            assert await taken(pool, "ASK { ?s ?p 'value 7' }", format="csv") == b"true"

    asyncio.run(go())


def test_graphs(folder):
    """Graphs in the request are the query's data set and go before FROM; a union is asked for."""
    both = "SELECT ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
    here = "SELECT ?o { <http://e/g> ?p ?o }"

    async def go():
        async with running(folder) as pool:
            assert await values(pool, here) == []
            assert await values(pool, here, union=True) == ["a", "b"]
            assert await values(pool, here, default_graphs=["http://g/a"]) == ["a"]
            assert await values(pool, here, default_graphs=["http://g/a", "http://g/b"]) == ["a", "b"]
            assert await values(pool, both, named_graphs=["http://g/b"]) == ["b"]
            assert await values(pool, here.replace("{", "FROM <http://g/b> {", 1), default_graphs=["http://g/a"]) == [
                "a"
            ]
            with pytest.raises(QueryRefused, match="no IRI"):
                await taken(pool, default_graphs=["not an IRI"])

    asyncio.run(go())


def test_a_worker_serves_many(folder):
    """One worker answers query after query, after mistakes too; a mistake in writing has its place."""

    async def go():
        async with running(folder) as pool:
            before = process_ids(pool)
            for _ in range(5):
                assert await values(pool) == ["value 7"]
                with pytest.raises(QuerySyntaxError, match="nosuch: is not declared") as caught:
                    await taken(pool, "SELECT *\n{ ?s nosuch:p ?o }")
                assert (caught.value.line, caught.value.column) == (2, 6)
                with pytest.raises(QueryRefused, match="SERVICE"):
                    await taken(pool, "SELECT * { SERVICE <http://e/> {} }")
                with pytest.raises(QueryRefused, match="updates"):
                    await taken(pool, "DROP ALL")
                with pytest.raises(QueryRefused, match="custom function"):
                    await taken(pool, "SELECT (<http://e/f>(1) AS ?x) {}")
                with pytest.raises(QueryTooLarge):
                    await taken(pool, "#" * 200_000)
            assert process_ids(pool) == before

    asyncio.run(go())


def test_deadline(folder):
    """A query over the deadline gets QueryTimeout in time, and the next one a sound worker; a caller can only lower it."""

    async def go():
        async with running(folder, deadline=1.0) as pool:
            for options, least, most in (({}, 1, 3), ({"timeout": 0.2}, 0.2, 0.9), ({"timeout": 9}, 1, 3)):
                start = time.monotonic()
                with pytest.raises(QueryTimeout):
                    await taken(pool, ENDLESS, **options)
                assert least <= time.monotonic() - start < most
                assert await values(pool) == ["value 7"]

    asyncio.run(go())


def test_deadline_counts_planning(folder):
    """The deadline holds while the engine plans, which 400 patterns keep it at before the first row."""
    patterns = "".join(f"?s{n} ?p ?s{n + 1} . " for n in range(400))

    async def go():
        async with running(folder, deadline=0.6, limits=QueryLimits(patterns=500)) as pool:
            with pytest.raises(QueryTimeout):
                await taken(pool, f"ASK {{ {patterns} }}")
            assert await values(pool) == ["value 7"]

    asyncio.run(go())


def test_deadline_holds_for_slow_clients(folder):
    """A client that takes its answer too slowly is cut off too, with an error and not with a short answer."""

    async def go():
        async with running(folder, deadline=0.5) as pool:
            with pytest.raises(QueryTimeout):
                await taken(pool, ROWS, pause=0.1)
            assert await values(pool) == ["value 7"]

    asyncio.run(go())


def test_crash(folder):
    """A query that brings the engine down gets QueryCrashed, and the next one a sound worker."""
    limits = QueryLimits(size=3_000_000, depth=2_000_000, operators=2_000_000, patterns=2_000_000)
    text = "SELECT * " + "{" * 1_000_000 + "}" * 1_000_000

    async def go():
        async with running(folder, limits=limits) as pool:
            before = process_ids(pool)
            with pytest.raises(QueryCrashed):
                await taken(pool, text)
            assert await values(pool) == ["value 7"]
            assert not process_ids(pool) & before

    asyncio.run(go())


def test_memory(folder):
    """A query that takes too much memory is stopped: by the server's look at it, or by the limit of the process."""
    text = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i"

    async def go():
        for limits in ({"memory": 150 << 20}, {"memory": 8 << 30, "address_space": 1 << 30}):
            async with running(folder, deadline=20, **limits) as pool:
                with pytest.raises(QueryTooLarge, match="memory"):
                    await taken(pool, text)
                assert await values(pool) == ["value 7"]

    asyncio.run(go())


def test_answer_too_long(folder):
    """An answer over the limit ends in QueryTooLarge; one at the limit is whole."""

    async def go():
        async with running(folder) as pool:
            size = len(await taken(pool, "SELECT * { ?s ?p ?o }"))
        async with running(folder, max_result_bytes=size) as pool:
            assert len(await taken(pool, "SELECT * { ?s ?p ?o }")) == size
            with pytest.raises(QueryTooLarge):
                await taken(pool, ROWS)
            assert await values(pool) == ["value 7"]

    asyncio.run(go())


def test_late_faults(folder):
    """A fault in the middle of an answer is raised in the middle of it, where the client can be told."""
    text = r"SELECT (IF(?s = <http://e/123>, '\u0001', ?b) AS ?o) { ?s ?p ?x . ?a ?p ?b }"

    async def go():
        async with running(folder) as pool:
            before = process_ids(pool)
            pieces = []
            with pytest.raises(QueryUnwritable, match="JSON"):
                await taken(pool, text, format="xml", into=pieces)
            assert len(pieces) > 2
            assert await values(pool) == ["value 7"]
            assert process_ids(pool) == before

    asyncio.run(go())


def test_back_pressure(folder):
    """An answer that nobody takes is not read ahead: the worker waits for its reader."""

    async def go():
        async with running(folder) as pool, pool.query(ROWS) as answer:
            async for _ in answer:
                break
            await asyncio.sleep(0.3)
            assert 0 < answer.held <= 1 << 20

    asyncio.run(go())


def test_a_worker_held_back_to_the_end_goes_on(folder):
    """A worker whose answer waited for its reader up to its end answers the next query as well."""

    async def go():
        async with running(folder) as pool:
            whole = await taken(pool, "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 2000", pause=0.01)
            assert len(whole) > BUFFER
            before = process_ids(pool)
            assert await values(pool) == ["value 7"]
            assert process_ids(pool) == before

    asyncio.run(go())


@pytest.mark.parametrize("text", [ROWS, ENDLESS])
def test_client_gone(folder, text):
    """When the client goes away, before the first byte or after, the query is stopped at once."""

    async def go():
        async with running(folder) as pool:
            before = process_ids(pool)
            asking = asyncio.create_task(taken(pool, text))
            await asyncio.sleep(0.2)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            start = time.monotonic()
            assert await values(pool) == ["value 7"]
            assert time.monotonic() - start < 1.5
            assert not process_ids(pool) & before
            assert not any(alive(process) for process in before)

    asyncio.run(go())


def test_leaving_early(folder):
    """To leave the context before the end of the answer is to stop the query."""

    async def go():
        async with running(folder) as pool:
            before = process_ids(pool)
            async with pool.query(ROWS) as answer:
                async for _ in answer:
                    break
            assert await values(pool) == ["value 7"]
            assert not process_ids(pool) & before

    asyncio.run(go())


def test_many_at_once(folder):
    """Twenty queries at once on two workers all get their own answers."""

    async def go():
        async with running(folder, size=2) as pool:
            texts = [f"SELECT ?o {{ <http://e/{n}> ?p ?o }}" for n in range(20)]
            assert await asyncio.gather(*(values(pool, text) for text in texts)) == [[f"value {n}"] for n in range(20)]

    asyncio.run(go())


def test_queue(folder):
    """Over the queue's length QueryBusy comes at once; whoever waited for the deadline in vain gets it then."""

    async def go():
        async with running(folder, queue=1, deadline=0.6) as pool:
            async with pool.query(ROWS):
                waiting = asyncio.create_task(taken(pool))
                await asyncio.sleep(0.05)  # it waits for the one worker a moment, then in the queue
                start = time.monotonic()
                with pytest.raises(QueryBusy, match="too many"):
                    await taken(pool)
                assert time.monotonic() - start < 0.1
                with pytest.raises(QueryBusy, match="in time"):
                    await waiting
            assert await values(pool) == ["value 7"]

    asyncio.run(go())


def test_as_many_rows_as_are_wanted(folder):
    """Whoever wants some rows gets them, then QueryTooLarge; the worker lives on."""

    async def go():
        async with running(folder) as pool:
            before = process_ids(pool)
            for form in ("tsv", "csv"):
                pieces = []
                with pytest.raises(QueryTooLarge):
                    await taken(pool, ROWS, into=pieces, format=form, rows=20)
                assert 20 < b"".join(pieces).count(b"\n") < 10_000
            assert len((await taken(pool, SMALL, format="tsv", rows=20)).splitlines()) == 2
            assert process_ids(pool) == before

    asyncio.run(go())


def test_leaving_the_queue(folder):
    """Who leaves the queue in the moment in which a worker comes free is no concern of whoever had that worker."""

    async def go():
        async with running(folder) as pool:
            async with pool.query(SMALL) as answer:
                waiting = asyncio.create_task(taken(pool))
                await asyncio.sleep(0)
                assert [chunk async for chunk in answer]
                waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert await values(pool) == ["value 7"]

    asyncio.run(go())


def test_no_worker_no_pool(tmp_path):
    """If workers can't serve, `start` says why in their words, and leaves nothing behind."""

    async def go():
        pool = QueryPool(tmp_path / "nothing")
        with pytest.raises(KgError, match="can't be opened"):
            await pool.start()
        assert not process_ids(pool)
        with pytest.raises(QueryBusy):
            await taken(pool)

    asyncio.run(go())


def test_close_ends_queries(folder):
    """To close the pool ends what is under way with QueryBusy and leaves no process."""

    async def go():
        async with running(folder) as pool:
            before = process_ids(pool)
            asking = asyncio.create_task(taken(pool, ENDLESS))
            await asyncio.sleep(0.1)
            await pool.close()
            with pytest.raises(QueryBusy, match="closing"):
                await asking
            assert not any(alive(process) for process in before)

    asyncio.run(go())


def alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_workers_die_with_the_server(folder):
    """When the server is killed, its workers are gone too, even in the middle of a query."""
    script = f"""
        import asyncio
        from pathlib import Path
        from kg.store.pool.pool import QueryPool
        async def go():
            pool = QueryPool(Path({str(folder)!r}), deadline=60)
            await pool.start()
            print(*(w._process.pid for w in pool._crew.workers), flush=True)
            async with pool.query({ENDLESS!r}): pass
        asyncio.run(go())
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE) as server:
        workers = [int(word) for word in server.stdout.readline().split()]
        time.sleep(0.3)
        assert len(workers) == 2
        assert all(alive(worker) for worker in workers)
        server.send_signal(signal.SIGKILL)
        server.wait()
    until = time.monotonic() + 3
    while any(alive(worker) for worker in workers) and time.monotonic() < until:
        time.sleep(0.02)
    assert not any(alive(worker) for worker in workers)


BARE = """
    import os, sys
    from pathlib import Path
    from kg.store.pool import sandbox, worker
    {before}
    try:
        store = worker._open(Path(sys.argv[1]), worker.ADDRESS_SPACE)
    except worker.KgError as fault:
        sys.exit(str(fault))
    worker.serve(lambda *request: worker._answer(store, *request, out=1, base=None, rows=9), 1, lambda *_: None)
"""
NO_FILTER = "sandbox._CALLS = {}"
NO_LIMIT = "sandbox.resource.setrlimit = lambda *_: None; sandbox.resource.getrlimit = lambda _: (1, 1)"


def unscanned(folder, text, before):
    """What a worker answers that looks nothing over, with one of its defences taken away."""
    options = frames.options(formats=["json"], default_graphs=[], named_graphs=[], union=False)
    request = frames.query(text.encode(), options)
    script = textwrap.dedent(BARE.format(before=before))
    command = [sys.executable, "-I", "-c", script, str(folder)]
    return subprocess.run(command, input=request, capture_output=True, check=False, timeout=20)


@pytest.mark.parametrize(
    "before",
    ["", "sandbox.leave_network()", NO_FILTER, NO_LIMIT, f"{NO_FILTER}; {NO_LIMIT}; sandbox.leave_network()"],
    ids=["limit and filter", "all three", "limit alone", "filter alone", "namespace alone"],
)
def test_no_socket_can_be_opened(folder, before):
    """A SERVICE that nothing looked over reaches nobody, whichever of the three defences stands alone."""
    listener, callers = trap()
    port = listener.getsockname()[1]
    try:
        for text in (f"SELECT * {{ SERVICE <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}", "ASK {}"):
            done = unscanned(folder, text, before)
            if "leave_network" in before and b"open a socket" in done.stderr:
                pytest.skip("the kernel allows no network namespace here")
            assert done.returncode == 0, done.stderr
            assert (b'"boolean":true' in done.stdout) == text.startswith("ASK")
        time.sleep(0.1)
        assert not callers
        with socket.create_connection(("127.0.0.1", port)):  # the trap does work
            pass
        time.sleep(0.1)
        assert callers
    finally:
        listener.close()


def test_no_power_is_kept(folder):
    """Where the server runs as root a worker does not: it can read files, and look into no process beside it."""
    status = "print(Path('/proc/self/status').read_text(), file=sys.stderr)"
    arrange = "print('arranged', sandbox._LIBC.unshare(0), sandbox._LIBC.setns(0, 0), file=sys.stderr)"
    look = "print('looked', sandbox._LIBC.process_vm_readv(os.getppid(), 0, 0, 0, 0, 0), file=sys.stderr)"
    try_out = f"worker._answer = lambda *_, **__: ({arrange}, {look})"
    told = unscanned(folder, "ASK {}", f"sandbox.drop_capabilities(); {status}; {try_out}").stderr.decode()
    lines = dict(line.split(":", 1) for line in told.splitlines() if ":" in line)
    assert int(lines["CapEff"], 16) | int(lines["CapPrm"], 16) | 4 == 4
    assert "arranged -1 -1" in told
    assert "looked -1" in told


REFUSALS = """
    import ctypes, errno, platform, threading
    def trying(*_, **__):
        _, _, clone, refused = sandbox._CALLS[platform.machine()]
        tried = [("refused", number, ()) for number in refused] + [("made", clone, (0x10000000,))]
        for what, number, arguments in [*tried, ("absent", 435, (None, 0))]:
            ctypes.set_errno(0)
            done = sandbox._LIBC.syscall(number, *arguments)
            print(what, number, done, errno.errorcode.get(ctypes.get_errno()), file=sys.stderr)
        thread = threading.Thread(target=lambda: print("a thread", file=sys.stderr))
        thread.start(), thread.join()
    worker._answer = trying
"""


def test_what_the_filter_refuses(folder):
    """No call to look into others, take their descriptors, mount, or arrange namespaces gets through; threads do."""
    if platform.machine() not in sandbox._CALLS:
        pytest.skip("the filter knows the calls of x86-64 and aarch64 alone")
    told = unscanned(folder, "ASK {}", REFUSALS).stderr.decode().splitlines()
    tried = [line.split() for line in told if line.startswith(("refused", "made", "absent"))]
    assert {tuple(each[2:]) for each in tried if each[0] != "absent"} == {("-1", "EPERM")}
    assert [each[2:] for each in tried if each[0] == "absent"] == [["-1", "ENOSYS"]]
    assert len(tried) == len(sandbox._CALLS[platform.machine()][3]) + 2
    assert "a thread" in told


def test_no_defence_no_service(folder):
    """A worker whose self-test opens a socket says so and serves nothing."""
    done = unscanned(folder, "ASK {}", f"{NO_FILTER}; {NO_LIMIT}")
    assert done.returncode != 0
    assert b"open a socket" in done.stderr


def test_stores_of_many_files(tmp_path):
    """A store of more files than the engine opens at first is read to the last one, while no socket can be opened."""
    folder = tmp_path / "store"
    for part in range(25):
        store = Store(str(folder))
        store.bulk_extend(
            Quad(NamedNode(f"http://e/{part}/{n}"), NamedNode(f"http://e/p{part}"), Literal(f"{n}/{part}"))
            for n in range(50)
        )
        del store
    assert len(list(folder.glob("*.sst"))) > 16

    async def go():
        async with running(folder) as pool:
            for text in (
                "?s ?p ?o",
                "?s ?p ?o VALUES ?o { '7/3' }",
                "?s <http://e/p9> ?o",
                "<http://e/20/7> ?p ?o",
            ):
                assert await values(pool, f"SELECT ?o {{ {text} }}")

    asyncio.run(go())
    # The descriptor limit alone would not do here, as it has to leave room for the files.
    assert b"open a socket" in unscanned(folder, "ASK {}", NO_FILTER).stderr


def environment(process):
    entries = Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
    return {entry.partition(b"=")[0] for entry in entries if entry}


def test_environment(folder):
    """A worker gets nothing of the server's environment: no proxies, no secrets."""

    async def go():
        async with running(folder) as pool:
            (process,) = process_ids(pool)
            assert environment(process) == {b"LC_ALL", b"PATH", b"GLIBC_TUNABLES"}

    asyncio.run(go())


def test_run_once(folder):
    """A command asks one query of a store and writes the answer where it likes."""
    out = io.BytesIO()
    assert query_embedded(folder, "ASK { ?s ?p ?o }", out, format="json") == "application/sparql-results+json"
    assert json.loads(out.getvalue())["boolean"] is True
    with pytest.raises(QueryTimeout):
        query_embedded(folder, ENDLESS, out, deadline=0.3)


def test_rows(folder):
    """An answer of more rows or triples than may be is an error, in every format; one of so many is whole."""

    async def go():
        async with running(folder, max_rows=THINGS) as full, running(folder, max_rows=THINGS - 1) as short:
            for name, row in FORMATS.items():
                text = "SELECT * { ?s ?p ?o }" if "select" in row.kinds else "CONSTRUCT WHERE { ?s ?p ?o }"
                assert await taken(full, text, format=name)
                with pytest.raises(QueryTooLarge, match=f"{THINGS - 1} rows"):
                    await taken(short, text, format=name)

    asyncio.run(go())


def test_long_queries_stand_aside(folder):
    """However many endless queries some clients send, another one's small ones are answered in between."""
    limits = {"size": 2, "long": 2, "spares": 2, "deadline": 20.0}

    async def go():
        async with running(folder, **limits) as pool:
            greedy = [asyncio.create_task(taken(pool, ENDLESS, client=f"192.0.2.{n % 3}")) for n in range(9)]
            await asyncio.sleep(0.1)
            for _ in range(10):
                assert await values(pool, client="192.0.2.99") == ["value 7"]
                await asyncio.sleep(0.05)
            assert not all(task.done() for task in greedy)
            for fault in await asyncio.gather(*greedy, return_exceptions=True):
                assert isinstance(fault, (QueryTimeout, QueryBusy))
            assert await values(pool) == ["value 7"]

    asyncio.run(go())


def test_spares(folder):
    """Where a worker is killed another one stands ready, and its place is filled again."""

    async def go():
        async with running(folder, spares=1) as pool:
            assert len(process_ids(pool)) == 2
            with pytest.raises(QueryTimeout):
                await taken(pool, ENDLESS, timeout=0.2)
            start = time.monotonic()
            assert await values(pool) == ["value 7"]
            assert time.monotonic() - start < 0.2
            for _ in range(100):
                if len(pool._crew._idle) < 2:
                    await asyncio.sleep(0.05)
            assert len(pool._crew._idle) == 2
            assert all(alive(process) for process in process_ids(pool))

    asyncio.run(go())


def test_remote_graphs_are_not_fetched(folder):
    """FROM with a remote IRI names a graph of this store that is not there; nobody is asked for it."""
    listener, callers = trap()
    iri = f"http://127.0.0.1:{listener.getsockname()[1]}/g"

    async def go():
        async with running(folder) as pool:
            assert await values(pool, f"SELECT ?o FROM <{iri}> {{ ?s ?p ?o }}") == []
            assert await values(pool, f"SELECT ?o FROM NAMED <{iri}> {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}") == []
            assert await values(pool, default_graphs=[iri], named_graphs=[iri]) == []

    try:
        asyncio.run(go())
        time.sleep(0.1)
        assert not callers
    finally:
        listener.close()


def mixed(seed):
    """A query that sorts numbers and literals of a type that the engine does not know."""
    chance = random.Random(seed)
    kinds = (lambda: str(chance.randint(1, 9999)), lambda: f'"{chance.randint(0, 999)}"^^<x:y>')
    return f"SELECT ?n {{ VALUES ?n {{ {' '.join(chance.choice(kinds)() for _ in range(1000))} }} }} ORDER BY ?n"


def test_mixed_kinds(folder):
    """ORDER BY over values of mixed kinds brings the engine down: that client gets an error, the next one an answer."""

    async def go():
        async with running(folder, spares=1) as pool:
            with pytest.raises(QueryCrashed):
                await taken(pool, mixed(1))
            assert await values(pool) == ["value 7"]

    asyncio.run(go())


def test_a_worker_that_must_stay_slow_says_so(folder, monkeypatch):
    """A worker made to give way is urgent again only where its priority could be taken back; its size is not forgotten."""

    async def run():
        async with running(folder) as pool:
            (worker,) = pool._crew.workers
            size = worker.memory_at_start
            worker.give_way()
            with monkeypatch.context() as without_right:
                without_right.setattr(os, "setpriority", _refuse)
                assert not worker.hurry()
            worker.give_way()
            if os.geteuid() == 0:
                assert worker.hurry()
            assert worker.memory_at_start == size > 0

    asyncio.run(run())


def _refuse(*_):
    raise PermissionError
