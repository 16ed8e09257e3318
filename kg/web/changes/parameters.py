"""Parameters of the changes, and the problem of a position that the log never had."""

from datetime import date
from typing import Annotated

from pydantic import Field

from kg.errors import Message
from kg.iris import KINDS
from kg.store.log.changes import TOLD
from kg.web.http.parameter_problems import refusal
from kg.web.http.parameters import Check, Parameters, choice, text, whole_number
from kg.web.http.problems import Problem
from kg.web.serving.context import Context

LIMIT, MAX_LIMIT = 1_000, 10_000
"""Changes of an answer for programs: without a number, and at most; 10,000 are 2 MB."""

MAX_SEQUENCE = (1 << 62) - 1
_MAX_REFERENCE = 2_000
_DAY_LENGTH = len("2026-01-31")


def _day(value: str) -> str:
    """A day of the calendar as it was written."""
    try:
        day = date.fromisoformat(value) if len(value) == _DAY_LENGTH else None
    except ValueError:
        day = None
    if day is None:
        raise refusal("date")
    return day.isoformat()


class FollowedChanges(Parameters):
    """Place in the changes, for who follows them."""

    since: Annotated[int, whole_number(0, MAX_SEQUENCE)] = Field(
        default_factory=int, description="Sequence number of the last change that is known already; 0 for none."
    )
    limit: Annotated[int, whole_number(1, MAX_LIMIT)] = Field(default=LIMIT, description="Maximum number of changes.")


class ShownChanges(Parameters):
    """Changes that a page shows."""

    kind: Annotated[str, choice(KINDS)] = Field("", description="Category of entries.")
    what: Annotated[str, choice(TOLD)] = Field("", description="Sort of change.")
    day: Annotated[str, Check(_day, {"type": "string", "format": "date"})] = Field(
        "", description="Day on which they were published (UTC), as YYYY-MM-DD."
    )
    reference: Annotated[str, text(_MAX_REFERENCE)] = Field(
        "", description="One entry, as kind/key: its whole history, whatever else is asked for."
    )
    before: Annotated[int, whole_number(1, MAX_SEQUENCE)] = Field(
        default_factory=int, description="Sequence number before which the changes lie, as given in the links."
    )


def lost_position(context: Context, since: int, name: str) -> Problem:
    """410 for a position that the log never had: whoever holds it has to begin anew.

    Args:
        context: what the request is answered with.
        since: the position.
        name: of the file that is followed.
    """
    anew = context.path(f"{name}?since=0")
    return Problem(
        410,
        Message(
            "The log of changes has no number %(since)s. Discard what you hold, and begin anew at %(place)s.",
            since=str(since),
            place=anew,
        ),
        more={"begin": anew},
    )
