"""Targets of a comparison: what the clients ask two servers of the same collection for.

A target either repeats a few addresses, so that caches answer, or never asks for the same address twice.
"""

import random
import re
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, cycle
from pathlib import Path
from urllib.parse import quote

from benchmarks import sparql, synthetic
from benchmarks.load import get
from benchmarks.search import words_of

REPEATED = 4
"""Different addresses among those that are repeated."""

_BROWSER = (
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language: en",
    "Accept-Encoding: gzip, deflate, br, zstd",
)
_PROGRAM = ("Accept: */*", "Accept-Encoding: gzip, deflate")
_ROWS = ("Accept: application/sparql-results+json",)
_IN_A_TURN = 1_000_000
"""Numbers that a turn has for its addresses: more than it can ask for."""

_STYLES = re.compile(r'href="([^"]*/static/[^"]+\.css)"')


@dataclass(frozen=True, slots=True)
class Target:
    """One kind of request.

    Attributes:
        address: number of a request → its path and query; different numbers have different addresses.
        headers: of each request.
        among: how many addresses are repeated; 0 where none is.
    """

    address: Callable[[int], str]
    headers: tuple[str, ...]
    among: int = 0

    def requests(self, port: int, turn: int) -> Iterator[bytes]:
        """The requests of a turn: either server gets the same ones; each turn has its own, unless they are repeated."""
        if self.among:
            return cycle([self._request(port, number) for number in range(self.among)])
        return (self._request(port, number) for number in count(turn * _IN_A_TURN))

    def _request(self, port: int, number: int) -> bytes:
        return get(port, self.address(number), *self.headers)


def targets(path: Path, size: int, port: int) -> dict[str, Target]:
    """Name → target, for a server of a synthetic collection.

    Args:
        path: the folder of the collection.
        size: its records.
        port: where the server listens; it is asked for the address of its stylesheet.
    """
    return {**_repeated(path, size, port), **_new(path, size), **_queries(size)}


def _repeated(path: Path, size: int, port: int) -> dict[str, Target]:
    """What the page cache answers, of every kind; a search that is repeated is made anew all the same."""
    words = words_of(path)
    styles = _stylesheet(port)

    def repeated(address: Callable[[int], str], headers: tuple[str, ...] = _BROWSER, among: int = REPEATED) -> Target:
        return Target(address, headers, among)

    return {
        "record again": repeated(lambda n: f"/{_thing(n, size)}.html"),
        "agent again": repeated(lambda n: f"/{_agent(n, size)}.html"),
        "list again": repeated(lambda n: f"/{('record', 'agent', 'topic', 'place')[n]}/"),
        "search again": repeated(lambda n: f"/search?q={quote(words[n])}"),
        "home again": repeated(lambda _: "/", among=1),
        "Turtle again": repeated(lambda n: f"/{_thing(n, size)}.ttl", _PROGRAM),
        "JSON-LD again": repeated(lambda n: f"/{_thing(n, size)}.jsonld", _PROGRAM),
        "static file again": repeated(lambda _: styles, among=1),
    }


def _new(path: Path, size: int) -> dict[str, Target]:
    """What no cache knows: a parameter that the page does not read makes the address a new one."""
    words = words_of(path)

    def search(number: int) -> str:
        chance = random.Random(number)
        return " ".join(chance.choice(words) for _ in range(chance.choice((1, 2, 2, 3))))

    return {
        "303 new": Target(lambda n: f"/{_thing(n, size)}?n={n}", ("Accept: text/turtle",)),
        "record new": Target(lambda n: f"/{_thing(n, size)}.html?n={n}", _BROWSER),
        "agent new": Target(lambda n: f"/{_agent(n, size)}.html?n={n}", _BROWSER),
        "list new": Target(lambda n: f"/record/?n={n}", _BROWSER),
        "search new": Target(lambda n: f"/search?q={quote(search(n))}&n={n}", _BROWSER),
        "Turtle new": Target(lambda n: f"/{_thing(n, size)}.ttl?n={n}", _PROGRAM),
        "JSON-LD new": Target(lambda n: f"/{_thing(n, size)}.jsonld?n={n}", _PROGRAM),
    }


def _queries(size: int) -> dict[str, Target]:
    """SPARQL of each shape, every query another one, and a small one that is repeated."""

    def query(shape: str) -> Callable[[int], str]:
        return lambda n: f"/sparql?query={quote(sparql.text(shape, n, size))}"

    return {
        "query one-thing again": Target(query("one-thing"), _ROWS, REPEATED),
        **{f"query {shape}": Target(query(shape), _ROWS) for shape in sparql.SHAPES},
    }


def _thing(number: int, size: int) -> str:
    return f"record/synthetic-{number * sparql.STRIDE % size}"


def _agent(number: int, size: int) -> str:
    return f"agent/synthetic-{number * sparql.STRIDE % synthetic.Shape(size).agents}"


def _stylesheet(port: int) -> str:
    """The address of the stylesheet, which names the version of the files."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as page:
        found = _STYLES.search(page.read().decode())
    if found is None:
        raise RuntimeError("the start page names no stylesheet below /static/")
    return found[1]
