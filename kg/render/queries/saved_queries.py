"""Saved queries: queries with typed parameters, published under a name.

A VALUES block of one row with the values replaces the line `# parameters` of the query. An optional parameter without a
value stays an unbound variable.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from kg.errors import KgError, ParameterFault
from kg.render.queries import headers
from kg.render.queries.headers import Header
from kg.render.queries.parameters import Parameter, parameters_in, type_of

PARAMETERS_LINE = "# parameters"
_EXAMPLES_FILE = "examples.toml"
RESERVED = frozenset({"format", "lang"})
"""Names of a request's own parameters, which no query may use."""


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """Query of the folder `saved`.

    Attributes:
        name: name of its file, without the suffix.
        summary: its summary, in one line.
        description: description of its answer.
        tags: its tags.
        parameters: its parameters, in the order of the query.
        text: the query, without its header.
    """

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    text: str

    def bound(self, values: Mapping[str, str], base: str) -> str:
        """Query with the values of a request. Raises ParameterFault.

        Args:
            values: name of a parameter → its value.
            base: base IRI for `kind/key`.
        """
        parameters = {each.name: each for each in self.parameters}
        for name in values:
            if name not in parameters:
                there = f"Its parameters are {', '.join(parameters)}." if parameters else "It has none."
                raise ParameterFault(f"`{self.name}` has no parameter {name[:50]!r}", todo=there, kind="unknown")
        columns, row = [], []
        for each in self.parameters:
            value = values.get(each.name) or each.default
            if value is not None:
                columns.append(each.variable)
                row.append(str(each.term(value, base)))
            elif each.required:
                hint = f" Such as {each.name}={each.example}." if each.example else ""
                what = f"the parameter `{each.name}` is missing"
                raise ParameterFault(what, todo=f"{each.description}{hint}", kind="missing")
        block = f"VALUES ({' '.join(columns)}) {{ ({' '.join(row)}) }}" if columns else ""
        return self.text.replace(PARAMETERS_LINE, block)

    def with_examples(self, values: Mapping[str, str]) -> "SavedQuery":
        """The same query with other example values."""
        tried = tuple(replace(each, example=values.get(each.name, each.example)) for each in self.parameters)
        return replace(self, parameters=tried)

    @property
    def example(self) -> dict[str, str]:
        """Example values, which return rows in the example collection."""
        return {each.name: each.example for each in self.parameters if each.example is not None}


def read(path: Path) -> SavedQuery:
    """Read a saved query from its file. Raises KgError for a malformed header."""
    text = path.read_text(encoding="utf-8")
    try:
        header = headers.read_decorators(text)
        query = headers.strip_header(text)
        parameters = tuple(
            Parameter(
                variable=match[0],
                name=name,
                required=match["marks"] == "_",
                type=type_of(match),
                language=match["language"] or "",
                description=_table(header, "parameters").get(name, ""),
                default=_table(header, "defaults").get(name),
                example=_table(header, "examples").get(name),
                choices=tuple(each.strip() for each in _table(header, "enumerate").get(name, "").split(",") if each),
            )
            for name, match in parameters_in(query)
        )
    except KgError as fault:
        raise KgError(fault.what, where=str(path), todo=fault.todo) from None
    if taken := RESERVED & {each.name for each in parameters}:
        raise KgError(f"a parameter can't be called {', '.join(sorted(taken))}", where=str(path), todo="Rename it.")
    if parameters and PARAMETERS_LINE not in query:
        raise KgError(
            "no line says where the parameters come in", where=str(path), todo=f"Write {PARAMETERS_LINE!r} there."
        )
    tags = header.get("tags", [])
    summary, description = str(header.get("summary", path.stem)), str(header.get("description", ""))
    return SavedQuery(path.stem, summary, description, tuple(tags) if isinstance(tags, list) else (), parameters, query)


def _table(header: Header, key: str) -> dict[str, str]:
    table = header.get(key)
    return table if isinstance(table, dict) else {}


@cache
def saved_queries(folders: tuple[Path, ...]) -> dict[str, SavedQuery]:
    """Saved queries of some folders, by name. Raises KgError for a malformed header or example value."""
    queries = {path.stem: read(path) for path in headers.query_files(folders, "saved")}
    for folder in folders:
        path = folder / "saved" / _EXAMPLES_FILE
        for name, values in (_example_values(path) if path.is_file() else {}).items():
            if name not in queries or not values.keys() <= {each.name for each in queries[name].parameters}:
                there = "Its names are those of queries, and in them those of parameters."
                raise KgError(f"[{name}] names no query, or none of its parameters", where=str(path), todo=there)
            queries[name] = queries[name].with_examples(values)
    return queries


def _example_values(path: Path) -> dict[str, dict[str, str]]:
    """Query → parameter → example value, from a file of a collection."""
    try:
        return {name: {key: str(value) for key, value in each.items()} for name, each in _toml(path).items()}
    except (ValueError, AttributeError) as fault:
        todo = "Write a [table] for each query, with `parameter = value` in it."
        raise KgError(f"can't be read: {fault}", where=str(path), todo=todo) from None


def _toml(path: Path) -> dict[str, dict[str, object]]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
