"""Id and label of a table's rows: the columns that give them, or a value made of columns where none does."""

from collections.abc import Sequence
from itertools import combinations

from kg.records.inference.choices import EXTRA, KeyChoice
from kg.records.inference.column_guesses import quoted
from kg.records.inference.guesses import ColumnGuess
from kg.records.inference.meanings import LABELS
from kg.records.model.keys import label_key

_LEAST_FILLED = 0.9
"""Share of the rows that have a reference, from which on it may be their id."""
_MAX_PARTS = 3
"""Columns that make an id together."""
_MAX_CANDIDATES = 8
"""Columns that are tried for an id of several."""
_MAX_LABEL = 250
"""Average length of a text up to which it may serve as a title."""

_LABEL_LIKE = (
    ("subjects",),
    ("summary", "description", "scopeNote"),
    (EXTRA,),
    ("alternativeNames", "note"),
    ("mentions", "subjects"),
)
"""Keys whose texts may serve as a title, the best first."""

NO_ID = "no column has ids: addresses are made of title, date and reference, and change with them"


def guess_id(choices: Sequence[KeyChoice], names: frozenset[str]) -> tuple[list[ColumnGuess], list[str]]:
    """Return the id made of columns, where there is one, and notes for the whole table.

    A column with ids that repeat is no id: it becomes a part of one, or an identifier.

    Args:
        choices: the columns; changed where an id has to be another thing.
        names: headings of the table, none of which a value of its own may have as its name.
    """
    chosen = next((choice for choice in choices if choice.key == "id"), None)
    if chosen and _is_fit(chosen):
        return [], []
    if chosen:
        cells = chosen.profile.filled
        repeated = list(dict.fromkeys(cell for cell in cells if cells.count(cell) > 1)) if len(cells) < 3000 else []
        chosen.become("identifiers", chosen.sure * 0.8, f"{chosen.why}, but rows share it: {quoted(repeated)}")
    for wanted in ("reference", "identifiers"):
        for choice in choices:
            if choice.key == wanted and choice is not chosen and _is_short(choice) and _is_nearly_unique(choice):
                lacking = choice.profile.cells.count("")
                why = f"each row has a “{choice.column}” of its own"
                if lacking:
                    why += f", but {lacking} of {len(choice.profile.cells)}, which get addresses made of their words"
                return [_made(names, (choice,), 0.7 if lacking else 0.8, why)], []
    bare = [choice for choice in choices if choice.key == EXTRA and not choice.meaning and _may_be_id(choice)]
    if bare:
        bare[0].become("id", 0.55, "each row has a short one of its own")
        return [], []
    if several := _together(choices):
        headings = " and ".join(f"“{choice.column}”" for choice in several)
        return [_made(names, several, 0.7, f"each row has {headings} of its own, together")], []
    return [], [NO_ID]


def guess_label(choices: Sequence[KeyChoice], kind: str, names: frozenset[str]) -> list[ColumnGuess]:
    """Return the label made of columns, where no column is one; a column that may serve as one becomes it.

    A table without a label is no table of records, so there has to be one.
    """
    label = label_key(kind)
    if any(choice.key in LABELS for choice in choices):
        return []
    texts = [choice for choice in choices if choice.profile.filled and _may_be_label(choice)]
    for place, keys in enumerate(_LABEL_LIKE):
        for choice in sorted(texts, key=lambda each: -len(each.profile.filled)):
            if choice.key in keys and (place or _are_phrases(choice)):
                doubt = "" if choice.key == EXTRA else f"it might be {choice.key}, beside a {label} of its own"
                choice.become(label, 0.45, f"no column is called a {label}, and this one tells most of what a row is")
                choice.doubts = [*choice.doubts, *([doubt] if doubt else [])]
                return []
    parts = [choice for key in ("type", "creator", "sender", "recipient", "reference", "identifiers", "id", "dates")
             for choice in choices if choice.key == key and all(choice.profile.cells)][:2]  # fmt: skip
    if not parts:
        parts = [choice for choice in choices if choice.profile.filled][:1]
    return [_made(names, tuple(parts), 0.4, f"no column is called a {label}; one is made of others", label)]


def _made(names: frozenset[str], parts: Sequence[KeyChoice], sure: float, why: str, key: str = "id") -> ColumnGuess:
    sign = "-" if key == "id" else ", "
    pattern = sign.join(f"{{{choice.column}}}" for choice in parts)
    name = key if key not in names else f"{key} of kg"
    return ColumnGuess(name, key, sure, why, pattern=pattern)


def _is_fit(choice: KeyChoice) -> bool:
    """Whether a column's filled cells are ids: one each; empty cells are told."""
    filled = choice.profile.filled
    if len(set(filled)) < len(filled) or not filled:
        return False
    if empty := len(choice.profile.cells) - len(filled):
        choice.doubts.append(f"{empty} rows have none, and get addresses made of their words")
    return True


def _is_nearly_unique(choice: KeyChoice) -> bool:
    """Whether no two filled cells are the same, and hardly one is empty."""
    filled = choice.profile.filled
    return len(set(filled)) == len(filled) > 1 and len(filled) >= _LEAST_FILLED * len(choice.profile.cells)


def _is_short(choice: KeyChoice) -> bool:
    profile = choice.profile
    return not profile.is_prose and _is_nameable(choice) and max(map(len, profile.filled), default=0) <= 120


def _is_nameable(choice: KeyChoice) -> bool:
    """Whether a pattern can name the column."""
    return bool(choice.column) and not set("{}*") & set(choice.column)


def _may_be_id(choice: KeyChoice) -> bool:
    profile = choice.profile
    return profile.is_unique and len(profile.cells) > 2 and profile.share("code", "number") > 0.9 and _is_short(choice)


def _together(choices: Sequence[KeyChoice]) -> tuple[KeyChoice, ...]:
    """Fewest columns of references and numbers whose cells together are different in each row."""
    wanted = ("referenceLevels", "containers", "reference", "identifiers")
    parts = [
        choice for choice in choices
        if choice.key.partition(".")[0] in wanted and _is_nameable(choice) and all(choice.profile.cells)
    ][:_MAX_CANDIDATES]  # fmt: skip
    for number in range(2, _MAX_PARTS + 1):
        for several in combinations(parts, number):
            rows = list(zip(*(choice.profile.cells for choice in several), strict=True))
            if len(rows) > 1 and len(set(rows)) == len(rows):
                return several
    return ()


def _are_phrases(choice: KeyChoice) -> bool:
    """Whether the cells under a heading such as Subject are what letters are about, one each, and no terms."""
    profile = choice.profile
    return not profile.recurs and not profile.separation and not profile.heading.number and profile.average_length > 15


def _may_be_label(choice: KeyChoice) -> bool:
    profile = choice.profile
    is_text = profile.share("number", "date", "address", "file", "code", "language") < 0.3
    return is_text and profile.average_length <= _MAX_LABEL and bool(choice.column)
