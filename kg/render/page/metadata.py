"""Meta tags in the head of a thing's page, for reference managers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_ZOTERO = {
    "personal_communication": "letter",
    "speech": "presentation",
    "report": "report",
    "interview": "interview",
    "map": "map",
    "bill": "bill",
    "song": "audioRecording",
    "article-newspaper": "newspaperArticle",
}
"""CSL type → Zotero type; any other one is a manuscript."""


def meta_tags(item: Mapping[str, Any], place_names: Sequence[str], rights: str) -> Iterator[tuple[str, str]]:
    """Meta tags as (name, content): those of Highwire Press, Dublin Core, and Zotero's own.

    Places are in DCTERMS.spatial, since Zotero reads DC.coverage as the location in the archive.

    Args:
        item: the record as CSL-JSON.
        place_names: names of places that it is about.
        rights: its statement of rights.
    """
    parts = item.get("issued", {}).get("date-parts", [[]])[0]
    day = "-".join(f"{part:02}" for part in parts)
    authors = [
        person.get("literal") or ", ".join(filter(None, (person.get("family"), person.get("given"))))
        for person in item.get("author", ())
    ]
    yield from (("citation_author", author) for author in authors)
    yield from (("DC.creator", author) for author in authors)
    yield from (("DCTERMS.spatial", place) for place in place_names)
    values = {
        "citation_title": item.get("title"),
        "citation_publication_date": day.replace("-", "/"),
        "citation_language": item.get("language"),
        "citation_publisher": item.get("publisher"),
        "citation_public_url": item["URL"],
        "DC.title": item.get("title"),
        "DC.date": day,
        "DC.language": item.get("language"),
        "DC.type": item.get("genre"),
        "DC.publisher": item.get("publisher"),
        "DC.identifier": item["URL"],
        "DC.description": item.get("abstract"),
        "DC.rights": rights,
        "z:itemType": _ZOTERO.get(item["type"], "manuscript"),
        "z:archive": item.get("archive"),
        "z:archiveLocation": item.get("archive_location"),
    }
    yield from ((name, value) for name, value in values.items() if value)
