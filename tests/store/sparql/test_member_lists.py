"""A long list of members is answered as it would be member by member, in steps that grow with rows and members apart."""

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.store.sparql import member_lists
from kg.store.sparql.member_lists import FEW_MEMBERS, with_joins
from kg.store.sparql.query_checks import check

ROWS, MANY = 300, 150
LIST = ", ".join([*(f"<http://e/s{n * 2}>" for n in range(MANY)), "e:s2", '"plain"', "<http://e/s2>"])
NUMBERS = ", ".join(str(n) for n in range(MANY))
PREFIX = "PREFIX e: <http://e/> "


@pytest.fixture(scope="module")
def store():
    made = Store()
    for n in range(ROWS):
        made.add(Quad(NamedNode(f"http://e/s{n}"), NamedNode("http://e/p"), NamedNode(f"http://e/s{n + 1}")))
        made.add(Quad(NamedNode(f"http://e/s{n}"), NamedNode("http://e/number"), Literal(n)))
        if n % 3:
            made.add(Quad(NamedNode(f"http://e/s{n}"), NamedNode("http://e/q"), NamedNode(f"http://e/s{n}")))
    made.add(Quad(NamedNode("http://e/s1"), NamedNode("http://e/p"), Literal("plain")))
    made.add(Quad(NamedNode("http://e/s1"), NamedNode("http://e/p"), Literal("plain", language="en")))
    return made


JOINED = [
    "SELECT * { ?s e:p ?o FILTER(?s IN (%s)) }",
    "SELECT * { FILTER ( ?o in (%s) ) ?s e:p ?o . ?s e:p ?x }",
    "SELECT ?s WHERE { ?s e:p ?o . FILTER(?o NOT IN (%s)) } ORDER BY ?s",
    "SELECT * { ?s e:p ?o OPTIONAL { ?s e:q ?x } FILTER(?x IN (%s)) }",
    "SELECT * { ?s e:p ?o OPTIONAL { ?s e:q ?x } FILTER(?x NOT IN (%s)) }",
    "SELECT * { { ?s e:p ?o FILTER(?s IN (%s)) } UNION { ?s e:q ?o } }",
    "SELECT * { { SELECT ?s WHERE { ?s e:p ?o FILTER(?s IN (%s)) } } ?s e:q ?x }",
    "CONSTRUCT { ?s e:r ?o } WHERE { ?s e:p ?o FILTER(?s IN (%s)) FILTER(?o != e:s3) }",
    "ASK { ?s e:p ?o FILTER(?s IN (%s)) }",
    "SELECT (COUNT(*) AS ?n) { ?s e:p ?o FILTER(?s IN (%s)) FILTER(?o NOT IN (%s)) }",
]
LEFT = [
    "SELECT * { ?s e:p ?o OPTIONAL { ?s e:q ?x FILTER(?o IN (%s)) } }",
    "SELECT * { ?s e:p ?o FILTER EXISTS { ?s e:q ?x FILTER(?o IN (%s)) } }",
    "SELECT * { ?s e:p ?o MINUS { ?s e:q ?x FILTER(?x IN (%s)) } }",
    "SELECT * { ?s e:p ?o FILTER(?s IN (%s) || ?o = e:s3) }",
    "SELECT * { ?s e:p ?o FILTER(!(?s IN (%s))) }",
]


def _rows(store, text):
    result = store.query(PREFIX + text)
    return bool(result) if isinstance(result, bool) or not hasattr(result, "__iter__") else sorted(map(str, result))


@pytest.mark.parametrize("text", JOINED)
def test_a_long_list_is_a_join(store, text):
    """The answer is that of the engine, member by member, whatever stands around the list."""
    text = text.replace("%s", LIST)
    check(PREFIX + text)
    joined = with_joins(PREFIX + text).removeprefix(PREFIX)
    assert " IN (" not in joined.upper()
    assert _rows(store, joined) == _rows(store, text)


@pytest.mark.parametrize("text", [*(each.replace("%s", LIST) for each in LEFT), JOINED[0] % NUMBERS, JOINED[0] % "e:a"])
def test_what_is_no_join_is_left(text):
    """A filter that reads variables from outside, numbers, which are equal in many spellings, and short lists stay."""
    assert with_joins(PREFIX + text) == PREFIX + text


def test_spellings_of_one_member_are_one(store):
    """A member that stands twice, in whatever spelling, gives no row twice."""
    text = "SELECT ?s { ?s e:p ?o FILTER(?s IN (%s)) }" % (LIST + ", <http://e/\\u00732>, e:s2")
    assert _rows(store, with_joins(PREFIX + text).removeprefix(PREFIX)).count("<QuerySolution s=<http://e/s2>>") <= 1
    assert _rows(store, with_joins(PREFIX + text).removeprefix(PREFIX)) == _rows(store, text)


def test_signs_in_strings_and_comments_are_none(store):
    """Braces and lists within strings, IRIs and comments are neither groups nor lists."""
    text = 'SELECT * { ?s e:p ?o # { FILTER(?s IN (\n FILTER(?s IN (LIST)) FILTER(STR(?o) != "} { IN (") }'.replace(
        "LIST", LIST
    )
    joined = with_joins(PREFIX + text).removeprefix(PREFIX)
    assert joined != text
    assert _rows(store, joined) == _rows(store, text)


def test_many_members_make_few_tokens_more(monkeypatch):
    """A text is cut into tokens once, however many lists it has."""
    calls, cut = [], member_lists.tokens
    monkeypatch.setattr(member_lists, "tokens", lambda text: (calls.append(text), cut(text))[1])
    with_joins("SELECT * { ?s ?p ?o " + f"FILTER(?s IN ({', '.join(['<http://e/a>'] * 2 * FEW_MEMBERS)})) " * 50 + "}")
    assert len(calls) == 1
