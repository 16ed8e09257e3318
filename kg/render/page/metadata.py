"""Meta tags in the head of a thing's page, for reference managers."""

from collections.abc import Iterator, Sequence

from kg.render.citations import cited_dates
from kg.render.citations.cited_names import inverted
from kg.render.citations.cited_record import CitedRecord
from kg.render.citations.date_words import CHICAGO

_ZOTERO = {
    "personal_communication": "letter",
    "speech": "presentation",
    "report": "report",
    "interview": "interview",
    "map": "map",
    "song": "audioRecording",
    "motion_picture": "videoRecording",
    "graphic": "artwork",
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
        "DC.description": cited.abstract,
        "DC.rights": rights,
        "z:itemType": _ZOTERO.get(cited.kind, "manuscript"),
        "z:archive": cited.archive,
        "z:archiveLocation": ", ".join(part for part in (cited.reference, *cited.levels) if part),
    }
    yield from ((name, value) for name, value in values.items() if value)
