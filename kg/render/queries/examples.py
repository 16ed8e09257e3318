"""The example queries: shown beside the editor, and tested to give rows."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.render.queries import headers


@dataclass(frozen=True, slots=True)
class Example:
    """A query of the folder `examples`.

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
def examples(folder: Path) -> tuple[Example, ...]:
    """The examples of a folder of queries, by title."""
    found = []
    for path in headers.query_files(folder / "examples"):
        text = path.read_text(encoding="utf-8")
        said = headers.simple(text)
        title, description = said.get("title", path.stem), said.get("description", "")
        found.append(Example(path.stem, title, description, said.get("view", "table"), headers.without(text)))
    return tuple(sorted(found, key=lambda each: each.title))
