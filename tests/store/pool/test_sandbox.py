"""Sandbox of a worker: each defence, alone."""

import asyncio
import platform
import socket
import subprocess
import sys
import textwrap
import time

import pytest
from pooling import running, trap, values
from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.store.pool import frames, sandbox

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


def unchecked(folder, text, before):
    """The answer of a worker without query checks, after some code that removes a defence."""
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
    """An unchecked SERVICE reaches no server, with each of the three defences alone."""
    listener, callers = trap()
    port = listener.getsockname()[1]
    try:
        for text in (f"SELECT * {{ SERVICE <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}", "ASK {}"):
            done = unchecked(folder, text, before)
            if "leave_network" in before and b"open a socket" in done.stderr:
                pytest.skip("the kernel allows no network namespace here")
            assert done.returncode == 0, done.stderr
            assert (b'"boolean":true' in done.stdout) == text.startswith("ASK")
        time.sleep(0.1)
        assert not callers
        with socket.create_connection(("127.0.0.1", port)):  # the trap works
            pass
        time.sleep(0.1)
        assert callers
    finally:
        listener.close()


def test_capabilities_are_dropped(folder):
    """A worker of a server that runs as root can read files, and can't look into other processes."""
    status = "print(Path('/proc/self/status').read_text(), file=sys.stderr)"
    arrange = "print('arranged', sandbox._LIBC.unshare(0), sandbox._LIBC.setns(0, 0), file=sys.stderr)"
    look = "print('looked', sandbox._LIBC.process_vm_readv(os.getppid(), 0, 0, 0, 0, 0), file=sys.stderr)"
    try_out = f"worker._answer = lambda *_, **__: ({arrange}, {look})"
    errors = unchecked(folder, "ASK {}", f"sandbox.drop_capabilities(); {status}; {try_out}").stderr.decode()
    lines = dict(line.split(":", 1) for line in errors.splitlines() if ":" in line)
    assert int(lines["CapEff"], 16) | int(lines["CapPrm"], 16) | 4 == 4
    assert "arranged -1 -1" in errors
    assert "looked -1" in errors


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


def test_refused_system_calls(folder):
    """Calls to look into processes, take their descriptors, mount, or arrange namespaces fail; threads can be made."""
    if platform.machine() not in sandbox._CALLS:
        pytest.skip("the filter has the calls of x86-64 and aarch64 alone")
    errors = unchecked(folder, "ASK {}", REFUSALS).stderr.decode().splitlines()
    tried = [line.split() for line in errors if line.startswith(("refused", "made", "absent"))]
    assert {tuple(each[2:]) for each in tried if each[0] != "absent"} == {("-1", "EPERM")}
    assert [each[2:] for each in tried if each[0] == "absent"] == [["-1", "ENOSYS"]]
    assert len(tried) == len(sandbox._CALLS[platform.machine()][3]) + 2
    assert "a thread" in errors


def test_no_service_without_a_defence(folder):
    """A worker whose self-test opens a socket reports that and does not serve."""
    done = unchecked(folder, "ASK {}", f"{NO_FILTER}; {NO_LIMIT}")
    assert done.returncode != 0
    assert b"open a socket" in done.stderr


def test_stores_of_many_files(tmp_path):
    """A store of more files than the engine opens at first is read completely, while no socket can be opened."""
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
    assert b"open a socket" in unchecked(folder, "ASK {}", NO_FILTER).stderr
