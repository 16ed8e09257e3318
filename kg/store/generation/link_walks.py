"""Walks along the links to a thing: its documents by date, each with all the roles that it gives the thing.

A walk reads a bounded number of links, whatever it looks for; where that ends it, it says up to where it is whole
(D-152).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kg.store.generation.catalogue import Catalogue
from kg.store.generation.things import ORDERED, ListEntry, Thing, parse_cursor

MAX_WALKED_LINKS = 2_000
"""Links that one walk reads."""


@dataclass(frozen=True, slots=True)
class LinkingDocument:
    """Document that links to a thing, and the keys of its links."""

    thing: Thing
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DocumentWalk:
    """Part of the documents that link to a thing, by date, undated ones last.

    Attributes:
        documents: some of them.
        after: where the list goes on; None at its end.
    """

    documents: tuple[LinkingDocument, ...]
    after: str | None


def linking_documents(  # noqa: PLR0913  # the place in a list, and what is listed
    catalogue: Catalogue,
    n: int,
    keys: Sequence[str],
    limit: int,
    after: str = "",
    *,
    is_arranged: Callable[[Thing], bool] = lambda _: False,
) -> DocumentWalk:
    """Documents that link to a thing under any of some keys, each once.

    What lies in a level stands in the order of its finding aid, and not by its date again.

    Args:
        catalogue: the catalogue of the generation.
        n: number of the target.
        keys: keys of the model.
        limit: maximum number of documents.
        after: cursor of an earlier walk; empty for the start of the list.
        is_arranged: whether a document has a place in the order of the target's finding aid.
    """
    found: dict[int, tuple[ListEntry, list[str]]] = {}
    ends: list[str] = []
    ordered = any(key in ORDERED for key in keys)
    for key in keys:
        entries, end = catalogue.linking_things_of(n, key, limit + 1, after, documents=True, most=MAX_WALKED_LINKS)
        ends += [end] if end is not None else []
        for entry in entries:
            if not (ordered and key not in ORDERED and is_arranged(entry.thing)):
                found.setdefault(entry.thing.n, (entry, []))[1].append(key)
    rows = sorted(found.values(), key=lambda row: parse_cursor(row[0].cursor))
    end = min(ends, key=parse_cursor, default=None)
    whole = [row for row in rows if end is None or parse_cursor(row[0].cursor) <= parse_cursor(end)]
    shown = [LinkingDocument(entry.thing, tuple(roles)) for entry, roles in whole[:limit]]
    if len(whole) > limit:
        return DocumentWalk(tuple(shown), whole[limit - 1][0].cursor)
    return DocumentWalk(tuple(shown), end)
