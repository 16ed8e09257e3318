"""Content negotiation: the formats of a thing, and the choice among media types by Accept (RFC 9110, 12.5.1)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pyoxigraph import RdfFormat


@dataclass(frozen=True, slots=True)
class DescriptionFormat:
    """Format of a thing's description.

    Attributes:
        suffix: suffix of the document's address, without the dot.
        media_type: media type, without parameters.
        title: name for people.
        rdf: the engine's serialisation; None for a writer of kg's own.
    """

    suffix: str
    media_type: str
    title: str
    rdf: RdfFormat | None = None

    @property
    def content_type(self) -> str:
        """Value of Content-Type, with a charset for text."""
        textual = self.media_type.startswith("text/")
        return f"{self.media_type}; charset=utf-8" if textual else self.media_type


HTML = DescriptionFormat("html", "text/html", "Web page")
TURTLE = DescriptionFormat("ttl", "text/turtle", "Turtle", RdfFormat.TURTLE)
JSON_LD = DescriptionFormat("jsonld", "application/ld+json", "JSON-LD")
JSON = DescriptionFormat("json", "application/json", "JSON")
FORMATS: tuple[DescriptionFormat, ...] = (
    HTML,
    TURTLE,
    JSON_LD,
    JSON,
    DescriptionFormat("nt", "application/n-triples", "N-Triples", RdfFormat.N_TRIPLES),
    DescriptionFormat("rdf", "application/rdf+xml", "RDF/XML", RdfFormat.RDF_XML),
    DescriptionFormat("trig", "application/trig", "TriG", RdfFormat.TRIG),
    DescriptionFormat("nq", "application/n-quads", "N-Quads", RdfFormat.N_QUADS),
)
"""Formats of a thing, in order of the server's preference."""

BY_SUFFIX = {format_.suffix: format_ for format_ in FORMATS}

# Possessive throughout: a malformed header fails in one pass, whatever a client sends (D-68).
_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
_VALUE = rf"(?:{_NAME}|\"(?>(?:[^\"\\]++|\\.)*)\")"
_OPTIONAL_SPACE = r"[ \t]*+"
_RANGE = re.compile(
    rf"{_OPTIONAL_SPACE}({_NAME})/({_NAME}){_OPTIONAL_SPACE}((?>(?:;{_OPTIONAL_SPACE}(?>(?:{_NAME}{_OPTIONAL_SPACE}={_OPTIONAL_SPACE}{_VALUE}{_OPTIONAL_SPACE})?))*))(?:,|$)"
)
_PARAMETER = re.compile(rf"({_NAME}){_OPTIONAL_SPACE}={_OPTIONAL_SPACE}({_VALUE})")
_QUALITY = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.ASCII)
_EMPTY = re.compile(rf"{_OPTIONAL_SPACE}(?:,|$)")
_MAX_HEADER_LENGTH = 4_000
_MAX_MEMBERS = 200
"""Members of an Accept that is read; each is compared with each format. One with more counts as absent."""


@dataclass(frozen=True, slots=True)
class MediaRange:
    """Media range of an Accept header: `text/*;q=0.5`."""

    type: str
    subtype: str
    parameters: tuple[tuple[str, str], ...]
    quality: float

    def specificity(self, media_type: str) -> int:
        """Specificity of the range for a media type; 0 for no match.

        A range with parameters matches exactly the types with them (RFC 9110, 12.5.1), and text alone is sent with one,
        its charset. Without a closer range it still matches the type: `application/ld+json;profile="…"`.
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
    """Media ranges of an Accept header; none for an absent, empty or malformed one, which counts as absent.

    >>> [(range_.subtype, range_.quality) for range_ in parse("text/turtle, */*;q=0.1")]
    [('turtle', 1.0), ('*', 0.1)]
    >>> parse("text/html;q=x")
    ()
    """
    short = len(header) <= _MAX_HEADER_LENGTH and header.count(",") + header.count(";") <= _MAX_MEMBERS
    return _parse(header) if short else ()


@lru_cache(maxsize=1024)
def _parse(header: str) -> tuple[MediaRange, ...]:
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
        named_parameters = tuple((name, value.strip('"').lower()) for name, value in parameters if name != "q")
        weight = float(weights[0]) if weights else 1.0
        ranges.append(MediaRange(match[1].lower(), match[2].lower(), named_parameters, weight))
    return tuple(ranges)


def quality(ranges: Sequence[MediaRange], media_type: str) -> float:
    """Quality value of a media type for a client: that of the most specific range."""
    best = max(((each.specificity(media_type), each.quality) for each in ranges), default=(0, 0.0))
    return best[1] if best[0] else 0.0


def choose(header: str, media_types: Sequence[str]) -> str | None:
    """Best media type for a client, among some in order of the server's preference; None if it accepts none.

    The first one without a header, or with a malformed one.

    >>> choose("text/*;q=0.5, application/ld+json", ("text/html", "text/turtle", "application/ld+json"))
    'application/ld+json'
    """
    ranges = parse(header)
    if not ranges:
        return media_types[0]
    weights = [(quality(ranges, media_type), -index) for index, media_type in enumerate(media_types)]
    best, place = max(weights)
    return media_types[-place] if best > 0 else None


def preference(header: str, media_types: Sequence[str]) -> list[str]:
    """Media types that a client accepts, in order of its preference; all without a header."""
    ranges = parse(header)
    if not ranges:
        return list(media_types)
    weights = [(quality(ranges, each), each) for each in media_types]
    return [each for weight, each in sorted(weights, key=lambda pair: -pair[0]) if weight > 0]


def description_format(header: str) -> DescriptionFormat | None:
    """Negotiated format of a thing's description; None if the client accepts none."""
    chosen = choose(header, [format_.media_type for format_ in FORMATS])
    return next((format_ for format_ in FORMATS if format_.media_type == chosen), None)
