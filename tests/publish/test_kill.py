"""A build may die at any moment: what is live stays whole, and the next build cleans up."""

import json
import random
import shutil
import signal
import subprocess
import threading
import time

import httpx2
import pytest
from generation_contents import contents
from serving import KG, free_port, kg, served
from waiting import HANG_SECONDS, eventually

from kg import settings

RECORDS = 600


def write_source(folder, version, edited=range(RECORDS), before=None):
    """Write the records: those that are edited in a version, the others as they were."""
    versions = {n: version if n in edited else (before or {}).get(n, 1) for n in range(RECORDS)}
    lines = [
        json.dumps(
            {
                "id": f"record/{n}",
                "title": {"en": f"Letter {n}"},
                "summary": {"en": [f"Version {versions[n]}. " + "Something was said. " * 60]},
                "creator": [f"agent/{n % 50}"],
                "dates": [{"role": "document", "edtf": f"19{n % 90 + 10}"}],
            }
        )
        for n in range(RECORDS)
    ]
    (folder / "records.jsonl").write_text("\n".join(lines))
    return versions


class Reader(threading.Thread):
    """A client that reads the same three things all the time, and notes what went wrong."""

    def __init__(self, address):
        super().__init__(daemon=True)
        self.address, self.wrong, self.answers, self.stopped = address, [], 0, threading.Event()

    def run(self):
        with httpx2.Client(base_url=self.address, timeout=HANG_SECONDS) as client:
            while not self.stopped.is_set():
                number = random.randrange(RECORDS)
                query = "SELECT (COUNT(*) AS ?n) { ?s <http://purl.org/dc/terms/title> ?o }"
                for path in (f"/record/{number}.ttl", f"/record/{number}.html", f"/sparql?query={query}"):
                    answer = client.get(path)
                    self.answers += 1
                    if answer.status_code != 200 or (b"Version" not in answer.content and "record" in path):
                        self.wrong.append((path, answer.status_code, answer.text[:200]))


@pytest.fixture
def folder(tmp_path):
    port = free_port()
    (tmp_path / "kg.toml").write_text(
        f'base = "http://127.0.0.1:{port}/"\n[[sources]]\npath = "records.jsonl"\n', encoding="utf-8"
    )
    write_source(tmp_path, 1)
    assert kg(tmp_path, "build").returncode == 0
    return tmp_path, port


@pytest.mark.parametrize("kills", [10, pytest.param(100, marks=pytest.mark.slow)])
def test_killed_builds(folder, kills):
    """Builds of all or of some records killed at random moments while a client reads: no failed answer, no half generation.

    What the last build makes upon all that is what a build of the same sources makes in an empty folder.
    """
    path, port = folder
    began = time.perf_counter()
    assert kg(path, "build").returncode == 0
    length = time.perf_counter() - began
    chance = random.Random(1963)
    with served(path, port) as address:
        reader = Reader(address)
        reader.start()
        versions = {}
        for kill in range(kills):
            edited = chance.choice((range(RECORDS), chance.sample(range(RECORDS), 5), ()))
            versions = write_source(path, kill + 2, edited, versions)
            full = ["--full"] if chance.random() < 0.2 else []
            build = subprocess.Popen(
                [KG, "build", *full], cwd=path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            time.sleep(chance.uniform(0, length * 1.05))
            build.send_signal(signal.SIGKILL)
            build.wait()
        write_source(path, 1_000, {7}, versions)
        last = kg(path, "build", "--json")
        assert last.returncode == 0, last.stderr
        generation = json.loads(last.stdout)["generation"]
        _wait_for(address, generation)
        reader.stopped.set()
        reader.join()
        assert not reader.wrong
        assert reader.answers > 100
        assert "Version 1000." in httpx2.get(f"{address}/record/7.ttl").text
    folders = [each.name for each in (path / "var" / "generations").iterdir()]
    assert not [name for name in folders if name.startswith(".")]
    anew = path / "anew"
    anew.mkdir()
    for name in ("kg.toml", "records.jsonl"):
        shutil.copyfile(path / name, anew / name)
    assert kg(anew, "build").returncode == 0
    parts = ("dump", "turtle", "statistics", "manifest", "links", "hints", "months", "records", "values")
    said = [contents(settings.load(each / "kg.toml")) for each in (path, anew)]
    assert {part: said[0][part] for part in parts} == {part: said[1][part] for part in parts}


def _wait_for(address, generation):
    """A running server takes a new generation by itself."""
    eventually(lambda: httpx2.get(f"{address}/healthz").json()["generation"] == generation, "the new generation")
