"""Guess of a whole table: each column by itself, then what they make together.

>>> guess = guess_table("letters", ("No.", "Título", "Author"), [("1", "Carta al rey", "Vane, Ora; Lim, Bo")])
>>> [(column.column, column.key) for column in guess.columns]
[('No.', 'id'), ('Título', 'title@es'), ('Author', 'creator')]
>>> guess.columns[2].doubts
('“;” stands in 1 cell of this column alone; each cell is one value until separator = ";" is set',)
"""

import re
from collections.abc import Sequence

from kg.records.inference.choices import EXTRA, LEFT_OUT, KeyChoice, choose
from kg.records.inference.column_profile import MAX_PROFILED, ColumnProfile
from kg.records.inference.compounds import join_dates, join_names
from kg.records.inference.date_formats import set_formats
from kg.records.inference.guesses import ColumnGuess, TableGuess
from kg.records.inference.headings import folded
from kg.records.inference.identity_guess import guess_id, guess_label
from kg.records.inference.kinds import kind_of
from kg.records.inference.meanings import SPLIT
from kg.records.inference.separators import DOUBTFUL
from kg.records.inference.text_languages import of_documents, set_languages

_MAX_CELLS, _LEAST_PROFILED = 20_000, 10
"""Different cells of a table that are looked into, and those of a column at least."""

_BLANKS = re.compile(r"[^\S\n]+")


def guess_table(name: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> TableGuess:
    """Return the guess of a table.

    Args:
        name: the name of its file or sheet.
        headings: the headings of its columns, "" for a column without one.
        rows: the cells of some of its rows; later cells may be missing.
    """
    profiled = max(_LEAST_PROFILED, min(MAX_PROFILED, _MAX_CELLS // max(1, len(headings))))
    profiles = [
        ColumnProfile(heading, tuple(_trimmed(row[place]) if place < len(row) else "" for row in rows), profiled)
        for place, heading in enumerate(headings)
    ]
    names = frozenset(folded(heading) for heading in headings)
    kind = kind_of(profiles, name)
    choices = choose(profiles, kind)
    join_names(choices)
    join_dates(choices)
    set_formats(choices)
    made = guess_label(choices, kind, names)
    ids, notes = guess_id(choices, names)
    language = set_languages(choices, kind)
    notes += _set_separators(choices)
    if kind == "record" and (constant := of_documents(choices)):
        why = f"the texts are in {constant}, and no column tells the language of a document"
        made.append(ColumnGuess("Language", "language", 0.7, why, constant=constant))
    return TableGuess(kind, tuple(map(_guess, choices)), (*ids, *made), tuple(notes), language)


def _trimmed(cell: str) -> str:
    return _BLANKS.sub(" ", cell).strip()


def _guess(choice: KeyChoice) -> ColumnGuess:
    key = f"{choice.key}@{choice.language}" if choice.language else choice.key
    if not choice.profile.filled and choice.key not in {EXTRA, LEFT_OUT} and not choice.profile.heading.meanings:
        key = EXTRA
    return ColumnGuess(
        choice.column,
        key,
        round(choice.sure, 2),
        choice.why,
        choice.separator,
        choice.pattern,
        doubts=tuple(choice.doubts),
        format=choice.format,
    )


def _set_separators(choices: Sequence[KeyChoice]) -> list[str]:
    """Set the separators that two columns or more have in common; one that stands in a single column is a doubt.

    Returns:
        A note on each separator that was set.
    """
    parted: dict[str, list[KeyChoice]] = {}
    for choice in choices:
        if choice.key.partition(".")[0] in SPLIT and choice.profile.separation and not choice.pattern:
            parted.setdefault(choice.profile.separation.sign, []).append(choice)
    notes = []
    for sign, having in parted.items():
        columns = list(dict.fromkeys(choice.profile.heading.stem or choice.column for choice in having))
        if len(columns) < 2 or sign in DOUBTFUL:
            _doubt_separator(sign, having)
            continue
        for choice in (*having, *_of_one_heading(choices, having)):
            choice.separator = sign
            choice.why = f"{choice.why}; “{separator_text(sign)}” parts several values in a cell"
        listed = ", ".join(f"“{column}”" for column in columns[:5])
        notes.append(f"“{separator_text(sign)}” parts several values in cells of {len(columns)} columns: {listed}")
    return notes


def _of_one_heading(choices: Sequence[KeyChoice], having: Sequence[KeyChoice]) -> list[KeyChoice]:
    """Columns with numbers behind the heading of others, without the sign of these."""
    stems = {(choice.profile.heading.stem, choice.key) for choice in having if choice.profile.heading.stem}
    return [
        choice
        for choice in choices
        if (choice.profile.heading.stem, choice.key) in stems and not choice.profile.separation and not choice.pattern
    ]


def _doubt_separator(sign: str, having: Sequence[KeyChoice]) -> None:
    for choice in having:
        separation = choice.profile.separation
        cells = separation.cells if separation else 0
        setting = {"\n": "\\n"}.get(sign, sign)
        counted = f"{cells} cell" if cells == 1 else f"{cells} cells"
        choice.doubts.append(
            f"“{separator_text(sign)}” stands in {counted} of this column alone; each cell is one value until"
            f' separator = "{setting}" is set'
        )


def separator_text(sign: str) -> str:
    """Return a separator as a message shows it."""
    return "a line break" if sign == "\n" else sign.strip()
