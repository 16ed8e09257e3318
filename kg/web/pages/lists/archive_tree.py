"""`/archive/`: the tree of the archives, institutions first, each level in the order of the archive (ISAD(G) 2.1)."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from kg.render.site.key_labels import LEVELS
from kg.store.generation.names.name_index import OTHER, TOP, TOP_OF_OTHERS, NameEntry
from kg.store.generation.things import Thing
from kg.web.pages.lists.leaps import SIZE
from kg.web.pages.lists.names import OTHERS, ListParameters, documents_query, register_of
from kg.web.serving import published
from kg.web.serving.context import Context

MAX_BRANCHES = 150
"""Levels below the top ones that a page shows."""

_MAX_CHILDREN = 12
"""Levels in one level that it shows."""

_KIND = "archive"
_LONGEST_RECORD = 20_000
"""Bytes of a record up to which the tree reads it for the word of its level."""


@dataclass(slots=True)
class TreeNode:
    """Level of an archive in the tree.

    Attributes:
        entry: its number and documents.
        children: some of the levels in it.
        more: how many others there are.
        thing, level, query: its row, the word for its level, the query of the search for its documents.
    """

    entry: NameEntry
    children: "list[TreeNode]" = field(default_factory=list)
    more: int = 0
    thing: Thing | None = None
    level: str = ""
    query: str = ""


def page(request: Request, context: Context, asked: ListParameters) -> Response:
    """The tree, from a place on."""
    names = context.publication.names
    register = register_of(_KIND, asked, context)
    top = TOP_OF_OTHERS if register == _KIND + OTHER else TOP
    entries = names.children(top, SIZE + 1, asked.after)
    goes_on = len(entries) > SIZE
    others = _KIND + OTHER if top == TOP and not goes_on else ""
    values: dict[str, Any] = {
        "kind": _KIND,
        "count": names.totals.get(register, 0),
        "nodes": grown(entries[:SIZE], context),
        "others": grown(names.children(TOP_OF_OTHERS, SIZE), context) if others else [],
        "others_count": names.totals.get(others, 0),
        "listed": OTHERS if asked.list == OTHERS else "",
        "cursor": asked.after,
        "after": entries[SIZE - 1].cursor if goes_on else None,
        "levels": LEVELS,
        "reader": context.reader,
        "searched": context.publication.searchable,
    }
    return published.page(request, context, "archives", values)


def grown(entries: list[NameEntry], context: Context) -> list[TreeNode]:
    """Some levels with those below them, level by level as long as there is room."""
    names = context.publication.names
    roots = [TreeNode(each) for each in entries]
    queue = deque(roots)
    room = MAX_BRANCHES
    while queue:
        node = queue.popleft()
        children = names.children(node.entry.n, min(_MAX_CHILDREN, room) + 1)
        if children:
            node.children = [TreeNode(each) for each in children[: min(_MAX_CHILDREN, room)]]
            is_cut = len(children) > len(node.children)
            node.more = names.count_children(node.entry.n) - len(node.children) if is_cut else 0
            room -= len(node.children)
            queue.extend(node.children)
    _describe(list(_walk(roots)), context)
    return roots


def _describe(nodes: list[TreeNode], context: Context) -> None:
    """Add what the catalogue and the records say of some levels."""
    publication = context.publication
    things = publication.catalogue.numbered([node.entry.n for node in nodes])
    for node in nodes:
        thing = node.thing = things[node.entry.n]
        if thing.length <= _LONGEST_RECORD:
            node.level = publication.finder.record(thing.offset, thing.length).get("level", "")
        node.query = documents_query(_KIND, thing, node.entry.documents, context)


def _walk(nodes: list[TreeNode]) -> Iterator[TreeNode]:
    queue = deque(nodes)
    while queue:
        yield (node := queue.popleft())
        queue.extend(node.children)
