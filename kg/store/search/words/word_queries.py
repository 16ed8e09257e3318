"""Queries of the words of a search: by stems, sounds, related forms, boilerplate aside, and by the things they name."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from tantivy import Occur, Query, Schema, Searcher

from kg.store.search.analysis import plain_words, sounds, stem_readings
from kg.store.search.folding import whole_name
from kg.store.search.query_language import Word
from kg.store.search.repeated.matcher import TEXT_FIELDS, RepeatedMatcher
from kg.store.search.words.clauses import all_of, any_value, boosted, reference_at
from kg.store.search.words.term_counts import TermCounts
from kg.store.search.words.word_forms import FormFinder, WordForms

MAX_FORMED = 12
"""Words at the beginning of a search that related forms may stand for: the dictionary is read for each."""

NAMED_KINDS = ("agent", "place", "collection", "archive", "topic")
"""Kinds of things that a word may name."""

_MAX_NAMED_THINGS = 300
"""Things that a word may name."""

_TITLE_BOOST, _LINK_BOOST, _FORM_BOOST = 3.0, 0.8, 0.7
"""Boost of a word in a title, of a word that names a linked thing, of a form of a word that is not there itself."""

_SOUND_BOOSTS = {"sound": 1.5, "text_sound": 0.4}
"""Field of sounds → boost of a name that only sounds alike: in names and titles, in texts."""

_ALIKE_SCORE = 0.001
"""Score of a name that an ordinary word only resembles: less than that of any text with the word (D-205)."""

_PROPER_KINDS = ("agent", "place")
"""Kinds of things that bear proper names."""

_PREFIX_FIELDS = {"title": ("word",), "text": ("vocabulary", "text")}
"""Field → fields that hold the prefixes of its words."""

_NAME_SCORE, _FAME_STEP = 1.3, 0.1
"""Score of a name, as a share of a word's weight in titles, and what each doubling of its documents adds (D-149)."""


@dataclass(frozen=True, slots=True)
class IndexTerms:
    """What the queries of words are made from.

    Attributes:
        schema, searcher: reader of the index.
        languages: languages of its stemming rules.
        repeated: its repeated paragraphs.
        below: from levels of archives to the same with all levels below them.
        terms: counts of its terms.
    """

    schema: Schema
    searcher: Searcher
    languages: Sequence[str]
    repeated: RepeatedMatcher
    below: Callable[[Iterable[str]], list[str]]
    terms: TermCounts


class WordQueries:
    """Builder of the queries of words for one index."""

    def __init__(self, index: IndexTerms) -> None:
        self._index = index
        self._schema = index.schema
        self._searcher = index.searcher
        self.forms = FormFinder(index.schema, index.searcher, index.languages, index.terms).forms
        self.named_things = lru_cache(maxsize=2048)(self._find_named_things)
        self._bearers = lru_cache(maxsize=2048)(self._find_bearers)
        self.is_ordinary = lru_cache(maxsize=2048)(self._is_ordinary)
        self.knows = lru_cache(maxsize=2048)(self._is_known)

    def term(self, word: Word, languages: Sequence[str], *, everywhere: bool, with_forms: bool = True) -> Query:
        """Query of a word, a prefix or a phrase.

        Args:
            word: the word; its field is one of words, or empty.
            languages: languages of stemming rules.
            everywhere: whether boilerplate is searched too.
            with_forms: whether related forms stand for it where the index lacks it.
        """
        places = (word.field,) if word.field else ("title", "text")
        choices = [
            query
            for place in places
            for reading in stem_readings(word.text, languages)
            for query in self._stem_choices(word, place, reading, everywhere=everywhere)
        ]
        if word.prefix:
            choices += [
                self._in(place, partial(_prefix_query, name=place, text=word.text), everywhere)
                for place in _PREFIX_FIELDS.get(word.field, ("word", "vocabulary", "text"))
            ]
        elif not word.phrase and not word.field:
            for heard in _sounds_of(word.text):
                for place, weight in _SOUND_BOOSTS.items():
                    query = self._term_in(place, heard, everywhere=everywhere)
                    choices.append(self._weighed(query, weight, word))
        if not word.field:
            choices += self._link_choices(word)
        if with_forms and (forms := self.forms_of(word)):
            choices += [boosted(each, _FORM_BOOST) for each in self._form_choices(forms, places, everywhere=everywhere)]
        return Query.disjunction_max_query(choices, 0.1) if choices else Query.empty_query()

    def _link_choices(self, word: Word) -> list[Query]:
        """Queries of the documents that link to the things which a word names."""
        named_things = self.named_things(word.text, NAMED_KINDS)
        alike = self._alike(word, named_things)
        choices = []
        if surely := [each for each in named_things if each not in alike]:
            choices.append(Query.boost_query(any_value(self._schema, "links", surely), _LINK_BOOST))
        if alike:
            choices.append(Query.const_score_query(any_value(self._schema, "links", sorted(alike)), _ALIKE_SCORE))
        return choices

    def _weighed(self, query: Query, boost: float, word: Word) -> Query:
        """Query of names that sound like a word."""
        is_ordinary = not word.phrase and self.is_ordinary(word.text)
        return Query.const_score_query(query, _ALIKE_SCORE) if is_ordinary else Query.boost_query(query, boost)

    def _alike(self, word: Word, references: Sequence[str]) -> frozenset[str]:
        """Those of some things whose proper names an ordinary word only resembles: none has it as it is written."""
        proper = [each for each in references if each.partition("/")[0] in _PROPER_KINDS]
        if not proper or word.phrase or word.prefix or not self.is_ordinary(word.text):
            return frozenset()
        (written,) = plain_words(word.text)
        bearing = [Query.term_query(self._schema, "word", written), any_value(self._schema, "ref", proper)]
        hits = self._searcher.search(all_of(bearing), len(proper), count=False).hits
        return frozenset(proper).difference(reference_at(self._searcher, address) for _, address in hits)

    def _is_ordinary(self, text: str) -> bool:
        """Test for a word that some text has without any capitalised word that sounds so: no name there."""
        words = plain_words(text)
        if len(words) != 1 or not _sounds_of(text):
            return False
        stems = {reading[0] for reading in stem_readings(text, self._index.languages) if len(reading) == 1}
        written = [Query.term_query(self._schema, "text", each) for each in sorted(stems)]
        written.append(Query.term_query(self._schema, "vocabulary", words[0]))
        clauses = [(Occur.Must, Query.boolean_query([(Occur.Should, each) for each in written]))]
        heard = {key for each in (text, *stems) for key in _sounds_of(each)}
        clauses += [(Occur.MustNot, Query.term_query(self._schema, "text_sound", each)) for each in sorted(heard)]
        return bool(self._searcher.search(Query.boolean_query(clauses), 1, count=False).hits)

    def as_written(self, word: Word) -> Query | None:
        """Query of a word in the very form in which it is written; None for a phrase, a prefix or several words."""
        words = plain_words(word.text)
        if word.phrase or word.prefix or len(words) != 1:
            return None
        choices = [Query.term_query(self._schema, name, words[0]) for name in ("word", "vocabulary")]
        return Query.boolean_query([(Occur.Should, each) for each in choices])

    def _is_known(self, word: Word) -> bool:
        """Test for a word in the index, by spelling or by phonetic key; phrases and fields are taken as they are."""
        if word.phrase or word.prefix or word.field not in {"", "title", "text"}:
            return True
        readings = stem_readings(word.text, self._index.languages)
        if any(len(stems) > 1 for stems in readings):
            return True
        has = self._index.terms.has
        if any(has(place, stems[0]) for stems in readings for place in ("title", "text")):
            return True
        return any(has(place, heard) for heard in _sounds_of(word.text) for place in _SOUND_BOOSTS)

    def forms_of(self, word: Word) -> WordForms:
        """Related forms that stand for a word which the index lacks; none for any other word."""
        return WordForms() if self.knows(word) else self.forms(word.text)

    def is_borne(self, word: str) -> bool:
        """Test for an unstemmed word that is part of the name of a person, a body or a place."""
        named = [Query.term_query(self._schema, "word", word)]
        named.append(Query.term_set_query(self._schema, "kind", ["agent", "place"]))
        return bool(self._searcher.search(all_of(named), 1, count=False).hits)

    def in_boilerplate(self, words: Iterable[Word]) -> bool:
        """Test for a word that boilerplate has."""
        return bool(self._index.repeated.boilerplate) and any(
            word.prefix or self._index.repeated.has_term("text", reading[0])
            for word in words
            for reading in stem_readings(word.text, self._index.languages)
        )

    def fame(self, reference: str) -> int:
        """Number of documents that link to a thing, or lie in an archive's level or below."""
        levels = self._index.below([reference]) if reference.startswith("archive/") else [reference]
        return sum(self._index.terms.count("links", level) for level in levels[:_MAX_NAMED_THINGS])

    def _in(self, field: str, make: Callable[[Schema], Query], everywhere: bool) -> Query:
        """Query of a field; of running text, with repeated paragraphs as the search asks for."""
        if field in TEXT_FIELDS:
            return self._index.repeated.query(make, everywhere=everywhere)
        return make(self._schema)

    def _term_in(self, field: str, term: str, *, everywhere: bool) -> Query:
        """The same of one term, which few repeated paragraphs have."""
        if field in TEXT_FIELDS and self._index.repeated.has_term(field, term):
            return self._in(field, partial(Query.term_query, field_name=field, field_value=term), everywhere)
        return Query.term_query(self._schema, field, term)

    def _stem_choices(self, word: Word, place: str, stems: tuple[str, ...], *, everywhere: bool) -> list[Query]:
        query = (
            self._term_in(place, stems[0], everywhere=everywhere)
            if len(stems) == 1
            else self._in(place, partial(_stem_query, name=place, stems=stems), everywhere)
        )
        if place != "title":
            return [query]
        if word.phrase or len(stems) > 1:
            return [Query.boost_query(query, _TITLE_BOOST)]
        bearers = self._bearers(stems[0])
        if not bearers:
            return [Query.boost_query(query, _TITLE_BOOST)]
        named = [reference for references in bearers.values() for reference in references]
        alike = self._alike(word, named)
        others = [(Occur.Must, query), (Occur.MustNot, any_value(self._schema, "ref", named))]
        # Of those who bear a name, the length of the name says nothing: the best known comes first.
        return [
            Query.boost_query(Query.boolean_query(others), _TITLE_BOOST),
            *(
                Query.const_score_query(any_value(self._schema, "ref", surely), score)
                for score, references in bearers.items()
                if (surely := [each for each in references if each not in alike])
            ),
            *([Query.const_score_query(any_value(self._schema, "ref", sorted(alike)), _ALIKE_SCORE)] if alike else []),
        ]

    def _find_bearers(self, stem: str) -> dict[float, list[str]]:
        """Score → things of that score which bear a name."""
        clauses = [
            Query.term_query(self._schema, "title", stem),
            Query.term_set_query(self._schema, "kind", list(NAMED_KINDS)),
        ]
        hits = self._searcher.search(all_of(clauses), _MAX_NAMED_THINGS, count=False).hits
        count, frequency = self._searcher.num_docs, self._index.terms.count("title", stem)
        weight = _TITLE_BOOST * math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))
        bearers: dict[float, list[str]] = {}
        for _, address in hits:
            reference = reference_at(self._searcher, address)
            score = weight * (_NAME_SCORE + _FAME_STEP * math.log2(1 + self.fame(reference)))
            bearers.setdefault(round(score, 4), []).append(reference)
        return bearers

    def _form_choices(self, forms: WordForms, places: Iterable[str], *, everywhere: bool) -> list[Query]:
        terms = {"title": (("word", forms.words), ("title", forms.stems))}
        terms["text"] = (("vocabulary", forms.words), ("text", forms.stems))
        return [
            boosted(
                self._term_in(name, term, everywhere=everywhere),
                _TITLE_BOOST if place == "title" else 1.0,
            )
            for place in places
            for name, values in terms[place]
            for term in values
        ]

    def _find_named_things(self, text: str, kinds: tuple[str, ...]) -> tuple[str, ...]:
        """References of the things named by all words of a text, in any form, script or case."""
        clauses = []
        for word in text.split():
            choices = [
                _stem_query(self._schema, name="title", stems=reading)
                for reading in stem_readings(word, self._index.languages)
            ]
            choices += [Query.term_query(self._schema, "sound", heard) for heard in _sounds_of(word)]
            if choices:
                clauses.append(Query.disjunction_max_query(choices))
        if not clauses:
            return ()
        clauses.append(Query.term_set_query(self._schema, "kind", list(kinds)))
        results = self._searcher.search(all_of(clauses), _MAX_NAMED_THINGS, count=False)
        return tuple(reference_at(self._searcher, address) for _, address in results.hits)


def _stem_query(schema: Schema, *, name: str, stems: tuple[str, ...]) -> Query:
    if len(stems) == 1:
        return Query.term_query(schema, name, stems[0])
    return Query.phrase_query(schema, name, list(stems))


def _prefix_query(schema: Schema, *, name: str, text: str) -> Query:
    words = plain_words(text)
    if not words:
        return Query.empty_query()
    prefix = Query.fuzzy_term_query(schema, name, words[-1], 0, prefix=True)
    return all_of([*(Query.term_query(schema, name, each) for each in words[:-1]), prefix])


def _sounds_of(text: str) -> tuple[str, ...]:
    name = whole_name(text)
    return sounds(name) if name.isalpha() else ()
