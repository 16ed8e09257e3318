"""Pooled query: its options, and the formats of its answer."""

import asyncio
import io

import pytest
import rdflib
from pooling import ROWS, SMALL, THINGS, process_ids, running, taken, values

from kg.errors import QueryCrashed, QueryRefused, QueryTooLarge, QueryTooMany, QueryUnwritable
from kg.store.pool.core.kill_memory import AskedQuery
from kg.store.pool.pooled_query import REFUSAL_SECONDS, PooledQuery
from kg.store.sparql.query_checks import DEFAULT
from kg.store.sparql.results import FORMATS

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
    """In every format the answer is complete, has its media type, and rdflib reads it."""

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
    """Graphs in the request are the query's dataset and replace FROM; a union is an option."""
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
            with pytest.raises(QueryRefused, match="not an IRI"):
                await taken(pool, default_graphs=["not an IRI"])

    asyncio.run(go())


def test_as_many_rows_as_are_wanted(folder):
    """A query with a maximum number of rows gets these, then QueryTooLarge; the worker lives on."""

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


def test_rows(folder):
    """An answer over the maximum number of rows or triples is an error, in every format; one at the maximum is complete."""

    async def go():
        async with running(folder, max_rows=THINGS) as full, running(folder, max_rows=THINGS - 1) as short:
            for name, row in FORMATS.items():
                text = "SELECT * { ?s ?p ?o }" if "select" in row.kinds else "CONSTRUCT WHERE { ?s ?p ?o }"
                assert await taken(full, text, format=name)
                with pytest.raises(QueryTooLarge, match=f"{THINGS - 1} rows"):
                    await taken(short, text, format=name)

    asyncio.run(go())


@pytest.mark.parametrize("fault", [QueryCrashed, QueryTooMany])
def test_a_refusal_takes_its_time(monkeypatch, fault):
    """A client that is refused for what it sent before waits a moment for that, and can't ask on at once."""
    waits = []

    async def wait(seconds):
        waits.append(seconds)

    class Refusing:
        def submit(self, *_):
            raise fault("no")

    monkeypatch.setattr(asyncio, "sleep", wait)

    async def go():
        async with PooledQuery(Refusing(), AskedQuery(SMALL), b"{}", DEFAULT, 1.0, "192.0.2.1"):
            pass

    with pytest.raises(fault):
        asyncio.run(go())
    assert waits == [REFUSAL_SECONDS]
