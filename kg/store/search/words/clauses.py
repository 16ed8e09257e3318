"""Clauses of tantivy queries that every part of a search is put together from."""

import math
from collections.abc import Sequence
from typing import Any

from tantivy import DocAddress, Occur, Query, Schema, Searcher

_SCORE = 20.0
"""Constant score of each word in a search where some of the words suffice."""

_TIE = 0.1
"""Share of the score by frequencies and lengths that counts there."""

_PREFERENCE = 8.0
"""Constant score of what is preferred there: more than a word in a short text weighs, and less than one word more."""

_MAX_SINGLE_TERMS = 24

_COMMON = 5
"""A word is common that more than one in so many documents has."""


def all_of(queries: Sequence[Query]) -> Query:
    """Conjunction of some queries; the query of everything, where there are none."""
    if not queries:
        return Query.all_query()
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Must, each) for each in queries])


def any_value(schema: Schema, field: str, values: Sequence[str]) -> Query:
    """Query of the documents with any of some values of a field; each has the same score.

    The engine compares a set of terms with the whole dictionary, so that a few are quicker one by one.
    """
    if len(values) > _MAX_SINGLE_TERMS:
        return Query.term_set_query(schema, field, values)
    terms = [(Occur.Should, Query.term_query(schema, field, value)) for value in values]
    return Query.const_score_query(Query.boolean_query(terms), 1.0)


def boosted(query: Query, boost: float) -> Query:
    """Query with its score multiplied."""
    return query if boost == 1.0 else Query.boost_query(query, boost)


def reference_at(searcher: Searcher, address: DocAddress) -> str:
    """Reference of a document of the index."""
    return str(searcher.doc(address).get_first("ref"))


def count(searcher: Searcher, query: Query) -> int:
    """Number of documents that a query finds."""
    result: Any = searcher.search(query, 1)  # its type stub lacks the count
    return int(result.count)


def _rarity(number: int, documents: int) -> float:
    """Inverse document frequency, as BM25 has it."""
    return math.log(1 + (documents - number + 0.5) / (number + 0.5))


def some_of(searcher: Searcher, words: Sequence[Query], preferred: Sequence[Query] = ()) -> Query:
    """Query of what has some of the words of a search, those with more of them first (D-148).

    Half of the words suffice, of four rare ones two. Words that nothing has keep nothing from being found, and words
    that a fifth of all has, such as *the*, find nothing by themselves.

    Args:
        searcher: reader of the index.
        words: query of each word.
        preferred: queries of what goes before hits with as many words: those that have a word as it is written, say.
    """
    counts = [count(searcher, each) for each in words]
    known = [(each, number) for each, number in zip(words, counts, strict=True) if number]
    rare = [(each, number) for each, number in known if number * _COMMON <= searcher.num_docs] or known
    if not rare:
        return Query.empty_query()
    # A hit with one word more ranks before one with the same words in better positions; of as many, rarer ones go
    # first, and the length of a text, which tells little of single words, decides between equals.
    scored = [
        (
            Occur.Should,
            Query.boolean_query(
                [
                    (Occur.Must, Query.const_score_query(each, _SCORE + _rarity(number, searcher.num_docs))),
                    (Occur.Should, Query.boost_query(each, _TIE)),
                ]
            ),
        )
        for each, number in rare
    ]
    for minimum in range(min(len(rare), (len(rare) + counts.count(0) + 1) // 2), 0, -1):
        query = Query.boolean_query(scored, minimum)
        if minimum == 1 or count(searcher, query):
            break
    common = [(Occur.Should, each) for each, number in known if (each, number) not in rare]
    common += [(Occur.Should, Query.const_score_query(each, _PREFERENCE)) for each in preferred]
    return Query.boolean_query([(Occur.Must, query), *common]) if common else query
