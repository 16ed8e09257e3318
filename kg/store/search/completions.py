"""Completions of a search while it is typed: names first, those of most documents before others; then titles.

A word is read by the analysis of searches, the last one as a beginning: of a word in any script and with any
diacritics, or, where few names begin so, of how a name sounds (*Хрущ* completes *Khrushchev*) (D-169).
"""

from collections.abc import Iterable, Sequence

from tantivy import Query

from kg.store.search import fields, query_language
from kg.store.search.analysis import plain_words, sounds, stem_readings
from kg.store.search.index import SearchIndex
from kg.store.search.words.clauses import all_of

MAX_COMPLETIONS = 8
"""Completions of a partial text."""

MAX_NAMES = 6
"""Names among these, where titles begin so too."""

_MAX_WORDS = 8
"""Words of a partial text; more of them are no name."""

_PROMINENT = 300
"""Values of each facet whose documents are counted beforehand."""

_CANDIDATES = 200
"""Names that are compared by their documents."""

_NAMED_KINDS = tuple(dict.fromkeys(facet.kind for facet in fields.FACETS.values() if facet.kind))


class Completer:
    """Completer of partial texts by the names and titles of one index; the first one takes a moment to count."""

    def __init__(self, index: SearchIndex) -> None:
        """Count the documents of the things that most documents name."""
        self._index = index
        self._schema = index.schema
        self._prominent = self._counted()

    def _counted(self) -> dict[str, int]:
        """Documents of the things that most documents name."""
        documents = self._index.documents(Query.all_query())
        counts: dict[str, int] = {}
        for name in (facet for facet in fields.COUNTED if fields.FACETS[facet].kind):
            for reference, count in self._index.value_counts(documents, name, _PROMINENT):
                counts[reference] = max(count, counts.get(reference, 0))
        return counts

    def references(self, text: str) -> list[str]:
        """References of the things whose name or title completes a partial text.

        Raises:
            SearchRefused: the text is no search yet.
        """
        parsed = query_language.parse(text)
        words = [word.text for word in parsed.words if plain_words(word.text)]
        if not words or len(words) > _MAX_WORDS or not parsed.plain:
            return []
        begun = all_of([*map(self._whole, words[:-1]), Query.disjunction_max_query(self._beginnings(words[-1]))])
        titles = self._index.hits(self._index.documents(begun), MAX_COMPLETIONS)
        names = self._names(begun, MAX_COMPLETIONS)
        if len(names) < MAX_NAMES:
            names = list(dict.fromkeys([*names, *self._names(self._sounding(words), MAX_NAMES)]))
        names = names[: max(MAX_NAMES, MAX_COMPLETIONS - len(titles))]
        return [*names, *(hit.reference for hit in titles[: MAX_COMPLETIONS - len(names)])]

    def _names(self, query: Query, limit: int) -> list[str]:
        """References of the named things among the hits, those of most documents first."""
        names = all_of([query, Query.term_set_query(self._schema, "kind", list(_NAMED_KINDS))])
        prominent = all_of([names, Query.term_set_query(self._schema, "ref", list(self._prominent))])
        hits = [*self._index.hits(prominent, _CANDIDATES), *self._index.hits(names, limit)]
        found = dict.fromkeys(hit.reference for hit in hits)
        return sorted(found, key=lambda reference: -self._index.words.fame(reference))[:limit]

    def _sounding(self, words: Sequence[str]) -> Query:
        """Query of names that have some words, or sound like them, the last one begun."""
        whole = [Query.disjunction_max_query([self._whole(word), *self._heard(word)]) for word in words[:-1]]
        heard = self._heard(words[-1], prefix=True)
        return all_of([*whole, Query.disjunction_max_query([*self._beginnings(words[-1]), *heard])])

    def _whole(self, word: str) -> Query:
        """Query of a whole word of a name, in any of its forms."""
        return Query.disjunction_max_query(
            [
                Query.term_query(self._schema, "title", reading[0])
                if len(reading) == 1
                else Query.phrase_query(self._schema, "title", list(reading))
                for reading in stem_readings(word, self._index.languages)
            ]
        )

    def _beginnings(self, word: str) -> list[Query]:
        """Queries of names with a word that begins so, or that is a form of it."""
        *first, last = plain_words(word)
        prefix = Query.fuzzy_term_query(self._schema, "word", last, 0, prefix=True)
        parts = [Query.term_query(self._schema, "word", each) for each in first]
        return [self._whole(word), all_of([*parts, prefix])]

    def _heard(self, word: str, *, prefix: bool = False) -> Iterable[Query]:
        """Queries of names that sound like a word, or begin with its sound."""
        for heard in sounds(word) if word.isalpha() else ():
            if prefix:
                yield Query.fuzzy_term_query(self._schema, "sound", heard, 0, prefix=True)
            else:
                yield Query.term_query(self._schema, "sound", heard)
