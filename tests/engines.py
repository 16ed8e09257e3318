"""Real stores in processes of their own, for tests: `oxigraph serve`, and Jena Fuseki where `make test-engines` put it."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from locations import ROOT
from serving import free_port

OXIGRAPH = Path(sys.executable).with_name("oxigraph")
FUSEKI = ROOT / ".venv" / "engines" / "fuseki.jar"


@dataclass(frozen=True)
class Addresses:
    """Where a store answers."""

    query: str
    update: str
    graphs: str

    def settings(self, *, by_updates=False):
        """The same as settings of kg."""
        graphs = "" if by_updates else self.graphs
        return {"store": self.query, "store_update": self.update, "store_graphs": graphs, "store_grace": 0.0}


@contextlib.contextmanager
def started(command, addresses, folder):
    """A store's process; its addresses once it answers."""
    with (folder / "engine.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        try:
            _wait(process, addresses.query, folder / "engine.log")
            yield addresses
        finally:
            process.kill()
            process.wait()


def _wait(process, address, log):
    for _ in range(600):
        if process.poll() is not None:
            break
        with contextlib.suppress(httpx2.TransportError):
            if httpx2.post(address, data={"query": "ASK {}"}, trust_env=False).status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError(log.read_text())


def oxigraph(folder, port=None):
    """`oxigraph serve`, in memory."""
    port = port or free_port()
    at = f"http://127.0.0.1:{port}"
    command = [OXIGRAPH, "serve", "--bind", f"127.0.0.1:{port}"]
    return started(command, Addresses(f"{at}/query", f"{at}/update", f"{at}/store"), folder)


def fuseki(folder, port=None):
    """Jena Fuseki, in memory."""
    port = port or free_port()
    at = f"http://127.0.0.1:{port}/kg"
    command = ["java", "-Xmx512m", "-jar", FUSEKI, "--localhost", f"--port={port}", "--update", "--mem", "/kg"]
    return started(command, Addresses(f"{at}/sparql", f"{at}/update", f"{at}/data"), folder)


ENGINES = {"oxigraph": oxigraph, "fuseki": fuseki}

WANTED = ["oxigraph", *os.environ.get("ENGINES", "").split()]
"""Those that tests run against: `make test-engines` names the one that has to be fetched first."""


def skip_without(name):
    """Skip a test whose engine is not here, and say why."""
    if name == "fuseki" and not (shutil.which("java") and FUSEKI.is_file()):
        pytest.skip("no Java or no Fuseki: `make test-engines` fetches it where Maven is there")
