"""Remedies of problems: a table from what is wrong to its kind, a word for lists, and to what its keeper does about it.

A problem that says its own remedy keeps that; else the first row whose pattern is in its message decides. Messages are
for people and have values in them, so a pattern is of the words that stand in each message of the kind.
"""

import re
from typing import NamedTuple

from kg.errors import Message
from kg.records.problems import Severity, SourceProblem

DATE_UNREAD = "date-unread"
"""Kind of a date that could not be read."""

LINK_DANGLING = "link-dangling"
"""Kind of a link that leads to nothing."""

OTHER = "other"
"""Kind of a problem that no row of the table knows."""


class Remedy(NamedTuple):
    """Row of the table: the kind, the pattern of messages or `field: message`, and the remedy."""

    kind: str
    pattern: re.Pattern[str]
    todo: str


def _row(kind: str, pattern: str, todo: str) -> Remedy:
    return Remedy(kind, re.compile(pattern), todo)


_ROWS = (
    _row(
        "export-conflict",
        ": conflict: ",
        Message("Decide which of the two is right, write it into the sheet, and export it anew before the next edit."),
    ),
    _row(
        "file-unknown",
        "the format is not known",
        Message(
            "Run `kg init FILE`: it looks into the file and writes what kg.toml needs. If the file is no description,"
            " move it out of the source."
        ),
    ),
    _row(
        "file-encoding",
        "is not UTF-8|is no UTF-8|is in UTF-16|there are bytes that are no|read as ISO ",
        Message("Save the file as UTF-8; of a table as text, name its `encoding` in kg.toml."),
    ),
    _row(
        "file-empty",
        "the file is empty|there is nothing in it",
        Message("Put its records in, or take the file out of the source."),
    ),
    _row(
        "table-columns",
        "no key takes this column|the column has no heading|kg.toml names this column|no column gives a title"
        "|there is no such sheet|kg.toml calls the one with|above the headings|explains the columns"
        "|read as one name each|no sheet of that name|the sheet is hidden|hidden columns are read",
        Message(
            "Compare the headings with `columns`, `sheet` and `header` of the source in kg.toml; `kg init FILE --json`"
            " says what each column may be."
        ),
    ),
    _row(
        "table-row",
        "cells where most rows have|cells, and at most|a shorter row|characters, and at most|a quotation mark in line",
        Message("Look into this row for a separator or a quotation mark too many, or one that is missing."),
    ),
    _row(
        "file-damaged",
        "the (file|database) is damaged|is read no further|has no cells",
        Message(
            "Open the file in the program that it is of, and save it anew; if that fails, take a copy from before."
        ),
    ),
    _row("file-twice", "lies in two sources", Message("Take the file out of one of the two sources in kg.toml.")),
    _row(
        "source-gone",
        "records before and gives",
        Message("If it is away, bring it back; if its records are to be deleted, run `kg build --accept-deletions`."),
    ),
    _row(
        "file-away",
        "its records are left out|is (a|no) .*files are read|links are not followed",
        Message("Bring the file or folder back, or correct `path` in kg.toml."),
    ),
    _row(
        "kg-failed",
        "^[^:]*: kg failed at this",
        Message("Report the fault to the makers of kg, with the record; the others are published."),
    ),
    _row(
        "id-twice",
        "the same id stands in",
        Message(
            "Give one of the two another id. If both describe one thing, set `merge = true` for one of the sources in"
            " kg.toml; if they are two things, set `prefix`."
        ),
    ),
    _row(
        "id",
        "has no id|no column has ids|the id is no text|^id: the record's kind is|can't be a key"
        "|the key .* (is longer|has half)"
        "|is no reference to a thing",
        Message("Give the record an id of its own that will not change."),
    ),
    _row("required", ": is required", Message("Fill in this field; a record can't be published without it.")),
    _row("title-missing", "there is no title", Message("Give the unit a title, formal or supplied (ISAD(G) 3.1.2).")),
    _row(
        "key-by-place",
        "its key is its place",
        Message("Give the unit an id or a number of its own, so that its address stays when another one comes before."),
    ),
    _row(
        "shape",
        "breaks a shape of|goes against the advice of|shapes did not see",
        Message("Change the record as your own rules ask, or the rules in the file of `shapes`."),
    ),
    _row(
        "date-order",
        "comes before .*|is after the end|ends before it begins",
        Message("Correct one of the two dates: they can't both be right."),
    ),
    _row("date-future", "is a date to come", Message("Correct the year: nothing that is described has happened then.")),
    _row(
        DATE_UNREAD,
        "kept as it is written",
        Message(
            "Write the date so that it can be read in one way, as 5 April 1963, 1963-04-05 or circa 1962; what is"
            " written is shown as it is, and the document stands among those without a date."
        ),
    ),
    _row(
        "date-contradiction",
        "encoded (date|time)|lie outside|the text (names|is not understood)",
        Message("Compare the date in words with the encoded one, and correct the one that is wrong."),
    ),
    _row(
        LINK_DANGLING,
        "leads nowhere|there is no file .* in the sources|is not there$",
        Message("Correct the number in the link, or describe what it names in a source."),
    ),
    _row(
        "link-doubtful",
        "may lead to|may be any of them|is that of a ",
        Message("Say in the link which one is meant, by an id that no other thing has."),
    ),
    _row(
        "name-differs",
        "is no form of this name|has no such form|is of type .* in another link",
        Message("Look whether one number stands for two; else write the name as its record has it."),
    ),
    _row("circle", "is reached from itself", Message("Take one of the links out, so that the chain ends.")),
    _row(
        "merged-differs",
        "the sources differ",
        Message("Decide which source is right and correct the other; until then the first one counts."),
    ),
    _row(
        "key-unknown",
        "there is no such key here|can't have this key",
        Message("Use a key of the model (`kg keys` lists them); until then the value stands under “Further data”."),
    ),
    _row(
        "value-empty",
        "is taken for an empty value",
        Message("Leave the field empty where there is nothing to say."),
    ),
    _row(
        "characters",
        r"characters that|the entity .* is declared nowhere; it is read",
        Message(
            "Save the file anew as UTF-8 with the characters themselves, where the page does not show what you mean."
        ),
    ),
    _row(
        "value-large",
        "bytes long as written|is larger than|the file is larger|MB are read|nests too deep",
        Message("Divide it: a long text into parts, a file into several, a record a line."),
    ),
    _row(
        "internal",
        "for the staff alone",
        Message("Nothing, if the public may not see it; else take the mark out."),
    ),
    _row(
        "withdrawn",
        "has withdrawn this record|draft",
        Message("Nothing, if that is so; else correct the status of the record."),
    ),
    _row(
        "value-unfit",
        "kept under extra|kept without a language|does not fit|put aside|several identities",
        Message("Write the value in the form that is expected; until then it stands under “Further data”."),
    ),
    _row(
        "unmapped",
        "gave no statement",
        Message("Write the value in a form that the model has (`kg keys`), so that it is in the data too."),
    ),
    _row("colour", "^colour: ", Message("Choose a colour with more contrast, or leave it as it is shown.")),
    _row("respelled", "written otherwise now", Message("Nothing, unless queries of yours name the old addresses.")),
    _row(
        "damage",
        "a build mends it|is damaged|can't be opened|is of an earlier version of kg",
        Message("Nothing: the next build mends it."),
    ),
)
"""Rows in the order in which they are tried."""

_OF_SEVERITY: dict[Severity, str] = {
    "rejected": Message("Correct the record in its file at this place, and run `kg build` again."),
    "repaired": Message("Look at the page; if it does not show what you mean, correct the value in its file."),
    "note": Message("Look at it; if it is right as it is, nothing is to be done."),
}
"""Remedies of what no row knows."""


def remedy_of(problem: SourceProblem) -> tuple[str, str]:
    """Return the kind of a problem, and its remedy in English.

    >>> remedy_of(SourceProblem("a.csv", "line 2", "dates", "5/4", "a date", "is no date; kept as it is written"))[0]
    'date-unread'
    """
    text = f"{problem.field}: {problem.message}"
    for row in _ROWS:
        if row.pattern.search(text):
            return row.kind, problem.todo or row.todo
    return OTHER, problem.todo or _OF_SEVERITY[problem.severity]
