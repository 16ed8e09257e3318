"""The beginning of an answer, for a page."""

from dataclasses import dataclass
from functools import partial

from kg.render.queries import answers
from kg.render.queries.answers import Table
from kg.web.context import Context

ROWS = 1_000
"""Rows that a page shows."""

SHOWN = 1 << 20
"""Bytes that a page shows; what comes after them is left to downloads."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows of an answer.

    Attributes:
        kind: select, ask, or construct.
        table: the rows of a select.
        text: of an ask, true or false; of a graph, its triples in Turtle.
        whole: whether this is all of it.
    """

    kind: str
    table: Table | None
    text: str
    whole: bool


async def shown(
    context: Context, query: str, default_graphs: list[str] | None = None, named_graphs: list[str] | None = None
) -> Shown:
    """Ask, and take as much of the answer as a page shows. Raises QueryError."""
    held = bytearray()
    whole = True
    pool = context.serving.pool
    asked = pool.query(
        query, format=("tsv", "turtle"), default_graphs=default_graphs or (), named_graphs=named_graphs or ()
    )
    async with asked as answer:
        async for chunk in answer:
            held += chunk
            if len(held) > SHOWN or (answer.kind == "select" and held.count(b"\n") > ROWS + 1):
                whole = False
                break
        kind = answer.kind
    text = held.decode("utf-8", "ignore")
    if kind != "select":
        return Shown(kind, None, text if whole else text[: text.rfind("\n") + 1], whole)
    lines = text.split("\n")[:-1]
    whole = whole and len(lines) <= ROWS + 1
    named = partial(names, context)
    table = answers.table(lines[: ROWS + 1], context.base, context.reader, named, whole=whole)
    return Shown(kind, table, "", whole)


def names(context: Context, references: list[str]) -> dict[str, tuple[str, str]]:
    """Reference of a thing → what it is called in the reader's language, and which language that is."""
    found = context.serving.generation.catalogue.things(references)
    return {reference: context.reader.label(thing.labels) for reference, thing in found.items()}
