"""What is measured can be measured: each benchmark at a tiny size. Nothing here asserts a time."""

import json
import subprocess
import sys

import pytest
from conftest import ROOT

from benchmarks.load import Answer
from kg.render.data.negotiation import FORMATS

NAMES = {
    "build": {"bare load", "build", "build with index and dumps", "build with tables"},
    "pages": {each.suffix for each in FORMATS}
    | {"303", "page of what everything links to", "html again", "ttl again", "jsonld again"},
    "tables": {
        f"{format_}, {what}"
        for format_ in ("csv", "xlsx", "xls", "ods", "parquet", "sql")
        for what in ("bare parse", "rows", "records")
    },
    "sparql": {"one-thing", "inverse-link", "facet-count", "10000-rows"},
}
COUNTED = {
    "build": "triples_a_second",
    "tables": "records_a_second",
    "pages": "requests_a_second",
    "sparql": "kg_a_second",
}


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """Everything, measured with twenty records for a moment each."""
    folder = tmp_path_factory.mktemp("benchmarks")
    found = folder / "found.json"
    options = ["--sizes", "20", "--seconds", "0.01", "--json", found, "--work", folder]
    subprocess.run([sys.executable, "-m", "benchmarks", *options], cwd=ROOT, check=True, capture_output=True)
    return json.loads(found.read_text())


@pytest.mark.parametrize("name", NAMES)
def test_each_benchmark_measures_what_it_names(measured, name):
    """Each benchmark runs to its end and has a figure for everything it compares, and what it was measured on."""
    rows = measured[name]
    assert {row["what"] for row in rows} == NAMES[name]
    assert all(row[COUNTED[name]] > 0 for row in rows)
    assert measured["machine"]["versions"]["pyoxigraph"]


def test_benchmarked_pages_are_answered(measured):
    """No page that is measured is an error."""
    assert sum(row["refused"] for row in measured["pages"]) == 0


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"HTTP/1.1 303 See Other\r\ncontent-length: 0\r\n\r\n", 303),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde", 200),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n\r\n0\r\n\r\n012\r\n0\r\n\r\n", 200),
    ],
)
def test_client_finds_where_an_answer_ends(sent, status):
    """The client that measures takes an answer for whole at its last byte, and not before, however it is cut."""
    answer = Answer()
    assert [answer.take(sent[at : at + 1]) for at in range(len(sent))] == [False] * (len(sent) - 1) + [True]
    assert answer.status == status
