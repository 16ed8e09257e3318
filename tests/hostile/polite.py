"""A polite client that notes how it fares: queries, pages, data and searches side by side, each kind after short pauses."""

import http.client
import itertools
import json
import subprocess
import sys
import threading
import time
import urllib.parse
from dataclasses import dataclass, field

from clients import ask

EVERY = 0.1
"""Seconds after an answer until the next request of its kind."""

NO_TIME = (503, 504)
"""What a server says that has no time for a query, whosoever keeps the machine busy."""

SHOWN_TEXT = 300

SLOW_SECONDS = 1.0
"""From here on an answer is noted with its path and the moment of its request."""


@dataclass
class Fared:
    """How a polite client fared.

    Attributes:
        times: seconds that each answer took, by kind of request, in the order in which they were sent.
        wrong: (number, what came) of answers that were none.
        refused: how often there was no time.
        slow: (Unix time of the request, seconds that it took, path) of answers that took `SLOW_SECONDS` or more.
    """

    times: dict[str, list[float]] = field(default_factory=dict)
    wrong: list[tuple] = field(default_factory=list)
    refused: int = 0
    slow: list[tuple] = field(default_factory=list)

    @property
    def all(self):
        """Seconds of all answers, sorted."""
        return sorted(each for times in self.times.values() for each in times)

    @property
    def longest(self):
        """The longest of all answers, in seconds; 0 where there is none."""
        return max(self.all, default=0.0)

    def quantile(self, share, kind=None):
        """The seconds that this share of the answers (of a kind) did not exceed; 0 where there is none."""
        times = sorted(self.times.get(kind, ())) if kind else self.all
        return times[min(int(len(times) * share), len(times) - 1)] if times else 0.0

    def __add__(self, other):
        kinds = {**self.times, **other.times}
        times = {kind: [*self.times.get(kind, ()), *other.times.get(kind, ())] for kind in kinds}
        return Fared(times, [*self.wrong, *other.wrong], self.refused + other.refused, [*self.slow, *other.slow])


class Polite:
    """Asks for small things for as long as the context lasts, in a process of its own."""

    def __init__(self, port, keys=("177838",), source="127.0.0.1"):
        self.fared = Fared()
        self._command = [sys.executable, __file__, str(port), source, *keys]

    def __enter__(self):
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self

    def __exit__(self, *_):
        told, _ = self._process.communicate(timeout=90)
        self.fared = Fared(**json.loads(told))

    @property
    def wrong(self):
        return self.fared.wrong

    @property
    def refused(self):
        return self.fared.refused

    @property
    def times(self):
        return self.fared.all

    def told(self):
        """How it fared, in a line."""
        failed = f"{len(self.wrong)} failed, {self.refused} refused"
        return f"{len(self.times)} asked, {failed}; longest {self.fared.longest:.3f} s, p99 {self.fared.quantile(0.99):.3f} s"


def _query(port, keys, number):
    """No query twice, so that none is kept."""
    base = f"http://127.0.0.1:{port}/record/"
    text = f"SELECT ?p ?o {{ <{base}{_some(keys, number)}> ?p ?o }} LIMIT {number + 6}"
    return "/sparql?" + urllib.parse.urlencode({"query": text})


def _some(keys, number):
    return keys[number * 7 % len(keys)]


REQUESTS = {
    "queries": _query,
    "pages": lambda _, keys, number: f"/record/{_some(keys, number) if number % 2 else keys[0]}.html",
    "data": lambda _, keys, number: f"/record/{_some(keys, number)}.ttl",
    "searches": lambda _, __, number: f"/search?format=json&q=memorandum&page={number % 5 + 1}",
}
"""Kind → its path, by port, keys and number: other records each time, and one page often."""


def be_polite(port, source, keys):
    """Ask until standard input ends; how it fared."""
    fared = Fared()
    stopped = threading.Event()
    lanes = [threading.Thread(target=_ask, args=(fared, stopped, kind, port, source, keys)) for kind in REQUESTS]
    for lane in lanes:
        lane.start()
    sys.stdin.read()
    stopped.set()
    for lane in lanes:
        lane.join()
    return fared


def _ask(fared, stopped, kind, port, source, keys):
    """Ask for one kind of thing until it is over."""
    times = fared.times.setdefault(kind, [])
    for number in itertools.count():
        if stopped.wait(EVERY):
            return
        path = REQUESTS[kind](port, keys, number)
        began = time.monotonic()
        try:
            status, body = ask(port, path, source=source, patience=30)
            if status in NO_TIME and json.loads(body)["status"] == status:
                fared.refused += 1
            elif status != 200 or len(body) < 100:
                fared.wrong.append((number, path, status, body.decode()[:SHOWN_TEXT]))
        except (OSError, http.client.HTTPException) as fault:
            fared.wrong.append((number, path, repr(fault)))
        took = time.monotonic() - began
        times.append(took)
        if took >= SLOW_SECONDS:
            fared.slow.append((time.time() - took, took, path))


if __name__ == "__main__":
    _, at, source, *keys = sys.argv
    sys.stdout.write(json.dumps(vars(be_polite(int(at), source, keys))))
