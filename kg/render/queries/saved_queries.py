"""Saved queries: a query with typed parameters that is published under a name.

Where a line of the query says `# parameters`, the values come in as a VALUES block of one row. A parameter that may be
left out, and is, stays a variable like any other.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from kg.errors import KgError, ParameterFault
from kg.render.queries import headers
from kg.render.queries.headers import Header
from kg.render.queries.parameters import Parameter, found_in, type_of

PLACE = "# parameters"
_TRIED = "examples.toml"
RESERVED = frozenset({"format", "lang"})
"""What a request says of the answer, and not of the query."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A query of the folder `saved`.

    Attributes:
        name: the file's, without its ending.
        summary: what it asks, in a line.
        description: what comes of it.
        tags: what it belongs to.
        parameters: in the order in which the query has them.
        text: the query itself, without its header.
    """

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    text: str

    def bound(self, values: Mapping[str, str], base: str) -> str:
        """The query with the values of a request in it. Raises ParameterFault.

        Args:
            values: name of a parameter → its value.
            base: what `kind/key` is resolved against.
        """
        known = {each.name: each for each in self.parameters}
        for name in values:
            if name not in known:
                there = f"Its parameters are {', '.join(known)}." if known else "It has none."
                raise ParameterFault(f"`{self.name}` has no parameter {name[:50]!r}", todo=there)
        columns, row = [], []
        for each in self.parameters:
            value = values.get(each.name) or each.default
            if value is not None:
                columns.append(each.variable)
                row.append(str(each.term(value, base)))
            elif each.required:
                shown = f" Such as {each.name}={each.example}." if each.example else ""
                raise ParameterFault(f"the parameter `{each.name}` is missing", todo=f"{each.description}{shown}")
        block = f"VALUES ({' '.join(columns)}) {{ ({' '.join(row)}) }}" if columns else ""
        return self.text.replace(PLACE, block)

    def trying(self, values: Mapping[str, str]) -> "Saved":
        """The same with other values to try."""
        tried = tuple(replace(each, example=values.get(each.name, each.example)) for each in self.parameters)
        return replace(self, parameters=tried)

    @property
    def example(self) -> dict[str, str]:
        """Values that give rows in the example collection."""
        return {each.name: each.example for each in self.parameters if each.example is not None}


def read(path: Path) -> Saved:
    """A saved query from its file. Raises KgError where its header is wrong."""
    text = path.read_text(encoding="utf-8")
    try:
        said = headers.read(text)
        query = headers.without(text)
        parameters = tuple(
            Parameter(
                variable=match[0],
                name=name,
                required=match["marks"] == "_",
                type=type_of(match),
                language=match["language"] or "",
                description=_table(said, "parameters").get(name, ""),
                default=_table(said, "defaults").get(name),
                example=_table(said, "examples").get(name),
                choices=tuple(each.strip() for each in _table(said, "enumerate").get(name, "").split(",") if each),
            )
            for name, match in found_in(query)
        )
    except KgError as fault:
        raise KgError(fault.what, where=str(path), todo=fault.todo) from None
    if taken := RESERVED & {each.name for each in parameters}:
        raise KgError(f"a parameter can't be called {', '.join(sorted(taken))}", where=str(path), todo="Rename it.")
    if parameters and PLACE not in query:
        raise KgError("no line says where the parameters come in", where=str(path), todo=f"Write {PLACE!r} there.")
    tags = said.get("tags", [])
    summary, description = str(said.get("summary", path.stem)), str(said.get("description", ""))
    return Saved(path.stem, summary, description, tuple(tags) if isinstance(tags, list) else (), parameters, query)


def _table(said: Header, key: str) -> dict[str, str]:
    table = said.get(key)
    return table if isinstance(table, dict) else {}


@cache
def saved(folders: tuple[Path, ...]) -> dict[str, Saved]:
    """The saved queries of some folders, by name. Raises KgError where a header or a value to try is wrong."""
    known = {path.stem: read(path) for path in headers.query_files(folders, "saved")}
    for folder in folders:
        path = folder / "saved" / _TRIED
        for name, values in (_tried(path) if path.is_file() else {}).items():
            if name not in known or not values.keys() <= {each.name for each in known[name].parameters}:
                there = "Its names are those of queries, and in them those of parameters."
                raise KgError(f"[{name}] names no query, or none of its parameters", where=str(path), todo=there)
            known[name] = known[name].trying(values)
    return known


def _tried(path: Path) -> dict[str, dict[str, str]]:
    """Query → parameter → a value to try, from a file of a collection."""
    try:
        return {name: {key: str(value) for key, value in each.items()} for name, each in _toml(path).items()}
    except (ValueError, AttributeError) as fault:
        todo = "Write a [table] for each query, with `parameter = value` in it."
        raise KgError(f"can't be read: {fault}", where=str(path), todo=todo) from None


def _toml(path: Path) -> dict[str, dict[str, object]]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
