"""Preparation of a search: its words parsed, and searched as they are, in part, or corrected where nothing is found."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tantivy import Query

from kg.errors import Message, SearchRefused
from kg.read import times
from kg.read.search_request import SearchQuery
from kg.store.generation.generation import Generation
from kg.store.search import fields, query_language
from kg.store.search.index import SearchIndex
from kg.store.search.query_builder import IndexRequest
from kg.store.search.query_language import DayRange, ParsedSearch, Word
from kg.store.search.spelling import SpellingSuggester
from kg.store.search.words.word_forms import WordForms
from kg.store.search.words.word_queries import MAX_FORMED


@dataclass(frozen=True, slots=True)
class PreparedSearch:
    """Prepared search: the engine's query, the number of hits, and the correction of the words.

    Attributes:
        query: the query, after a correction of its words.
        parsed: its parsed words.
        engine_query: the same for the index.
        total: number of hits.
        corrected: corrected words that are searched instead; empty without a correction.
        suggestion: suggested words; empty for none.
        loose: True where some of the words suffice.
    """

    query: SearchQuery
    parsed: ParsedSearch
    engine_query: Query
    total: int
    corrected: str = ""
    suggestion: str = ""
    loose: bool = False

    @property
    def times(self) -> tuple[DayRange, ...]:
        """Times that are asked for, in the field of time or among the words."""
        asked = [] if self.query.days is None else [self.query.days]
        return (*asked, *(term for term in self.parsed.postfix if isinstance(term, DayRange)))

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles of dates that are asked for, as a facet or among the words."""
        named = (term.text for term in self.parsed.postfix if isinstance(term, Word) and term.field == fields.ROLE)
        return (*self.query.roles, *named)

    @property
    def order(self) -> str:
        """Default order: relevance with words, else date."""
        return "relevance" if self.parsed.words else "date"


class SearchPreparer:
    """Preparer of the searches of one generation."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._spelling: SpellingSuggester | None = None

    @property
    def index(self) -> SearchIndex:
        """Index of the generation. Raises SearchRefused where it was built without one."""
        if self._generation.search is None:
            raise SearchRefused(
                Message("there is no search here: the collection was published without a search index"),
                todo=Message(
                    "The site's administrator can set `search = true` in kg.toml and publish the collection again."
                ),
            )
        return self._generation.search

    @property
    def spelling(self) -> SpellingSuggester:
        """Spelling suggester of the index."""
        if self._spelling is None:
            self._spelling = SpellingSuggester(self.index)
        return self._spelling

    def prepare(self, query: SearchQuery) -> PreparedSearch:
        """Search with all words; else with some of them; else with the spelling of ordinary words corrected.

        Raises:
            SearchRefused: the query is malformed.
        """
        search = self._attempt(query)
        if not search.parsed.words:
            return search
        correction = self.spelling.correct(search.parsed, query.words)
        for attempt in self._attempts(search, correction.ordinary):
            if attempt.total:
                is_new = correction.proposed != attempt.query.words
                return replace(attempt, suggestion=correction.proposed if is_new else "")
        return replace(search, suggestion=correction.proposed)

    def _attempts(self, search: PreparedSearch, corrected_words: str) -> Iterator[PreparedSearch]:
        yield search
        yield from self._loosely(search)
        if corrected_words:
            corrected = self._attempt(replace(search.query, words=corrected_words))
            yield replace(corrected, corrected=corrected_words)
            yield from (replace(each, corrected=corrected_words) for each in self._loosely(corrected))

    def _attempt(self, query: SearchQuery) -> PreparedSearch:
        parsed = parse(query.words)
        return PreparedSearch(query, parsed, *self.run(query, parsed))

    def _loosely(self, search: PreparedSearch) -> Iterator[PreparedSearch]:
        """The search with some of its words, where it consists of several words alone."""
        if search.parsed.plain and len(search.parsed.words) > 1:
            engine_query, total = self.run(search.query, search.parsed, loose=True)
            yield replace(search, engine_query=engine_query, total=total, loose=True)

    def run(self, query: SearchQuery, parsed: ParsedSearch, *, loose: bool = False) -> tuple[Query, int]:
        """Tantivy query of a search with these very words, and the number of hits."""
        request = IndexRequest(parsed, query.filters, query.days, query.certain, loose=loose)
        engine_query = self.index.query(request)
        return engine_query, self.index.count(engine_query)

    def forms(self, parsed: ParsedSearch) -> dict[str, WordForms]:
        """Words that are nowhere → their related forms, which are searched in their place."""
        forms = ((word.text, self.index.words.forms_of(word)) for word in parsed.words[:MAX_FORMED])
        return {text: related for text, related in forms if related}

    def count_repeated(self, search: PreparedSearch) -> int:
        """Number of further things that have the words only in boilerplate."""
        if search.parsed.everywhere or not self.index.words.in_boilerplate(search.parsed.words):
            return 0
        everywhere = replace(search.parsed, everywhere=True)
        return self.run(search.query, everywhere, loose=search.loose)[1] - search.total

    def count_undated(self, search: PreparedSearch) -> int:
        """Number of documents that match but for the time, since they have no date; other things need none."""
        if search.query.days is None:
            return 0
        undated_query = replace(search.query, days=None)
        found, _ = self.run(undated_query, search.parsed, loose=search.loose)
        return self.index.count_dated(self.index.documents(found), dated=False)


def parse(words: str) -> ParsedSearch:
    """Parse the words of a search, with times as people write them. Raises SearchRefused."""
    return query_language.parse(words, read_days=times.read_days)
