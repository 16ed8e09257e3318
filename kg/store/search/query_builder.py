"""Query builder: tantivy queries from a parsed search, its filters and its dates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tantivy import FieldType, Occur, Query, Schema, Searcher

from kg.errors import Message, SearchRefused
from kg.iris import spellings
from kg.store.search import fields
from kg.store.search.analysis import rules_of
from kg.store.search.query_language import DayRange, Operator, ParsedSearch, Word
from kg.store.search.repeated.matcher import RepeatedMatcher
from kg.store.search.words.clauses import all_of, some_of
from kg.store.search.words.word_queries import MAX_FORMED, IndexTerms, WordQueries


@dataclass(frozen=True, slots=True)
class IndexRequest:
    """Request to an index.

    Attributes:
        parsed: the parsed words.
        filters: (facet, value), all of which have to match.
        days: days that the date has to overlap; None for any.
        certain: True if the date has to lie within those days in full.
        language: the only language of stemming rules for the words; empty for all.
        loose: True if some of the words suffice.
    """

    parsed: ParsedSearch
    filters: tuple[tuple[str, str], ...] = ()
    days: DayRange | None = None
    certain: bool = False
    language: str = ""
    loose: bool = False


class QueryBuilder:
    """Builder of tantivy queries for one index.

    Attributes:
        languages: languages of the index's stemming rules.
        words: queries of single words.
    """

    def __init__(
        self,
        schema: Schema,
        searcher: Searcher,
        languages: Sequence[str],
        above: Mapping[str, str],
        repeated: RepeatedMatcher,
    ) -> None:
        """Create a builder.

        Args:
            schema: schema of the index.
            searcher: reader of the index, for the things that a word names.
            languages: languages of the index's stemming rules.
            above: level of an archive → the level above it.
            repeated: the repeated paragraphs of the index.
        """
        self.languages = tuple(languages)
        self._schema = schema
        self._searcher = searcher
        self._above = above
        self._below: dict[str, list[str]] = {}
        for child, parent in above.items():
            self._below.setdefault(parent, []).append(child)
        self.words = WordQueries(IndexTerms(schema, searcher, self.languages, repeated, self.below))

    def query(self, request: IndexRequest) -> Query:
        """Query of a request. Raises SearchRefused for an unknown facet."""
        clauses = [self._words(request)] if request.parsed.postfix else []
        clauses += [self._filter(name, value) for name, value in request.filters if name != fields.THING]
        if things := [value for name, value in request.filters if name == fields.THING]:
            named = [(Occur.Should, Query.term_query(self._schema, "ref", each)) for each in things]
            clauses.append(Query.boolean_query(named))
        if request.days:
            clauses.append(self._overlapping(request.days, certain=request.certain))
        return all_of(clauses)

    def _filter(self, name: str, value: str) -> Query:
        if name != fields.LACKS:
            return self.facet(name, value)
        if value not in fields.LACKED:
            raise SearchRefused(
                Message("nothing is known to lack “%(value)s”", value=value[:40]),
                todo=Message("There are %(names)s.", names=", ".join(fields.LACKED)),
            )
        is_facet = value in fields.FACETS
        present = Query.exists_query(value) if is_facet else Query.term_query(self._schema, fields.PRESENT, value)
        return Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, present)])

    def _words(self, request: IndexRequest) -> Query:
        """Query of the words, from their postfix list with a stack."""
        languages = (rules_of(request.language),) if request.language else self.languages
        if request.loose:
            terms = [self._term(each, request, languages) for each in request.parsed.words]
            return some_of(self._searcher, terms)
        stack: list[Query] = []
        for each in request.parsed.postfix:
            if each is Operator.NOT:
                stack.append(Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, stack.pop())]))
            elif isinstance(each, Operator):
                right, left = stack.pop(), stack.pop()
                occur = Occur.Must if each is Operator.AND else Occur.Should
                stack.append(Query.boolean_query([(occur, left), (occur, right)]))
            elif isinstance(each, DayRange):
                stack.append(self._overlapping(each, certain=False))
            else:
                stack.append(self._term(each, request, languages))
        return stack[0]

    def _term(self, word: Word, request: IndexRequest, languages: Sequence[str]) -> Query:
        if word.field in fields.FACETS:
            return self.facet(word.field, word.text)
        if word.field == "ref":
            return Query.term_set_query(self._schema, "ref", list(spellings(word.text)))
        first_words = [each for each in request.parsed.postfix if isinstance(each, Word)][:MAX_FORMED]
        everywhere = request.parsed.everywhere
        return self.words.term(word, languages, everywhere=everywhere, with_forms=word in first_words)

    def word(self, word: Word, *, everywhere: bool) -> Query:
        """Query of one word without a field, by the rules of all languages."""
        return self.words.term(word, self.languages, everywhere=everywhere)

    def facet(self, name: str, value: str) -> Query:
        """Query of a value of a facet. Raises SearchRefused for an unknown facet."""
        facet = fields.FACETS.get(name)
        if facet is None:
            names = ", ".join(fields.FACETS)
            what = Message("there is no facet “%(name)s”", name=name[:40])
            raise SearchRefused(what, todo=Message("There are %(names)s.", names=names))
        if not facet.kind or value.startswith(f"{facet.kind}/"):
            values = list(spellings(value))
        else:
            values = list(self.words.named_things(value, (facet.kind,)))
        if facet.kind == "archive":
            values = self.below(values)
        return Query.term_set_query(self._schema, name, values) if values else Query.empty_query()

    def _overlapping(self, days: DayRange, *, certain: bool) -> Query:
        """Query of dates that overlap some days, or, if certain, lie within them in full."""

        def between(name: str, low: int | None, high: int | None) -> Query:
            return Query.range_query(self._schema, name, FieldType.Integer, low, high)

        if certain:
            return all_of([between("start", days.first, days.last), between("end", days.first, days.last)])
        return all_of([between("start", -fields.UNDATED, days.last), between("end", days.first, fields.UNDATED)])

    def below(self, archives: Iterable[str]) -> list[str]:
        """Levels of archives, with all levels below them."""
        levels: dict[str, None] = {}
        queue = list(archives)
        while queue:
            each = queue.pop()
            if each not in levels:
                levels[each] = None
                queue += self._below.get(each, ())
        return list(levels)

    def top(self, archive: str) -> str:
        """Institution above a level of an archive."""
        visited = {archive}
        while (parent := self._above.get(archive)) and parent not in visited:
            visited.add(parent)
            archive = parent
        return archive
