"""Names under one identity: told where they are no forms of one another, or where the types of an agent differ."""

from collections.abc import Iterator

from kg.records.model.keys import Record
from kg.records.names.name_forms import are_forms
from kg.records.problems import SourceProblem, excerpt
from kg.store.generation.hints import LinkName

_ONE_THING = "one name, or forms of it, for one number or id"
_MAX_NAMES = 50
"""Names of one thing that are compared with one another."""


def names_that_differ(reference: str, names: list[LinkName]) -> Iterator[SourceProblem]:
    """Yield a problem for each name of a stub that is no form of its first name, and for each other type."""
    if len(names) < 2:
        return
    first = names[0]
    for other in names[1:_MAX_NAMES]:
        if not are_forms(first.name, other.name):
            message = (
                f"{reference} is called {excerpt(first.name)!r}, too, which is no form of this name; both are kept"
            )
            yield _problem(other, other.name, _ONE_THING, message)
        if first.agent_type and other.agent_type not in {"", first.agent_type}:
            message = f"{reference} is of type {first.agent_type} in another link"
            yield _problem(other, f"{other.name}: {other.agent_type}", "one type for one agent", message)


def names_unlike_record(reference: str, record: Record, names: list[LinkName]) -> Iterator[SourceProblem]:
    """Yield a problem for each name in links that is no form of the names in the thing's record."""
    own = list(record.get("name", {}).values())
    own += [text for texts in record.get("alternativeNames", {}).values() for text in texts]
    own += [form["text"] for form in record.get("names", []) if "text" in form]
    for link in names[:_MAX_NAMES]:
        if link.name not in own and not any(are_forms(link.name, name) for name in own):
            message = f"{reference} is called so here, and its record has no such form: {excerpt('; '.join(own[:3]))}"
            yield _problem(link, link.name, _ONE_THING, message)


def _problem(link: LinkName, value: str, expected: str, message: str) -> SourceProblem:
    return SourceProblem(link.source, link.at, "name", excerpt(value), expected, message, "note", link.record)
