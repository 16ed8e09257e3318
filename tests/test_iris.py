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
    sent = iris.uri(key)
    parts = urlsplit(f"https://example.org/record/{sent}")
    assert parts.path == f"/record/{sent}"
    assert unquote(key) not in {".", ".."}
    assert sent.isascii()
    assert len(sent) <= 3 * iris.MAX_KEY
    assert key.rpartition(".")[2].lower() not in iris.SUFFIXES or "." not in key


PCHAR = "-._~!$&'()*+,;=:@"
"""Signs that stand in a path segment besides letters and figures (RFC 3986, 3.3)."""


@pytest.mark.parametrize("sign", [*PCHAR, *"žДア중עé𠀀\u00b7\u200d\u0301"])
def test_what_may_stand_in_a_segment_stands(sign):
    """Each sign of pchar (RFC 3986, 3.3) and of ucschar (RFC 3987, 2.2) stands in a key as it is."""
    assert iris.reference("record", f"x{sign}y") == f"record/x{sign}y"


@pytest.mark.parametrize(
    "sign", [*'/?#[]% "<>\\^`{|}\x00\n\x7f\x85\ue000\ufffd\ufdd0', "\u200e", "\u202e", "\U000e0001"]
)
def test_what_may_not_is_escaped(sign):
    """What no segment of an IRI has is percent-encoded; so are signs that turn the direction (RFC 3987, 4.1)."""
    escaped = "".join(f"%{byte:02X}" for byte in sign.encode())
    assert iris.reference("record", f"x{sign}y") == f"record/x{escaped}y"


@given(KEYS)
def test_the_engine_takes_each_key(raw):
    """A reference below the base is an IRI to the engine, and its URI is another form of it."""
    from pyoxigraph import NamedNode

    try:
        reference = iris.reference("record", raw)
    except KeyFault:
        assume(False)
    NamedNode(f"https://archive.example.org/{reference}")
    sent = iris.uri(reference)
    assert sent.isascii()
    assert iris.is_address(sent, reference)
    assert iris.repair(sent) == reference


@given(KEYS)
def test_former_spellings(raw):
    """What kg 0.2 wrote leads to the reference of now, and is told beside it; it is the same address for letters alone."""
    try:
        reference = iris.reference("record", raw)
    except KeyFault:
        assume(False)
    canonical, *former = iris.spellings(reference)
    assert canonical == reference
    for each in former:
        assert iris.repair(each) == reference
        assert iris.spellings(each) == (canonical, *former)
        assert each.isascii()


@pytest.mark.parametrize(
    ("path", "is_address"),
    [
        ("record/DE-12:ms+4", True),
        ("record/%44E%2D12:ms+4", True),
        ("record/DE-12%3Ams+4", False),
        ("record/DE-12:ms%2b4", False),
        ("record/DE-12:ms+4.ttl", False),
    ],
)
def test_addresses_of_a_reference(path, is_address):
    """Escapes of unreserved signs make no other address (RFC 3986, 6.2.2.2), those of delimiters do (2.2)."""
    assert iris.is_address(path, "record/DE-12:ms+4") is is_address


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
