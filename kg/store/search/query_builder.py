"""Query builder: tantivy queries from a parsed search, its filters and its dates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tantivy import FieldType, Occur, Query, Schema, Searcher

from kg.errors import Message, SearchRefused
from kg.iris import spellings
from kg.store.search import fields, times
from kg.store.search.analysis import rules_of
from kg.store.search.query_language import DayRange, Operator, ParsedSearch, Word
from kg.store.search.repeated.matcher import RepeatedMatcher
from kg.store.search.words.clauses import all_of, some_of
from kg.store.search.words.term_counts import TermCounts
from kg.store.search.words.word_queries import MAX_FORMED, IndexTerms, WordQueries

_MAX_TAGS = 1_000
"""Languages of an index that begin alike."""


@dataclass(frozen=True, slots=True)
class IndexRequest:
    """Request to an index.

    Attributes:
        parsed: the parsed words.
        filters: (facet, value), all of which have to match.
        days: days that a date has to overlap; None for any. Where roles are among the filters, a date of each.
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
        terms: counts of the terms of the index.
    """

    def __init__(  # noqa: PLR0913  # what an index is
        self,
        schema: Schema,
        searcher: Searcher,
        languages: Sequence[str],
        above: Mapping[str, str],
        repeated: RepeatedMatcher,
        *,
        slots: int,
        deleted: int,
    ) -> None:
        """Create a builder.

        Args:
            schema: schema of the index.
            searcher: reader of the index, for the things that a word names.
            languages: languages of the index's stemming rules.
            above: level of an archive → the level above it.
            repeated: the repeated paragraphs of the index.
            slots: number of dates of the record with the most of them.
            deleted: number of deleted documents that the engine still counts.
        """
        self.languages = tuple(languages)
        self._schema = schema
        self._searcher = searcher
        self._above = above
        self._slots = slots
        self._below: dict[str, list[str]] = {}
        for child, parent in above.items():
            self._below.setdefault(parent, []).append(child)
        self.terms = TermCounts(schema, searcher, repeated, deleted=deleted)
        self.words = WordQueries(IndexTerms(schema, searcher, self.languages, repeated, self.below, self.terms))

    def query(self, request: IndexRequest) -> Query:
        """Query of a request. Raises SearchRefused for an unknown facet."""
        clauses = [self._words(request)] if request.parsed.postfix else []
        clauses += [self._filter(name, value) for name, value in request.filters if name != fields.THING]
        if things := [value for name, value in request.filters if name == fields.THING]:
            named = [(Occur.Should, Query.term_query(self._schema, "ref", each)) for each in things]
            clauses.append(Query.boolean_query(named))
        if request.days:
            clauses.append(self._in_time(request.days, request))
        return all_of(clauses)

    def _filter(self, name: str, value: str) -> Query:
        if name != fields.LACKS:
            return self.facet(name, value)
        if value not in fields.LACKED:
            raise SearchRefused(
                Message("“%(value)s” is not a gap that can be searched for", value=value[:40]),
                todo=Message("Available: %(names)s.", names=", ".join(fields.LACKED)),
            )
        is_facet = value in fields.FACETS
        present = Query.exists_query(value) if is_facet else Query.term_query(self._schema, fields.PRESENT, value)
        return Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, present)])

    def _words(self, request: IndexRequest) -> Query:
        """Query of the words, from their postfix list with a stack."""
        languages = (rules_of(request.language),) if request.language else self.languages
        if request.loose:
            terms = [self._term(each, request, languages) for each in request.parsed.words]
            as_written = [self.words.as_written(each) for each in request.parsed.words]
            return some_of(self._searcher, terms, [each for each in as_written if each is not None])
        stack: list[Query] = []
        for each in request.parsed.postfix:
            if each is Operator.NOT:
                stack.append(Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, stack.pop())]))
            elif isinstance(each, Operator):
                right, left = stack.pop(), stack.pop()
                occur = Occur.Must if each is Operator.AND else Occur.Should
                stack.append(Query.boolean_query([(occur, left), (occur, right)]))
            elif isinstance(each, DayRange):
                stack.append(self._in_time(each, request, certain=False))
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
            what = Message("there is no filter “%(name)s”", name=name[:40])
            raise SearchRefused(what, todo=Message("Available: %(names)s.", names=names))
        if name == fields.LANGUAGE:
            values = self.tags_within(value)
        elif not facet.kind or value.startswith(f"{facet.kind}/"):
            values = list(spellings(value))
        else:
            values = list(self.words.named_things(value, (facet.kind,)))
        if facet.kind == "archive":
            values = self.below(values)
        return Query.term_set_query(self._schema, name, values) if values else Query.empty_query()

    def tags_within(self, language_range: str) -> list[str]:
        """Languages of the index that a range takes by basic filtering: itself, and what begins so (RFC 4647)."""
        wanted = language_range.lower()
        begin = wanted.partition("-")[0]
        tags = self._searcher.terms_with_prefix(fields.LANGUAGE, begin, limit=_MAX_TAGS) if begin else []
        return [tag for tag, _ in tags if f"{tag.lower()}-".startswith(f"{wanted}-")]

    @property
    def slots(self) -> list[tuple[str, str, str]]:
        """Fields of each slot for a date that a record of the index has: first day, last day, roles."""
        return [times.slot_fields(slot) for slot in range(self._slots)]

    def bounded_by(self, name: str, roles: str, days: DayRange) -> Query:
        """Query of records of which a date of the thing begins, or ends, within some days.

        Args:
            name: field of the first or the last day of a slot.
            roles: field of its roles.
            days: the days.
        """
        bound = Query.range_query(self._schema, name, FieldType.Integer, days.first, days.last)
        other = Query.term_query(self._schema, roles, times.ASIDE)
        return Query.boolean_query([(Occur.Must, bound), (Occur.MustNot, other)])

    def _in_time(self, days: DayRange, request: IndexRequest, *, certain: bool | None = None) -> Query:
        """Query of records that a time finds by the roles of the request, or by any date of the thing."""
        roles = [value for name, value in request.filters if name == fields.ROLE]
        within = request.certain if certain is None else certain
        return all_of([self.touching(days, role, certain=within) for role in roles or [""]])

    def touching(self, days: DayRange, role: str = "", *, certain: bool = False) -> Query:
        """Query of records with a date that overlaps some days.

        Args:
            days: the days.
            role: role of the date; empty for any date that tells of the time of the thing.
            certain: whether the date has to lie within the days in full.
        """
        choices = [(Occur.Should, self._slot_query(each, days, role, certain=certain)) for each in self.slots]
        # One score, however many dates fit: the words decide the order.
        return Query.const_score_query(Query.boolean_query(choices), 1.0) if choices else Query.empty_query()

    def _slot_query(self, names: tuple[str, str, str], days: DayRange, role: str, *, certain: bool) -> Query:
        """Query of records whose date in one slot overlaps some days, or, if certain, lies within them in full."""
        first, last, roles = names
        lowest, highest = (days.first, days.last) if certain else (-times.UNDATED, times.UNDATED)
        clauses = [
            (Occur.Must, Query.range_query(self._schema, first, FieldType.Integer, lowest, days.last)),
            (Occur.Must, Query.range_query(self._schema, last, FieldType.Integer, days.first, highest)),
        ]
        word = Query.term_query(self._schema, roles, role or times.ASIDE)
        return Query.boolean_query([*clauses, (Occur.Must if role else Occur.MustNot, word)])

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
