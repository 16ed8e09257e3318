from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store
from waiting import no_endless_work

from kg.errors import KgError, QueryRefused, QueryTooLarge
from kg.store.sparql.query_checks import QueryLimits, check

PREFIXES = "PREFIX : <http://e/> PREFIX e: <http://e/#> PREFIX S: <http://e/> PREFIX p: <http://e:> "

PLAIN = [
    'SELECT * { ?service ?p \'the Secret Service\' . $service ?p """service {}""" }',
    "SELECT * { ?s ?p '''it's a SERVICE <http://e/> {}''' }",
    "SELECT * { ?s ?p ?o } # SERVICE <http://e/> {}",
    "SELECT * { <http://e/service> ?p <urn:service:x> }",
    "PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> SELECT * { ?s a sd:Service { ?s ?p ?o } }",
    "PREFIX schema: <https://schema.org/> SELECT * { ?s schema:serviceType ?t . GRAPH schema:service { ?a ?b ?c } }",
    "PREFIX service: <http://e/> SELECT * { ?s service:a service:b . OPTIONAL { ?s ?p ?o } }",
    "SELECT * { ?s ?p 'Dienst'@de-service, _:service }",
    "SELECT * { ?s ?p ?o FILTER(?o<3 && ?o>1) FILTER(?o < 'a' || ?o > 'b') }",
    "SELECT * { ?s ?p ?o FILTER(?o IN (<urn:a#b>, <urn:service>)) }",
    "BASE <http://e/> SELECT * { <#it's> <p(1)> <service> }",
    "SELECT * { ?s ?p ?o FILTER(?o<?s&&?o>3) }",
]

CALLS = [
    "SELECT * { SERVICE <http://e/> { ?s ?p ?o } }",
    "SELECT * { service silent ?s { ?s ?p ?o } }",
    "SELECT * { ?s ?p 1SERVICE<http://e/>{} }",
    "SELECT * { ?s ?p ?o .SERVICESILENT<http://e/>{} }",
    "SELECT * { {} SERVICE:{} }",
    "SELECT * { {} SERVICES:{} }",
    "SELECT * { {} SERVICE #'\n :x {} #'\n }",
    "SELECT * { ?s ?p e:a\\#SERVICE:x{} }",  # the IRI is invalid, so the engine takes `e:` alone …
    "SELECT * { ?s ?p e:SERVICE:x\\#{} }",
    "SELECT * { ?s ?p p:SERVICE:x{} }",  # … as here, where the port is no number
    "SELECT * { ?s ?p e:a.b.SERVICE:x{} }",
    "SELECT * { ?s e:a\\#b 'x' SERVICE <http://e/> {} }",
    "SELECT * { ?s ?p trueSERVICE:x{} }",
    "SELECT * { VALUES ?v { '''a' #\\ud800 \n } SERVICE :x {} #'''\n }",  # no long string: it has half a character
    "SELECT * { VALUES ?v { '' '\\u0027' } SERVICE :x {} }",
    "SELECT * { FILTER(?x<'x>' ) SERVICE <http://e/> {} #'\n }",
    "BASE <http://e/> SELECT * { FILTER(?x<?y)SERVICE:x#>\n{} }",
    "SELECT * { FILTER(?x<e:b#>'''\n) SERVICE :x {} #'''\n }",
    "SELECT * { FILTER(?x<<e:b#>'''\n) SERVICE :x {} #'''\n }",
    "SELECT * { ?s ?p 'a'@en--SERVICE <http://e/> {} }",
    # A Python before 3.11.5 that repeats groups possessively takes the end of the long string for part of it.
    "SELECT * { OPTIONAL { ?s ?p '''a\n''' } SERVICE <http://127.0.0.1:9/> { ?a ?b ?c } } #'",
    'SELECT * { OPTIONAL { ?s ?p """a\n""" } SERVICE <http://127.0.0.1:9/> { ?a ?b ?c } } #"',
    "SELECT * { ?s ?p '''a'''SERVICE <http://e/>{} } #'",
]


@pytest.mark.parametrize("text", PLAIN)
def test_service_as_data(text):
    """The word service is no matter in strings, IRIs, comments, variables, tags, labels, and names that call none."""
    check(text)


@pytest.mark.parametrize("text", CALLS)
def test_service_as_keyword(text):
    """Any text that the engine could read as a call of a service is refused, in any spelling."""
    with pytest.raises(QueryRefused):
        check(PREFIXES + text)


PIECES = [
    *(
        "SERVICE",
        "service",
        "SERVICES",
        "silent",
        " ",
        "\n",
        "#",
        "'",
        '"',
        "'''",
        '"""',
        "\\",
        "\\#",
        "<",
        ">",
        "<urn:x>",
    ),
    *(
        "<http://e/>",
        "<#>",
        "<e:b",
        "<'x>",
        "?x",
        ":x",
        ":",
        "e:a",
        "p:",
        "{",
        "}",
        "(",
        ")",
        "{ ?s ?p ?o }",
        "{}",
        "1",
    ),
    *(
        "FILTER(",
        "1.",
        "true",
        "@en",
        "_:b",
        ".",
        ";",
        ",",
        "\\u0027",
        "\\ud800",
        "%41",
        "/",
        "<<",
        ">>",
        "#'",
        "#>",
        "''",
    ),
    *(
        "VALUES ?v {",
        "OPTIONAL{",
        "?s ?p ?o",
        "&&",
        "<=",
        "=",
        "SERVICE<http://e/>{}",
        "SERVICE:x{}",
        "SERVICE :x {",
    ),
]
FRAMES = [
    "SELECT * { %s }",
    "SELECT * { ?s ?p %s }",
    "SELECT * { FILTER(?x<%s) SERVICE:x{} #'\n }",
    "SELECT * { VALUES ?v { %s } SERVICE :x {} #'''\n }",
]


@pytest.fixture(scope="module")
def store():
    it = Store()
    it.add(Quad(NamedNode("http://e/"), NamedNode("http://e/"), Literal("1")))
    return it


def calls(store, text):
    try:
        list(store.query(text))
    except SyntaxError:
        return False
    except Exception as fault:  # noqa: BLE001  # the engine's errors have no type in common
        return any(word in str(fault) for word in ("nosuch", "scheme", "service", "HTTP"))
    return False


@given(
    st.sampled_from(FRAMES),
    st.lists(st.sampled_from(PIECES), max_size=8),
    st.sampled_from(["", " "]),
    st.booleans(),
)
def test_no_call_gets_through(store, frame, pieces, between, base):
    """No query in which the engine sees a SERVICE passes; the engine itself, offline, is the judge."""
    # No such scheme: a call that was read as one fails with words of its own, and nothing is sent.
    head = (PREFIXES + "BASE <http://e/> " * base).replace("http://e", "nosuch://e")
    text = head + (frame % between.join(pieces)).replace("http://e", "nosuch://e")
    try:
        check(text)
    except QueryRefused:
        return
    assert not calls(store, text)


def test_the_judge_tells_a_call(store):
    """A SERVICE that the engine sees does fail with the words that the test above looks for."""
    assert calls(store, "SELECT * { SERVICE <nosuch://e/> { ?s ?p ?o } }")


@given(st.text() | st.lists(st.sampled_from(PIECES)).map("".join))
def test_refuses_or_passes(text):
    """The scan ends for any text at all, and raises nothing but an error of ours."""
    try:
        check(text)
    except (QueryRefused, QueryTooLarge):
        return


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "?x ",
            "service:",
            "a:service ",
            "'''",
            "\"\"\"'''",
            "'\\q",
            "<",
            "<a",
            "<a:b>",
            "#\n",
            "e:\\#",
            "_:",
            "@a",
            "\x00",
        ),
        *("'a\n", "{", "s:service" + " " * 200 + "#" + "x" * 200 + "\n", "1-", "service:a\\#"),
    ],
)
def test_linear(piece):
    """The longest text is checked in linear time, with any content: quadratic time would take minutes."""
    text = piece * (100_000 // len(piece))
    with no_endless_work(), suppress(KgError):
        check(text, QueryLimits(depth=10**6, operators=10**6, patterns=10**6))


@pytest.mark.parametrize("opening", ["{", "(", "[", "[ :p ", "{ OPTIONAL ", "!("])
def test_depth(opening):
    """Brackets of any kind nest 100 deep and no deeper; in strings, IRIs and comments they do not count."""
    check("SELECT * " + opening * 100)
    with pytest.raises(QueryRefused, match=r"100 deep|100 triple patterns"):
        check("SELECT * " + opening * 101)
    check("SELECT * { ?s ?p '" + opening * 300 + "' }")
    check("SELECT * { } # " + opening * 300)


@pytest.mark.parametrize("link", ["||1", "&&1", "+1", "-1", "|:p", "*1", "!", ")FILTER(1", ")BIND(1 AS ?x", ")(1"])
def test_operators(link):
    """More than 1,000 operators one after the other are refused."""
    check("SELECT * { FILTER(1" + link * 300)
    with pytest.raises(QueryRefused, match="1,000 operators"):
        check("SELECT * { FILTER(1" + link * 1001)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "{} UNION ",
            "?s ?p ?o . ",
            "?s :p 1.",
            "?s ?p ?o ; ",
            "?s ?p ?o , ",
            ":a/",
            "(:a/:b)/",
            "[ :p 1 ] ",
            "GRAPH ?g {} ",
        ),
        *(
            "OPTIONAL { ?s ?p ?o } ",
            "MINUS { ?s ?p ?o } ",
            "LATERAL { ?s ?p ?o }",
            "VALUES ?v { 1 } ",
            "{ SELECT * {} } ",
        ),
        *("?s ?p (1 2) . ", "?s ?p (:a :b 'c') . ", "?s ?p ?o {| ?p ?o |} "),
    ],
)
def test_patterns(text):
    """More than 100 patterns that are joined are refused, however they are written."""
    check("SELECT * { " + text * 15 + "}")
    with pytest.raises(QueryRefused, match="joins more than 100"):
        check("SELECT * { " + text * 101 + "}")


def test_patterns_end_where_groups_do():
    """A full stop before a closing brace ends no second pattern."""
    check("SELECT * {" + "OPTIONAL { ?s ?p ?o . } " * 98 + "}")


@pytest.mark.parametrize(
    "text",
    [
        "CONSTRUCT { %s } WHERE { ?s ?p ?o }" % ("?s ?p ?o ; ?q 'a', [ :b (1 2) ] . " * 500),
        "SELECT " + "(COUNT(DISTINCT ?x) AS ?y) " * 150 + "{ ?s ?p ?o }",
    ],
)
def test_what_is_no_pattern(text):
    """The template of CONSTRUCT and the expressions of SELECT count no joins."""
    check(text)


@pytest.mark.parametrize(
    "many", ["VALUES (?a ?b) { %s }" % ("(1 <http://e/>)" * 4000), "FILTER(?a IN (1%s))" % (",1" * 9000)]
)
def test_long_lists(many):
    """A list of values is no chain and may be long."""
    check("SELECT * { ?s ?p ?a " + many + " }")


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { :a :b :c }",
        "PREFIX : <http://e/> BASE <http://e/> # SELECT\n delete where { ?s ?p ?o }",
        "LOAD <http://e/>",
        "Clear all",
        "DROP GRAPH :g",
        "CREATE GRAPH :g",
        "ADD :a TO :b",
        "MOVE :a TO :b",
        "COPY :a TO :b",
        "INSERTDATA{}",
        "WITH :g DELETE { } WHERE { }",
    ],
)
def test_updates(text):
    """An update is refused as an update, not as a syntax error."""
    with pytest.raises(QueryRefused, match="updates are off"):
        check(text)


def test_update_words_elsewhere():
    """The words of updates are refused as the query's form alone."""
    check("PREFIX insert: <http://e/> SELECT ?delete { ?s insert:load 'DROP' } # CLEAR")


def test_size():
    """A query has at most 1,000,000 bytes of UTF-8; lone surrogates are refused."""
    check("#" + "x" * 999_999)
    with pytest.raises(QueryTooLarge):
        check("#" + "é" * 500_000)
    with pytest.raises(QueryRefused, match="half a character"):
        check("SELECT * { ?s ?p '\ud800' }")


@pytest.mark.parametrize("values", ["VALUES ?v { %s }", "VALUES (?v ?w) { (1 %s) }", "VALUES(?v){%s}"])
def test_a_list_of_values_is_as_long_as_a_query(values):
    """What is bounded besides a block of VALUES is 100,000 characters; the block is not."""
    check(f"SELECT * {{ {values % ('<http://e/a> ' * 20_000)} ?v ?p ?o }}")
    with pytest.raises(QueryTooLarge, match="besides its VALUES"):
        check(f"SELECT * {{ {values % '1'} ?v ?p ?o }} ORDER BY {'?v ' * 50_000}")


@pytest.mark.parametrize("condition", ["?v IN (%s)", "?v NOT IN(%s)", "1IN(%s)", "(?v in (%s) || ?v IN (1))"])
def test_a_list_of_members_is_as_long_as_a_query(condition):
    """Constants in IN (…) count as little as those in VALUES; variables, and what stands behind the list, count."""
    members = ",".join(["<http://e/a>"] * 20_000)
    check(f"SELECT * {{ ?v ?p ?o FILTER({condition % members}) }}")
    for text in (
        f"SELECT * {{ ?v ?p ?o FILTER({condition % ','.join(['?abcdefgh'] * 15_000)}) }}",
        f"SELECT * {{ ?v ?p ?o FILTER({condition % '1'}) }} ORDER BY {'?v ' * 50_000}",
    ):
        with pytest.raises(QueryTooLarge, match="besides its VALUES"):
            check(text)


@pytest.mark.parametrize(
    "text",
    [
        "CONSTRUCT {{ {0} }} WHERE {{ ?s ?p ?o }}",
        "DESCRIBE {0}",
        "SELECT * {{ ?s ?p ?o FILTER(?o IN ({0})) }}",
        "SELECT * {{ VALUES ?v {{ 1 }} }} GROUP BY {0}",
        "SELECT * {{ VALUES {{ }} {0} }}",
        "SELECT ?values {0} {{ ?s ?p ?o }}",
    ],
)
def test_other_lists_are_not(text):
    """Everything else that the engine plans has 100,000 characters at most, also behind a block of VALUES."""
    with pytest.raises((QueryTooLarge, QueryRefused)):
        check(text.format("?abcdefgh " * 15_000))
