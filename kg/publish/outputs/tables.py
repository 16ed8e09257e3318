"""Tables of the collection: CSV and Parquet for each kind, with CSV on the Web metadata.

Written after the catalogue, in a single pass over the records. The labels of link targets come from the
catalogue, for a thousand records at once. Memory is bounded by a group of rows, never by the collection (D-18).
"""

import csv
import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path
from typing import Any, Self

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from kg.iris import KINDS, Base
from kg.publish.outputs.csvw import METADATA_SUFFIX, SEPARATOR, DescribedTable, table_description
from kg.records.model.columns import DOCUMENTS, Cell, Labels, TableColumn, columns, link_targets
from kg.records.model.keys import Record
from kg.render.data import spreadsheet
from kg.settings import Settings
from kg.store.generation.catalogue import Catalogue
from kg.store.generation.generation import GenerationFolder
from kg.store.generation.names.name_index import NameIndex
from kg.store.generation.segments.reader import SegmentReader

_RECORDS_PER_LOOKUP = 1_000
"""Records in a batch, whose labels are looked up together."""

SUMS = "SHA256SUMS"
"""File name of the digests of all tables; it is the last one to be written."""

_GROUP_ROWS = 20_000
_GROUP_BYTES = 8 << 20
"""Bytes of records' JSON in a row group."""

_MAX_CACHED_LABELS = 50_000
"""Labels in the cache, which is emptied at that number."""

_ARROW_TYPES = {
    "string": pa.string(),
    "anyURI": pa.string(),
    "date": pa.date32(),
    "double": pa.float64(),
    "integer": pa.int64(),
}


def write(settings: Settings, generation: GenerationFolder, now: str) -> None:
    """Write the tables of all things that have a page, without documents that are only named.

    Args:
        settings: base, licence, preferred languages.
        generation: where records, the finished catalogue and the name index lie, and where tables go.
        now: the time of the build, in UTC (ISO 8601).
    """
    folder = generation.tables
    folder.mkdir()
    with ExitStack() as stack, SegmentReader(generation.records) as records:
        catalogue = stack.enter_context(closing(Catalogue(generation.catalogue)))
        names = stack.enter_context(closing(NameIndex(generation.names)))
        label_cache = _LabelCache(catalogue)
        tables = {kind: stack.enter_context(_TableWriter(kind, settings, folder)) for kind in KINDS}
        places = catalogue.record_places()
        while batch := list(islice(places, _RECORDS_PER_LOOKUP)):
            rows = [(orjson.loads(records.record(*place)), place[1]) for place in batch]
            rows = [(record, size) for record, size in rows if not _is_only_named_document(record)]
            _add_counts([record for record, _ in rows if record["kind"] != "record"], catalogue, names)
            labels_by_reference = label_cache.of({target for record, _ in rows for target in link_targets(record)})
            for record, size in rows:
                tables[record["kind"]].add(record, size, labels_by_reference)
    for table in tables.values():
        described = DescribedTable(table.kind, table.columns, table.rows, table.filled)
        document = table_description(described, settings, now)
        (folder / f"{table.kind}{METADATA_SUFFIX}").write_bytes(document)
    _write_digests(folder)


def _is_only_named_document(record: Record) -> bool:
    return bool(record["kind"] == "record" and record.get("status") == "stub")


def _add_counts(records: list[Record], catalogue: Catalogue, names: NameIndex) -> None:
    """Say of each thing how many documents name it, as its list counts them."""
    numbers = {reference: thing.n for reference, thing in catalogue.things([each["id"] for each in records]).items()}
    counts = names.documents(list(numbers.values()))
    for record in records:
        record[DOCUMENTS] = counts.get(numbers[record["id"]], 0) if record["id"] in numbers else 0


class _LabelCache:
    """Cache of labels by reference, from the catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._labels: dict[str, dict[str, str]] = {}

    def of(self, references: set[str]) -> Labels:
        """Return labels by reference, for at least these references."""
        if len(self._labels) > _MAX_CACHED_LABELS:
            self._labels.clear()
        missing = [reference for reference in references if reference not in self._labels]
        things = self._catalogue.things(missing)
        self._labels |= {reference: things[reference].labels if reference in things else {} for reference in missing}
        return self._labels


class _TableWriter:
    """Writer of the two files of a kind."""

    def __init__(self, kind: str, settings: Settings, folder: Path) -> None:
        self.kind = kind
        self.columns = columns(kind, settings.languages, Base(settings.base))
        self.rows = 0
        self.filled: Counter[str] = Counter()
        self._cells: dict[str, list[tuple[int, Cell]]] = {}
        for position, column in enumerate(self.columns):
            self._cells.setdefault(column.key, []).append((position, column.cell))
        self._schema = pa.schema([(column.name, _arrow_type(column)) for column in self.columns])
        self._path = folder / kind
        self._group: list[list[Any]] = [[] for _ in self.columns]
        self._size = 0
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        file = self._path.with_suffix(".csv").open("w", encoding="utf-8", newline="")
        self._csv = csv.writer(self._stack.enter_context(file))  # CRLF, quotes where they are needed (RFC 4180)
        self._csv.writerow([column.name for column in self.columns])
        parquet = pq.ParquetWriter(self._path.with_suffix(".parquet"), self._schema, compression="zstd")
        self._parquet = self._stack.enter_context(parquet)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._write_group()
        finally:
            self._stack.close()

    def add(self, record: Record, size: int, labels: Labels) -> None:
        """Add a row for a record of so many bytes of JSON."""
        cells: list[Any] = [None] * len(self.columns)
        for key in record:
            for position, cell in self._cells.get(key, ()):
                value = cell(record, labels)
                cells[position] = None if value == [] else value
        for gathered, value in zip(self._group, cells, strict=True):
            gathered.append(value)
        self._csv.writerow([None if value is None else in_csv(value) for value in cells])
        self.rows += 1
        self._size += size
        if len(self._group[0]) >= _GROUP_ROWS or self._size >= _GROUP_BYTES:
            self._write_group()

    def _write_group(self) -> None:
        if not self._group[0]:
            return
        arrays = []
        for column, field, gathered in zip(self.columns, self._schema, self._group, strict=True):
            arrays.append(pa.array(gathered, field.type))
            self.filled[column.name] += len(gathered) - gathered.count(None)
            gathered.clear()
        self._parquet.write_batch(pa.record_batch(arrays, schema=self._schema))
        self._size = 0


def _arrow_type(column: TableColumn) -> pa.DataType:
    item_type = _ARROW_TYPES[column.datatype]
    return pa.list_(item_type) if column.many else item_type


def in_csv(cell: Any) -> Any:
    """Return a cell as it stands in a CSV: a list in a single text, and nothing that a spreadsheet would run.

    >>> in_csv(["Cuba", "either | or"]), in_csv("=HYPERLINK(1)"), in_csv(-82.38)
    ('Cuba|either ¦ or', "'=HYPERLINK(1)", -82.38)
    """
    if isinstance(cell, list):
        joined = SEPARATOR.join(cell)
        several = joined.count(SEPARATOR) >= len(cell)
        cell = SEPARATOR.join(item.replace(SEPARATOR, "¦") for item in cell) if several else joined
    return spreadsheet.cell(cell)


def _write_digests(folder: Path) -> None:
    """Write the digests of all files, in the form that `sha256sum --check` reads."""
    (folder / SUMS).write_text("".join(_digests(folder)), encoding="ascii")


def _digests(folder: Path) -> Iterator[str]:
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            yield f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {path.name}\n"
