"""RIS of records: a tag and its value on each line."""

from typing import Any

import rispy

from kg.render.citations import cited_dates
from kg.render.citations.cited_names import inverted
from kg.render.citations.cited_record import CitedRecord

_TYPES = {
    "personal_communication": "PCOMM",
    "report": "RPRT",
    "map": "MAP",
    "song": "SOUND",
    "motion_picture": "VIDEO",
    "graphic": "ART",
    "article-newspaper": "NEWS",
}
"""CSL type → type of RIS; any other one is a manuscript."""

_MAPPING = {**rispy.TAG_KEY_MAPPING, "AV": "location_in_archives"}
"""Tag → name; AV is "location in archives" to Zotero and EndNote."""


def ris(records: list[CitedRecord]) -> bytes:
    """RIS, each value on one line, since readers end it there."""
    entries = [_entry(record) for record in records]
    text: str = rispy.dumps(entries, implementation=_RisWriter, mapping=_MAPPING)
    return text.encode()


class _RisWriter(rispy.RisWriter):  # type: ignore[misc]  # the library has no types
    """RIS writer without the number before each reference, which breaks some readers."""

    def set_header(self, count: int) -> str:  # noqa: ARG002  # the library's signature
        return ""


def _entry(cited: CitedRecord) -> dict[str, Any]:
    date = cited.date
    entry = {
        "type_of_reference": _TYPES.get(cited.kind, "MANSCPT"),
        "authors": [_line(inverted(each)) for each in cited.authors],
        "subsidiary_authors": [_line(inverted(each)) for each in cited.translators],
        "title": _line(cited.title),
        "secondary_title": _line(", ".join(cited.levels)),
        "year": "".join(cited_dates.iso_parts(date)[:1]) if date else "",
        "date": _line(cited_dates.ris(date)) if date else "",
        "type_of_work": _line(cited.genre),
        "name_of_database": _line(cited.archive),
        "call_number": _line(cited.reference),
        "location_in_archives": _line(", ".join(filter(None, (cited.reference, *cited.levels)))),
        "publisher": _line(cited.publisher),
        "language": cited.language,
        "abstract": _line(cited.abstract),
        "notes": [_line(f"Cite as: {cited.wanted}")] if cited.wanted else [],
        "id": cited.key,
        "urls": [cited.url],
        "access_date": cited.accessed.replace("-", "/") + "/" if cited.accessed else "",
    }
    return {name: value for name, value in entry.items() if value}


def _line(text: str) -> str:
    return " ".join(text.split())
