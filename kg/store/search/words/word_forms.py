"""Related forms of a word: other words of the index with its root, for a word that the index lacks (D-148).

Stemmers join the forms of one part of speech. A reader who types *China* means what the collection calls *Chinese*; so
the words that begin like it are compared by their roots, that is without the endings of inflection and derivation, and
by the stemming rules of other languages.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tantivy import Query, Schema, Searcher

from kg.store.search.analysis import STEMMED, plain_words, stems
from kg.store.search.words.clauses import all_of
from kg.store.search.words.irregular_forms import irregular_forms
from kg.store.search.words.term_counts import TermCounts

MIN_ROOT = 4
"""Letters of a root."""

_MAX_CUT = 3
"""Letters at the end of the word in which a related one may differ, besides its own ending."""

_MAX_CANDIDATES = 1_000
_MAX_COMPARED_BY_RULES = 100
_MAX_FORMS = 12
_MAX_LENGTH = 40

# Without accents, and without the letters of Cyrillic that folding takes for others.
_ENDINGS_BY_LANGUAGE = {
    "en": (
        "a e i o y s es ed er ers or ors ing ings ion ions ation ations ian ians an ans ese ish ism isms ist "
        "ists ic ics ical ically al als ally ly ity ities ive ives ment ments ness able ible ance ence ances "
        "ences ant ent ants ents acy acies at ats ate ates ated ating ator ators ful less ward hood ship "
        "ships ies ied ier iest est th ey ys is uese"
    ),
    "romance": (
        "as os is ar ir ado ada ados adas ido ida idos idas ando endo iendo cion ciones sion siones dor dora "
        "dores ante istas ismo ico ica icos icas ales eza mente dad dades oso osa ano ana anos anas ense "
        "enses eses esa esas ino ina inos inas ais aise aises ois oise oises ien ienne iens iennes ique iques "
        "isme iste istes tion tions eur euse eurs eux aux zione zioni ista isti ese esi ani cao coes"
    ),
    "de": ("en em n isch ische ischen ischer isches ung ungen heit keit lich er ern in innen"),
    "ru": (
        "а я о е и ы у ю й ь ов ев ей ам ям ами ями ах ях ом ем ой ою ский ская ское ские ского ской скому "
        "скую ским скими ских ия ии ию ией ий ие иев иям иями иях ость ости остью ный ная ное ные ного ной "
        "ному ную ным ных ными ть ать ить еть ал ала али ил ила или ел ела ели ение ения ению ением ений ание "
        "ания анию анием ец ца цы цев ник ника ники ников янин яне янский ческий ческая ческие ческого"
    ),
}
_ENDINGS = frozenset(ending for endings in _ENDINGS_BY_LANGUAGE.values() for ending in endings.split())
_LONGEST_ENDING = max(map(len, _ENDINGS))
_RULES = ("en", "es", "ru", "fr", "de", "it", "pt")
"""Languages whose stemming rules are tried on a word that the index lacks, besides those of the index."""


def roots(word: str) -> frozenset[str]:
    """Possible roots of a folded word: without any one of the endings, four letters at least.

    >>> sorted(roots("japanese")), "chin" in roots("china") & roots("chinese")
    (['japan', 'japanes', 'japanese'], True)
    """
    return frozenset(
        word[: len(word) - cut]
        for cut in range(max(0, min(_LONGEST_ENDING, len(word) - MIN_ROOT)) + 1)
        if not cut or word[-cut:] in _ENDINGS
    )


@dataclass(frozen=True, slots=True)
class WordForms:
    """Forms of a word that are in the index.

    Attributes:
        words: unstemmed words of titles and descriptions.
        stems: stems of titles and texts.
    """

    words: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.words or self.stems)

    @property
    def readable(self) -> tuple[str, ...]:
        """Forms as a reader is told of them: words, or stems where no word is known."""
        return self.words or self.stems


class FormFinder:
    """Finder of related forms in one index."""

    def __init__(self, schema: Schema, searcher: Searcher, languages: Iterable[str], terms: TermCounts) -> None:
        """Create a finder.

        Args:
            schema: schema of the index.
            searcher: reader of the index.
            languages: languages of the index's stemming rules.
            terms: counts of the terms of the index.
        """
        self._schema = schema
        self._searcher = searcher
        self._terms = terms
        self._rules = tuple(dict.fromkeys((*(each for each in languages if each in STEMMED), *_RULES)))
        self.forms = lru_cache(maxsize=1024)(self._forms)

    def _forms(self, text: str) -> WordForms:
        words = plain_words(text)
        if len(words) != 1 or len(words[0]) > _MAX_LENGTH or words[0].isdecimal():
            return WordForms()
        word = words[0]
        irregular = {form for rules in self._rules for form in irregular_forms(rules).get(word, ())}
        if len(word) < MIN_ROOT and not irregular:
            return WordForms()
        stems_of_irregular = {stem for form in irregular for rules in self._rules for stem in stems(form, rules)}
        found_words = (*sorted(irregular), *self._related(word, ("word", "vocabulary")))
        found_stems = (*sorted(stems_of_irregular), *self._related(word, ("title", "text")))
        return WordForms(
            tuple(each for each in found_words if self._is_of_documents(each, "vocabulary", "word"))[:_MAX_FORMS],
            tuple(each for each in found_stems if self._is_of_documents(each, "text", "title"))[:_MAX_FORMS],
        )

    def _related(self, word: str, fields: Sequence[str]) -> tuple[str, ...]:
        """Related terms of some fields: those that begin with the word, then those with its root."""
        if len(word) < MIN_ROOT:
            return ()
        beginning = word[: max(MIN_ROOT, len(word) - _MAX_CUT)]
        counts: dict[str, int] = {}
        for field in fields:
            for term, count in self._terms.beginning(field, beginning, _MAX_CANDIDATES):
                counts[term] = counts.get(term, 0) + count
        own = roots(word)
        related = {term for term in counts if own & roots(term)}
        for term in sorted(counts.keys() - related, key=lambda each: -counts[each])[:_MAX_COMPARED_BY_RULES]:
            if any(_same_stem(word, term, rules) for rules in self._rules):
                related.add(term)
        if self._terms.has_deleted:
            counts = {term: sum(self._terms.count(field, term) for field in fields) for term in related}
            related = {term for term in related if counts[term]}
        return tuple(sorted(related, key=lambda each: (not each.startswith(word), -counts[each], each)))

    def _is_of_documents(self, word: str, text_field: str, title_field: str) -> bool:
        """Test for a word of a document: one of names of people and places alone is a name, not a form."""
        if self._terms.has(text_field, word):
            return True
        in_titles = [
            Query.term_query(self._schema, title_field, word),
            Query.term_query(self._schema, "kind", "record"),
        ]
        return bool(self._searcher.search(all_of(in_titles), 1, count=False).hits)


def _same_stem(word: str, other: str, rules: str) -> bool:
    stem = stems(word, rules)
    return len(stem) == 1 and len(stem[0]) >= MIN_ROOT and stem in (stems(other, rules), (other,))
