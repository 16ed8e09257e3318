"""Guesses of a table: a key for each column, values made of several columns, the kind of the rows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """Guess of a column, or of a value that needs no column of its own.

    Attributes:
        column: its heading as it stands in the table; of a value without a column, a name for the settings.
        key: the key, `title@es`; `extra` for a column that stays under its heading, `-` for one that is left out.
        sure: how sure that is, from 0 to 1.
        why: the reason, in a sentence without a full stop.
        separator: what parts several values in a cell; empty where a cell is one.
        pattern: the pattern of a value made of columns.
        constant: the value of every record.
        format: the order of day, month and year in dates of figures alone.
        doubts: what a person should look at, in sentences without a full stop.
        is_proposal: whether it is no more than a proposal, for a comment.
    """

    column: str
    key: str
    sure: float
    why: str
    separator: str = ""
    pattern: str = ""
    constant: str = ""
    doubts: tuple[str, ...] = ()
    is_proposal: bool = False
    format: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the guess as `kg init --json` prints it."""
        names = ("separator", "pattern", "constant", "format")
        more = {name: value for name in names if (value := getattr(self, name))}
        why = "; ".join((self.why, *self.doubts))
        return {"column": self.column, "key": self.key, "sure": self.sure, "why": f"{why}.", **more}


@dataclass(frozen=True, slots=True)
class TableGuess:
    """Guess of a table.

    Attributes:
        kind: what its rows describe.
        columns: a guess for each column, in the order of the table.
        made: values that need no column of their own.
        notes: what concerns the whole table, in sentences without a full stop.
        language: the language of most of its texts; empty where that is not known.
    """

    kind: str
    columns: tuple[ColumnGuess, ...]
    made: tuple[ColumnGuess, ...] = ()
    notes: tuple[str, ...] = ()
    language: str = ""
