"""What is wrong with a record, said so that its keeper can mend it."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

MAX_VALUE = 200
"""How much of a value a problem shows; the whole of it stays in `var/rejected/` or in the record."""


SEVERITIES = ("rejected", "repaired", "note")
"""How grave a problem is, the gravest first."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, or that was mended.

    Attributes:
        source: the file, as `kg.toml` names it.
        at: the line or the number of the record in it, "line 12" or "record 3"; empty where the whole file is meant.
        field: the field, as the source or the record calls it; empty where the whole record is meant.
        value: the value, shortened.
        expected: what was expected instead.
        message: what is wrong and what was done, for a person.
        severity: `rejected`, the record is left out; `repaired`, it is published and the value mended or put aside;
            `note`, it is published as it came and somebody should look.
        record: the record's reference, where it is known.
    """

    source: str
    at: str
    field: str
    value: str
    expected: str
    message: str
    severity: Literal["rejected", "repaired", "note"] = "note"
    record: str = ""

    def as_json(self) -> dict[str, str]:
        """The problem as `build --json` prints it."""
        return asdict(self)


def shown(value: Any) -> str:
    """A value as a problem shows it: one line, shortened, nothing that a terminal would act on."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = text[: MAX_VALUE * 2].encode("utf-8", "replace").decode("utf-8")
    text = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
    return text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1] + "…"
