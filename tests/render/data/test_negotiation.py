"""Content negotiation by Accept (RFC 9110, 12.5.1), for any header."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from steps import steps

from kg.render.data.negotiation import FORMATS, FORMER_TYPES, choose, description_format, is_readable

TYPES = [each.media_type for each in FORMATS]


@pytest.mark.parametrize(
    ("header", "suffix"),
    [
        # 12.5.1: the most specific range that applies counts, whatever its place
        ("*/*;q=0.9, text/*;q=0.5, text/turtle;q=0.1, application/json;q=0.2", "jsonld"),
        ("text/*;q=0, application/n-triples;q=0.1", "nt"),
        ("text/html;q=0, text/*;q=0.2", "ttl"),
        # one with parameters applies to what has them; alone it still asks for the type
        ("text/html;level=1;q=0.9, text/html;q=0.1, text/turtle;q=0.5", "ttl"),
        ("text/turtle;charset=UTF-8, text/turtle;q=0.1, text/html;q=0.5", "ttl"),
        ('text/turtle;charset="utf-8";q=0.4, text/html;q=0.3', "ttl"),
        ('application/ld+json;profile="a,b;q=0";q=0.9, text/html;q=0.8', "jsonld"),
        # equal weights: our own order
        ("application/n-triples, text/turtle", "ttl"),
        ("application/*", "jsonld"),
        # 12.4.2: weights have three digits at most, and white space around
        ("text/turtle ; q = 0.501 , text/html ;Q=0.5", "ttl"),
        ("text/turtle;q=1.000, text/html;q=0.999", "ttl"),
        # 5.6.1: empty elements of a list count for nothing
        (",,text/turtle,, ,", "ttl"),
        ("text/turtle;", "ttl"),
        # malformed: the whole header counts as absent
        ("text/turtle;q=0.5001", "html"),
        ("text/turtle;q=1.001", "html"),
        ("text/turtle;q=-1", "html"),
        ('text/turtle;q="0.5"', "html"),
        ("text/turtle;q=0.5;q=0.4", "html"),
        ("text/turtle text/html", "html"),
        ("*/turtle", "html"),
        ("text/", "html"),
        ("text/html, image/gif, *; q=.2, */*; q=.2", "html"),
        ("text/turtle;charset=", "html"),
        ("", "html"),
        (" , ", "html"),
        # browsers
        ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", "html"),
        # clients of others: rdflib, Comunica, curl
        (
            "text/turtle, application/rdf+xml, text/n3;q=0.9, application/n-triples;q=0.8, application/json;q=0.1",
            "ttl",
        ),
        ("application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,text/turtle;q=0.7", "nq"),
        ("*/*", "html"),
    ],
)
def test_choice(header, suffix):
    """A client gets the format that it weighs most; a header that can't be read counts as absent."""
    assert description_format(header).suffix == suffix


@pytest.mark.parametrize("header", ["image/png", "*/*;q=0", "text/html;q=0", "text/turtle;q=0.000, text/css"])
def test_nothing_acceptable(header):
    """Where a client takes none of the formats there is none to choose."""
    assert description_format(header) is None


@given(st.text(alphabet=string.printable + "äöü\x00", max_size=200))
def test_any_header(header):
    """Any header at all gives an entry of the table, or none."""
    assert choose(header, TYPES) in {*TYPES, None}


@given(st.lists(st.tuples(st.sampled_from([*TYPES, "text/*", "*/*", "image/png"]), st.integers(0, 1000)), min_size=1))
def test_well_formed_headers(ranges):
    """No client gets a format with quality zero, or with less than another one."""
    header = ", ".join(f"{name};q={weight / 1000:.3f}" for name, weight in ranges)
    assert is_readable(header)
    exact = {}
    for name, weight in ranges:
        exact[name] = max(weight, exact.get(name, 0))

    def weighs(media_type):
        family = f"{media_type.partition('/')[0]}/*"
        return next((exact[name] for name in (media_type, family, "*/*") if name in exact), 0)

    chosen = choose(header, TYPES)
    assert (weighs(chosen) if chosen else 0) == max(map(weighs, TYPES))


@pytest.mark.parametrize(
    "header",
    [
        "a/b" + ";   " * 900 + '"',
        "a/b;" + ' a="' * 900,
        'a/b;a="' + '\\"' * 1900,
        "a/b;" + "a = b ;" * 500 + "!",
        ", " * 1999 + "x",
        "a/b," * 900 + "x",
    ],
)
def test_hostile_headers(header):
    """No header makes the server try again and again how it might be read: this test would not end."""
    assert not is_readable(header)
    assert description_format(header).suffix == "html"


@pytest.mark.parametrize(
    ("header", "suffix"),
    [
        ("text/n3, */*;q=0.1", "ttl"),
        ("application/x-turtle", "ttl"),
        ("text/plain, */*;q=0.1", "nt"),
        ("application/xml, text/xml;q=0.9", "rdf"),
        ("text/rdf+n3, text/n3;q=0.8, text/html;q=0.9", "ttl"),
        ("application/x-trig;q=0.9, text/x-nquads;q=0.8", "trig"),
        # a browser's XML is that of pages, whatever its weight (WebKit of 2008)
        ("application/xml,application/xhtml+xml,text/html;q=0.9,text/plain;q=0.8,*/*;q=0.5", "html"),
        # a former name is no wish for what is refused by its present one
        ("text/turtle;q=0, text/n3, application/n-triples;q=0.1", "nt"),
        # `*/*` and `text/*` are no names
        ("text/*;q=0.4, application/rdf+xml", "rdf"),
    ],
)
def test_former_names(header, suffix):
    """Media types of RDF before 2014 ask for the formats that they were names of."""
    assert description_format(header).suffix == suffix


def test_former_names_name_formats():
    """Each media type with former names is one that is served."""
    assert FORMER_TYPES.keys() <= set(TYPES)


@pytest.mark.parametrize("others", ["application/x-%d;q=0.9, ", "a/b%d,", 'x/y;p="text/html,%d", '])
def test_long_headers(others):
    """A header of 8 kB is obeyed, whatever it names besides."""
    some = "".join(others % number for number in range(2_000))[:8_000]
    header = some[: some.rindex(",") + 1] + " text/turtle"
    assert len(header) > 7_900
    assert description_format(header).suffix == "ttl"


@pytest.mark.parametrize("part", ["a/b,", "*/*,", "text/html,", "text/html;q=0.1;a=b,", "a/b;a=b;"])
def test_steps_of_long_headers(part):
    """A header of 16 kB takes few steps of Python, of which the event loop has others to take."""
    header = (part * 16_000)[:16_000].rpartition(",")[0]
    assert steps(lambda: description_format(header)) < 30_000
