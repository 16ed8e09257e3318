"""Matcher of repeated paragraphs: for a query of running text, what to look for in the index besides.

The frequent paragraphs, and the records with words of boilerplate in their own fields, are a small index in memory.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tantivy import Document, Index, Occur, Query, Schema, SchemaBuilder

from kg.store.search.analysis import analyzer
from kg.store.search.folding import PLAIN
from kg.store.search.repeated import passages as parts
from kg.store.search.repeated.table import RepeatedTable
from kg.store.search.words.clauses import any_value

TEXT_FIELDS = frozenset({"text", "text_sound", "vocabulary"})
"""Fields of the index with running text, in which paragraphs may be repeated."""

_NUMBERS = "#"
"""Prefix of a digest whose paragraph is boilerplate but for its numbers, where these stand for it."""

_HEAP_BYTES = 15 << 20
_BOILERPLATE_BOOST = 0.05
"""Boost of words of boilerplate, where a search asks for it."""


@dataclass(frozen=True, slots=True)
class _Matches:
    """Values to look for in the index: digests of paragraphs, of boilerplate, and held records."""

    frequent: list[str]
    boilerplate: list[str]
    held: list[str]


class RepeatedMatcher:
    """Matcher over the table of an index.

    Attributes:
        boilerplate: digests of boilerplate.
    """

    def __init__(self, table: RepeatedTable, schema: Schema) -> None:
        """Create a matcher.

        Args:
            table: the table.
            schema: schema of the index.
        """
        self.boilerplate = frozenset(each.digest for each in table.paragraphs if each.is_boilerplate)
        self._main = schema
        self._held = [each.reference for each in table.held]
        self._schema = _schema()
        self._searcher = _index(table, self._schema).searcher() if table.paragraphs else None

    def __bool__(self) -> bool:
        """Whether there is any repeated paragraph."""
        return self._searcher is not None

    def has_term(self, field: str, term: str) -> bool:
        """Test for a term in a field of the repeated paragraphs."""
        return self.count(field, term) > 0

    def count(self, field: str, term: str) -> int:
        """Number of repeated paragraphs that have a term in a field."""
        return self._searcher.doc_freq(field, term) if self._searcher is not None else 0

    def beginning(self, field: str, prefix: str, limit: int | None) -> list[tuple[str, int]]:
        """(term, number of repeated paragraphs) of the terms that begin so in a field of theirs."""
        return self._searcher.terms_with_prefix(field, prefix, limit=limit) if self._searcher is not None else []

    def query(self, make: Callable[[Schema], Query], *, everywhere: bool) -> Query:
        """Query of running text in the index, with repeated paragraphs.

        Args:
            make: from a schema to the query of a field of running text.
            everywhere: whether boilerplate is searched too.
        """
        own = make(self._main)
        if self._searcher is None:
            return own
        found = self._matches(make(self._schema))
        choices = [own]
        if self._held and found.boilerplate:
            held = any_value(self._main, "ref", self._held)
            choices = [Query.boolean_query([(Occur.Must, own), (Occur.MustNot, held)])]
        if found.frequent:
            choices.append(self._having(found.frequent))
        if found.held and found.boilerplate:
            choices.append(any_value(self._main, "ref", found.held))
        if everywhere and found.boilerplate:
            repeated = (own, self._having(found.boilerplate))
            choices += [Query.boost_query(each, _BOILERPLATE_BOOST) for each in repeated]
        return choices[0] if len(choices) == 1 else Query.disjunction_max_query(choices)

    def _having(self, digests: list[str]) -> Query:
        return any_value(self._main, "paragraph", [parts.APART + digest for digest in digests])

    def _matches(self, query: Query) -> _Matches:
        matches = _Matches([], [], [])
        if self._searcher is None:
            return matches
        for _, address in self._searcher.search(query, max(1, self._searcher.num_docs), count=False).hits:
            document = self._searcher.doc(address)
            if reference := document.get_first("ref"):
                matches.held.append(reference)
            elif (digest := str(document.get_first("paragraph"))) in self.boilerplate:
                matches.boilerplate.append(digest)
            else:
                matches.frequent.append(digest.removeprefix(_NUMBERS))
        return matches


def _schema() -> Schema:
    builder = SchemaBuilder()
    for name in ("ref", "paragraph"):
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("text", tokenizer_name="kg")
    for name in ("text_sound", "vocabulary"):
        builder.add_text_field(name, tokenizer_name="kg", index_option="basic")
    return builder.build()


def _index(table: RepeatedTable, schema: Schema) -> Index:
    index = Index(schema)
    index.register_tokenizer("kg", analyzer(PLAIN))
    writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
    for paragraph in table.paragraphs:
        document = Document()
        document.add_text("paragraph", paragraph.digest)
        parts.add_texts(document, [parts.Passage(paragraph.key, paragraph.language, paragraph.text)])
        writer.add_document(document)
        if paragraph.is_boilerplate and not paragraph.is_constant and (numbers := parts.numbers(paragraph.text)):
            document = Document()
            document.add_text("paragraph", _NUMBERS + paragraph.digest)
            parts.add_texts(document, [parts.Passage(paragraph.key, paragraph.language, numbers)])
            writer.add_document(document)
    for held in table.held:
        document = Document()
        document.add_text("ref", held.reference)
        parts.add_texts(document, held.texts)
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index
