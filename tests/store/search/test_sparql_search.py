"""Text search inside SPARQL: one form of SERVICE becomes a block of VALUES, and nothing else is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Quad, Store

from kg.errors import QuerySyntaxError, SearchRefused
from kg.iris import reference
from kg.store.search.sparql_search import SearchRow, rewrite
from kg.store.search.sparql_search_scan import SearchClause, find_clauses

BASE = "https://archive.example.org/data/"
TERMS = f"PREFIX kg: <{BASE}terms/>\n"
CLAUSE = f'SERVICE <{BASE}search> {{ ?r kg:matches "ships"@en ; kg:score ?score ; kg:snippet ?s ; kg:limit 7 }}'
ROWS = [
    SearchRow(f"{BASE}record/1", 1.5, 'he said "no"\\\r\n', "en"),
    SearchRow(f"{BASE}record/2", 0.25, "\0\u0001", "not a tag!"),
]


def found(_clause):
    return ROWS, False


def test_the_form():
    """The clause of the documentation is read whole."""
    query = f"{TERMS}SELECT * {{ {CLAUSE} }}"
    (clause,) = find_clauses(query, BASE)
    assert query[clause.start : clause.end] == CLAUSE
    assert (clause.subject, clause.words, clause.language) == ("?r", "ships", "en")
    assert (clause.score, clause.snippet, clause.limit) == ("?score", "?s", 7)


@pytest.mark.parametrize(
    "text",
    [
        f"{TERMS}SELECT * {{ SERVICE<{BASE}search>{{?r kg:matches 'a'}} }}",
        f"{TERMS}SELECT * {{ service # yes\n <{BASE}search> {{ $r kg:matches '''a\"''' ; . }} }}",
        'PREFIX : <terms/>\nSELECT * { SERVICE <search> { ?r :limit 1000 ; :matches """a""" . } }',
        f'SELECT * {{ SERVICE <{BASE}search> {{ ?r <{BASE}terms/matches> "a" }} }}',
        f"BASE <http://other.example/> PREFIX kg: <{BASE}terms/> SELECT * {{ SERVICE <{BASE}search> {{ ?r kg:matches 'a' }} }}",
    ],
)
def test_spellings_of_the_form(text):
    """Case, white space, quotes, any prefix or none, an IRI relative to the base: all the same form."""
    assert len(list(find_clauses(text, BASE))) == 1


@pytest.mark.parametrize(
    "inside",
    [
        "?r kg:matches ?words",
        '<x:y> kg:matches "a"',
        '?r kg:matches "a" ; kg:matches "b"',
        '?r kg:matches "a" ; kg:limit 1001',
        '?r kg:matches "a" ; kg:limit 0',
        '?r kg:matches "a" ; kg:limit "5"',
        '?r kg:matches "a" ; kg:score 1',
        '?r kg:matches "a" ; kg:score ?r',
        '?r kg:matches "a" ; kg:other ?x',
        '?r kg:matches "a" ; a ?x',
        '?r kg:matches "a" . ?r kg:score ?s',
        '?r kg:matches "a" FILTER(?r)',
        '?r kg:matches "a", "b"',
        '?r kg:matches "a"^^<x:y>',
        '{ ?r kg:matches "a" }',
        "?r kg:limit 5",
        "",
        '?r kg:matches "a',
        r'?r kg:matches "a\q"',
        '?r <https://elsewhere.example/matches> "a"',
        '?r other:matches "a"',
    ],
)
def test_any_other_content_is_refused_with_the_form(inside):
    """A clause of another form is refused, with the form and the position in the error."""
    with pytest.raises(SearchRefused) as refused:
        rewrite(f"{TERMS}SELECT * {{ SERVICE <{BASE}search> {{ {inside} }} }}", BASE, found)
    assert f"SERVICE <{BASE}search> {{ ?r kg:matches" in str(refused.value) or "two ways" in str(refused.value)
    assert refused.value.where.startswith("line 2, column ")


@pytest.mark.parametrize(
    "text",
    [
        f'SELECT * {{ ?s ?p "{CLAUSE.replace(chr(34), chr(39))}" }}',
        f"SELECT * {{ ?s ?p '''{CLAUSE}''' }}",
        f"SELECT * {{ ?s ?p ?o }} # {CLAUSE}",
        f"SELECT * {{ SERVICE <{BASE}other> {{ ?r kg:matches 'search>' }} }}",
        "SELECT * { ?s ?p 'the secret service; search>' }",
    ],
)
def test_what_is_no_clause_is_left_alone(text):
    """Strings, comments and other services are passed on as they came."""
    assert rewrite(TERMS + text, BASE, found).text == TERMS + text


def test_where_strings_are_unclear_the_query_is_refused():
    """`<'x>` may be an IRI or a comparison with a string; a query with a clause behind it is refused."""
    with pytest.raises(SearchRefused):
        rewrite(f"{TERMS}SELECT * {{ FILTER(?a<'x>y' foo 'bar) {CLAUSE} }}", BASE, found)


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT ?r ?n WHERE { %s ?r <x:n> ?n }", 2),
        ("ASK { %s ?r <x:n> 1 }", True),
        ("CONSTRUCT { ?r <x:found> ?score } WHERE { %s }", 2),
        ("SELECT * WHERE { { SELECT ?r WHERE { %s } } ?r <x:n> ?n }", 2),
        ("SELECT * WHERE { ?r <x:n> ?n OPTIONAL { %s } }", 3),
        ("SELECT * WHERE { %s ?r <x:n> ?n FILTER EXISTS { %s } }", 2),
        ("SELECT * WHERE { ?r <x:n> ?n MINUS { %s } }", 1),
        ("DESCRIBE ?r WHERE { %s }", 2),
    ],
)
def test_where_a_clause_may_stand(query, rows):
    """A clause stands wherever a pattern may; there may be several."""
    store = Store()
    for n in (1, 2, 3):
        store.add(Quad(NamedNode(f"{BASE}record/{n}"), NamedNode("x:n"), NamedNode(f"x:{n}")))
    text = rewrite(TERMS + query.replace("%s", CLAUSE).replace("<x:n> 1", "<x:n> <x:1>"), BASE, found).text
    answer = store.query(text)
    assert (bool(answer) if isinstance(rows, bool) else len(list(answer))) == rows


def test_hits_are_escaped():
    """Quotes, backslashes, line ends and controls of a snippet arrive as they are; NUL can't."""
    answer = Store().query(rewrite(f"{TERMS}SELECT ?r ?s {{ {CLAUSE} }}", BASE, found).text)
    said = {row["r"].value: row["s"] for row in answer}
    assert said[f"{BASE}record/1"].value == 'he said "no"\\\r\n'
    assert said[f"{BASE}record/1"].language == "en"
    assert said[f"{BASE}record/2"].value == "\ufffd\u0001"
    assert said[f"{BASE}record/2"].language is None


@given(st.text(max_size=40), st.text(alphabet=st.characters(exclude_categories=("Cs",))))
def test_no_hit_breaks_out(iri, snippet):
    """For any hit the VALUES block is valid, with one row."""
    key = f"k{iri}".encode("utf-8", "replace").decode()[:40]
    row = SearchRow(BASE + reference("record", key), 1.0, snippet, "en")
    text = rewrite(f"{TERMS}SELECT ?r ?s {{ {CLAUSE} }}", BASE, lambda _: ([row], False)).text
    assert len(list(Store().query(text))) == 1


def test_no_hits_no_rows():
    """Without hits the clause gives nothing, and the query is still one."""
    text = rewrite(f"{TERMS}SELECT * {{ {CLAUSE} }}", BASE, lambda _: ([], False)).text
    assert list(Store().query(text)) == []


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            *(
                "SELECT * ",
                "WHERE ",
                "{ ",
                "} ",
                "?s ?p ?o . ",
                "'",
                '"',
                "'''",
                '"""',
                "\\",
                "\n",
                "# ",
                "<",
                "> ",
                ">",
            ),
            *(
                "<x:y> ",
                "FILTER(?a<?b) ",
                "<'x>",
                "@en ",
                "; ",
                ". ",
                "kg:matches ",
                "1SERVICE ",
                "SERVICE ",
                "SILENT ",
            ),
            *(
                f"<{BASE}search> ",
                f"<{BASE}search>",
                CLAUSE,
                TERMS,
                "PREFIX a: <b> ",
                "é",
                "\u200d",
                "$x ",
                "kg:",
                "a:b\\#c ",
            ),
        ]
    ),
    max_size=25,
).map("".join)


@given(FRAGMENTS)
def test_refused_or_rewritten_with_nothing_else_touched(text):
    """Any text is either refused or comes back the same outside of its clauses, which are where SERVICE stood."""
    try:
        rewritten = rewrite(text, BASE, found)
    except SearchRefused:
        return
    at = shift = 0
    for clause, values in rewritten.clauses:
        assert text[at : clause.start] == rewritten.text[at + shift : clause.start + shift]
        assert rewritten.text[clause.start + shift :].startswith(values)
        assert text[clause.start : clause.start + 7].lower() == "service"
        assert text[clause.end - 1] == "}"
        shift += len(values) - (clause.end - clause.start)
        at = clause.end
    assert text[at:] == rewritten.text[at + shift :]


@given(FRAGMENTS)
def test_a_clause_is_never_found_in_a_string(text):
    """A string of a query that the engine accepts is never changed, with any clauses in it."""
    query = f"{TERMS}SELECT ?x WHERE {{ BIND({_literal(text)} AS ?x) {CLAUSE} }}"
    rewritten = rewrite(query, BASE, lambda _: (ROWS[:1], False))
    assert [row["x"].value for row in Store().query(rewritten.text)] == [text]


def _literal(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


@pytest.mark.parametrize("before", ["", "\n\n", "?a ?b ?c .\n"])
@pytest.mark.parametrize("after", ["?x ?y }", "\n\n  ?x ?y }", "\n?x ?y 'é' . ?x ?y }"])
def test_places_of_errors_are_those_of_the_query_as_written(before, after):
    """The position of a syntax error is the one in the client's query."""
    query = (
        f"{TERMS}SELECT * WHERE {{ {before}{CLAUSE.replace('; kg:score', chr(10) + ' ; kg:score')} {after} # the end"
    )
    rewritten = rewrite(query, BASE, found)
    with pytest.raises(SyntaxError) as engine:
        Store().query(rewritten.text)
    line, column = (int(part) for part in str(engine.value).split(" at ")[1].split(": ")[0].split(":"))
    with pytest.raises(QuerySyntaxError) as told, rewritten.original_positions():
        raise QuerySyntaxError("wrong", line=line, column=column)
    rest = rewritten.text.split("\n", line - 1)[-1][column - 1 :]
    assert query.split("\n", told.value.line - 1)[-1][told.value.column - 1 :] == rest
    assert rest.endswith("# the end")


def test_flat():
    """Neither depth nor length of a text matters: it is one loop."""
    text = f"{TERMS}SELECT * {{ {'{ ' * 50_000}{CLAUSE}{' }' * 50_000} }}"
    assert rewrite(text, BASE, found).clauses


def test_a_query_holds_few_searches() -> None:
    """Each search may cost as much as a page, so the eleventh is refused before any is run."""
    one = f'SERVICE <{BASE}search> {{ ?r <{BASE}terms/matches> "cuba" }} '
    ran: list[SearchClause] = []

    def search(clause: SearchClause) -> tuple[list[SearchRow], bool]:
        ran.append(clause)
        return [], False

    assert len(rewrite(f"SELECT * {{ {one * 10} }}", BASE, search).clauses) == 10
    ran.clear()
    with pytest.raises(SearchRefused, match="at most 10 searches"):
        rewrite(f"SELECT * {{ {one * 11} }}", BASE, search)
    assert not ran
