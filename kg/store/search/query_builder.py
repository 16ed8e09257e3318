"""Query builder: tantivy queries from a parsed search, its filters and its dates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tantivy import DocAddress, FieldType, Occur, Query, Schema, Searcher

from kg.errors import SearchRefused
from kg.store.search import fields
from kg.store.search.analysis import plain_words, rules_of, sounds, stem_readings
from kg.store.search.query_language import DayRange, Operator, ParsedSearch, Word

_MAX_NAMED_THINGS = 300
"""Things that a word may name."""

_TITLE_BOOST, _LINK_BOOST = 3.0, 0.8
"""Boost of a word in a title, and of a word that names a linked thing."""

_WORD_SCORE = 20.0
"""Constant score of each word in a loose search, where most of the words suffice."""

_SOUND_BOOSTS = {"sound": 1.5, "text_sound": 0.4}
"""Field of sounds → boost of a name that only sounds alike: in names and titles, in texts."""

_PREFIX_FIELDS = {"title": ("word",), "text": ("vocabulary", "text")}
"""Field → fields that hold the prefixes of its words."""

_NAMED_KINDS = ("agent", "place", "collection", "archive", "topic")


@dataclass(frozen=True, slots=True)
class IndexRequest:
    """Request to an index.

    Attributes:
        parsed: the parsed words.
        filters: (facet, value), all of which have to match.
        days: days that the date has to overlap; None for any.
        certain: True if the date has to lie within those days in full.
        language: the only language of stemming rules for the words; empty for all.
        loose: True if most of the words suffice.
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
    """

    def __init__(self, schema: Schema, searcher: Searcher, languages: Sequence[str], above: Mapping[str, str]) -> None:
        """Create a builder.

        Args:
            schema: schema of the index.
            searcher: reader of the index, for the things that a word names.
            languages: languages of the index's stemming rules.
            above: level of an archive → the level above it.
        """
        self.languages = tuple(languages)
        self._schema = schema
        self._searcher = searcher
        self._above = above
        self._below: dict[str, list[str]] = {}
        for child, parent in above.items():
            self._below.setdefault(parent, []).append(child)
        self._named_things = lru_cache(maxsize=2048)(self._find_named_things)

    def query(self, request: IndexRequest) -> Query:
        """Query of a request. Raises SearchRefused for an unknown facet."""
        clauses = [self._words(request)] if request.parsed.postfix else []
        clauses += [self._filter(name, value) for name, value in request.filters]
        if request.days:
            clauses.append(self._overlapping(request.days, certain=request.certain))
        return all_of(clauses)

    def _filter(self, name: str, value: str) -> Query:
        if name != fields.LACKS:
            return self.facet(name, value)
        if value not in fields.LACKED:
            raise SearchRefused(
                f"nothing is known to lack {value[:40]!r}", todo=f"Known are {', '.join(fields.LACKED)}."
            )
        is_facet = value in fields.FACETS
        present = Query.exists_query(value) if is_facet else Query.term_query(self._schema, fields.PRESENT, value)
        return Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, present)])

    def _words(self, request: IndexRequest) -> Query:
        """Query of the words, from their postfix list with a stack."""
        languages = (rules_of(request.language),) if request.language else self.languages
        if request.loose:
            terms = [self._term(each, languages) for each in request.parsed.words]
            minimum = max(1, (2 * len(terms) + 2) // 3 if len(terms) > 2 else 1)
            # A hit with one word more ranks before a hit with the same words in better positions.
            terms = [
                Query.boolean_query([(Occur.Must, each), (Occur.Must, Query.const_score_query(each, _WORD_SCORE))])
                for each in terms
            ]
            return Query.boolean_query([(Occur.Should, each) for each in terms], minimum)
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
                stack.append(self._term(each, languages))
        return stack[0]

    def _term(self, word: Word, languages: Sequence[str]) -> Query:
        if word.field in fields.FACETS:
            return self.facet(word.field, word.text)
        if word.field == "ref":
            return Query.term_query(self._schema, "ref", word.text)
        text_fields = (word.field,) if word.field else ("title", "text")
        choices = [
            _boosted(self._stem_query(place, reading), _TITLE_BOOST if place == "title" else 1.0)
            for place in text_fields
            for reading in stem_readings(word.text, languages)
        ]
        if word.prefix:
            choices += [
                self._prefix_query(place, word.text)
                for place in _PREFIX_FIELDS.get(word.field, ("word", "vocabulary", "text"))
            ]
        elif not word.phrase and not word.field:
            choices += [
                Query.boost_query(Query.term_query(self._schema, place, heard), weight)
                for heard in _sounds_of(word.text)
                for place, weight in _SOUND_BOOSTS.items()
            ]
        if not word.field and (named_things := self._named_things(word.text, _NAMED_KINDS)):
            choices.append(
                Query.boost_query(Query.term_set_query(self._schema, "links", list(named_things)), _LINK_BOOST)
            )
        return Query.disjunction_max_query(choices, 0.1) if choices else Query.empty_query()

    def _stem_query(self, field: str, stems: tuple[str, ...]) -> Query:
        if len(stems) == 1:
            return Query.term_query(self._schema, field, stems[0])
        return Query.phrase_query(self._schema, field, list(stems))

    def _prefix_query(self, field: str, text: str) -> Query:
        words = plain_words(text)
        if not words:
            return Query.empty_query()
        prefix = Query.fuzzy_term_query(self._schema, field, words[-1], 0, prefix=True)
        return all_of([*(Query.term_query(self._schema, field, each) for each in words[:-1]), prefix])

    def facet(self, name: str, value: str) -> Query:
        """Query of a value of a facet. Raises SearchRefused for an unknown facet."""
        facet = fields.FACETS.get(name)
        if facet is None:
            names = ", ".join(fields.FACETS)
            raise SearchRefused(f"there is no facet {name[:40]!r}", todo=f"There are {names}.")
        if not facet.kind or value.startswith(f"{facet.kind}/"):
            values = [fields.facet_value(facet, value)]
        else:
            values = list(self._named_things(value, (facet.kind,)))
        if facet.kind == "archive":
            values = self.below(values)
        return Query.term_set_query(self._schema, name, values) if values else Query.empty_query()

    def _find_named_things(self, text: str, kinds: tuple[str, ...]) -> tuple[str, ...]:
        """References of the things named by all words of a text, in any form, script or case."""
        clauses = []
        for word in text.split():
            choices = [self._stem_query("title", reading) for reading in stem_readings(word, self.languages)]
            choices += [Query.term_query(self._schema, "sound", heard) for heard in _sounds_of(word)]
            if choices:
                clauses.append(Query.disjunction_max_query(choices))
        if not clauses:
            return ()
        clauses.append(Query.term_set_query(self._schema, "kind", list(kinds)))
        results = self._searcher.search(all_of(clauses), _MAX_NAMED_THINGS, count=False)
        return tuple(reference_at(self._searcher, address) for _, address in results.hits)

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


def reference_at(searcher: Searcher, address: DocAddress) -> str:
    """Reference of a document of the index."""
    return str(searcher.doc(address).get_first("ref"))


def all_of(queries: Sequence[Query]) -> Query:
    """Conjunction of some queries; the query of everything, where there are none."""
    if not queries:
        return Query.all_query()
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Must, each) for each in queries])


def _boosted(query: Query, boost: float) -> Query:
    return query if boost == 1.0 else Query.boost_query(query, boost)


def _sounds_of(text: str) -> tuple[str, ...]:
    return sounds(text) if text.isalpha() else ()
