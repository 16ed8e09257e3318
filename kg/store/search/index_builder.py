"""Tantivy index writer: a document for each record, from its JSON; tantivy's heap bounds the memory."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson
from tantivy import Document, Index

from kg.date_roles import principal
from kg.store.search import fields, times
from kg.store.search.analysis import analyzer, indexed_words, pre_tokenized, rules_of, sounds_of_text
from kg.store.search.collation import name_order, title_order
from kg.store.search.folding import PLAIN
from kg.store.search.repeated import passages
from kg.store.search.repeated.counter import ParagraphCounter
from kg.store.search.repeated.passages import Passage
from kg.store.search.repeated.table import WrittenIndex, make_table

HEAP_BYTES = 64 << 20
"""Bytes of postings that are buffered before they are written out."""

MAX_TEXT_LENGTH = 2_000_000
"""Characters of one record that are indexed; the rest is on its page alone."""

INFO_FILE = "info.json"


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
        self._number = 0
        self._languages: set[str] = {PLAIN}
        self._above: dict[str, str] = {}
        self._has_shared_documents = False
        self._slots = 0

    def add(self, line: bytes, offset: int, source: str = "") -> None:
        """Index a record.

        Args:
            line: its JSON.
            offset: its offset in the file of records, in bytes.
            source: name of its source; empty for a stub.
        """
        if source != (self._sources[-1][1] if self._sources else ""):
            self._sources.append((offset, source))
        record: dict[str, Any] = orjson.loads(line)
        if record["kind"] == fields.RECORD and record.get("status") == "stub":
            return  # a stub of a document is in no list or count either (D-59)
        self._number += 1
        document = Document()
        document.add_text("ref", record["id"])
        document.add_integer("offset", offset)
        document.add_integer("length", len(line))
        self._add_texts(document, record, source)
        self._add_facets(document, record)
        self._add_dates(document, record)
        labels = record.get("title") or record.get("name") or {}
        for language in title_order.LANGUAGES:
            key = title_order.sort_key(name_order.heading(record, labels, language), language)
            document.add_text(title_order.sort_field(language), key)
        self._writer.add_document(document)
        self._has_shared_documents = self._has_shared_documents or len(record.get("heldIn", ())) > 1
        if record["kind"] == "archive":
            for parent in fields.plain(record.get("partOf"))[:1]:
                self._above[record["id"]] = parent

    def _add_texts(self, document: Document, record: dict[str, Any], source: str) -> None:
        words: dict[str, None] = {}
        name_sounds: dict[str, None] = {}
        capitalised: dict[str, None] = {}
        for _, language, text in fields.texts_under(record, fields.TITLE_KEYS):
            self._add_stemmed(document, "title", language, text)
            words |= dict.fromkeys(indexed_words(text))
            name_sounds |= dict.fromkeys(sounds_of_text(text, names_only=False))
            capitalised |= dict.fromkeys(sounds_of_text(text, names_only=True))
        for code in fields.codes(record):
            self._add_stemmed(document, "title", PLAIN, code)
        passages.add_words(document, "word", words)
        passages.add_words(document, "sound", name_sounds)
        divided = self._paragraphs.divide(record, source)
        self._languages |= passages.add_texts(document, _cut(divided.own), capitalised)
        for term in divided.terms:
            document.add_text("paragraph", term)

    def _add_stemmed(self, document: Document, field: str, language: str, text: str) -> None:
        rules = rules_of(language)
        self._languages.add(rules)
        document.add_pre_tokenized_text(field, pre_tokenized(text, rules))

    def _add_facets(self, document: Document, record: dict[str, Any]) -> None:
        for name, facet in fields.FACETS.items():
            for value in fields.values_of(record, facet):
                document.add_text(name, value)
        if record["kind"] == fields.RECORD:
            for value in dict.fromkeys(
                value for key in fields.LINK_KEYS if key in record for value in fields.plain(record[key])
            ):
                document.add_text("links", value)

    def _add_dates(self, document: Document, record: dict[str, Any]) -> None:
        dates = record.get("dates", ())
        slots = times.add(document, dates)
        self._slots = max(self._slots, len(slots))
        days = times.days_of(principal(dates)) or next((each.days for each in slots if each.is_of_thing), None)
        for name in fields.present(record, dated=any(each.is_of_thing for each in slots)):
            document.add_text(fields.PRESENT, name)
        # Unique numbers that sort by date, then by the order of the records; undated ones come last both ways.
        first, last = days or (times.UNDATED, times.UNDATED)
        day = last if first == -times.UNDATED else first
        document.add_integer("by_date", day * fields.ROOM + self._number)
        document.add_integer("by_date_back", (day if days else -times.UNDATED) * fields.ROOM + self._number)

    def finish(self, records: Path) -> None:
        """Commit the index, and write its metadata.

        Args:
            records: the file of records.
        """
        self._writer.commit()
        self._writer.wait_merging_threads()
        self._write_table(records)
        info = {
            "version": fields.VERSION,
            "languages": sorted(self._languages),
            "above": self._above,
            "held_twice": self._has_shared_documents,
            "date_slots": self._slots,
        }
        (self._folder / INFO_FILE).write_text(json.dumps(info), encoding="utf-8")
        for path in self._folder.iterdir():
            if path.name.endswith(".lock"):
                path.unlink()
            else:
                path.chmod(0o644)  # the server may run as another user than the build

    def _write_table(self, records: Path) -> None:
        """Write the table of repeated paragraphs, by the counts of the whole index."""
        self._index.reload()
        with records.open("rb") as file:

            def record(offset: int, length: int) -> dict[str, Any]:
                file.seek(offset)
                parsed: dict[str, Any] = orjson.loads(file.read(length))
                return parsed

            written = WrittenIndex(self._index.searcher(), self._schema, self._above, record)
            make_table(written, self._paragraphs, self._sources).write(self._folder)


def _cut(texts: Iterable[Passage]) -> Iterator[Passage]:
    """Texts of one record up to the limit of what is indexed."""
    left = MAX_TEXT_LENGTH
    for each in texts:
        if left > 0:
            yield each._replace(text=each.text[:left])
        left -= len(each.text)
