"""How an index is made: a document for each record, as its JSON comes; memory is bounded by tantivy's heap."""

import json
from pathlib import Path
from typing import Any

import orjson
from tantivy import Document, Index, TextAnalyzerBuilder, Tokenizer

from kg.store.search import fields, title_order
from kg.store.search.analysis import PLAIN, analyzer, folded, plain_words, rules_of, spoken

HEAP = 64 << 20
"""Bytes of postings that are gathered before they are written out."""

LONGEST_TEXT = 2_000_000
"""Characters of one record that are indexed; what comes after is found by its page alone."""

INFO = "info.json"
_SPACED = TextAnalyzerBuilder(Tokenizer.whitespace()).build()
"""Takes words that are analysed already."""


class IndexBuilder:
    """Writes an index into a folder of its own; not safe for several threads."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._schema = fields.schema()
        index = Index(self._schema, path=str(folder))
        index.register_tokenizer("kg", analyzer(PLAIN))
        # One thread, so that documents keep the order of the records.
        self._writer = index.writer(heap_size=HEAP, num_threads=1)
        self._number = 0
        self._languages: set[str] = {PLAIN}
        self._above: dict[str, str] = {}
        self._held_twice = False

    def add(self, line: bytes, offset: int) -> None:
        """Take a record's JSON, which lies at an offset of the file of records."""
        record: dict[str, Any] = orjson.loads(line)
        if record["kind"] == fields.RECORD and record.get("status") == "stub":
            return  # a document that is only named is none in lists and counts either
        self._number += 1
        document = Document()
        document.add_text("ref", record["id"])
        document.add_integer("offset", offset)
        document.add_integer("length", len(line))
        self._texts(document, record)
        self._facets(document, record)
        self._date(document, record)
        for field, key in title_order.keys(record.get("title") or record.get("name") or {}):
            document.add_text(field, key)
        document.add_boolean("whole", bool(record.get("text")))
        self._writer.add_document(document)
        self._held_twice = self._held_twice or len(record.get("heldIn", ())) > 1
        if record["kind"] == "archive":
            for parent in fields.plain(record.get("partOf"))[:1]:
                self._above[record["id"]] = parent

    def _texts(self, document: Document, record: dict[str, Any]) -> None:
        words: dict[str, None] = {}
        heard: dict[str, None] = {}
        for _, language, text in fields.texts_under(record, fields.TITLE_KEYS):
            self._stemmed(document, "title", language, text)
            words |= dict.fromkeys(plain_words(text))
            heard |= dict.fromkeys(spoken(text, names_only=False))
        for code in fields.codes(record):
            self._stemmed(document, "title", PLAIN, code)
        spoken_of: dict[str, None] = {}
        left = LONGEST_TEXT
        vocabulary: dict[str, None] = {}
        for path, language, text in fields.texts_under(record, fields.TEXT_KEYS):
            part, left = text[:left], left - len(text[:left])
            self._stemmed(document, "text", language, part)
            spoken_of |= dict.fromkeys(spoken(part, names_only=True))
            if path.key != "text":
                vocabulary |= dict.fromkeys(plain_words(part))
        kept = {"word": words, "vocabulary": vocabulary, "sound": heard, "text_sound": spoken_of}
        for name, found in kept.items():
            if found:
                document.add_pre_tokenized_text(name, _SPACED.pre_tokenize(" ".join(found)))

    def _stemmed(self, document: Document, field: str, language: str, text: str) -> None:
        rules = rules_of(language)
        self._languages.add(rules)
        document.add_pre_tokenized_text(field, analyzer(rules).pre_tokenize(folded(text)))

    def _facets(self, document: Document, record: dict[str, Any]) -> None:
        for name, facet in fields.FACETS.items():
            for value in fields.values_of(record, facet):
                document.add_text(name, value)
        if record["kind"] == fields.RECORD:
            for value in dict.fromkeys(
                value for key in fields.LINK_KEYS if key in record for value in fields.plain(record[key])
            ):
                document.add_text("links", value)

    def _date(self, document: Document, record: dict[str, Any]) -> None:
        date = (record.get("dates") or [{}])[0]
        first, last = date.get("start"), date.get("end")
        dated = bool(first or last)
        document.add_boolean("dated", dated)
        start = fields.day_number(first) if first else -fields.UNDATED
        end = fields.day_number(last) if last else fields.UNDATED
        if dated:
            document.add_integer("start", start)
            document.add_integer("end", end)
            document.add_integer("start_year", fields.year_of(start) if first else -fields.OPEN_YEAR)
            document.add_integer("end_year", fields.year_of(end) if last else fields.OPEN_YEAR)
        # Unique numbers that sort by date, then as the records came; undated ones come last both ways.
        shown = start if first else end
        if dated:
            document.add_integer("month", shown // 10_000 * 100 if _of_years(first, last) else shown // 100)
        document.add_integer("by_date", (shown if dated else fields.UNDATED) * fields.ROOM + self._number)
        document.add_integer("by_date_back", (shown if dated else -fields.UNDATED) * fields.ROOM + self._number)

    def finish(self) -> None:
        """Write everything out, and what has to be known to read it."""
        self._writer.commit()
        self._writer.wait_merging_threads()
        told = {
            "version": fields.VERSION,
            "languages": sorted(self._languages),
            "above": self._above,
            "held_twice": self._held_twice,
        }
        (self._folder / INFO).write_text(json.dumps(told), encoding="utf-8")
        for path in self._folder.iterdir():
            if path.name.endswith(".lock"):
                path.unlink()
            else:
                path.chmod(0o644)  # who serves may be another user than who builds


def _of_years(first: str | None, last: str | None) -> bool:
    """Whether a date is one of whole years, of which nobody says in which month they begin."""
    return bool(first and last and first.endswith("-01-01") and last.endswith("-12-31"))
