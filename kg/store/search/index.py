"""An index opened to be read: what is found, in which order, and how it falls into facets."""

import json
import shutil
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tantivy import DocAddress, FieldType, Index, Order, Query, Searcher

from kg.errors import GenerationError, SearchRefused
from kg.store.search import facets, fields
from kg.store.search.analysis import PLAIN, analyzer
from kg.store.search.facets import Facets
from kg.store.search.index_builder import INFO
from kg.store.search.query_builder import Asked, EngineQueries, all_of, reference_at

DEEPEST = 10_000
"""How far down a list in order of relevance or of titles can be read; one in order of date has no end."""

_TRIES, _PAUSE = 20, 0.01
"""How often a folder that somebody still writes to is taken away, and seconds between."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found.

    Attributes:
        reference: kind/key.
        score: how well it fits; 0 in a list in another order.
        offset, length: where its JSON lies in the file of records.
        cursor: where the list goes on after it.
    """

    reference: str
    score: float
    offset: int
    length: int
    cursor: str


ORDERS = {"date": ("by_date", Order.Asc), "newest": ("by_date_back", Order.Desc)}
"""Order by date → the field that has it. The others are `relevance` and those by title."""


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
        self._searcher: Searcher = index.searcher()
        self._schema = index.schema
        self._queries = EngineQueries(index.schema, self._searcher, info["languages"], info["above"])
        self._held_twice: bool = info["held_twice"]

    def close(self) -> None:
        """Let its files go."""
        del self._searcher, self._queries

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages by whose rules words were stemmed."""
        return self._queries.languages

    @property
    def searcher(self) -> Searcher:
        """The engine's own reader, for what only a part of this package needs."""
        return self._searcher

    def query(self, asked: Asked) -> Query:
        """What is asked, in the engine's terms. Raises SearchRefused for a facet that there is not."""
        return self._queries.query(asked)

    def top(self, archive: str) -> str:
        """The institution above a level of an archive."""
        return self._queries.top(archive)

    def count(self, query: Query) -> int:
        """How many there are."""
        found: Any = self._searcher.search(query, 1)  # its type stub lacks the count
        return int(found.count)

    def undated(self, query: Query) -> int:
        """How many of them have no date."""
        return self.count(all_of([query, Query.term_query(self._schema, "dated", False)]))

    def hits(self, query: Query, limit: int, order: str = "relevance", after: str = "") -> list[Hit]:
        """Some of what is found.

        Args:
            query: made by `query`.
            limit: at most so many.
            order: `relevance`, `date`, `newest`, or the field of titles in a language.
            after: the cursor of a hit, to go on behind it.

        Raises:
            SearchRefused: the cursor is none, or too far down.
        """
        if order in ORDERS:
            return self._by_date(query, limit, order, _cursor(after))
        offset = _cursor(after) or 0
        if not 0 <= offset <= DEEPEST:
            raise SearchRefused(f"a list in this order ends after {DEEPEST:,}", todo="Narrow it down, or sort by date.")
        by: dict[str, Any] = {} if order == "relevance" else {"order_by_field": order, "order": Order.Asc}
        found: Any = self._searcher.search(query, limit, count=False, offset=offset, **by).hits
        scores = [0.0 if by else score for score, _ in found]
        return self._read([address for _, address in found], scores, range(offset + 1, DEEPEST))

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
        return self.count(all_of([query, Query.range_query(self._schema, name, FieldType.Integer, low, high)]))

    def _by_date(self, query: Query, limit: int, order: str, after: int | None) -> list[Hit]:
        name, way = ORDERS[order]
        if after is not None:
            low, high = (after + 1, 2**62) if way == Order.Asc else (-(2**62), after - 1)
            query = all_of([query, Query.range_query(self._schema, name, FieldType.Integer, low, high)])
        found = self._searcher.search(query, limit, count=False, order_by_field=name, order=way).hits
        return self._read([address for _, address in found], [0.0] * len(found), [key for key, _ in found])

    def _read(self, addresses: list[DocAddress], scores: Sequence[float], cursors: Iterable[int]) -> list[Hit]:
        offsets = self._searcher.fast_field_values("offset", addresses)
        lengths = self._searcher.fast_field_values("length", addresses)
        rows = zip(addresses, scores, offsets, lengths, cursors, strict=False)
        return [
            Hit(reference_at(self._searcher, address), score, int(offset or 0), int(length or 0), str(cursor))
            for address, score, offset, length, cursor in rows
        ]

    def facets(self, query: Query, most: int = 12) -> Facets:
        """Count what is found by each facet; `most` values of each, the years of documents alone."""
        found = facets.facets(self._searcher, query, self.documents(query), self._queries.top, most)
        if self._held_twice:  # what lies in two files of one archive was counted twice
            archives = [
                (name, self.count(all_of([query, self._queries.facet("archive", name)])))
                for name, _ in found.counts["archive"]
            ]
            found.counts["archive"][:] = sorted(archives, key=lambda each: (-each[1], each[0]))
        return found

    def documents(self, query: Query) -> Query:
        """The documents among what is found."""
        return all_of([query, Query.term_query(self._schema, "kind", fields.RECORD)])

    def dated_documents(self, query: Query) -> Query:
        """The documents with a date among what is found."""
        return all_of([self.documents(query), Query.term_query(self._schema, "dated", True)])

    def counted(self, query: Query, name: str, most: int) -> list[tuple[Any, int]]:
        """The values of one field and how many have them, the most first."""
        return facets.counted(self._searcher, query, name, most)

    def together(self, query: Query, name: str, most: int) -> dict[tuple[str, str], int]:
        """How often two of the most frequent values of a facet stand together."""
        return facets.together(self._searcher, query, name, most)


def _opened(folder: Path) -> Index:
    """An index, opened for good.

    The engine puts a lock file beside what it opens, but a generation is nobody's to write, and may lie where nothing
    can be written: it is opened through a folder of links. All of its files are mapped then, so that the links may go.
    """
    links = Path(tempfile.mkdtemp(prefix="kg-search-"))
    try:
        for path in folder.resolve().iterdir():
            (links / path.name).symlink_to(path)
        index = Index.open(str(links))
        index.register_tokenizer("kg", analyzer(PLAIN))
        index.config_reader("manual")
        index.searcher()
    finally:
        _remove(links)
    return index


def _remove(links: Path) -> None:
    """Take the links away. A thread of the engine may put its lock file there meanwhile: then once more."""
    for _ in range(_TRIES):
        shutil.rmtree(links, ignore_errors=True)
        if not links.exists():
            return
        time.sleep(_PAUSE)


def _cursor(text: str) -> int | None:
    if not text:
        return None
    try:
        return max(-(2**62), min(2**62, int(text)))
    except ValueError:
        raise SearchRefused(f"{text[:40]!r} is no place in a list", todo="Follow the link to the next page.") from None
