"""An index opened to be read: what is found, in which order, and how it falls into facets."""

import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tantivy import DocAddress, FieldType, Index, Occur, Order, Query, Searcher

from kg.errors import GenerationError, SearchRefused
from kg.store.search import counting, fields
from kg.store.search.analysis import PLAIN, analyzer, plain_words, readings, rules_of, sounds
from kg.store.search.asking import Days, Operator, Parsed, Word
from kg.store.search.building import INFO
from kg.store.search.counting import Facets

DEEPEST = 10_000
"""How far down a list in order of relevance can be read; one in order of date has no end."""

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


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found.

    Attributes:
        reference: kind/key.
        score: how well it fits; 0 in a list in order of date.
        offset, length: where its JSON lies in the file of records.
        cursor: where the list goes on after it.
    """

    reference: str
    score: float
    offset: int
    length: int
    cursor: str


ORDERS = {"date": ("by_date", Order.Asc), "newest": ("by_date_back", Order.Desc)}
"""Order by date → the field that has it. The other order is `relevance`."""


class SearchIndex:
    """A published index. Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Open an index. Raises GenerationError where it can't be read."""
        try:
            info = json.loads((folder / INFO).read_text(encoding="utf-8"))
            index = _opened(folder)
        except (OSError, ValueError, KeyError) as fault:
            what = f"the search index can't be read: {fault}"
            raise GenerationError(what, where=str(folder), todo="Run `kg build --full`.") from None
        if info["version"] != fields.VERSION:
            what = "the search index was made by another version of kg"
            raise GenerationError(what, where=str(folder), todo="Run `kg build --full`.")
        self._schema = index.schema
        self._searcher: Searcher = index.searcher()
        self._languages: tuple[str, ...] = tuple(info["languages"])
        self._above: dict[str, str] = info["above"]
        self._held_twice: bool = info["held_twice"]
        self._below: dict[str, list[str]] = {}
        for child, parent in self._above.items():
            self._below.setdefault(parent, []).append(child)
        self._named = lru_cache(maxsize=2048)(self._find_named)

    def close(self) -> None:
        """Let its files go."""
        del self._searcher

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages by whose rules words were stemmed."""
        return self._languages

    @property
    def searcher(self) -> Searcher:
        """The engine's own reader, for what only a part of this package needs."""
        return self._searcher

    # What is asked, as the engine has it --------------------------------------------------------------------------

    def query(self, asked: Asked) -> Query:
        """What is asked, in the engine's terms."""
        musts = [self.words(asked)] if asked.parsed.postfix else []
        musts += [self._narrowed(name, value) for name, value in asked.filters]
        if asked.days:
            musts.append(self._touching(asked.days, certain=asked.certain))
        return _all_of(musts)

    def words(self, asked: Asked) -> Query:
        """The words of a search: an engine's query made from the postfix list, with a stack."""
        languages = (rules_of(asked.language),) if asked.language else self._languages
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
            return self._facet(word.field, word.text)
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
        return _all_of([*(Query.term_query(self._schema, place, each) for each in words[:-1]), begun])

    def _narrowed(self, name: str, value: str) -> Query:
        if name != fields.LACKS:
            return self._facet(name, value)
        if value in _TOLD:
            return Query.term_query(self._schema, _TOLD[value], False)
        if value not in fields.LACKED:
            raise SearchRefused(
                f"nothing is known to lack {value[:40]!r}", todo=f"Known are {', '.join(fields.LACKED)}."
            )
        there = Query.exists_query(value)
        return Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, there)])

    def _facet(self, name: str, value: str) -> Query:
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
            some = [self._stood("title", reading) for reading in readings(word, self._languages)]
            some += [Query.term_query(self._schema, "sound", heard) for heard in _heard(word)]
            if some:
                musts.append(Query.disjunction_max_query(some))
        if not musts:
            return ()
        musts.append(Query.term_set_query(self._schema, "kind", list(kinds)))
        found = self._searcher.search(_all_of(musts), _MOST_NAMED, count=False)
        return tuple(self._reference(address) for _, address in found.hits)

    def _touching(self, days: Days, *, certain: bool) -> Query:
        """Things with a date that overlaps a time, or, if certain, lies in it whole."""

        def between(name: str, low: int | None, high: int | None) -> Query:
            return Query.range_query(self._schema, name, FieldType.Integer, low, high)

        if certain:
            return _all_of([between("start", days.first, days.last), between("end", days.first, days.last)])
        return _all_of([between("start", -fields.UNDATED, days.last), between("end", days.first, fields.UNDATED)])

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

    # What is found ------------------------------------------------------------------------------------------------

    def count(self, query: Query) -> int:
        """How many there are."""
        found: Any = self._searcher.search(query, 1)  # its type stub lacks the count
        return int(found.count)

    def undated(self, query: Query) -> int:
        """How many of them have no date."""
        return self.count(_all_of([query, Query.term_query(self._schema, "dated", False)]))

    def hits(self, query: Query, limit: int, order: str = "relevance", after: str = "") -> list[Hit]:
        """Some of what is found.

        Args:
            query: made by `query`.
            limit: at most so many.
            order: `relevance`, `date` or `newest`.
            after: the cursor of a hit, to go on behind it.

        Raises:
            SearchRefused: the cursor is none, or too far down.
        """
        if order in ORDERS:
            return self._by_date(query, limit, order, _cursor(after))
        offset = _cursor(after) or 0
        if not 0 <= offset <= DEEPEST:
            raise SearchRefused(f"a list by relevance ends after {DEEPEST:,}", todo="Narrow it down, or sort by date.")
        found = self._searcher.search(query, limit, count=False, offset=offset).hits
        return self._read([address for _, address in found], [score for score, _ in found], range(offset + 1, DEEPEST))

    def stretch(self, query: Query, first: int, limit: int, order: str = "relevance") -> list[Hit]:
        """The hits from a place in the list on, which begins with 0; nothing from DEEPEST on."""
        if first >= DEEPEST:
            return []
        if order not in ORDERS:
            return self.hits(query, limit, order, str(first))
        name, way = ORDERS[order]
        found = self._searcher.search(query, limit, count=False, offset=first, order_by_field=name, order=way).hits
        return self._read([address for _, address in found], [0.0] * len(found), [key for key, _ in found])

    def before(self, query: Query, order: str, after: str) -> int:
        """How many hits stand up to a cursor and with it."""
        place = _cursor(after)
        if place is None or order not in ORDERS:
            return place or 0
        name, way = ORDERS[order]
        low, high = (-(2**62), place) if way == Order.Asc else (place, 2**62)
        return self.count(_all_of([query, Query.range_query(self._schema, name, FieldType.Integer, low, high)]))

    def _by_date(self, query: Query, limit: int, order: str, after: int | None) -> list[Hit]:
        name, way = ORDERS[order]
        if after is not None:
            low, high = (after + 1, 2**62) if way == Order.Asc else (-(2**62), after - 1)
            query = _all_of([query, Query.range_query(self._schema, name, FieldType.Integer, low, high)])
        found = self._searcher.search(query, limit, count=False, order_by_field=name, order=way).hits
        return self._read([address for _, address in found], [0.0] * len(found), [key for key, _ in found])

    def _read(self, addresses: list[DocAddress], scores: Sequence[float], cursors: Iterable[int]) -> list[Hit]:
        offsets = self._searcher.fast_field_values("offset", addresses)
        lengths = self._searcher.fast_field_values("length", addresses)
        rows = zip(addresses, scores, offsets, lengths, cursors, strict=False)
        return [
            Hit(self._reference(address), score, int(offset or 0), int(length or 0), str(cursor))
            for address, score, offset, length, cursor in rows
        ]

    def _reference(self, address: DocAddress) -> str:
        return str(self._searcher.doc(address).get_first("ref"))

    def facets(self, query: Query, most: int = 12) -> Facets:
        """Count what is found by each facet; `most` values of each, the years of documents alone."""
        found = counting.facets(self._searcher, query, self.documents(query), self.top, most)
        if self._held_twice:  # what lies in two files of one archive was counted twice
            archives = [
                (name, self.count(_all_of([query, self._facet("archive", name)])))
                for name, _ in found.counts["archive"]
            ]
            found.counts["archive"][:] = sorted(archives, key=lambda each: (-each[1], each[0]))
        return found

    def documents(self, query: Query) -> Query:
        """The documents among what is found."""
        return _all_of([query, Query.term_query(self._schema, "kind", fields.RECORD)])

    def dated_documents(self, query: Query) -> Query:
        """The documents with a date among what is found."""
        return _all_of([self.documents(query), Query.term_query(self._schema, "dated", True)])

    def counted(self, query: Query, name: str, most: int) -> list[tuple[Any, int]]:
        """The values of one field and how many have them, the most first."""
        return counting.counted(self._searcher, query, name, most)

    def together(self, query: Query, name: str, most: int) -> dict[tuple[str, str], int]:
        """How often two of the most frequent values of a facet stand together."""
        return counting.together(self._searcher, query, name, most)


def _opened(folder: Path) -> Index:
    """An index, opened for good.

    The engine puts a lock file beside what it opens, but a generation is nobody's to write, and may lie where nothing
    can be written: it is opened through a folder of links. All of its files are mapped then, so that the links may go.
    """
    with tempfile.TemporaryDirectory(prefix="kg-search-") as links:
        for path in folder.resolve().iterdir():
            (Path(links) / path.name).symlink_to(path)
        index = Index.open(links)
        index.register_tokenizer("kg", analyzer(PLAIN))
        index.config_reader("manual")
        index.searcher()
    return index


def _all_of(queries: Sequence[Query]) -> Query:
    if not queries:
        return Query.all_query()
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Must, each) for each in queries])


def _boosted(query: Query, boost: float) -> Query:
    return query if boost == 1.0 else Query.boost_query(query, boost)


def _heard(text: str) -> tuple[str, ...]:
    return sounds(text) if text.isalpha() else ()


def _cursor(text: str) -> int | None:
    if not text:
        return None
    try:
        return max(-(2**62), min(2**62, int(text)))
    except ValueError:
        raise SearchRefused(f"{text[:40]!r} is no place in a list", todo="Follow the link to the next page.") from None
