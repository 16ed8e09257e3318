"""Each operator, as often or as deep as the scan lets it through, against the engine: none brings it down."""

import asyncio
import bisect
import contextlib

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.errors import KgError, QuerySyntaxError, QueryTimeout
from kg.store.pool.core.limits import PoolLimits
from kg.store.pool.pool import QueryPool
from kg.store.sparql.query_checks import check

FLAT = {
    "UNION": "SELECT * {{} @ UNION {}@ }",
    "UNION of patterns": "SELECT * {{?s ?p ?o} @ UNION {?s ?p ?o}@ }",
    "OPTIONAL": "SELECT * { ?s ?p ?o @ OPTIONAL {?s ?p ?o}@ }",
    "MINUS": "SELECT * { ?s ?p ?o @ MINUS {?s ?p 1}@ }",
    "FILTER": "SELECT * { ?s ?p ?o @FILTER(?o)@ }",
    "BIND": "SELECT * { @BIND(1 AS ?b#)@ }",
    "GRAPH": "SELECT * { @GRAPH ?g {?s ?p ?o}@ }",
    "VALUES": "SELECT * { @VALUES ?v {1}@ }",
    "EXISTS": "SELECT * { ?s ?p ?o @FILTER EXISTS{?s ?p ?o}@ }",
    "LATERAL": "SELECT * { ?s ?p ?o @LATERAL{?s ?p ?o}@ }",
    "subselects": "SELECT * { @{SELECT*{?s ?p ?o}}@ }",
    "||": "SELECT * { FILTER(1@||1@) }",
    "&&": "SELECT * { FILTER(1@&&1@) }",
    "+": "SELECT * { FILTER(1@ + 1@) }",
    "-": "SELECT * { FILTER(1@ - 1@) }",
    "signs": "SELECT * { FILTER(1@-1@) }",
    "*": "SELECT * { FILTER(1@ * 1@) }",
    "division": "SELECT * { FILTER(1@ / 1@) }",
    "!": "SELECT * { FILTER(@!@1) }",
    "steps": "SELECT * { ?s <x:a>@/<x:a>@ ?o }",
    "starred steps": "SELECT * { ?s <x:a>*@/<x:a>*@ ?o }",
    "|": "SELECT * { ?s <x:a>@|<x:a>@ ?o }",
    "negated set": "SELECT * { ?s !(<x:a>@|<x:a>@) ?o }",
    "COALESCE": "SELECT * { FILTER(COALESCE(1@,1@)) }",
    "patterns": "SELECT * { @?s# ?p# ?o# . @ }",
    "star": "SELECT * { ?s <x:a> 1@; <x:a#> ?o#@ }",
    "commas": "SELECT * { ?s <x:a> 1@, ?o#@ }",
    "collection": "SELECT * { ?s ?p (@1 @) }",
    "blank nodes": "SELECT * { @[] ?p ?o . @ }",
    "template": "CONSTRUCT { @?s ?p ?o .@ } { ?s ?p ?o }",
    "projection": "SELECT @(1 AS ?b#)@ { ?s ?p ?o }",
    "aggregates": "SELECT @(COUNT(?s) AS ?b#)@ { ?s ?p ?o }",
    "ORDER BY": "SELECT * { ?s ?p ?o } ORDER BY @?s @",
    "GROUP BY": "SELECT (1 AS ?x) { ?s ?p ?o } GROUP BY @?s @",
    "HAVING": "SELECT (1 AS ?x) { ?s ?p ?o } GROUP BY ?s HAVING @(1)@",
    "PREFIX": "@PREFIX a#: <x:y> @ASK {}",
    "FROM": "SELECT * @FROM <x:g#> @{ ?s ?p ?o }",
    "DESCRIBE": "DESCRIBE @<x:y#> @",
    "annotations": "SELECT * { ?s ?p ?o @{| ?p ?o |}@ }",
}
NESTED = {
    "{": ("SELECT * ", "{", "", "}", ""),
    "{ of patterns": ("SELECT * {", "?s ?p ?o . {", "", "}", "}"),
    "OPTIONAL": ("SELECT * {", "?s ?p ?o OPTIONAL {", "", "}", "}"),
    "MINUS": ("SELECT * {", "?s ?p ?o MINUS {", "", "}", "}"),
    "UNION": ("SELECT * {", "{} UNION {", "", "}", "}"),
    "GRAPH": ("SELECT * {", "GRAPH ?g {", "?s ?p ?o", "}", "}"),
    "LATERAL": ("SELECT * {", "?s ?p ?o LATERAL {", "", "}", "}"),
    "EXISTS": ("SELECT * {", "FILTER EXISTS {", "?s ?p ?o", "}", "}"),
    "SELECT": ("SELECT * {", "{SELECT * {", "?s ?p ?o", "}}", "}"),
    "(": ("SELECT * { FILTER(", "(", "1", ")", ") }"),
    "!(": ("SELECT * { FILTER(", "!(", "1", ")", ") }"),
    "function": ("SELECT * { FILTER(", "ABS(", "1", ")", ") }"),
    "IF": ("SELECT * { FILTER(", "IF(1,1,", "1", ")", ") }"),
    "path": ("SELECT * { ?s ", "(", "<x:a>", ")*", " ?o }"),
    "path |": ("SELECT * { ?s ", "(<x:b>|", "<x:a>", ")", " ?o }"),
    "path ^": ("SELECT * { ?s ", "^(", "<x:a>", ")", " ?o }"),
    "[": ("SELECT * { ?s ?p ", "[ ?p ", "1", "]", " }"),
    "list": ("SELECT * { ?s ?p ", "(", "1", ")", " }"),
    "triple term": ("SELECT * { ?s ?p ", "<<( ?s ?p ", "1", " )>>", " }"),
    "reifier": ("SELECT * { ", "<< ?s ?p ", "?o", " >>", " ?p ?o }"),
}


def flat(text, times):
    before, link, after = text.split("@")
    return before + "".join(link.replace("#", str(n)) for n in range(times)) + after


def nested(parts, times):
    head, opens, middle, closes, tail = parts
    return head + opens * times + middle + closes * times + tail


CASES = [(flat, text) for text in FLAT.values()] + [(nested, parts) for parts in NESTED.values()]


def passes(text):
    with contextlib.suppress(KgError):
        check(text)
        return True
    return False


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """Asks one pool one query after the other."""
    path = tmp_path_factory.mktemp("limits") / "store"
    store = Store(str(path))
    store.add(Quad(NamedNode("http://e/"), NamedNode("http://e/p"), Literal("1")))
    store.flush()
    pool = QueryPool(path, PoolLimits(size=1, spares=1, deadline=2))

    async def answered(text):
        async with pool.query(text, format=("json", "turtle")) as answer:
            async for _ in answer:
                pass

    with asyncio.Runner() as runner:
        runner.run(pool.start())
        yield lambda text: runner.run(answered(text))
        runner.run(pool.close())


@pytest.mark.parametrize(("make", "of"), CASES, ids=[*FLAT, *(f"in {name}" for name in NESTED)])
def test_at_the_limit(ask, make, of):
    """As much of an operator as passes is answered, or takes too long; the engine never dies of it."""
    most = bisect.bisect_left(range(1, 50_000), True, key=lambda times: not passes(make(of, times)))
    assert 20 <= most < 50_000 - 1
    try:
        ask(make(of, most))
    except QueryTimeout:
        pass
    except QuerySyntaxError as fault:  # a text that is no SPARQL would show nothing
        pytest.fail(f"{fault}: {make(of, 2)}")


@pytest.mark.parametrize("value", ["1 ", "<http://e/> ", "'a' ", "UNDEF "])
def test_values_at_the_limit(ask, value):
    """The longest block of VALUES is answered, or takes too long."""
    text = f"SELECT (COUNT(*) AS ?n) {{ VALUES ?v {{ {value * ((1_000_000 - 100) // len(value))} }} ?v ?p ?o }}"
    assert passes(text)
    with contextlib.suppress(QueryTimeout):
        ask(text)


@pytest.mark.parametrize("member", ["1", "<http://e/>", "'a'"])
def test_members_at_the_limit(ask, member):
    """The longest list of IN is answered, or takes too long."""
    members = ",".join([member] * ((1_000_000 - 100) // (len(member) + 1)))
    text = f"SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o FILTER(?o IN ({members})) }}"
    assert passes(text)
    with contextlib.suppress(QueryTimeout):
        ask(text)
