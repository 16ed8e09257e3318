"""Content negotiation: the formats of a thing, and the choice among media types by Accept (RFC 9110, 12.5.1)."""

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, compress
from operator import itemgetter

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

FORMER_TYPES: dict[str, tuple[str, ...]] = {
    "text/turtle": ("text/n3", "text/rdf+n3", "application/n3", "application/turtle", "application/x-turtle"),
    "application/n-triples": ("text/plain", "text/ntriples", "application/x-ntriples"),
    "application/rdf+xml": ("application/xml", "text/xml", "text/rdf"),
    "application/trig": ("application/x-trig",),
    "application/n-quads": ("text/nquads", "text/x-nquads", "application/x-nquads"),
}
"""Media type → other names by which clients ask for it: those of RDF before 2014, and families that it belongs to."""

_XML = frozenset({"application/xml", "text/xml"})
"""Names that browsers send along for pages: beside HTML they ask for no data."""

# Possessive throughout: a malformed header fails in one pass, whatever a client sends (D-68). Members that name no type
# that is looked for are passed over by loops of C, so that a long header takes as few steps as a short one (D-139).
_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
_VALUE = rf"(?:{_NAME}|\"(?>(?:[^\"\\]++|\\.)*)\")"
_SPACE = r"[ \t]*+"
_OTHER = rf"(?![qQ]{_SPACE}=){_NAME}{_SPACE}={_SPACE}{_VALUE}{_SPACE}"
_OTHERS = rf"(?>(?:;{_SPACE}(?:{_OTHER}|(?=[;,]|\Z)))*)"
_WEIGHT = rf";{_SPACE}[qQ]{_SPACE}={_SPACE}(0(?>(?:\.[0-9]{{0,3}}+)?)|1(?>(?:\.0{{0,3}}+)?)){_SPACE}"
_PARAMETERS = rf"({_OTHERS})(?>(?:{_WEIGHT}({_OTHERS}))?)"
_RANGE = rf"(?:\*/\*|(?!\*/){_NAME}/{_NAME})"
_MEMBERS = re.compile(rf"({_RANGE}){_SPACE}{_PARAMETERS}")
_MEMBER = re.sub(r"\((?!\?)", "(?:", rf"{_RANGE}{_SPACE}{_PARAMETERS}")
_HEADER = re.compile(rf"{_SPACE}(?>(?:{_MEMBER})?)(?>(?:,{_SPACE}(?>(?:{_MEMBER})?))*)")
_CHARSET = re.compile(r"[; \t]*+charset[ \t]*+=[ \t]*+\"?utf-8\"?[; \t]*+", re.IGNORECASE)
_MAX_HEADER_LENGTH = 16_000
_MAX_MEMBERS = 200
"""Members of an Accept that name a type that is looked for, or all of them; one with more of these counts as absent."""

_MAX_REMEMBERED = 1_000
"""Characters of a header that is remembered with what it says."""


def is_readable(header: str) -> bool:
    """Whether an Accept header is well-formed, and not too long; any other one counts as absent.

    >>> is_readable("text/turtle, */*;q=0.1"), is_readable("text/html;q=x")
    (True, False)
    """
    return len(header) <= _MAX_HEADER_LENGTH and _HEADER.fullmatch(header) is not None


def qualities(header: str, media_types: Sequence[str], *, former: bool = False) -> list[float] | None:
    """Quality value of each media type for a client: that of the most specific range; None for a header that is absent.

    >>> qualities("text/turtle, text/*;q=0.5, */*;q=0.1", ["text/turtle", "text/html", "image/png"])
    [1.0, 0.5, 0.1]

    Args:
        header: Accept, which counts as absent where it is empty or can't be read.
        media_types: the media types.
        former: whether these are also known by their former names.
    """
    weigh = _qualities if len(header) <= _MAX_REMEMBERED else _qualities.__wrapped__
    return weigh(header, tuple(media_types), former=former)


@lru_cache(maxsize=1024)
def _qualities(header: str, media_types: tuple[str, ...], *, former: bool) -> list[float] | None:
    if "/" not in header or not is_readable(header):
        return None
    names = {each: FORMER_TYPES.get(each, ()) if former else () for each in media_types}
    if "html" in header.lower():
        names = {each: tuple(name for name in others if name not in _XML) for each, others in names.items()}
    families = {f"{each.partition('/')[0]}/*" for each in media_types}
    best = _best(header, {*media_types, *chain.from_iterable(names.values()), *families, "*/*"})
    return None if best is None else [_quality(best, each, names[each]) for each in media_types]


def _best(header: str, ranges: Container[str]) -> dict[str, tuple[int, float]] | None:
    """Range → its specificity and quality, of a range with several the best; None where too many are looked for.

    A range with parameters matches exactly the types with them (RFC 9110, 12.5.1), and text alone is sent with one, its
    charset. Without a closer range it still matches the type: `application/ld+json;profile="…"`.

    Args:
        header: a header that is readable.
        ranges: the ranges that are looked for.
    """
    members = _MEMBERS.findall(header)
    wanted = map(ranges.__contains__, map(str.lower, map(itemgetter(0), members)))
    chosen = list(compress(members, wanted))
    if len(chosen) > _MAX_MEMBERS:
        return None
    best: dict[str, tuple[int, float]] = {}
    for written, before, weight, behind in chosen:
        range_, parameters = written.lower(), before + behind
        plain = not parameters.strip("; \t")
        specificity = 4 if plain else 5 if range_[:5] == "text/" and _CHARSET.fullmatch(parameters) else 3
        best[range_] = max(best.get(range_, (0, 0.0)), (specificity, float(weight or 1)))
    return best


def _quality(best: Mapping[str, tuple[int, float]], media_type: str, former: Sequence[str]) -> float:
    """Quality of a media type; a former name counts where a client does not refuse the present one."""
    own = best.get(media_type)
    others = [best[each][1] for each in former if each in best]
    if others and (own is None or own[1]):
        return max(others) if own is None else max(own[1], *others)
    ranges = (own, best.get(f"{media_type.partition('/')[0]}/*"), best.get("*/*"))
    return next((each[1] for each in ranges if each is not None), 0.0)


def choose(header: str, media_types: Sequence[str]) -> str | None:
    """Best media type for a client, among some in order of the server's preference; None if it accepts none.

    The first one without a header, or with a malformed one. A media type is known by its former names, too.

    >>> choose("text/*;q=0.5, application/ld+json", ("text/html", "text/turtle", "application/ld+json"))
    'application/ld+json'
    """
    weights = qualities(header, media_types, former=True)
    if weights is None:
        return media_types[0]
    best, place = max((weight, -index) for index, weight in enumerate(weights))
    return media_types[-place] if best > 0 else None


def preference(header: str, media_types: Sequence[str]) -> list[str]:
    """Media types that a client accepts, in order of its preference; all without a header."""
    weights = qualities(header, media_types)
    if weights is None:
        return list(media_types)
    pairs = zip(weights, media_types, strict=True)
    return [each for weight, each in sorted(pairs, key=lambda pair: -pair[0]) if weight > 0]


def description_format(header: str) -> DescriptionFormat | None:
    """Negotiated format of a thing's description; None if the client accepts none."""
    chosen = choose(header, [format_.media_type for format_ in FORMATS])
    return next((format_ for format_ in FORMATS if format_.media_type == chosen), None)
