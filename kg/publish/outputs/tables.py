"""The collection as tables: CSV and Parquet of each kind, with a description of the columns as CSV on the Web has it.

Written once the catalogue is finished, by one walk along the file of records: the labels of what records link to are
asked of the catalogue for a thousand records at once. Memory is bounded by a group of rows, never by the collection.
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
from kg.publish.outputs.csvw import ENDING, SEPARATOR, described
from kg.records.model.columns import Cell, Labels, TableColumn, columns, link_targets
from kg.records.model.keys import Record
from kg.render.data import spreadsheet
from kg.settings import Settings
from kg.store.generation.catalogue import Catalogue
from kg.store.generation.generation import GenerationFolder

_AT_ONCE = 1_000
"""Records whose labels are looked up together."""

_GROUP_ROWS = 20_000
_GROUP_BYTES = 8 << 20
"""Of records' JSON, after which a group of rows is written."""

_MOST_LABELS = 50_000
"""Labels that are kept at hand; all are forgotten when there are more."""

_TYPES = {"string": pa.string(), "anyURI": pa.string(), "date": pa.date32(), "double": pa.float64()}


def write(settings: Settings, generation: GenerationFolder) -> None:
    """Write the tables of everything that is published; stubs are in none.

    Args:
        settings: base, licence, preferred languages.
        generation: where records and the finished catalogue lie, and where tables go.
    """
    folder = generation.tables
    folder.mkdir()
    with ExitStack() as stack, generation.records.open("rb") as lines:
        labels = _Labels(stack.enter_context(closing(Catalogue(generation.catalogue))))
        tables = {kind: stack.enter_context(_Table(kind, settings, folder)) for kind in KINDS}
        while some := list(islice(lines, _AT_ONCE)):
            rows = [(orjson.loads(line), len(line)) for line in some]
            rows = [(record, size) for record, size in rows if record.get("status") != "stub"]
            said = labels.of({each for record, _ in rows for each in link_targets(record)})
            for record, size in rows:
                tables[record["kind"]].add(record, size, said)
    for table in tables.values():
        document = described(table.kind, table.columns, table.rows, table.filled, settings)
        (folder / f"{table.kind}{ENDING}").write_bytes(document)
    _write_digests(folder)


class _Labels:
    """What things are called, from the catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._known: dict[str, dict[str, str]] = {}

    def of(self, references: set[str]) -> Labels:
        """The labels of these references at least."""
        if len(self._known) > _MOST_LABELS:
            self._known.clear()
        missing = [each for each in references if each not in self._known]
        found = self._catalogue.things(missing)
        self._known |= {each: found[each].labels if each in found else {} for each in missing}
        return self._known


class _Table:
    """The two files of one kind, while they are written."""

    def __init__(self, kind: str, settings: Settings, folder: Path) -> None:
        self.kind = kind
        self.columns = columns(kind, settings.languages, Base(settings.base))
        self.rows = 0
        self.filled: Counter[str] = Counter()
        self._cells: dict[str, list[tuple[int, Cell]]] = {}
        for place, column in enumerate(self.columns):
            self._cells.setdefault(column.key, []).append((place, column.cell))
        self._schema = pa.schema([(each.name, _type(each)) for each in self.columns])
        self._path = folder / kind
        self._group: list[list[Any]] = [[] for _ in self.columns]
        self._size = 0
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        file = self._path.with_suffix(".csv").open("w", encoding="utf-8", newline="")
        self._csv = csv.writer(self._stack.enter_context(file))  # CRLF, quotes where they are needed (RFC 4180)
        self._csv.writerow([each.name for each in self.columns])
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
        """Enter a record of so many bytes of JSON."""
        cells: list[Any] = [None] * len(self.columns)
        for key in record:
            for place, cell in self._cells.get(key, ()):
                value = cell(record, labels)
                cells[place] = None if value == [] else value
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


def _type(column: TableColumn) -> pa.DataType:
    one = _TYPES[column.datatype]
    return pa.list_(one) if column.many else one


def in_csv(cell: Any) -> Any:
    """A cell as it stands in a CSV: a list in one text, and nothing that a spreadsheet would run.

    >>> in_csv(["Cuba", "either | or"]), in_csv("=HYPERLINK(1)"), in_csv(-82.38)
    ('Cuba|either ¦ or', "'=HYPERLINK(1)", -82.38)
    """
    if isinstance(cell, list):
        joined = SEPARATOR.join(cell)
        several = joined.count(SEPARATOR) >= len(cell)
        cell = SEPARATOR.join(each.replace(SEPARATOR, "¦") for each in cell) if several else joined
    return spreadsheet.cell(cell)


def _write_digests(folder: Path) -> None:
    """The digests of all files, in the form that `sha256sum --check` reads."""
    (folder / "SHA256SUMS").write_text("".join(_digests(folder)), encoding="ascii")


def _digests(folder: Path) -> Iterator[str]:
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            yield f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {path.name}\n"
