"""Documents of the search index: a record as tantivy has it."""

from collections.abc import Iterable, Iterator
from typing import Any

from tantivy import Document

from kg.date_roles import principal
from kg.store.search import fields, times
from kg.store.search.analysis import indexed_words, pre_tokenized, rules_of, sounds_of_text
from kg.store.search.collation import name_order, title_order
from kg.store.search.folding import PLAIN
from kg.store.search.repeated import passages
from kg.store.search.repeated.counter import DividedTexts
from kg.store.search.repeated.passages import Passage

MAX_TEXT_LENGTH = 2_000_000
"""Characters of one record that are indexed; the rest is on its page alone."""


def document_of(record: dict[str, Any], address: int, length: int, number: int, divided: DividedTexts) -> Document:
    """Document of a record.

    Args:
        record: the record.
        address: address of its JSON.
        length: bytes of its JSON.
        number: number of the document, which orders documents of the same day.
        divided: its texts, divided by whether their words are its own.
    """
    document = Document()
    document.add_text("ref", record["id"])
    document.add_integer("offset", address)
    document.add_integer("length", length)
    _add_texts(document, record, divided)
    _add_facets(document, record)
    _add_dates(document, record, number)
    labels = record.get("title") or record.get("name") or {}
    for language in title_order.LANGUAGES:
        key = title_order.sort_key(name_order.heading(record, labels, language), language)
        document.add_text(title_order.sort_field(language), key)
    return document


def _add_texts(document: Document, record: dict[str, Any], divided: DividedTexts) -> None:
    words: dict[str, None] = {}
    name_sounds: dict[str, None] = {}
    capitalised: dict[str, None] = {}
    for _, language, text in fields.texts_under(record, fields.TITLE_KEYS):
        document.add_pre_tokenized_text("title", pre_tokenized(text, rules_of(language)))
        words |= dict.fromkeys(indexed_words(text))
        name_sounds |= dict.fromkeys(sounds_of_text(text, names_only=False))
        capitalised |= dict.fromkeys(sounds_of_text(text, names_only=True))
    for code in fields.codes(record):
        document.add_pre_tokenized_text("title", pre_tokenized(code, rules_of(PLAIN)))
    passages.add_words(document, "word", words)
    passages.add_words(document, "sound", name_sounds)
    passages.add_texts(document, _cut(divided.own), capitalised)
    for term in divided.terms:
        document.add_text("paragraph", term)


def _add_facets(document: Document, record: dict[str, Any]) -> None:
    for name, facet in fields.FACETS.items():
        for value in fields.values_of(record, facet):
            document.add_text(name, value)
    if record["kind"] == fields.RECORD:
        targets = (value for key in fields.LINK_KEYS if key in record for value in fields.plain(record[key]))
        for value in dict.fromkeys(targets):
            document.add_text("links", value)


def _add_dates(document: Document, record: dict[str, Any], number: int) -> None:
    dates = record.get("dates", ())
    slots = times.add(document, dates)
    days = times.days_of(principal(dates)) or next((each.days for each in slots if each.is_of_thing), None)
    for name in fields.present(record, dated=any(each.is_of_thing for each in slots)):
        document.add_text(fields.PRESENT, name)
    # Unique numbers that sort by date, then by the order of the records; undated ones come last both ways.
    first, last = days or (times.UNDATED, times.UNDATED)
    day = last if first == -times.UNDATED else first
    document.add_integer("by_date", day * fields.ROOM + number)
    document.add_integer("by_date_back", (day if days else -times.UNDATED) * fields.ROOM + number)


def _cut(texts: Iterable[Passage]) -> Iterator[Passage]:
    """Texts of one record up to the limit of what is indexed."""
    left = MAX_TEXT_LENGTH
    for each in texts:
        if left > 0:
            yield each._replace(text=each.text[:left])
        left -= len(each.text)
