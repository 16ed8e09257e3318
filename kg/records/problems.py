"""Problem report on a record or source file, in words that help its keeper to mend it."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

MAX_EXCERPT = 200
"""Maximum length of an excerpt in characters; the full value stays in `var/rejected/` or in the record."""


Severity = Literal["rejected", "repaired", "note"]

SEVERITIES: tuple[Severity, ...] = ("rejected", "repaired", "note")
"""Severities of a problem, the gravest first."""


@dataclass(frozen=True, slots=True)
class SourceProblem:
    """Problem with a record or source file: a rejection, a repair or a note.

    Attributes:
        source: the file, as `kg.toml` names it.
        at: the line or the number of the record in it, "line 12" or "record 3"; empty where the whole file is meant.
        field: the field, as the source or the record calls it; empty where the whole record is meant.
        value: the value, shortened.
        expected: the expected form.
        message: the fault and its consequence, for a person.
        severity: `rejected`, the record is left out; `repaired`, it is published and the value mended or put aside;
            `note`, it is published unchanged and needs a look.
        record: the record's reference, where it is known.
        todo: the remedy, where the place of the fault knows a better one than its kind (`kg.publish.report.remedies`).
    """

    source: str
    at: str
    field: str
    value: str
    expected: str
    message: str
    severity: Severity = "note"
    record: str = ""
    todo: str = ""

    def as_json(self) -> dict[str, str]:
        """Return the problem as `build --json` prints it."""
        return asdict(self)


def excerpt(value: Any) -> str:
    """Return a value as text for display: a single line, shortened, without control characters."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = text[: MAX_EXCERPT * 2].encode("utf-8", "replace").decode("utf-8")
    text = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
    return text if len(text) <= MAX_EXCERPT else text[: MAX_EXCERPT - 1] + "…"
