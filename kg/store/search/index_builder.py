"""Tantivy index writer: a document for each record, from its JSON; tantivy's heap bounds the memory."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from tantivy import Index

from kg.store.search import fields
from kg.store.search.analysis import analyzer
from kg.store.search.folding import PLAIN
from kg.store.search.indexing.counts import IndexCounts, facts_of, is_indexed
from kg.store.search.indexing.documents import document_of
from kg.store.search.repeated.counter import ParagraphCounter
from kg.store.search.repeated.table_builder import WrittenIndex, make_table

HEAP_BYTES = 64 << 20
"""Bytes of postings that are buffered before they are written out."""


class IndexBuilder:
    """Writer of an index in a folder of its own; not thread-safe."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._schema = fields.schema()
        index = Index(self._schema, path=str(folder))
        index.register_tokenizer("kg", analyzer(PLAIN))
        self._index = index
        # One thread, so that documents keep the order of the records.
        self._writer = index.writer(heap_size=HEAP_BYTES, num_threads=1)
        self._paragraphs = ParagraphCounter()
        self._sources: list[tuple[int, str]] = []
        self._counts = IndexCounts()

    def add(self, line: bytes, address: int, source: str = "") -> None:
        """Index a record.

        Args:
            line: its JSON.
            address: its address; that of each record is above that of the record before.
            source: name of its source; empty for a stub.
        """
        if source != (self._sources[-1][1] if self._sources else ""):
            self._sources.append((address, source))
        record: dict[str, Any] = orjson.loads(line)
        if not is_indexed(record):
            return
        self._counts.number += 1
        divided = self._paragraphs.divide(record, source)
        self._writer.add_document(document_of(record, address, len(line), self._counts.number, divided))
        self._counts.add(record["id"], facts_of(record, source))

    def finish(self, read: Callable[[int, int], bytes]) -> None:
        """Commit the index, and write what lies beside its documents.

        Args:
            read: from the address and length of a record to its JSON.
        """
        self._writer.commit()
        self._writer.wait_merging_threads()
        self._index.reload()
        written = WrittenIndex(
            self._index.searcher(),
            self._schema,
            self._counts.above,
            self._counts.groups,
            lambda address, length: orjson.loads(read(address, length)),
        )
        make_table(written, self._paragraphs.frequent, self._sources).write(self._folder)
        self._counts.write(self._folder)
        for path in self._folder.iterdir():
            if path.name.endswith(".lock"):
                path.unlink()
            else:
                path.chmod(0o644)  # the server may run as another user than the build
