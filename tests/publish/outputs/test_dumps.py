"""Dumps of the whole graph."""

import gzip

import pytest
from pyoxigraph import RdfFormat, parse

from kg.publish.outputs import dumps


@pytest.mark.parametrize("long", [0, 1, 2])
def test_lines_that_the_parser_refuses_are_written_as_they_are(monkeypatch, long):
    """A line too long to be parsed stands in the Turtle as N-Triples, which is Turtle; the others are parsed."""
    monkeypatch.setattr(dumps, "MAX_PARSED_LINE", 100)
    lines = [
        b'<http://a.example/1> <http://a.example/p> "%b" .\n' % (b"x" * (200 if n < long else 3)) for n in range(3)
    ]
    part = dumps.compress(b"".join(lines), {"a": "http://a.example/"})
    turtle = dumps.prefix_declarations({"a": "http://a.example/"}) + gzip.decompress(part.turtle)
    wanted = set(parse(input=b"".join(lines), format=RdfFormat.N_TRIPLES))
    assert set(parse(input=turtle, format=RdfFormat.TURTLE)) == wanted
    assert turtle.count(b"a:p") == (long < 3)


def test_a_line_longer_than_the_parser_takes():
    """A line of N-Triples over 16 MiB ends no build."""
    line = b'<http://a.example/1> <http://a.example/p> "%b" .\n' % (b"x" * (17 << 20))
    assert gzip.decompress(dumps.compress(line, {}).turtle) == line
