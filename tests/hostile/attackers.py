"""Attackers: each is what one stranger does, from one address over so many connections at once.

A new one is a coroutine below with the mark `attacker`: it does once with its client (`attacking.py`) what a connection
does over and over. `make test-hostile` runs each beside a polite client, and all together; `make soak` some of them for half an hour.
"""

import asyncio
import json
import sys
import urllib.parse
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import attacks
from attacking import Client, attack
from hostile_collection import LONG, SIZE

ATTACKERS = {}
"""Name → attacker, in the order of the table."""

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
FORM_BYTES = 1 << 20
ADDRESS_BYTES = 63_000
SHORT_ADDRESS_BYTES = 7_900
BODY_BYTES = 1_000_000
HOLD_SECONDS = 90
"""How long a connection is held: longer than the server's `send_seconds`; one in eight much longer, and taking little."""

DRIP_SECONDS, DRIP_BYTES = 900, 50
SUFFIXES = ("html", "ttl", "jsonld", "json", "nt", "rdf", "trig")
EVERYTHING = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


@dataclass(frozen=True)
class Attacker:
    """What one address does.

    Attributes:
        name: of the row in the table.
        connections: how many at once.
        session: what each connection does over and over.
        reference: the attacker beside whom the polite client is measured instead of beside nobody; "" for nobody.
    """

    name: str
    connections: int
    session: Callable[[Client], Awaitable[None]]
    reference: str = ""


def attacker(name, connections, reference=""):
    """Mark what a connection of an attacker does."""

    def mark(session):
        ATTACKERS[name] = Attacker(name, connections, session, reference)
        return session

    return mark


def request(path, *fields, method="GET", version="1.1", body=b"", media_type=""):
    """The bytes of a request."""
    more = (f"Content-Type: {media_type}", f"Content-Length: {len(body)}") if media_type else ()
    lines = (f"{method} {path} HTTP/{version}", "Host: archive.example.org", *fields, *more, "", "")
    return "\r\n".join(lines).encode("latin-1") + body


def query(text, *fields, version="1.1"):
    """The bytes of a query by GET."""
    return request("/sparql?" + urllib.parse.urlencode({"query": text}), *fields, version=version)


def some_record(client):
    """The key of a record by chance."""
    return f"synthetic-{client.chance.randrange(SIZE)}"


# Work before a client is counted


def _forms():
    for form in ("%&", "%=%&", "%zz&", "a&", "a=%F0%9F&", "&", "query=&"):
        body = (form * (FORM_BYTES // len(form))).encode()
        post = request("/sparql", method="POST", body=body, media_type=FORM)
        yield f"forms of 1 MB of `{form}`", (post,)
        paths = (
            *(("/sparql", ADDRESS_BYTES), ("/search", SHORT_ADDRESS_BYTES), ("/api/titles-with", ADDRESS_BYTES)),
            *(("/record/synthetic-1.html", SHORT_ADDRESS_BYTES), ("/map", SHORT_ADDRESS_BYTES)),
        )
        gets = tuple(request(f"{path}?{form * (size // len(form))}") for path, size in paths)
        yield f"addresses of 63 kB of `{form}`", (gets[0],) if form != "&" else gets


def _repeated(name, requests, connections):
    @attacker(name, connections)
    async def session(client):
        for each in requests:
            await client.ask(each)


for _name, _requests in _forms():
    _repeated(_name, _requests, 4)

_FIELDS = {
    "Accept": "a/b;q=0.1,",
    "Accept-Language": "en-x-a;q=0.1,",
    "Accept-Encoding": "gzip;q=0.1,",
    "Cookie": "lang=;",
    "If-None-Match": '"a",',
    "X-Forwarded-For": "1.1.1.1,",
    "Range": "0-0,",
}
_repeated(
    "header fields of 60 kB",
    tuple(
        request(path, f"{name}: {'bytes=' if name == 'Range' else ''}{part * (60_000 // len(part))}")
        for name, part in _FIELDS.items()
        for path in ("/record/synthetic-1", "/dumps/kg.nt.gz")
    ),
    8,
)


# Clients that do not read


async def _read_slowly(client, data):
    """One half takes nothing, the others a little, and one in eight less than a kilobyte a second for minutes."""
    if client.number % 8 == 7:
        await client.hold(data, DRIP_SECONDS, take=DRIP_BYTES)
    else:
        await client.hold(data, HOLD_SECONDS, take=512 * (client.number % 2))


@attacker("slow readers of dumps", 50)
async def slow_dumps(client):
    path = ("/dumps/kg.nt.gz", "/dumps/kg.ttl.gz", "/data/records.csv", "/data/record.csv")[client.number % 4]
    await _read_slowly(client, request(path))


@attacker("slow readers of answers to queries", 50)
async def slow_answers(client):
    text = f"{EVERYTHING} LIMIT {1_000_000 + client.chance.randrange(1_000_000)}"
    await _read_slowly(client, query(text))


@attacker("slow readers of pages with long texts", 50)
async def slow_pages(client):
    path = f"/record/{client.chance.choice(LONG)}.{client.chance.choice(SUFFIXES)}"
    await _read_slowly(client, request(path))


@attacker("exports read slowly", 64)
async def slow_exports(client):
    format_ = client.chance.choice(("csv", "ttl", "bib", "ris", "json"))
    path = f"/search?q=synthetic&sort=title&format={format_}&page={client.chance.randrange(9) + 1}"
    await _read_slowly(client, request(path))


# HTTP/1.0


@attacker("HTTP/1.0: large answers, read", 8)
async def old_floods(client):
    text = f"{EVERYTHING} LIMIT {1_000_000 + client.chance.randrange(1_000_000)}"
    await client.ask(query(text, version="1.0"))


@attacker("HTTP/1.0: large answers, hardly read", 50)
async def old_slow(client):
    text = f"{EVERYTHING} LIMIT {1_000_000 + client.chance.randrange(1_000_000)}"
    large = (query(text, version="1.0"), request("/dumps/kg.nt.gz", version="1.0"))
    await _read_slowly(client, large[client.number // 2 % 2])


# The main door


async def _random_parameter(client):
    await client.ask(request(f"/record/synthetic-1.html?x={client.chance.random()}"))


async def _uncached_page(client):
    suffix = "html" if client.chance.random() < 0.5 else client.chance.choice(SUFFIXES)
    await client.ask(request(f"/record/{some_record(client)}.{suffix}"))


for _many in (64, 400):
    attacker(f"{_many} connections: a page with a random parameter", _many)(_random_parameter)
    attacker(f"{_many} connections: pages and data of all records", _many)(_uncached_page)


@attacker("64 connections: pages with random header fields", 64)
async def random_fields(client):
    language, coding = client.chance.choice(("en", "ru", "es", "fr")), client.chance.choice(("gzip", "br", "zstd"))
    suffix, spoken = client.chance.choice((".html", "")), client.chance.choice(("en", "ru", "es", "x"))
    path = f"/record/{some_record(client)}{suffix}?lang={spoken}"
    accept = f"Accept: text/turtle;q={client.chance.random():.3f}, text/html;q={client.chance.random():.3f}"
    await client.ask(request(path, accept, f"Accept-Language: {language}", f"Accept-Encoding: {coding}"))


@attacker("64 connections: lists, searches and pictures", 64)
async def searches(client):
    word = client.chance.choice(("synthetic", "memorandum", f"word{client.chance.random()}", "a* OR b*", '"the the"'))
    path = client.chance.choice(
        (
            f"/search?q={urllib.parse.quote(word)}&page={client.chance.randrange(200)}",
            f"/search/suggest?q={urllib.parse.quote(word[:3])}",
            f"/record/?page={client.chance.randrange(200)}&x={client.chance.random()}",
            f"/timeline?q={urllib.parse.quote(word)}&format=png",
            f"/network?q={urllib.parse.quote(word)}&format=svg",
            f"/map?q={urllib.parse.quote(word)}&format=csv",
        )
    )
    await client.ask(request(path))


@attacker("32 pipelined pages on each of 16 connections", 16)
async def pipelined(client):
    pages = [request(f"/record/{some_record(client)}.html?x={client.chance.random()}") for _ in range(31)]
    await client.ask(b"".join(pages) + request("/robots.txt", "Connection: close"))
    client.close()


for _key in LONG:

    @attacker(f"pages and data of `{_key}`", 16)
    async def long_texts(client, key=_key):
        suffix = client.chance.choice(SUFFIXES)
        await client.ask(request(f"/record/{key}.{suffix}?x={client.chance.random()}"))


# Queries

SMALL_QUERIES = "small queries"


@attacker(SMALL_QUERIES, 4)
async def small_queries(client):
    await client.ask(query(f"SELECT * {{ ?s ?p ?o }} LIMIT {client.chance.randrange(10_000) % 90 + 1}"))


@attacker("queries that crash the engine, the same", 4, reference=SMALL_QUERIES)
async def same_crash(client):
    await client.ask(request("/sparql", method="POST", body=attacks.mixed(1).encode(), media_type=QUERY))


@attacker("queries that crash the engine, another each time", 4, reference=SMALL_QUERIES)
async def other_crash(client):
    text = attacks.mixed(client.chance.random())
    await client.ask(request("/sparql", method="POST", body=text.encode(), media_type=QUERY))


@attacker("queries that crash the engine, each twice", 4, reference=SMALL_QUERIES)
async def crash_twice(client):
    body = attacks.mixed(client.chance.random()).encode()
    for _ in range(2):
        await client.ask(request("/sparql", method="POST", body=body, media_type=QUERY))


@attacker("queries that never end", 8)
async def endless_queries(client):
    text = client.chance.choice(attacks.HARD[4:])
    await client.ask(query(f"# {client.chance.random()}\n{text}"))


@attacker("queries that take memory", 8)
async def hungry_queries(client):
    text = client.chance.choice((attacks.HARD[8], attacks.HARD[13], attacks.HARD[14]))
    await client.ask(query(f"# {client.chance.random()}\n{text}"))


# Memory by halves


_HALF_BODIES = [(size, b"SELECT".ljust(size - 100)) for size in (BODY_BYTES, 95_000)]
"""A body that is too long by what its head says, and one that is not."""


async def _half_body(client):
    size, body = _HALF_BODIES[client.number % 2]
    head = request("/sparql", f"Content-Length: {size}", f"Content-Type: {QUERY}", method="POST")
    await client.send_half(head, body, HOLD_SECONDS)


attacker("600 half-sent bodies", 600)(_half_body)


@attacker("600 bodies of 1 MB in drips", 600)
async def dripping_bodies(client):
    fields = ("Transfer-Encoding: chunked", f"Content-Type: {FORM}")
    await client.send_half(request("/sparql", *fields, method="POST"), b"8000\r\n" + b"a" * 32_000, HOLD_SECONDS)


TOGETHER = "all together"
_ALONE = tuple(ATTACKERS.values())


@attacker(TOGETHER, 2 * len(_ALONE))
async def all_together(client):
    """Each connection does what one of the others does."""
    await _ALONE[client.number % len(_ALONE)].session(client)


def main():
    """Attack a server, see `attack`; arguments: port, address, most connections, pause, names of attackers."""
    _, port, source, connections, pause, *names = sys.argv
    chosen = [ATTACKERS[name] for name in names]
    seen = asyncio.run(attack(int(port), source, chosen, connections=int(connections), pause=float(pause)))
    sys.stdout.write(json.dumps(seen))


if __name__ == "__main__":
    main()
