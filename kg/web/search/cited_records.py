"""Bibliographic data of records in a list: what their citations link to is read once for a batch."""

from collections.abc import Mapping, Sequence
from typing import Any

from kg.render.citations.cited_record import LINK_KEYS, CitationSource, CitedRecord, cited_record
from kg.render.data.record import references
from kg.web.serving.context import Context


def cited_records(
    records: Sequence[Mapping[str, Any]], context: Context, languages: Sequence[str], accessed: str = ""
) -> list[CitedRecord]:
    """Bibliographic data of records, in their order.

    Args:
        records: documents, collections or archives as JSON.
        context: what the request is answered with.
        languages: preferred languages of names and titles, the best first.
        accessed: day on which they are seen, in ISO 8601; empty for none.
    """
    things = context.publication.things
    named = {each for record in records for each in references(record, *LINK_KEYS)}
    rows = context.publication.catalogue.things(sorted(named))
    linked = dict(zip(rows, things.records(rows.values()), strict=True))
    publisher = context.settings.publisher or context.settings.main_title
    return [
        cited_record(
            CitationSource(
                context.base.iri(record["id"]),
                record,
                linked,
                things.records(things.path(record)),
                publisher,
                tuple(languages),
            ),
            accessed,
        )
        for record in records
    ]
