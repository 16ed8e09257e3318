"""Table metadata for machines: CSV on the Web (W3C, 2015), a JSON document for each table.

The page at `/data/` is made from it too.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from kg import ontology
from kg.iris import decode_key
from kg.records.model.columns import DOCUMENTS, Labels, TableColumn, link_targets
from kg.records.model.keys import Record, keys_of
from kg.settings import Settings

METADATA_SUFFIX = ".csv-metadata.json"
"""Suffix of a metadata document's name, at which clients look for it (Tabular Metadata, 5.3)."""

SEPARATOR = "|"
"""Separator of the values of a list in a CSV; inside a value it is written ¦."""

_NOTE = (
    "Text that begins with = + - @ or a tab has an apostrophe in front in the CSV, so that no spreadsheet runs it;"
    " Parquet has it without."
)


class DescribedTable(NamedTuple):
    """Table of a kind.

    Attributes:
        kind: record, agent …
        columns: its columns.
        rows: how many rows it has.
        filled: column → how many cells say something.
    """

    kind: str
    columns: Sequence[TableColumn]
    rows: int
    filled: Mapping[str, int]


def table_description(table: DescribedTable, settings: Settings, now: str) -> bytes:
    """Return the metadata of the table of a kind, as JSON.

    Args:
        table: the table.
        settings: base and licence.
        now: time of the state that the table shows, in UTC (ISO 8601).
    """
    kind = table.kind
    document = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": f"{kind}.csv",
        "dc:title": f"{settings.main_title}: {kind}",
        "dc:license": {"@id": settings.license},
        "dc:modified": {"@value": now, "@type": "xsd:dateTime"},
        "void:entities": table.rows,
        "rdfs:comment": _NOTE,
        "dialect": {"encoding": "utf-8", "header": True, "delimiter": ",", "doubleQuote": True},
        "tableSchema": {
            "aboutUrl": f"{settings.base}{{+id}}",
            "primaryKey": "id",
            "columns": list(_columns(kind, table.columns, table.filled, settings.base)),
        },
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


def _columns(
    kind: str, columns: Sequence[TableColumn], filled: Mapping[str, int], base: str
) -> Iterator[dict[str, Any]]:
    example, labels = sample_record(kind)
    terms = ontology.load(base).terms_of(kind)
    for column in columns:
        description: dict[str, Any] = {
            "name": column.name,
            "titles": column.name,
            "dc:description": column.meaning,
            "datatype": column.datatype,
        }
        if column.many:
            description["separator"] = SEPARATOR
        if column.links and column.key in terms:
            description |= {"propertyUrl": terms[column.key].iri, "valueUrl": f"{base}{{+{column.name}}}"}
        value = column.cell(example, labels)
        sample_text = SEPARATOR.join(value) if isinstance(value, list) else value
        if sample_text not in {None, ""}:
            description["skos:example"] = str(sample_text)
        description["void:entities"] = filled.get(column.name, 0)
        yield description


def sample_record(kind: str) -> tuple[Record, Labels]:
    """Return a record of a kind with the model's example under every key, and labels of its link targets."""
    record: Record = {key.name: key.example for key in keys_of(kind)}
    record |= {"id": f"{kind}/{_SAMPLE_KEYS.get(kind, 'example')}", "kind": kind, DOCUMENTS: _SAMPLE_COUNT}
    names = {target: decode_key(target.partition("/")[2]).replace("-", " ").title() for target in link_targets(record)}
    return record, {reference: {"@none": name} for reference, name in names.items()}


_SAMPLE_COUNT = 12
_SAMPLE_KEYS = {
    "record": "177838",
    "agent": "raul-castro-ruz",
    "place": "havana",
    "collection": "cuban-missile-crisis",
    "archive": "avp-rf.fond-0104",
    "topic": "cuban-missile-crisis",
}
"""Kind → key of the sample record."""
