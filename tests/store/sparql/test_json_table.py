"""Tables of a remote store, read while they come."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import QueryTooLarge, QueryUnwritable
from kg.store.remote import answer_translation
from kg.store.sparql.json_table import MalformedTable, TableReader
from kg.store.sparql.results import FORMATS

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
TERM = st.one_of(
    st.builds(lambda value: {"type": "literal", "value": value}, TEXT),
    st.just({"type": "uri", "value": "http://e/}{][\\"}),
    st.just({"type": "triple", "value": {"subject": {"type": "uri", "value": "http://e/"}}}),
)
TABLES = st.lists(st.dictionaries(st.sampled_from("ab"), TERM, max_size=2), max_size=5)


def read(pieces):
    rows = TableReader()
    found = [row for piece in pieces for row in rows.feed(piece)] + rows.end()
    return [json.loads(row) for row in found]


@given(TABLES, st.integers(1, 40), st.sampled_from([None, 1]), st.booleans())
def test_any_table_in_any_chunks(table, size, indent, ascii_only):
    """The rows are those of the table, wherever it is cut, and however it is laid out."""
    whole = {
        "head": {"vars": ["a", "b"], "link": []},
        "results": {"distinct": False, "bindings": table},
        "meta": {"n": 1},
    }
    text = json.dumps(whole, indent=indent, ensure_ascii=ascii_only).encode()
    assert read([text[n : n + size] for n in range(0, len(text), size)]) == table


@given(TABLES.filter(bool), st.data())
def test_what_breaks_off_is_no_table(table, data):
    """A truncated table is never accepted as complete."""
    text = json.dumps({"head": {"vars": ["a", "b"]}, "results": {"bindings": table}}).encode()
    with pytest.raises(MalformedTable):
        read([text[: data.draw(st.integers(0, len(text) - 1))]])


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b'{"head":{},"results":{"bindings":[]}}',
        b'{"head":{"vars":["a"]},"results":{"bindings":[1]}}',
        b'{"head":{"vars":["a"]},"results":{"bindings":[]}} and more',
        b'{"head":{"vars":["a"]},"results":{"bindings":[{"a":[]}]}}',
        b'{"head":{"vars":["a"]},"results":{"bindings":[' + b'{"a":' * 500 + b"1" + b"}" * 500 + b"]}}",
    ],
)
def test_no_tables(text):
    """Other documents than tables are refused, at any depth of nesting."""
    with pytest.raises(MalformedTable):
        read([text])


def test_long_row():
    """A row of many chunks is found, without a new search at each chunk."""
    value = "x" * 5_000_000
    text = json.dumps(
        {"head": {"vars": ["a"]}, "results": {"bindings": [{"a": {"type": "literal", "value": value}}]}}
    ).encode()
    assert read([text[n : n + 50_000] for n in range(0, len(text), 50_000)])[0]["a"]["value"] == value


TRIPLE = b'<http://e/s> <http://e/p> <<( <http://e/s> <http://e/p> "x" )>> .\n'


def written(kind, name, *pieces):
    """An answer in another format."""
    writing = answer_translation.translator_for(kind, FORMATS[name])
    return b"".join([*map(writing.feed, pieces), writing.end()])


@pytest.mark.parametrize("name", ["jsonld", "n3"])
def test_triples_about_triples(name):
    """Values that a format can't represent are refused, never written broken."""
    with pytest.raises(QueryUnwritable):
        written("construct", name, TRIPLE)


def test_document_too_long():
    """A format that has to be held until its end is refused when there is too much, and another one named."""
    with pytest.raises(QueryTooLarge, match="Turtle"):
        written("construct", "jsonld", *[b"#" * (1 << 20)] * 40)


@pytest.mark.parametrize("text", [b'{"head":{},"boolean":1}', b"[true]", b"true", b"", b" " * 70_000])
def test_no_truth_values(text):
    """Other documents than booleans are refused."""
    with pytest.raises(ValueError, match=r"truth value|JSON|end of data|unexpected|empty"):
        written("ask", "json", text)
