"""What is asked of the index, put into the engine's terms."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tantivy import DocAddress, FieldType, Occur, Query, Schema, Searcher

from kg.errors import SearchRefused
from kg.store.search import fields
from kg.store.search.analysis import plain_words, readings, rules_of, sounds
from kg.store.search.query_language import Days, Operator, Parsed, Word

_MOST_NAMED = 300
"""How many things a word may name."""

_TITLE, _LINKED = 3.0, 0.8
"""Weight of a word in a title, and of one that names a thing linked to."""

_EACH = 20.0
"""What each word is worth by itself, where only most of them have to be there."""

_SOUNDS = {"sound": 1.5, "text_sound": 0.4}
"""Where a name that only sounds alike is known → its weight: in names and titles, in texts."""

_BEGUN = {"title": ("word",), "text": ("vocabulary", "text")}
"""Field → where the beginnings of its words are known."""

_TOLD = {"date": "dated", "text": "whole"}
"""What may be lacking → the field that says whether it is there; of facets the field itself tells."""

_NAMED_KINDS = ("agent", "place", "collection", "archive", "topic")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of an index.

    Attributes:
        parsed: the words, as they were understood.
        filters: (facet, value) that all hold.
        days: a time that what is found has to touch; None for any.
        certain: whether its dates have to lie within that time whole.
        language: the only language whose rules words are read by; empty for all.
        most: whether most of the words will do.
    """

    parsed: Parsed
    filters: tuple[tuple[str, str], ...] = ()
    days: Days | None = None
    certain: bool = False
    language: str = ""
    most: bool = False


class EngineQueries:
    """Makes queries of what is asked.

    Attributes:
        languages: those by whose rules words were stemmed.
    """

    def __init__(self, schema: Schema, searcher: Searcher, languages: Sequence[str], above: Mapping[str, str]) -> None:
        """Take what queries are made with.

        Args:
            schema: of the index.
            searcher: what things are found with that a word names.
            languages: those by whose rules words were stemmed.
            above: level of an archive → the one above it.
        """
        self.languages = tuple(languages)
        self._schema = schema
        self._searcher = searcher
        self._above = above
        self._below: dict[str, list[str]] = {}
        for child, parent in above.items():
            self._below.setdefault(parent, []).append(child)
        self._named = lru_cache(maxsize=2048)(self._find_named)

    def query(self, asked: Asked) -> Query:
        """What is asked, in the engine's terms. Raises SearchRefused for a facet that there is not."""
        musts = [self._words(asked)] if asked.parsed.postfix else []
        musts += [self._narrowed(name, value) for name, value in asked.filters]
        if asked.days:
            musts.append(self._touching(asked.days, certain=asked.certain))
        return all_of(musts)

    def _narrowed(self, name: str, value: str) -> Query:
        if name != fields.LACKS:
            return self.facet(name, value)
        if value in _TOLD:
            return Query.term_query(self._schema, _TOLD[value], False)
        if value not in fields.LACKED:
            raise SearchRefused(
                f"nothing is known to lack {value[:40]!r}", todo=f"Known are {', '.join(fields.LACKED)}."
            )
        there = Query.exists_query(value)
        return Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, there)])

    def _words(self, asked: Asked) -> Query:
        """The words of a search: an engine's query made from the postfix list, with a stack."""
        languages = (rules_of(asked.language),) if asked.language else self.languages
        if asked.most:
            terms = [self._term(each, languages) for each in asked.parsed.wanted]
            least = max(1, (2 * len(terms) + 2) // 3 if len(terms) > 2 else 1)
            # Who has one word more goes before who has the same words in a better place.
            terms = [
                Query.boolean_query([(Occur.Must, each), (Occur.Must, Query.const_score_query(each, _EACH))])
                for each in terms
            ]
            return Query.boolean_query([(Occur.Should, each) for each in terms], least)
        stack: list[Query] = []
        for each in asked.parsed.postfix:
            if each is Operator.NOT:
                stack.append(Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, stack.pop())]))
            elif isinstance(each, Operator):
                right, left = stack.pop(), stack.pop()
                occur = Occur.Must if each is Operator.AND else Occur.Should
                stack.append(Query.boolean_query([(occur, left), (occur, right)]))
            elif isinstance(each, Days):
                stack.append(self._touching(each, certain=False))
            else:
                stack.append(self._term(each, languages))
        return stack[0]

    def _term(self, word: Word, languages: Sequence[str]) -> Query:
        if word.field in fields.FACETS:
            return self.facet(word.field, word.text)
        if word.field == "ref":
            return Query.term_query(self._schema, "ref", word.text)
        places = (word.field,) if word.field else ("title", "text")
        choices = [
            _boosted(self._stood(place, reading), _TITLE if place == "title" else 1.0)
            for place in places
            for reading in readings(word.text, languages)
        ]
        if word.prefix:
            choices += [
                self._begun(place, word.text) for place in _BEGUN.get(word.field, ("word", "vocabulary", "text"))
            ]
        elif not word.phrase and not word.field:
            choices += [
                Query.boost_query(Query.term_query(self._schema, place, heard), weight)
                for heard in _heard(word.text)
                for place, weight in _SOUNDS.items()
            ]
        if not word.field and (named := self._named(word.text, _NAMED_KINDS)):
            choices.append(Query.boost_query(Query.term_set_query(self._schema, "links", list(named)), _LINKED))
        return Query.disjunction_max_query(choices, 0.1) if choices else Query.empty_query()

    def _stood(self, place: str, stems: tuple[str, ...]) -> Query:
        if len(stems) == 1:
            return Query.term_query(self._schema, place, stems[0])
        return Query.phrase_query(self._schema, place, list(stems))

    def _begun(self, place: str, text: str) -> Query:
        words = plain_words(text)
        if not words:
            return Query.empty_query()
        begun = Query.fuzzy_term_query(self._schema, place, words[-1], 0, prefix=True)
        return all_of([*(Query.term_query(self._schema, place, each) for each in words[:-1]), begun])

    def facet(self, name: str, value: str) -> Query:
        """Things with a value of a facet. Raises SearchRefused where there is no such facet."""
        facet = fields.FACETS.get(name)
        if facet is None:
            known = ", ".join(fields.FACETS)
            raise SearchRefused(f"there is no facet {name[:40]!r}", todo=f"There are {known}.")
        if not facet.kind or value.startswith(f"{facet.kind}/"):
            values = [value]
        else:
            values = list(self._named(value, (facet.kind,)))
        if facet.kind == "archive":
            values = self.below(values)
        return Query.term_set_query(self._schema, name, values) if values else Query.empty_query()

    def _find_named(self, text: str, kinds: tuple[str, ...]) -> tuple[str, ...]:
        """References of the things that a word, or all of several words, names, in any form, script or case."""
        musts = []
        for word in text.split():
            some = [self._stood("title", reading) for reading in readings(word, self.languages)]
            some += [Query.term_query(self._schema, "sound", heard) for heard in _heard(word)]
            if some:
                musts.append(Query.disjunction_max_query(some))
        if not musts:
            return ()
        musts.append(Query.term_set_query(self._schema, "kind", list(kinds)))
        found = self._searcher.search(all_of(musts), _MOST_NAMED, count=False)
        return tuple(reference_at(self._searcher, address) for _, address in found.hits)

    def _touching(self, days: Days, *, certain: bool) -> Query:
        """Things with a date that overlaps a time, or, if certain, lies in it whole."""

        def between(name: str, low: int | None, high: int | None) -> Query:
            return Query.range_query(self._schema, name, FieldType.Integer, low, high)

        if certain:
            return all_of([between("start", days.first, days.last), between("end", days.first, days.last)])
        return all_of([between("start", -fields.UNDATED, days.last), between("end", days.first, fields.UNDATED)])

    def below(self, archives: Iterable[str]) -> list[str]:
        """Some levels of archives, and all that lie below them."""
        found: dict[str, None] = {}
        waiting = list(archives)
        while waiting:
            each = waiting.pop()
            if each not in found:
                found[each] = None
                waiting += self._below.get(each, ())
        return list(found)

    def top(self, archive: str) -> str:
        """The institution above a level of an archive."""
        seen = {archive}
        while (parent := self._above.get(archive)) and parent not in seen:
            seen.add(parent)
            archive = parent
        return archive


def reference_at(searcher: Searcher, address: DocAddress) -> str:
    """The reference of a thing of the index."""
    return str(searcher.doc(address).get_first("ref"))


def all_of(queries: Sequence[Query]) -> Query:
    """What fits all of some queries; everything, where there are none."""
    if not queries:
        return Query.all_query()
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Must, each) for each in queries])


def _boosted(query: Query, boost: float) -> Query:
    return query if boost == 1.0 else Query.boost_query(query, boost)


def _heard(text: str) -> tuple[str, ...]:
    return sounds(text) if text.isalpha() else ()
