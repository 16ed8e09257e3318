"""Mint an IRI, read it back."""

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kg import iris
from kg.errors import KeyFault

KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@given(KEYS)
def test_round_trip(raw):
    """A key comes back as it was, in Unicode's composed form, and its reference is repaired no further."""
    import unicodedata

    try:
        reference = iris.reference("record", raw)
    except KeyFault:
        assume(False)
    key = reference.partition("/")[2]
    assert iris.decode_key(key) == unicodedata.normalize("NFC", raw)
    assert iris.repair(reference) == reference


@given(KEYS)
def test_a_key_is_one_safe_segment(raw):
    """A key is one path segment that no server and no browser reads otherwise."""
    try:
        key = iris.encode_key(raw)
    except KeyFault:
        assert not raw.strip(".")
        return
    parts = urlsplit(f"https://example.org/record/{key}")
    assert parts.path == f"/record/{key}"
    assert unquote(key) not in {".", ".."}
    assert key.isascii()
    assert key.rpartition(".")[2].lower() not in iris.SUFFIXES or "." not in key


@given(KEYS, KEYS)
def test_two_keys_are_two_references(one, other):
    """Different keys never share a reference."""
    import unicodedata

    assume(unicodedata.normalize("NFC", one) != unicodedata.normalize("NFC", other))
    try:
        assert iris.encode_key(one) != iris.encode_key(other)
    except KeyFault:
        assume(False)


@pytest.mark.parametrize("raw", ["", ".", "..", "...", "x" * 600, "\ud800"])
def test_no_key(raw):
    """What can't be a key is refused."""
    with pytest.raises(KeyFault):
        iris.encode_key(raw)


@pytest.mark.parametrize(
    "text",
    ["javascript:alert(1)", "data:text/html,x", "no iri", "", "//host/x", "http:", "http://", "file:///etc/passwd"],
)
def test_no_link(text):
    """What is no absolute IRI, or of a scheme that is not linked, is refused."""
    with pytest.raises(KeyFault):
        iris.external(text)


@given(st.text(max_size=40))
def test_links_are_iris(text):
    """An outward link is a valid IRI to the engine, whatever stood behind its host, and stays what it is."""
    from pyoxigraph import NamedNode

    try:
        link = iris.external(f"https://example.org/{text}")
    except KeyFault:
        return
    NamedNode(link)
    assert iris.external(link) == link


@pytest.mark.parametrize("value", ["https://a.org", "ftp://a.org/", "https://a.org/x?y/", "https://a.org/a b/", "a"])
def test_no_base(value):
    """What can't be the base is refused."""
    with pytest.raises(KeyFault):
        iris.Base(value)


def test_reading_back():
    """An IRI of ours gives its reference, with a fragment or not; no other IRI does."""
    base = iris.Base("https://archive.example.org/data/")
    assert base.reference("https://archive.example.org/data/record/1#dates-1") == "record/1"
    assert base.reference("https://archive.example.org/data/terms/Stub") is None
    assert base.reference("https://elsewhere.example.org/data/record/1") is None
    assert base.path == "/data/"
