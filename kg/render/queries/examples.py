"""The example queries: shown beside the editor, and tested to give rows."""

from dataclasses import dataclass
from functools import cache

from kg.render.queries import headers
from kg.settings import QUERIES

FOLDER = QUERIES / "examples"


@dataclass(frozen=True, slots=True)
class Example:
    """A query of queries/examples.

    Attributes:
        name: the file's, without its ending.
        title: what it asks.
        description: what comes of it.
        view: how its answer is best seen: table, pivot, chart, timeline, map, network.
        text: the query itself.
    """

    name: str
    title: str
    description: str
    view: str
    text: str


@cache
def examples() -> tuple[Example, ...]:
    """The examples, by title."""
    found = []
    for path in headers.query_files(FOLDER):
        text = path.read_text(encoding="utf-8")
        said = headers.simple(text)
        title, description = said.get("title", path.stem), said.get("description", "")
        found.append(Example(path.stem, title, description, said.get("view", "table"), headers.without(text)))
    return tuple(sorted(found, key=lambda each: each.title))
