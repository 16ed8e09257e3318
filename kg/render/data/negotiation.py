"""Which format a client gets: the table of formats, and how Accept chooses among them (RFC 9110, 12.5.1)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pyoxigraph import RdfFormat


@dataclass(frozen=True, slots=True)
class Format:
    """A format in which a thing is described.

    Attributes:
        suffix: what the document's address ends with, without the dot.
        media_type: its media type, without parameters.
        title: what a person calls it.
        rdf: how the engine writes it; None where it is written here.
    """

    suffix: str
    media_type: str
    title: str
    rdf: RdfFormat | None = None

    @property
    def content_type(self) -> str:
        """The value of Content-Type: what is text says its charset."""
        textual = self.media_type.startswith("text/")
        return f"{self.media_type}; charset=utf-8" if textual else self.media_type


HTML = Format("html", "text/html", "Web page")
TURTLE = Format("ttl", "text/turtle", "Turtle", RdfFormat.TURTLE)
JSON_LD = Format("jsonld", "application/ld+json", "JSON-LD")
JSON = Format("json", "application/json", "JSON")
FORMATS: tuple[Format, ...] = (
    HTML,
    TURTLE,
    JSON_LD,
    JSON,
    Format("nt", "application/n-triples", "N-Triples", RdfFormat.N_TRIPLES),
    Format("rdf", "application/rdf+xml", "RDF/XML", RdfFormat.RDF_XML),
    Format("trig", "application/trig", "TriG", RdfFormat.TRIG),
    Format("nq", "application/n-quads", "N-Quads", RdfFormat.N_QUADS),
)
"""The formats of a thing, the one preferred where a client takes several alike first."""

BY_SUFFIX = {format_.suffix: format_ for format_ in FORMATS}

# Possessive throughout: a header that matches in no way is found so in one pass, whatever a stranger sends.
_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
_VALUE = rf"(?:{_NAME}|\"(?>(?:[^\"\\]++|\\.)*)\")"
_BLANK = r"[ \t]*+"
_RANGE = re.compile(
    rf"{_BLANK}({_NAME})/({_NAME}){_BLANK}((?>(?:;{_BLANK}(?>(?:{_NAME}{_BLANK}={_BLANK}{_VALUE}{_BLANK})?))*))(?:,|$)"
)
_PARAMETER = re.compile(rf"({_NAME}){_BLANK}={_BLANK}({_VALUE})")
_QUALITY = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.ASCII)
_EMPTY = re.compile(rf"{_BLANK}(?:,|$)")
_MOST = 4_000


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One element of Accept: `text/*;q=0.5`."""

    type: str
    subtype: str
    parameters: tuple[tuple[str, str], ...]
    quality: float

    def specificity(self, media_type: str) -> int:
        """How closely it names a media type; 0 where it does not.

        One with parameters names exactly what has them (RFC 9110, 12.5.1), and of what we send only text has one, its
        charset. Where no closer range speaks of the type, it still asks for it: `application/ld+json;profile="…"`.
        """
        kind, _, subtype = media_type.partition("/")
        if self.type == "*" and self.subtype == "*":
            return 1
        if self.type != kind:
            return 0
        if self.subtype == "*":
            return 2
        if self.subtype != subtype:
            return 0
        if not self.parameters:
            return 4
        return 5 if kind == "text" and self.parameters == (("charset", "utf-8"),) else 3


def parse(header: str) -> tuple[MediaRange, ...]:
    """The elements of an Accept header; none where it is absent, empty or malformed, which counts as absent.

    >>> [(each.subtype, each.quality) for each in parse("text/turtle, */*;q=0.1")]
    [('turtle', 1.0), ('*', 0.1)]
    >>> parse("text/html;q=x")
    ()
    """
    return _parsed(header) if len(header) <= _MOST else ()


@lru_cache(maxsize=1024)
def _parsed(header: str) -> tuple[MediaRange, ...]:
    ranges: list[MediaRange] = []
    at = 0
    while at < len(header):
        if empty := _EMPTY.match(header, at):
            at = empty.end()
            continue
        match = _RANGE.match(header, at)
        if not match or (match[1] == "*" and match[2] != "*"):
            return ()
        at = match.end()
        parameters = [(name.lower(), value) for name, value in _PARAMETER.findall(match[3])]
        weights = [value for name, value in parameters if name == "q"]
        if len(weights) > 1 or (weights and not _QUALITY.fullmatch(weights[0])):
            return ()
        named = tuple((name, value.strip('"').lower()) for name, value in parameters if name != "q")
        weight = float(weights[0]) if weights else 1.0
        ranges.append(MediaRange(match[1].lower(), match[2].lower(), named, weight))
    return tuple(ranges)


def quality(ranges: Sequence[MediaRange], media_type: str) -> float:
    """The weight that a client gives a media type: that of the range which names it most closely."""
    best = max(((each.specificity(media_type), each.quality) for each in ranges), default=(0, 0.0))
    return best[1] if best[0] else 0.0


def choose(header: str, media_types: Sequence[str]) -> str | None:
    """The media type to answer with, among some in order of our preference; None if the client takes none.

    Without a header, or with one that can't be read, the first.

    >>> choose("text/*;q=0.5, application/ld+json", ("text/html", "text/turtle", "application/ld+json"))
    'application/ld+json'
    """
    ranges = parse(header)
    if not ranges:
        return media_types[0]
    weighed = [(quality(ranges, media_type), -place) for place, media_type in enumerate(media_types)]
    best, place = max(weighed)
    return media_types[-place] if best > 0 else None


def preference(header: str, media_types: Sequence[str]) -> list[str]:
    """The media types that a client takes, the one it prefers first; all where it does not say."""
    ranges = parse(header)
    if not ranges:
        return list(media_types)
    weighed = [(quality(ranges, each), each) for each in media_types]
    return [each for weight, each in sorted(weighed, key=lambda pair: -pair[0]) if weight > 0]


def for_thing(header: str) -> Format | None:
    """The format in which a client wants a thing described."""
    chosen = choose(header, [format_.media_type for format_ in FORMATS])
    return next((format_ for format_ in FORMATS if format_.media_type == chosen), None)
