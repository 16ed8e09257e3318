"""Metadata in the head of a thing's page: schema.org as JSON-LD, and meta tags for reference managers."""

from collections.abc import Iterator, Sequence

import orjson
from pyoxigraph import Literal, NamedNode

from kg.ontology import RDF_TYPE
from kg.render.citations import cited_dates
from kg.render.citations.cited_names import inverted
from kg.render.citations.cited_record import CitedRecord
from kg.render.citations.date_words import CHICAGO
from kg.render.data.statements import Properties

_SCHEMA = "https://schema.org/"
_LONG = frozenset({"text", "abstract", "additionalProperty", "associatedMedia"})
"""Properties of which the page itself, and the data, have the whole."""

MAX_DESCRIPTION, MAX_VALUES = 1_000, 20
"""Characters of a text, and values of a property, in the head of a page."""

_ZOTERO = {
    "personal_communication": "letter",
    "speech": "presentation",
    "report": "report",
    "interview": "interview",
    "map": "map",
    "song": "audioRecording",
    "article-newspaper": "newspaperArticle",
}
"""CSL type → Zotero type; any other one is a manuscript."""


def meta_tags(cited: CitedRecord, place_names: Sequence[str], rights: str) -> Iterator[tuple[str, str]]:
    """Meta tags as (name, content): those of Highwire Press, Dublin Core, and Zotero's own.

    Places are in DCTERMS.spatial, since Zotero reads DC.coverage as the location in the archive.

    Args:
        cited: bibliographic data of the record.
        place_names: names of places that it is about.
        rights: its statement of rights.
    """
    parts = cited_dates.iso_parts(cited.date) if cited.date else ()
    authors = [inverted(person) for person in cited.authors]
    yield from (("citation_author", author) for author in authors)
    yield from (("DC.creator", author) for author in authors)
    yield from (("DCTERMS.spatial", place) for place in place_names)
    values = {
        "citation_title": cited.title,
        "citation_publication_date": "/".join(parts),
        "citation_language": cited.language,
        "citation_publisher": cited.publisher,
        "citation_public_url": cited.url,
        "DC.title": cited.title,
        "DC.date": "-".join(parts) or (cited_dates.words(cited.date, CHICAGO) if cited.date else ""),
        "DC.language": cited.language,
        "DC.type": cited.genre,
        "DC.publisher": cited.publisher,
        "DC.identifier": cited.url,
        "DC.description": (cited.abstract or "")[:MAX_DESCRIPTION],
        "DC.rights": rights,
        "z:itemType": _ZOTERO.get(cited.kind, "manuscript"),
        "z:archive": cited.archive,
        "z:archiveLocation": ", ".join(part for part in (cited.reference, *cited.levels) if part),
    }
    yield from ((name, value) for name, value in values.items() if value)


def schema_org(properties: Properties, iri: str) -> str:
    """Schema.org properties of a thing as JSON-LD for the head of its page; safe inside a script element."""
    types = [
        each.value.removeprefix(_SCHEMA) for each in properties.get(RDF_TYPE, ()) if each.value.startswith(_SCHEMA)
    ]
    node = {
        predicate.removeprefix(_SCHEMA): [_as_json(each) for each in values[:MAX_VALUES]]
        for predicate, values in properties.items()
        if predicate.startswith(_SCHEMA) and predicate.removeprefix(_SCHEMA) not in _LONG
    }
    document: dict[str, object] = {"@context": "https://schema.org", "@id": iri, "@type": types or ["Thing"]}
    document |= {key: values[0] if len(values) == 1 else values for key, values in node.items()}
    text = orjson.dumps(document).decode()
    # Inside <script>, only "<" can end or nest it (HTML, 4.12.1.3); in JSON it may be written as an escape.
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _as_json(value: NamedNode | Literal) -> object:
    if isinstance(value, NamedNode):
        return {"@id": value.value}
    text = value.value[:MAX_DESCRIPTION]
    return {"@value": text, "@language": value.language} if value.language else text
