"""Preview of an answer: its beginning, for a page."""

from dataclasses import dataclass
from functools import partial

from starlette.requests import Request

from kg.errors import QueryError, QueryTooLarge
from kg.render.queries import result_table
from kg.render.queries.result_table import ResultTable
from kg.web.endpoint.responses import Question
from kg.web.observe.request_notes import notes_of
from kg.web.serving.context import Context

PREVIEW_FORMATS = ("tsv", "turtle")
"""Formats in which a page takes an answer."""

MAX_ROWS = 1_000
"""Rows that a page shows."""

MAX_BYTES = 1 << 20
"""Bytes that a page shows; what comes after them is left to downloads."""

LARGE = 20_000
"""Characters of an answer from which others would wait while a page is made of it."""


@dataclass(frozen=True, slots=True)
class Preview:
    """Beginning of an answer, for a page.

    Attributes:
        kind: select, ask, or construct.
        table: the rows of a select.
        text: of an ask, true or false; of a graph, its triples in Turtle.
        whole: whether this is all of it.
        large: whether others would wait while a page is made of it.
    """

    kind: str
    table: ResultTable | None
    text: str
    whole: bool
    large: bool = False


async def preview(request: Request, context: Context, question: Question) -> Preview:
    """Ask, and take as much of the answer as a page shows. Raises QueryError."""
    notes = notes_of(request.scope)
    notes.query, notes.answered = question.query, "asked"
    try:
        kind, held, whole = await _beginning(request, context, question)
    except QueryError as fault:
        notes.fault = type(fault).__name__
        raise
    text = held.decode("utf-8", "ignore")
    if kind != "select":
        return Preview(kind, None, text if whole else text[: text.rfind("\n") + 1], whole)
    lines = text.split("\n")[:-1]
    whole = whole and len(lines) <= MAX_ROWS + 1
    named = partial(names, context)
    make = partial(result_table.table, lines[: MAX_ROWS + 1], context.base, context.reader, named, complete=whole)
    table = await context.serving.slow_queue.run(request, make) if len(text) > LARGE else make()
    return Preview(kind, table, "", whole, large=len(text) > LARGE)


async def _beginning(request: Request, context: Context, question: Question) -> tuple[str, bytearray, bool]:
    """The kind of an answer, as much of it as a page shows, and whether that is all of it."""
    held = bytearray()
    kind = "select"
    try:
        async with question.ask(context, request, rows=MAX_ROWS + 1) as answer:
            kind = answer.kind
            async for chunk in answer:
                held += chunk
                if len(held) > MAX_BYTES or (kind == "select" and held.count(b"\n") > MAX_ROWS + 1):
                    return kind, held, False
    except QueryTooLarge:
        if not held:
            raise
        return kind, held, False
    return kind, held, True


def names(context: Context, references: list[str]) -> dict[str, tuple[str, str]]:
    """Reference of a thing → what it is called in the reader's language, and which language that is."""
    found = context.publication.catalogue.things(references)
    return {each: context.reader.called(thing.labels, each, thing.status) for each, thing in found.items()}
