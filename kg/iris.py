"""IRI minting and parsing.

A thing has a *reference*, `kind/key` (`record/177838`), which is its IRI without the base, and which is how
records name one another. A key comes from a source's own identifier, of any characters. In a reference it is
one path segment: what may stand there stands as it is, the signs of `pchar` (RFC 3986, 3.3) and the letters of every
script (`ucschar` of RFC 3987, 2.2). Everything else is percent-encoded, and so is a dot that could be mistaken for that
of a suffix, or of `..` (D-136).

An IRI has a URI as its form on the wire, `uri`: there the letters are percent-encoded, too. The two are one address.
Escapes of signs that need none are another one (RFC 3986, 2.2), and lead to it.

>>> reference("record", "AVP RF/0104"), reference("record", "DE-12:ms+4"), reference("record", "Дело 5")
('record/AVP%20RF%2F0104', 'record/DE-12:ms+4', 'record/Дело%205')
>>> uri("record/žurnál")
'record/%C5%BEurn%C3%A1l'
>>> reference("record", "report.html")
'record/report%2Ehtml'
>>> Base("https://archive.example.org/").iri("agent/raul-castro-ruz")
'https://archive.example.org/agent/raul-castro-ruz'
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes, urlsplit

from text_unidecode import unidecode

from kg.errors import KeyFault

KINDS = ("record", "agent", "place", "collection", "archive", "topic")
"""Kinds of things; the first segment of each reference."""

SUFFIXES = frozenset(
    (
        *("html", "ttl", "nt", "nq", "trig", "rdf", "xml", "jsonld", "json", "n3", "csv", "tsv", "parquet", "bib"),
        *("ris", "csl", "cite", "txt", "md", "atom", "rss", "svg", "png", "jpg", "pdf", "graphml", "geojson", "yaml"),
        *("zip", "gz"),
    )
)
"""Suffixes of documents about a thing, present and future ones, so that a key never changes."""

LINK_SCHEMES = frozenset({"http", "https", "urn", "mailto", "ark", "doi", "info"})
"""Schemes of outward links; `javascript:` and `data:` are text, never links."""

MAX_KEY = 512
"""Maximum length of a key in a reference, in bytes; a URL has to fit into every proxy's request line."""

PLAIN_KEY = re.compile(rf"[A-Za-z0-9_~-]{{1,{MAX_KEY}}}")
"""Raw key that is a path segment as it stands."""

_MAX_ESCAPED_KEY = 3 * MAX_KEY
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_SUFFIX = re.compile(r"\.([A-Za-z0-9]+)$")
_SAFE = re.compile(r"[A-Za-z0-9_~.-]+")
# Characters that RFC 3987 (2.2, ucschar) excludes: controls, private use, noncharacters; and the blank.
_NO_CHARACTERS = "".join(f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(1, 15))
_NO_IRI = (
    r'\x00-\x20\x7f-\x9f<>"{}|\\^`\ud800-\uf8ff\ufdd0-\ufdef\ufff0-\uffff'
    rf"\U000e0000-\U000e0fff\U000f0000-\U0010ffff{_NO_CHARACTERS}"
)
_NOT_IN_IRI = re.compile(f"[{_NO_IRI}]")
# What no path segment has; and signs that turn the direction of writing, which RFC 3987 (4.1) keeps out of every IRI.
_NOT_IN_KEY = re.compile(rf"[%/?#\[\]\u200e\u200f\u202a-\u202e{_NO_IRI}]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
# Most outward links by far: nothing in them has to be escaped or looked into (a subset of RFC 3986, 3).
_PLAIN_URL = re.compile(
    r"https?://[A-Za-z0-9.-]+(/[A-Za-z0-9._~!$&'()*+,;=:@/-]*)?(\?[A-Za-z0-9._~=&/-]*)?(#[A-Za-z0-9._~/-]*)?"
)


def encode_key(raw: str) -> str:
    """Return the path segment of a raw key. Raises KeyFault for a key that is empty, too long or made of dots alone.

    Two spellings that Unicode holds to be the same (NFC) are one key.

    >>> encode_key("Дело 5/3"), encode_key("GB:9 (a+b)"), encode_key(".hidden"), encode_key("50%")
    ('Дело%205%2F3', 'GB:9%20(a+b)', '%2Ehidden', '50%25')
    """
    if PLAIN_KEY.fullmatch(raw):
        return raw
    raw = unicodedata.normalize("NFC", raw)
    if not raw.strip("."):
        raise KeyFault(f"{raw!r} can't be a key", todo="Give the thing an identifier with a letter or digit.")
    try:
        key = _NOT_IN_KEY.sub(lambda found: quote(found[0], safe=""), raw)
    except UnicodeEncodeError:
        raise KeyFault(f"the key {raw!r} has half a character (a lone surrogate)") from None
    if len(uri(key)) > MAX_KEY:
        raise KeyFault(f"the key {raw[:40]!r}… is longer than {MAX_KEY} bytes", todo="Use a shorter identifier.")
    return _with_escaped_dots(key)


def _with_escaped_dots(key: str) -> str:
    """The key with its outer dots, and the dot of an apparent suffix, escaped: they would not be parsed as its own."""
    inner = key.strip(".")
    start = len(key) - len(key.lstrip("."))
    key = "%2E" * start + inner + "%2E" * (len(key) - start - len(inner))
    suffix = _SUFFIX.search(key)
    if suffix and suffix[1].lower() in SUFFIXES:
        key = f"{key[: suffix.start()]}%2E{suffix[1]}"
    return key


def decode_key(key: str) -> str:
    """Return the raw key of a path segment; undoes `encode_key`.

    Raises:
        KeyFault: bytes outside UTF-8; a segment that is longer than any key with each of its bytes escaped.
    """
    if len(key) > _MAX_ESCAPED_KEY:
        raise KeyFault(f"the key {key[:40]!r}… is longer than {MAX_KEY} bytes", todo="Use a shorter identifier.")
    try:
        return unquote_to_bytes(key).decode("utf-8")
    except UnicodeError:
        raise KeyFault(f"{key!r} does not decode to UTF-8") from None


def uri(iri: str) -> str:
    """Return the URI of an IRI, or of a path: the form for headers and XML (RFC 3987, 3.1).

    >>> uri("https://archive.example.org/record/Дело%205:1")
    'https://archive.example.org/record/%D0%94%D0%B5%D0%BB%D0%BE%205:1'
    """
    return iri if iri.isascii() else _BEYOND_ASCII.sub(lambda found: quote(found[0]), iri)


def is_address(path: str, of: str) -> bool:
    """Whether a path is the address of a reference: the same but for escapes that make no other address.

    These are escapes of unreserved characters (RFC 3986, 6.2.2.2) and of letters beyond ASCII (RFC 3987, 3.2), and
    figures of escapes in either case.

    >>> is_address("record/%c5%beurn%C3%A1l%2D1", "record/žurnál-1"), is_address("record/a%3Ab", "record/a:b")
    (True, False)
    """
    return path == of or _ESCAPES.sub(_unescaped, path) == _ESCAPES.sub(_unescaped, of)


def _unescaped(escapes: re.Match[str]) -> str:
    """Escapes in a row, without those that need not be there."""
    try:
        text = unquote_to_bytes(escapes[0]).decode("utf-8")
    except UnicodeDecodeError:
        return escapes[0].upper()
    return "".join(
        sign if not sign.isascii() and not _NOT_IN_KEY.match(sign) else quote(sign, safe="") for sign in text
    )


def spellings(written: str) -> tuple[str, ...]:
    """Return the references that a written one may stand for: as keys are written now, and as kg 0.2 wrote them.

    Generations and ledgers of kg 0.2 have every sign in a key percent-encoded but unreserved ones.

    >>> spellings("agent/GB:9"), spellings("agent/GB%3A9"), spellings("agent/1")
    (('agent/GB:9', 'agent/GB%3A9'), ('agent/GB:9', 'agent/GB%3A9'), ('agent/1',))
    """
    kind, _, key = written.partition("/")
    if kind not in KINDS or _SAFE.fullmatch(key):
        return (written,)
    try:
        canonical = repair(written)
        former = _with_escaped_dots(quote(decode_key(canonical.partition("/")[2]), safe=""))
    except KeyFault:
        return (written,)
    return tuple(dict.fromkeys((canonical, f"{kind}/{former}")))


def reference(kind: str, raw: str) -> str:
    """Return the reference of a thing from its kind and its raw key."""
    if kind not in KINDS:
        raise KeyFault(f"{kind!r} is no kind of thing", todo=f"The kinds are {', '.join(KINDS)}.")
    return f"{kind}/{encode_key(raw)}"


def repair(text: str) -> str:
    """Return the canonical form of a handwritten reference; raises KeyFault for an ambiguous one.

    Escapes that are there already stay, so a repaired reference is repaired no further.

    >>> repair("record/AVP RF 5"), repair("record/AVP%20RF%205"), repair("record/a/b")
    ('record/AVP%20RF%205', 'record/AVP%20RF%205', 'record/a%2Fb')
    """
    kind, slash, key = text.partition("/")
    if not slash or kind not in KINDS:
        raise KeyFault(
            f"{text[:80]!r} is no reference to a thing",
            todo=f"Write kind/key, where the kind is one of {', '.join(KINDS)}: agent/raul-castro-ruz, say.",
        )
    if _SAFE.fullmatch(key) and "." not in key:
        return f"{kind}/{encode_key(key)}" if len(key) > MAX_KEY else text
    # A per cent sign that starts no escape stands for itself.
    raw = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", key)
    try:
        return f"{kind}/{encode_key(decode_key(raw))}"
    except KeyFault:
        if _ESCAPE.search(key):  # escapes of bytes that are no text: the signs are meant as they stand
            return f"{kind}/{encode_key(key)}"
        raise


def slug(name: str, source: str) -> str:
    """Return a raw key for a thing known by name alone: readable, stable, and specific to the source.

    Names are no proof of identity: the same name in another source is another key.

    >>> slug("Nixon, Richard M. (President)", "tapes") == slug("Nixon, Richard M. (President)", "wilson")
    False
    """
    name = " ".join(unicodedata.normalize("NFC", name).split())
    digest = hashlib.sha256(f"{source}\0{name}".encode("utf-8", "replace")).hexdigest()[:10]
    words = re.sub(r"[^a-z0-9]+", "-", unidecode(name).lower()).strip("-")[:60].strip("-")
    return f"{words}-{digest}" if words else digest


def external(text: str) -> str:
    """Return an outward link as a valid IRI, with other characters escaped; KeyFault for no IRI or another scheme.

    >>> external("https://example.org/a b|c")
    'https://example.org/a%20b%7Cc'
    """
    text = text.strip()
    if _PLAIN_URL.fullmatch(text):
        return text
    scheme = _SCHEME.match(text)
    if not scheme:
        raise KeyFault(f"{text[:80]!r} is no absolute IRI", todo="Write it with its scheme: https://…")
    if scheme[1].lower() not in LINK_SCHEMES:
        raise KeyFault(
            f"links with {scheme[1]}: are not published", todo=f"Allowed are {', '.join(sorted(LINK_SCHEMES))}."
        )
    rest = text[scheme.end() :]
    if scheme[1].lower() in {"http", "https"} and not re.match(r"//[^/?#\s]", rest):
        raise KeyFault(f"{text[:80]!r} names no host")
    rest = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", rest)
    rest = _NOT_IN_IRI.sub(lambda c: quote(c[0], safe="", errors="replace"), rest)
    head, hash_, fragment = rest.partition("#")
    rest = head + hash_ + fragment.replace("#", "%23")
    try:
        urlsplit(f"{scheme[1].lower()}:{rest}")  # an IPv6 address without its bracket, say
    except ValueError as fault:
        raise KeyFault(f"{text[:80]!r} is no IRI: {fault}") from None
    # RFC 3986, 3.2.2: brackets stand in an IP literal alone.
    authority, slash, path = rest[2:].partition("/") if rest.startswith("//") else ("", "", rest)
    path = path.replace("[", "%5B").replace("]", "%5D")
    return f"{scheme[1].lower()}:" + (f"//{authority}{slash}{path}" if rest.startswith("//") else path)


@dataclass(frozen=True, slots=True)
class Base:
    """Base IRI of everything that is published: `https://archive.example.org/`, with or without a path."""

    value: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.value)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
            raise KeyFault(
                f"{self.value!r} can't be the base", todo="Write http:// or https://, a host, and a path if need be."
            )
        if not self.value.endswith("/") or _NOT_IN_IRI.search(self.value):
            raise KeyFault(f"{self.value!r} can't be the base", todo="It ends with a slash and holds no space.")

    @property
    def path(self) -> str:
        """Path of the base, from slash to slash."""
        return urlsplit(self.value).path

    def iri(self, reference: str) -> str:
        """Return the IRI of a reference, or of any path below the base."""
        return self.value + reference

    def uri(self, reference: str) -> str:
        """Return the URI of a reference, or of any path below the base, for headers and XML."""
        return uri(self.value + reference)

    def canonical(self, iri: str) -> str:
        """Return an IRI as the graph has it: of a thing, with its key as keys are written; any other one as it is.

        >>> Base("https://a.example.org/").canonical("https://a.example.org/record/%C5%BE%3A1#dates-1")
        'https://a.example.org/record/ž:1#dates-1'
        """
        written = self.reference(iri)
        if written is None:
            return iri
        try:
            own = repair(written)
        except KeyFault:
            return iri
        # The dot of a suffix may be that of a document's address.
        if own.replace("%2E", ".") == written.replace("%2E", "."):
            return iri
        return self.value + own + iri[len(self.value) + len(written) :]

    def reference(self, iri: str) -> str | None:
        """Return the reference in an IRI below the base, without its fragment; None for any other IRI."""
        if not iri.startswith(self.value):
            return None
        path = iri[len(self.value) :].partition("#")[0]
        kind, slash, key = path.partition("/")
        return path if slash and kind in KINDS and key and "/" not in key and "?" not in key else None
