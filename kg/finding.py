"""From words to what is found: the read side's other use case.

The index says what fits and how it falls into facets; labels come from the catalogue, texts from the file of records.
"""

from collections.abc import Sequence

import orjson

from kg.errors import SearchRefused
from kg.iris import Base
from kg.store.generations import Generation
from kg.store.search import asking, clause, fields
from kg.store.search.clause import Rewritten, Row
from kg.store.search.clause_scan import Clause
from kg.store.search.index import Asked, Hit, SearchIndex
from kg.store.search.snippets import Marker, Snippet


class Finder:
    """What can be found in one generation."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self.base = Base(generation.manifest.base)

    @property
    def index(self) -> SearchIndex:
        """The index. Raises SearchRefused where the generation was built without one."""
        if self.generation.search is None:
            raise SearchRefused(
                "nothing can be searched here: the collection was published without a search index",
                todo="Its keeper sets `search = true` in kg.toml and builds it again.",
            )
        return self.generation.search

    def passages(self, hit: Hit) -> list[tuple[str, str]]:
        """The texts of a hit, (language, text), the most telling first."""
        record = orjson.loads(self.generation.record(hit.offset, hit.length))
        return [passage for key in fields.TEXT_KEYS for passage in fields.texts(record.get(key))]

    def rewrite(self, query: str) -> Rewritten:
        """A query with its searches answered. Raises SearchRefused for one that has not the one form."""
        return clause.rewrite(query, self.base.value, self._rows)

    def _rows(self, asked: Clause) -> tuple[Sequence[Row], bool]:
        parsed = asking.parse(asked.words)
        query = self.index.query(Asked(parsed, language=asked.language))
        hits = self.index.hits(query, asked.limit + 1) if parsed.postfix else []
        marker = Marker(parsed, self.index.languages) if asked.snippet else None
        return [self._row(hit, marker) for hit in hits[: asked.limit]], len(hits) > asked.limit

    def _row(self, hit: Hit, marker: Marker | None) -> Row:
        said: Snippet | None = marker.snippet(self.passages(hit)) if marker else None
        iri = self.base.iri(hit.reference)
        return Row(iri, hit.score, said.text, said.language) if said else Row(iri, hit.score)
