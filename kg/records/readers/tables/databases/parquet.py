"""Row source of Parquet files, by pyarrow, batch by batch."""

from collections.abc import Iterator
from itertools import count, repeat
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from kg.errors import SourceError
from kg.records.readers.base import SourceFile
from kg.records.readers.tables.databases.arrow_texts import column_texts, is_list
from kg.records.readers.tables.table import Remark, Sheet, TableRow, row_of
from kg.records.readers.tables.workbooks.findings import rejection

BATCH_ROWS = 1_000
"""Number of rows that are read at once."""
MAX_ROWS = 100_000_000
"""Maximum number of rows: a file of some bytes can say that it has any number of equal ones."""
MAX_COLUMNS = 16_384
"""Maximum number of columns, as of a spreadsheet."""
MAX_FOOTER_BYTES = 64 << 20
"""Maximum size of the description of columns and row groups, of each text and list in it."""
_MAX_STRUCT_DEPTH = 8

_FAULTS = (pa.ArrowException, OSError, NotImplementedError, ValueError, MemoryError)
"""Faults that pyarrow raises of damaged files; OSError means compression and pages there."""
_WHOLE = "a Parquet file that its program reads: write it once more"


def sheets(source: SourceFile) -> Iterator[Sheet | Remark]:
    """Yield the table of a file.

    Raises:
        OSError: where the file can't be opened.
    """
    with source.path.open("rb") as opened:
        if opened.read(4) == b"PARE":
            yield rejection(SourceError("the file is encrypted", todo="a Parquet file without encryption"))
            return
    faults: list[SourceError] = []
    try:
        with pa.OSFile(str(source.path)) as file:
            yield _sheet(_opened(file), faults)
    except SourceError as fault:
        faults.append(fault)
    yield from map(rejection, faults)


def _opened(file: Any) -> Any:
    try:
        found = parquet.ParquetFile(
            file, pre_buffer=False, buffer_size=1 << 20, page_checksum_verification=True,
            thrift_string_size_limit=MAX_FOOTER_BYTES, thrift_container_size_limit=1_000_000,
        )  # fmt: skip
        count, columns = found.metadata.num_rows, len(found.schema_arrow)
    except _FAULTS as fault:
        raise _damaged("its description can't be read", fault) from None
    if count > MAX_ROWS or columns > MAX_COLUMNS:
        raise SourceError(
            f"the file says that it has {count:,} rows and {columns:,} columns; up to {MAX_ROWS:,} and"
            f" {MAX_COLUMNS:,} are read",
            todo="several smaller files",
        )
    return found


def _damaged(what: str, fault: BaseException) -> SourceError:
    return SourceError(f"the file is damaged: {what} ({' '.join(str(fault).split())[:120]})", todo=_WHOLE)


def _sheet(file: Any, faults: list[SourceError]) -> Sheet:
    """The one table; its columns that have columns of their own are as many columns."""
    schema = _flat(file.schema_arrow.empty_table()).schema
    lists = frozenset(index for index, field in enumerate(schema) if is_list(field.type))
    nested = [field.name for field in schema if pa.types.is_nested(field.type) and not is_list(field.type)]
    remarks = (Remark("columns with tables in them are read as JSON", ", ".join(nested[:10])),) if nested else ()
    return Sheet("", _rows(file, faults), tuple(schema.names), remarks, lists)


def _flat(table: Any) -> Any:
    for _ in range(_MAX_STRUCT_DEPTH):
        if not any(pa.types.is_struct(field.type) for field in table.schema):
            break
        table = table.flatten()
    return table


def _rows(file: Any, faults: list[SourceError]) -> Iterator[TableRow]:
    number = 0
    try:
        for batch in file.iter_batches(BATCH_ROWS, use_threads=False):
            table = _flat(pa.Table.from_batches([batch]))
            remarks: dict[int, list[Remark]] = {}
            columns = [column_texts(column, index, remarks) for index, column in enumerate(table.columns)]
            if columns and not remarks and all(columns[0]):
                yield from map(row_of, zip(count(number + 1), zip(*columns, strict=True), repeat(()), repeat(None)))
                number += len(table)
                continue
            for offset, cells in enumerate(zip(*columns, strict=True) if columns else ()):
                if any(cells) or offset in remarks:
                    yield TableRow(number + offset + 1, cells, tuple(remarks.get(offset, ())))
            number += len(table)
    except _FAULTS as fault:
        faults.append(_damaged(f"its rows can't be read after row {number}", fault))
