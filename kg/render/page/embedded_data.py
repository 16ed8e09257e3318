"""Embedded data: schema.org as JSON-LD for the head of a page, as search engines and crawlers read it.

What the graph says in terms of schema.org by the crosswalk comes here in the form that schema.org's own definitions ask
for: each property at a type that has it, dates in ISO 8601 alone, linked things with their type and name, texts in one
language. The whole, with every date and language, is in the thing's own JSON-LD (D-166).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from pyoxigraph import Literal, NamedNode

from kg import language_ranges
from kg.document_times import document_iri
from kg.iris import Base
from kg.ontology import RDF_TYPE
from kg.render.data.record import labels, references, texts
from kg.render.data.statements import Properties, Values
from kg.render.site.date_phrases import date_phrase
from kg.render.site.reader import ReaderPreferences

MAX_VALUES = 20
"""Values of a property."""

MAX_TEXT_LENGTH = 300
"""Characters of a text; a longer one, such as the law that holds for a whole series, is for those who read the page."""

_SCHEMA = "https://schema.org/"
_CONTEXT = "https://schema.org"
_ISO_DATE = re.compile(
    r"(?!0000)\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01])(?:T\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?)?)?)?"
)
"""Date or time of ISO 8601 as schema.org takes it; what EDTF says besides is no Date there."""

_OPEN_END = ".."
_INSTITUTION = "archive"
"""Level of an institution, in the words of the model."""

_THING = frozenset({"name", "alternateName", "description", "identifier", "url", "sameAs"})
_CREATIVE_WORK = _THING | {
    *(
        "about",
        "associatedMedia",
        "author",
        "conditionsOfAccess",
        "contributor",
        "copyrightHolder",
        "copyrightNotice",
        "creator",
    ),
    *("creditText", "dateCreated", "datePublished", "funder", "genre", "inLanguage", "isBasedOn", "isPartOf"),
    *("license", "locationCreated", "materialExtent", "mentions", "position", "sdDatePublished", "sdLicense"),
    *("sdPublisher", "spatialCoverage", "sponsor", "temporalCoverage", "translator"),
}
_ORGANIZATION = _THING | {"foundingDate", "dissolutionDate"}
_PROPERTIES = {
    "ArchiveComponent": _CREATIVE_WORK | {"holdingArchive", "itemLocation"},
    "Message": _CREATIVE_WORK | {"sender", "recipient", "dateSent", "dateReceived"},
    "Collection": _CREATIVE_WORK,
    "CreativeWork": _CREATIVE_WORK,
    "Person": _THING | {"birthDate", "deathDate", "birthPlace", "deathPlace", "jobTitle", "gender"},
    "Organization": _ORGANIZATION,
    "ArchiveOrganization": _ORGANIZATION,
    "Place": _THING | {"latitude", "longitude"},
    "DefinedTerm": _THING,
    "Thing": _THING,
}
"""Type → properties of schema.org that it has, among those of the crosswalk."""

_MORE_GENERAL = {
    "ArchiveComponent": "CreativeWork",
    "Collection": "CreativeWork",
    "ArchiveOrganization": "Organization",
}
_MADE_HERE = frozenset({"name", "url", "associatedMedia", "holdingArchive", "temporalCoverage"})
"""Properties that come of the record, not of statements alone."""

_OF_MESSAGES = ("sender", "recipient", "dateSent", "dateReceived")
_DATES = frozenset(
    {*("dateCreated", "datePublished", "dateSent", "dateReceived", "birthDate", "deathDate", "foundingDate")}
    | {"dissolutionDate", "sdDatePublished"}
)
_LIVES = {"Person": ("birthDate", "deathDate"), "Organization": ("foundingDate", "dissolutionDate")}
_NUMBERS = frozenset({"latitude", "longitude", "position"})
_ADDRESSES = frozenset({"url", "sameAs", "license", "sdLicense", "isBasedOn"})
_TARGET_TYPES = {"place": "Place", "topic": "DefinedTerm", "collection": "Collection", "record": "ArchiveComponent"}
_AGENT_TYPES = {"person": "Person", "organization": "Organization"}


@dataclass(frozen=True, slots=True)
class EmbeddedSubject:
    """Subject of embedded data.

    Attributes:
        iri: its IRI.
        record: its record as JSON.
        properties: its own statements.
        linked: reference of a link's target → its record.
        label: its title or name, as its page has it.
        summary: description for search engines; empty without one.
        top: record of the topmost level above it; empty for none.
        times: of its page: first publication and last change; empty where they are not told.
    """

    iri: str
    record: Mapping[str, Any]
    properties: Properties
    linked: Mapping[str, Mapping[str, Any]]
    label: str
    summary: str = ""
    top: Sequence[Mapping[str, Any]] = ()
    times: Sequence[str] = ()


def thing_data(subject: EmbeddedSubject, base: str, reader: ReaderPreferences) -> str:
    """JSON-LD of a thing for the head of its page; safe inside a script element."""
    return in_script(_ThingWriter(subject, Base(base), reader).document())


def site_data(values: Mapping[str, Any], base: str) -> str:
    """JSON-LD of the start page: a WebSite whose search engines and browsers may ask.

    Args:
        values: name, description and whatever else WebSite has; empty values are left out.
        base: the base.
    """
    action = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": f"{base}search?q={{search_term_string}}"},
        "query-input": "required name=search_term_string",
    }
    document = {"@context": _CONTEXT, "@type": "WebSite", "@id": f"{base}#website", "url": base}
    said = {name: value for name, value in values.items() if value}
    return in_script(document | said | {"potentialAction": action})


def in_script(document: Mapping[str, Any]) -> str:
    r"""JSON for a script element.

    Inside <script>, only "<" can end or nest it (HTML, 4.12.1.3); in JSON it may be written as an escape.

    >>> in_script({"name": "</script>"})
    '{"name":"\\u003c/script\\u003e"}'
    """
    text = orjson.dumps(document).decode()
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def iso_date(edtf: str) -> str:
    """The date of schema.org that an EDTF date is; empty where it says more or less than one date.

    >>> iso_date("1963-04"), iso_date("1963~"), iso_date("1870/1875"), iso_date("1963-21"), iso_date("-0043")
    ('1963-04', '', '', '', '')
    """
    return edtf if _ISO_DATE.fullmatch(edtf) else ""


def temporal_coverage(edtf: str, language: str) -> str:
    """The value of temporalCoverage for an EDTF date: a date or a span of ISO 8601, else words.

    >>> temporal_coverage("1870/1875", "en"), temporal_coverage("1870/..", "en"), temporal_coverage("187X", "en")
    ('1870/1875', '1870/..', 'the 1870s')
    """
    start, slash, end = edtf.partition("/")
    if not slash:
        return iso_date(edtf) or date_phrase(edtf, language)
    # An open end is "..", also in schema.org's own examples; an unknown one is neither open nor a date.
    ends = [each for each in (start, end) if iso_date(each)]
    is_span = len(ends) == 2 or (len(ends) == 1 and _OPEN_END in (start, end))
    return edtf if is_span else date_phrase(edtf, language)


class _ThingWriter:
    """Writer of one thing's embedded data."""

    def __init__(self, subject: EmbeddedSubject, base: Base, reader: ReaderPreferences) -> None:
        self._subject = subject
        self._base = base
        self._reader = reader
        self._properties = {
            predicate.removeprefix(_SCHEMA): values
            for predicate, values in subject.properties.items()
            if predicate.startswith(_SCHEMA)
        }

    def document(self) -> dict[str, Any]:
        subject, types = self._subject, self._types()
        known = frozenset[str]().union(*(_PROPERTIES[each] for each in types))
        document: dict[str, Any] = {"@context": _CONTEXT, "@id": subject.iri}
        document["@type"] = types[0] if len(types) == 1 else types
        document |= {"name": subject.label, "url": subject.iri}
        values: dict[str, list[Any]] = {
            "alternateName": [each for each in self._names() if each != subject.label],
            "description": [subject.summary] if subject.summary else [],
        }
        for name in sorted((known & self._properties.keys()) - values.keys() - _MADE_HERE):
            values.setdefault(name, []).extend(self._values(name, self._properties[name]))
        values |= self._coverage() if "temporalCoverage" in known else self._life(types)
        values["associatedMedia"] = list(self._media()) if "associatedMedia" in known else []
        values["holdingArchive"] = list(self._holders()) if "holdingArchive" in known else []
        for name, listed in values.items():
            distinct = [each for number, each in enumerate(listed) if each not in listed[:number]][:MAX_VALUES]
            if distinct:
                document[name] = distinct[0] if len(distinct) == 1 else distinct
        return document | self._page()

    def _page(self) -> dict[str, Any]:
        """The page itself, whose times are none of the thing."""
        if not self._subject.times:
            return {}
        issued, modified = self._subject.times
        page = {"@type": "WebPage", "@id": document_iri("", self._subject.iri)}
        return {"mainEntityOfPage": {**page, "datePublished": issued, "dateModified": modified}}

    def _types(self) -> list[str]:
        stated = [each.value.removeprefix(_SCHEMA) for each in self._subject.properties.get(RDF_TYPE, ())]
        types = list(dict.fromkeys(each for each in stated if each in _PROPERTIES))
        redundant = {_MORE_GENERAL.get(each, "Thing") for each in types} | {"Thing"}
        types = [each for each in types if each not in redundant] or ["Thing"]
        if "ArchiveComponent" in types and any(name in self._properties for name in _OF_MESSAGES):
            types.append("Message")  # it alone has a sender and a recipient
        return types

    def _names(self) -> Iterator[str]:
        yield from labels(self._subject.record).values()
        yield from (each.value for each in self._properties.get("alternateName", ()))

    def _values(self, name: str, values: Values) -> Iterator[Any]:
        """Values of a property in the form that it asks for; what has another form is left out."""
        literals = [each for each in values if isinstance(each, Literal)]
        if name in _DATES:
            yield from filter(None, (iso_date(each.value) for each in literals))
            return
        if name in _NUMBERS:
            yield from (float(each.value) for each in literals)
            return
        if name == "inLanguage":
            yield from (each.value for each in literals if not language_ranges.is_undetermined(each.value))
            return
        yield from self._in_best_language(literals)
        for each in values[: 2 * MAX_VALUES]:
            if isinstance(each, NamedNode) and (value := self._linked(name, each.value)):
                yield value

    def _in_best_language(self, literals: list[Literal]) -> Iterator[str]:
        tags = [each.language or language_ranges.NO_LANGUAGE for each in literals]
        wanted = language_ranges.best(tags, self._reader.languages)
        texts_wanted = (each.value for each, tag in zip(literals, tags, strict=True) if tag == wanted)
        yield from (text for text in texts_wanted if len(text) <= MAX_TEXT_LENGTH)

    def _linked(self, name: str, iri: str) -> Any:
        """Linked thing with its type and name; outward and in properties of text its address or its name alone."""
        reference = self._base.reference(iri)
        if reference is None or name in _ADDRESSES:
            return iri if name in _ADDRESSES else {"@id": iri}
        record = self._subject.linked.get(reference, {})
        if name == "isPartOf" and record.get("level") == _INSTITUTION:
            return None  # an institution is no work; it stands under holdingArchive
        label, _ = self._reader.called(labels(record), reference, record.get("status"))
        if name == "genre":
            return label
        return {"@type": _type_of(reference, record), "@id": iri, "name": label}

    def _coverage(self) -> dict[str, list[Any]]:
        """Times of what a work tells of; and of its making, where this is no single date."""
        told = [each.value for each in self._properties.get("temporalCoverage", ()) if isinstance(each, Literal)]
        made = [each.value for each in self._properties.get("dateCreated", ()) if isinstance(each, Literal)]
        edtf = [*told, *(each for each in made if not iso_date(each))]
        return {"temporalCoverage": [temporal_coverage(each, self._reader.language) for each in edtf]}

    def _life(self, types: list[str]) -> dict[str, list[Any]]:
        """Beginning and end of somebody's existence, where it has no dates of its own for these."""
        of_life = [_LIVES[name] for name in (_MORE_GENERAL.get(each, each) for each in types) if name in _LIVES]
        dates = self._subject.record.get("dates", ())
        existence = next((each.get("edtf", "") for each in dates if each["role"] == "existence"), "")
        start, slash, end = existence.partition("/")
        if not of_life or not slash:
            return {}
        days = zip(of_life[0], (start, end), strict=True)
        return {name: [day] for name, day in days if iso_date(day) and name not in self._properties}

    def _media(self) -> Iterator[dict[str, str]]:
        """Scans, recordings and other files by their addresses on the web."""
        for each in self._subject.record.get("digitalObjects", ()):
            address = each.get("url", "")
            if address.startswith(("https://", "http://")):
                name = "".join(texts(each.get("label"), self._reader.languages)[0][:1])
                stated = {"name": name, "encodingFormat": each.get("mediaType", "")}
                yield {"@type": "MediaObject", "contentUrl": address} | {
                    key: said for key, said in stated.items() if said
                }

    def _holders(self) -> Iterator[dict[str, str]]:
        """The institution at the top of its levels, and whoever its record says that holds it."""
        institutions = {each["id"]: each for each in self._subject.top if each.get("level") == _INSTITUTION}
        named = [reference for reference in references(self._subject.record, "repository") if "/" in reference]
        known = {reference: self._subject.linked[reference] for reference in named if reference in self._subject.linked}
        for reference, record in (institutions | known).items():
            name, _ = self._reader.called(labels(record), reference, record.get("status"))
            yield {"@type": "ArchiveOrganization", "@id": self._base.iri(reference), "name": name}


def _type_of(reference: str, record: Mapping[str, Any]) -> str:
    kind = reference.partition("/")[0]
    if kind == "archive":
        return "ArchiveOrganization" if record.get("level") == _INSTITUTION else "ArchiveComponent"
    return _AGENT_TYPES.get(record.get("agentType", ""), "Thing") if kind == "agent" else _TARGET_TYPES[kind]
