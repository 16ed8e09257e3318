"""Edits of a Parquet file: columns of text are added, the others keep their values and types."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow import parquet

from kg.errors import SourceError
from kg.publish.round_trip.edits import SheetEdits

_BATCH_ROWS = 1_000
_GROUP_ROWS = 20_000


def write(path: Path, out: BinaryIO, edits: SheetEdits) -> None:
    """Write a table with its edits.

    Args:
        path: the file.
        out: receives the edited table.
        edits: the cells to be added, their columns placed.

    Raises:
        SourceError: the file is damaged.
    """
    names = list(dict.fromkeys(edits.columns.values()))
    try:
        with parquet.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20) as file:
            own = file.schema_arrow
            kept = [name for name in own.names if name not in names]
            added = pa.schema([(name, pa.string()) for name in names])
            fields = [own.field(own.names.index(name)) for name in kept]
            schema = pa.schema([*fields, *added], metadata=own.metadata)
            with parquet.ParquetWriter(out, schema) as writer:
                for table in _tables(file, kept, schema, edits):
                    writer.write_table(table, _GROUP_ROWS)
    except (pa.ArrowException, OSError) as fault:
        raise SourceError(f"the file is damaged: {' '.join(str(fault).split())[:120]}") from None


def _tables(file: Any, kept: list[str], schema: Any, edits: SheetEdits) -> Iterator[Any]:
    """Tables of some rows each, with the added columns."""
    number = 1
    places = {name: column for column, name in sorted(edits.columns.items(), reverse=True)}
    added = schema.names[len(kept) :]
    for batch in file.iter_batches(_BATCH_ROWS, use_threads=False):
        table = pa.Table.from_batches([batch])
        rows = [edits.cells(row) or {} for row in range(number, number + len(table))]
        number += len(table)
        texts = [pa.array([row.get(places[name]) or None for row in rows], pa.string()) for name in added]
        yield pa.Table.from_arrays([*(table.column(name) for name in kept), *texts], schema=schema)
