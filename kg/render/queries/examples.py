"""The example queries: shown beside the editor, and tested to give rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
        language: of title and description.
        spoken_as: language → title and description in it, as `# title@ru:` and `# description@ru:` say them.
    """

    name: str
    title: str
    description: str
    view: str
    text: str
    language: str = "en"
    spoken_as: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def spoken(self, language: str) -> "Example":
        """The example as it is told in a language; as it stands, where it is not told in it."""
        if language not in self.spoken_as:
            return self
        title, description = self.spoken_as[language]
        return replace(self, title=title, description=description, language=language)


@cache
def examples(folders: tuple[Path, ...]) -> tuple[Example, ...]:
    """The examples of some folders of queries, by title."""
    found = []
    for path in headers.query_files(folders, "examples"):
        text = path.read_text(encoding="utf-8")
        said = headers.simple(text)
        title, description = said.get("title", path.stem), said.get("description", "")
        others = {key.partition("@")[2] for key in said if key.startswith("title@")}
        spoken_as = {each: (said[f"title@{each}"], said.get(f"description@{each}", "")) for each in others}
        view, query = said.get("view", "table"), headers.without(text)
        found.append(Example(path.stem, title, description, view, query, spoken_as=spoken_as))
    return tuple(sorted(found, key=lambda each: each.title))
