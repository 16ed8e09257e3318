"""Term counts: how many records of an index have a term, without those that an update has deleted (D-223).

The engine's own counts have deleted documents in them until it merges their segment. An index that was made anew has
none, and is asked the engine's count, which is quicker.
"""

from typing import Any

from tantivy import Query, Schema, Searcher

from kg.store.search.repeated.matcher import TEXT_FIELDS, RepeatedMatcher


class TermCounts:
    """Counts of terms in one index; where no record has the words in its own fields, those of repeated paragraphs."""

    def __init__(self, schema: Schema, searcher: Searcher, repeated: RepeatedMatcher, *, deleted: int) -> None:
        """Create the counts.

        Args:
            schema: schema of the index.
            searcher: reader of the index.
            repeated: its repeated paragraphs.
            deleted: number of its deleted documents.
        """
        self._schema = schema
        self._searcher = searcher
        self._repeated = repeated
        self._deleted = deleted

    @property
    def has_deleted(self) -> bool:
        """Whether the counts of the engine have deleted documents in them."""
        return self._deleted > 0

    def has(self, field: str, term: str) -> bool:
        """Test for a term in a field of a record, or of a repeated paragraph."""
        number = self._searcher.doc_freq(field, term)
        if number > self._deleted:
            return True
        if number:
            query = Query.term_query(self._schema, field, term)
            if self._searcher.search(query, 1, count=False).hits:
                return True
        return field in TEXT_FIELDS and self._repeated.has_term(field, term)

    def count(self, field: str, term: str) -> int:
        """Number of records that have a term in a field; where none has, of repeated paragraphs."""
        number = self._searcher.doc_freq(field, term)
        if number and self.has_deleted:
            found: Any = self._searcher.search(
                Query.term_query(self._schema, field, term), 1
            )  # its stub lacks the count
            number = int(found.count)
        return number or (self._repeated.count(field, term) if field in TEXT_FIELDS else 0)

    def beginning(self, field: str, prefix: str, limit: int | None = None) -> list[tuple[str, int]]:
        """(term, number) of the terms of a field that begin so, deleted documents counted; `has` tells them apart."""
        terms = self._searcher.terms_with_prefix(field, prefix, limit=limit)
        if field not in TEXT_FIELDS:
            return terms
        own = {term for term, _ in terms}
        repeated = self._repeated.beginning(field, prefix, limit)
        return terms + [(term, number) for term, number in repeated if term not in own]
