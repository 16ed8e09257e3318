"""Explanations of common mistakes: position, cause, remedy."""

import pytest
from pyoxigraph import Store

from kg.store.sparql import query_checks
from kg.store.sparql.errors import explanations

# The query, with ¦ where the place is; a part of what is said.
MISTAKES = {
    "SELECT ?d WHERE {\n  ?d a <http://e/A>\n  ¦?d <http://e/title> ?t .\n}": "a dot is missing",
    "PREFIX dcterms: <http://purl.org/dc/terms/>\nSELECT ?d {\n  ?d dcterms:title ?t\n  ¦?d a ?k }": "a dot is missing",
    "SELECT * { ?d ¦schema:name ?n }": "PREFIX schema: <https://schema.org/>",
    "SELECT * { ?d ¦my:name ?n }": "prefix my: is not declared",
    "SELECT * ¦{ ?d ?p ?n": "{ is never closed. Missing at the end: }",
    "SELECT * { ?d ?p ?n FILTER¦(?n > 5 ": "Missing at the end: )}",
    "SELECT * WHERE ¦?d ?p ?n }": "WHERE takes a pattern in braces",
    "SELECT * { ?d ?p ?n }¦}": "closes nothing",
    "SELECT * { ?d ?p ?n FILTER(?n > 5 ¦}": "Close ( first",
    "SELECT * { ?d ?p ?n FILTER(¦CONTAIN(?n, 'x')) }": "CONTAIN is not a SPARQL function. Did you mean CONTAINS?",
    "SELECT * { ?d ?p ?n } ¦SELECT * { ?a ?b ?c }": "one query at a time",
    "SELECT * { ?d ?p ¦“Castro” }": "straight ones",
    "SELECT * { ?d ?p ?n FILTER(CONTAINS(?n, ¦‘Castro’)) }": "straight ones",
    'SELECT * { ?d ?p ¦"Castro }': "not closed",
    "SELECT * { ?d ?p 'Castro'¦s letter' }": "the text ends before this",
    "SELECT ¦WHERE { ?d ?p ?n }": "SELECT lists no variables",
    "SELECT ?a¦, ?b { ?a ?p ?b }": "variables are not separated by commas",
    "SELECT ?a ¦?b (COUNT(*) AS ?n) { ?a ?p ?b } GROUP BY ?a": "SELECT lists ?b, which is not in GROUP BY",
    "SELECT * { { SELECT ?a ¦?b { ?a ?p ?b } GROUP BY ?a } }": "SELECT lists ?b, which is not in GROUP BY",
    "SELECT ¦?a (COUNT(?b) AS ?n) { ?a ?p ?b }": "SELECT lists ?a, which is not in GROUP BY",
    "SELECT ?a (COUNT(?b)¦) { ?a ?p ?b } GROUP BY ?a": "(COUNT(?x) AS ?number)",
    "SELECT ?a ¦COUNT(?b) AS ?n { ?a ?p ?b } GROUP BY ?a": "(COUNT(?x) AS ?number)",
    "SELECT ?a { ?a ?p ?b } LIMIT 5 ¦ORDER BY ?a": "Write the parts in this order",
    "SELECT ?a { ?a ?p ?b } LIMIT ¦ten": "LIMIT takes a whole number",
    "SELECT ?a { ?a ?p ?b FILTER ¦?b > 5 }": "FILTER (?x > 5)",
    "SELECT ?a { ?a ?p ?b FILTER(?b =¦= 5) }": "Write = for equal",
    "SELECT ?a { ?a ?p ?b FILTER(?b > 5 ¦AND ?b < 7) }": "Write &&",
    "SELECT ?a { ?a ?p ?b FILTER(?b ¦LIKE 'x%') }": "CONTAINS(LCASE(STR(?x))",
    "¦SELCT ?a { ?a ?p ?b }": "Did you mean SELECT?",
    "SELECT ?a ¦WERE { ?a ?p ?b }": "Did you mean WHERE?",
    "SELECT ?a { ?a ?p ?b ¦OPTINAL { ?b ?c ?d } }": "Did you mean OPTIONAL?",
    "SELECT ?a { ?a ?p ?b OPTIONAL ¦?b ?c ?d }": "OPTIONAL takes a pattern in braces",
    "PREFIX ¦schema <https://schema.org/> SELECT * { ?s ?p ?o }": "ends with a colon",
    "PREFIX schema: ¦https://schema.org/ SELECT * { ?s ?p ?o }": "angle brackets",
    "¦@prefix schema: <https://schema.org/> . SELECT * { ?s ?p ?o }": "without @ and dot",
    "SELECT * { ¦https://e/a ?p ?o }": "angle brackets",
    "SELECT * { ?s ?p ?o BIND(1 AS ?o) ¦}": "?o may already have a value",
    "SELECT * { ?s ?p ¦}": "a subject, a property and a value",
    "¦who wrote to Castro in 1962?": "a query begins with SELECT",
    "SELECT ¦title FROM documents": "?title",
    "¦SELECT\u00a0* { ?s ?p ?o }": "invisible",
    "SELECT * { ?s ?p ?o FILTER(?o ¦– 1 > 2) }": "a minus",
    "SELECT * { VALUES ?x { 1¦, 2 } }": "values are not separated by commas",
    "SELECT * { ?s ?p ?o FILTER(?o IN ¦{1, 2}) }": "IN takes its values in parentheses",
    "SELECT * { ?s ?p ?o FILTER(?o ¦&gt; 5) }": "&gt; is the HTML code",
    "¦": "there is no query",
    "# nothing but a comment¦": "there is no query",
}


def complaint(text):
    try:
        Store().query(text)
    except SyntaxError as fault:
        return str(fault)
    return ""


@pytest.mark.parametrize("marked", MISTAKES)
def test_what_to_do(marked):
    """A common mistake has position, cause and remedy; a refused feature is never recommended."""
    before, _, after = marked.partition("¦")
    fault = explanations.explain(before + after, complaint)
    assert MISTAKES[marked] in str(fault)
    assert (fault.line, fault.column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))
    assert "SERVICE" not in str(fault)
    assert "LATERAL" not in str(fault)


@pytest.mark.parametrize("many", [10, 3_000])
def test_long_queries(many):
    """The position of an error is found in long queries too, in linear time."""
    text = "ASK {\n" + '  ?s ?p "a\nb" .\n'.replace('"', '"""') * many
    fault = explanations.explain(f"{text}  ?s ?p\n}}", complaint)
    assert (fault.line, fault.column) == (2 * many + 3, 1)


def test_other_engines():
    """Another engine's list of expected words is never shown, SERVICE and LATERAL least of all."""
    fault = explanations.error_of_message("error at 1:19: expected one of LATERAL, SERVICE, [_]")
    assert (fault.what, fault.line, fault.column) == ("something else is expected about here", 1, 19)


@pytest.mark.parametrize(
    "text", ["SELECT * { ?s ?p ?o ", "ASK { FILTER(", "}", "'", "SELECT", "a:b", "<<( ?s", "PREFIX"]
)
def test_whatever_it_is(text):
    """Any text that is no query has an explanation."""
    query_checks.check(text)
    assert str(explanations.explain(text, complaint)).startswith("line 1, column ")
