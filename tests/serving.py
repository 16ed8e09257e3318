"""Run `kg serve` as a person does, for tests."""

import contextlib
import os
import random
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import httpx2
import psutil
from locations import ROOT
from waiting import HANG_SECONDS, eventually

KG = Path(sys.executable).with_name("kg")


PORTS_OF_A_PROCESS = 3_000
"""Ports that one of the processes that share the tests takes from: no two take the same."""


def free_port():
    """A port without a listener, below those that the kernel gives to clients: one of these may be taken meanwhile."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = 20_000 + number * PORTS_OF_A_PROCESS
    while True:
        port = random.randrange(first, first + PORTS_OF_A_PROCESS)
        with socket.socket() as listener, contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port


def server_at(port):
    """The process of the server that a test started at a port."""
    for each in psutil.Process().children():
        with contextlib.suppress(psutil.Error):  # another one, which has just ended
            if str(port) in each.cmdline():
                return each
    raise AssertionError(f"no server at port {port}")


def kg(folder, *arguments, **more):
    """Run a command of kg in a folder, to its end."""
    return subprocess.run([KG, *arguments], cwd=folder, capture_output=True, check=False, env=_environment(), **more)


def example_collection(folder, port=8000, settings=""):
    """The example collection in a folder of its own, built; its base is that of a server at this port."""
    shutil.copytree(ROOT / "data", folder / "data")
    text = (ROOT / "kg.toml").read_text(encoding="utf-8").replace("127.0.0.1:8000", f"127.0.0.1:{port}")
    (folder / "kg.toml").write_text(f"{settings}\n{text}", encoding="utf-8")
    done = kg(folder, "build")
    assert done.returncode == 0, done.stderr.decode()
    return folder


def _environment():
    return {name: value for name, value in os.environ.items() if not name.startswith("KG_")}


@contextlib.contextmanager
def served(folder, port, *arguments, process=False, **environment):
    """A server of a folder's kg.toml; gives its address once it answers, and its process if asked to.

    `environment` is what its environment has besides.
    """
    log = (Path(folder) / "server.log").open("wb")
    command = [KG, "serve", "--port", str(port), *arguments]
    server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=_environment() | environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(server, f"{address}/healthz", Path(log.name))
        yield (address, server) if process else address
    finally:
        server.terminate()
        try:
            server.wait(HANG_SECONDS)
        finally:
            server.kill()
            log.close()


def _wait(process, address, log):
    def answers():
        if process.poll() is not None:
            raise AssertionError(log.read_text())
        with contextlib.suppress(httpx2.TransportError):
            return httpx2.get(address).status_code == 200

    eventually(answers, f"an answer of {address}")
