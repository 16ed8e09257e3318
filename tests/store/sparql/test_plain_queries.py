"""Queries that need no walk over their tokens."""

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from kg.errors import QueryRefused, QueryTooLarge
from kg.store.sparql.plain_queries import is_plain
from kg.store.sparql.query_checks import QueryLimits, _TokenScan

PIECES = [
    *(
        "SELECT",
        "ask",
        "DESCRIBE",
        "CONSTRUCT",
        "PREFIX e: <http://e/>",
        "BASE <http://e/>",
        "base",
        "prefix",
        "version",
    ),
    *(
        "insert",
        "DELETE",
        "load",
        "with",
        "as",
        "filter",
        "bind",
        "exists",
        "VALUES",
        "service",
        "SERVICE <http://e/> {",
    ),
    *("?x", "$y", "e:a", "e:", ":a", ":", "_:b", "a", "1", "1-1", "-1", "1.5", "1e-3", "'text'", '"text"', "''", '""'),
    *("'", '"', "'''", '"""', "'#'", "'é'", "@en", "@en-GB", "^^", "é", "\\", "\\u0027", "%41"),
    *("<http://e/>", "<http://e/#a>", "<e>", "<", ">", "<=", "<<", ">>", "<urn:x>"),
    *("{", "}", "(", ")", "[", "]", ".", ";", ",", "*", "=", "/", "|", "||", "&&", "!", "+", "-", "^"),
    *("# a comment\n", "# it's\r", "#", "\n", " ", "(1 2 3)", "(?x ?y)", "{ ?s ?p ?o }"),
]
LIMITS = QueryLimits(size=10_000, depth=4, operators=60, patterns=8)


@given(st.lists(st.sampled_from(PIECES), max_size=14), st.sampled_from(["", " "]), st.booleans())
def test_plain_queries_pass_the_scan(pieces, between, asks):
    """Nothing is plain that the walk over the tokens would refuse, up to the limits."""
    text = "SELECT " * asks + between.join(pieces)
    plain = is_plain(text, operators=LIMITS.operators, depth=LIMITS.depth, patterns=LIMITS.patterns)
    event(f"plain: {plain}")
    if plain:
        _TokenScan(text, LIMITS).run()


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?property ?value WHERE { <http://e/record/1> ?property ?value }",
        "# how many\nPREFIX d: <http://purl.org/dc/terms/>\nSELECT ?t (COUNT(?d) AS ?n) { ?d d:type ?t } GROUP BY ?t",
        "ASK { ?s ?p 'Кеннеди'@ru . ?s <http://e/p#q> \"1\"^^<http://e/int> }",
    ],
)
def test_common_queries_are_plain(text):
    """The most frequent queries are plain."""
    assert is_plain(text, operators=1_000, depth=100, patterns=100)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://e/> {} }",
        "DELETE DATA { <http://e/> <http://e/> 1 }",
        "PREFIX e: <http://e/> INSERT DATA { e:a e:a e:a }",
        "SELECT * { ?s ?p '\\u0027' }",
        "SELECT (" + "1 " * 51 + "AS ?x) {}",
        "SELECT * {" + "?s ?p ?o . " * 100 + "}",
        "SELECT * " + "{" * 101 + "}" * 101,
    ],
)
def test_others_are_not(text):
    """Refused, ambiguous and long queries are not plain."""
    assert not is_plain(text, operators=1_000, depth=100, patterns=100)


@pytest.mark.parametrize("sign", ["{", "(", "[", ".", ";", ",", "/", "(1 1) ", "(?x ?y) ", "('a'@en 'b'@en) "])
def test_no_limit_is_passed(sign):
    """However often a sign is repeated, it is plain only as long as the walk finds no limit."""
    for often in range(1, 60):
        text = "SELECT * { " + sign * often
        if not is_plain(text, operators=LIMITS.operators, depth=LIMITS.depth, patterns=LIMITS.patterns):
            break
        try:
            _TokenScan(text, LIMITS).run()
        except (QueryRefused, QueryTooLarge) as fault:
            raise AssertionError(text) from fault
    else:
        raise AssertionError(sign)
