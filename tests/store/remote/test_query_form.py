"""Query form and dataset of a query."""

import pytest

from kg.errors import QueryError, QueryRefused, QuerySyntaxError
from kg.store.remote import query_form
from kg.store.sparql import query_checks


@pytest.mark.parametrize(
    ("text", "kind", "default", "named"),
    [
        ("SELECT*{?s ?p ?o}", "select", (), ()),
        ("# FROM <http://e/c>\nBASE <http://e/> PREFIX from: <http://e/from/> ask {}", "ask", (), ()),
        ("CONSTRUCT { ?s ?p 'FROM <http://e/t>' } FROM <http://e/a> WHERE {}", "construct", ("http://e/a",), ()),
        ("DESCRIBE ?from FROM<http://e/a>FROM NAMED<http://e/n> {}", "construct", ("http://e/a",), ("http://e/n",)),
        (
            "SELECT (?a < ?b AS ?from) from <http://e/a> from named <http://e/b> {}",
            "select",
            ("http://e/a",),
            ("http://e/b",),
        ),
        ("SELECT * { ?from from:from ?o FILTER(?o < 5) }", "select", (), ()),
    ],
)
def test_read(text, kind, default, named):
    """The kind of a query and its graphs are read, and nothing else is taken for them."""
    found = query_form.parse_form(text, query_checks.DEFAULT)
    assert (found.kind, found.default_graphs, found.named_graphs) == (kind, default, named)
    assert found.has_dataset == bool(default or named)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM e:g {}",
        "SELECT * FROM <g> {}",
        "SELECT * FROM",
        "SELECT * FROM NAMED ?g {}",
        "ASK { ?s ?p '\\u0027' }",
    ],
)
def test_refused(text):
    """A query whose dataset only a full parser could find is refused."""
    with pytest.raises(QueryRefused):
        query_form.parse_form(text, query_checks.DEFAULT)


@pytest.mark.parametrize("text", ["", "define x ASK {}", "EXPLAIN SELECT * {}", "{", "SELECTION {}"])
def test_no_query(text):
    """A text without one of the four query forms is a syntax error, on any remote engine."""
    with pytest.raises(QuerySyntaxError):
        query_form.parse_form(text, query_checks.DEFAULT)


@pytest.mark.parametrize("text", ["INSERT DATA {}", "PREFIX e: <http://e/> CLEAR ALL", "SELECT * { SERVICE ?s {} }"])
def test_scanned(text):
    """The scan is passed first."""
    with pytest.raises(QueryError, match="off"):
        query_form.parse_form(text, query_checks.DEFAULT)
