"""CSL-JSON of records (CSL 1.0.2 data schema), for Zotero and every processor of CSL."""

from typing import Any

import orjson

from kg.render.citations import cited_dates
from kg.render.citations.cited_dates import CitedDate
from kg.render.citations.cited_names import CitedName
from kg.render.citations.cited_record import CitedRecord

_ENGLISH = "en"


def csl_json(records: list[CitedRecord]) -> bytes:
    """CSL-JSON: an array of items."""
    return orjson.dumps([csl_item(record) for record in records], option=orjson.OPT_INDENT_2)


def csl_item(cited: CitedRecord) -> dict[str, Any]:
    """CSL-JSON item of a record, without absent variables."""
    values = {
        "id": cited.key,
        "type": cited.kind,
        "title": cited.title,
        "author": _names(cited.authors),
        "translator": _names(cited.translators),
        "recipient": _names(cited.recipients),
        "contributor": _names(cited.contributors),
        "issued": cited_dates.csl(cited.date) if cited.date else None,
        "genre": cited.genre,
        "archive": cited.archive,
        "archive_collection": ", ".join(cited.levels),
        "archive_location": cited.reference,
        "publisher": cited.publisher,
        "language": _language(cited),
        "abstract": cited.abstract,
        "note": f"Cite as: {cited.wanted}" if cited.wanted else "",
        "URL": cited.url,
        "accessed": cited_dates.csl(CitedDate(cited.accessed)) if cited.accessed else None,
    }
    return {name: value for name, value in values.items() if value}


def _language(cited: CitedRecord) -> str:
    """Language of the document; that of the title where processors would set a foreign title in English title case."""
    spoken = cited.language or cited.title_language
    wrong = spoken.partition("-")[0].lower() == _ENGLISH and not cited.is_english
    return cited.title_language if wrong else spoken


def _names(names: tuple[CitedName, ...]) -> list[dict[str, str]]:
    return [
        {part: value for part in ("family", "given", "suffix", "literal") if (value := getattr(name, part))}
        for name in names
    ]
