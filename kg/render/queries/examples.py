"""Example queries of the workbench, each tested to return rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from kg.render.queries import headers


@dataclass(frozen=True, slots=True)
class ExampleQuery:
    """Query of the folder `examples`.

    Attributes:
        name: name of its file, without the suffix.
        title: its title.
        description: description of its answer.
        view: best view of its answer: table, pivot, chart, timeline, map, network.
        text: the query.
        language: language of title and description.
        translations: language → (title, description), from the lines `# title@ru:` and `# description@ru:`.
    """

    name: str
    title: str
    description: str
    view: str
    text: str
    language: str = "en"
    translations: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def in_language(self, language: str) -> "ExampleQuery":
        """Example with title and description in a language; unchanged without a translation."""
        if language not in self.translations:
            return self
        title, description = self.translations[language]
        return replace(self, title=title, description=description, language=language)


@cache
def examples(folders: tuple[Path, ...]) -> tuple[ExampleQuery, ...]:
    """Example queries of some folders, by title."""
    result = []
    for path in headers.query_files(folders, "examples"):
        text = path.read_text(encoding="utf-8")
        header = headers.read_comments(text)
        title, description = header.get("title", path.stem), header.get("description", "")
        languages = {key.partition("@")[2] for key in header if key.startswith("title@")}
        translations = {each: (header[f"title@{each}"], header.get(f"description@{each}", "")) for each in languages}
        view, query = header.get("view", "table"), headers.strip_header(text)
        result.append(ExampleQuery(path.stem, title, description, view, query, translations=translations))
    return tuple(sorted(result, key=lambda each: each.title))
