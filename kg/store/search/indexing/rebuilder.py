"""Index made anew from a generation's records, where an update asks for it, or nothing deleted may stay (D-223)."""

from collections.abc import Callable, Iterable
from pathlib import Path

from kg.store.search.index_builder import IndexBuilder
from kg.store.search.repeated.table import RepeatedTable, SourceSpans


def rebuild_index(
    updated: Path, folder: Path, places: Iterable[tuple[int, int]], read: Callable[[int, int], bytes]
) -> None:
    """Write an index of all records of a generation.

    Args:
        updated: folder of its index as an update left it, which knows the source of each record.
        folder: folder of the new index, which is not there yet.
        places: address and length of each record, in the order of addresses.
        read: from these to its JSON.
    """
    sources = SourceSpans(RepeatedTable.read(updated).sources)
    builder = IndexBuilder(folder)
    for address, length in places:
        builder.add(read(address, length), address, sources.source_at(address))
    builder.finish(read)
