"""Formats of the dumps."""

import gzip

import pytest
from pyoxigraph import RdfFormat, parse

from kg.publish.outputs.dumps import dump_formats
from kg.publish.outputs.dumps.dump_formats import BucketLines, heads, write_buckets


def turtle_of(lines, prefixes):
    """The Turtle of a bucket with one thing, and its head."""
    (written,) = write_buckets([BucketLines(0, [(b"record/1", b"".join(lines))])], prefixes)
    return b"".join(gzip.decompress(each.content) for each in (heads(prefixes)[1], written.members[1]))


@pytest.mark.parametrize("long", [0, 1, 2])
def test_lines_that_the_parser_refuses_are_written_as_they_are(monkeypatch, long):
    """A line too long to be parsed stands in the Turtle as N-Triples, which is Turtle; the others are parsed."""
    monkeypatch.setattr(dump_formats, "MAX_PARSED_LINE", 100)
    lines = [
        b'<http://a.example/%d> <http://a.example/p> "%b" .\n' % (n, b"x" * (200 if n < long else 3)) for n in range(3)
    ]
    turtle = turtle_of(lines, {"a": "http://a.example/"})
    assert set(parse(input=turtle, format=RdfFormat.TURTLE)) == set(
        parse(input=b"".join(lines), format=RdfFormat.N_TRIPLES)
    )
    assert turtle.count(b"a:p") == 3 - long


def test_a_line_longer_than_the_parser_takes():
    """A line of N-Triples over 16 MiB ends no build."""
    line = b'<http://a.example/1> <http://a.example/p> "%b" .\n' % (b"x" * (17 << 20))
    assert turtle_of([line], {}) == line


def test_lines_stand_in_one_order():
    """In a bucket things stand in the order of their references, and their lines in the order of their bytes."""
    things = [(b"record/2", b"<b> <p> <c> .\n<b> <p> <a> .\n"), (b"record/1", b"<a> <p> <z> .\n")]
    (written,) = write_buckets([BucketLines(0, things)], {})
    assert gzip.decompress(written.members[0].content) == b"<a> <p> <z> .\n<b> <p> <a> .\n<b> <p> <c> .\n"
    assert (written.triples, written.members[0].size) == (3, 42)
