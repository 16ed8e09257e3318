"""Values that stand in several columns: a date in beginning and end, or in year, month and day; a name in two."""

from collections.abc import Callable, Sequence

from kg.records.dates import phrases
from kg.records.inference.choices import EXTRA, LEFT_OUT, KeyChoice

_MAX_TRIED = 50
_DATE_JOINS: tuple[Callable[[str, str], str], ...] = (
    lambda first, last: f"{{{first}}}/{{{last}}}",
    lambda first, last: f"{{{first}}} - {{{last}}}",
)
_DAY_JOINS = ("{year}-{month}-{day}", "{day} {month} {year}", "{day}.{month}.{year}")
_MONTH_JOINS = ("{year}-{month}", "{month} {year}")


def join_dates(choices: Sequence[KeyChoice]) -> None:
    """Make one date of a beginning and an end, and one of year, month and day, where such dates can be read."""
    first, last = _only(choices, "start"), _only(choices, "end")
    if first and last:
        _join(first, (last,), [join(first.column, last.column) for join in _DATE_JOINS], "a beginning and an end")
    elif last and not first:
        last.leave("an end without a column for the beginning")
    year = next((choice for choice in choices if choice.key == "dates" and choice.profile.share("year") > 0.7), None)
    month, day = _only(choices, "month"), _only(choices, "day")
    if year and month:
        parts = (month, day) if day else (month,)
        names = {
            "year": f"{{{year.column}}}",
            "month": f"{{{month.column}}}",
            "day": f"{{{day.column}}}" if day else "",
        }
        patterns = [join.format(**names) for join in (_DAY_JOINS if day else _MONTH_JOINS)]
        _join(year, parts, patterns, "year, month and day" if day else "year and month")


def join_names(choices: Sequence[KeyChoice]) -> None:
    """Make one name of a family name and a given name."""
    surname, given = _only(choices, "surname"), _only(choices, "givenName")
    whole = next((choice for choice in choices if choice.meaning in {"name", "title"} and choice.key == "name"), None)
    if not surname or not given or surname.key != "name":
        return
    if whole:
        surname.become(EXTRA, 0.7, f"the name stands whole in “{whole.column}”")
        given.become(EXTRA, 0.7, f"the name stands whole in “{whole.column}”")
        return
    surname.pattern = f"{{{surname.column}}}, {{{given.column}}}"
    surname.why = f"{surname.why}; with “{given.column}” it makes the name"
    given.become(LEFT_OUT, given.sure, f"{given.why}; “{surname.column}” takes it in")


def _only(choices: Sequence[KeyChoice], meaning: str) -> KeyChoice | None:
    """Column of a meaning, if there is just one, that a pattern can name."""
    having = [choice for choice in choices if _means(choice, meaning)]
    return having[0] if len(having) == 1 and not set("{}*") & set(having[0].column) else None


def _means(choice: KeyChoice, meaning: str) -> bool:
    return choice.meaning == meaning or (choice.key == EXTRA and choice.profile.heading.meanings[:1] == (meaning,))


def _join(first: KeyChoice, others: Sequence[KeyChoice], patterns: Sequence[str], what: str) -> None:
    """Give the first column the pattern by which all sampled rows can be read, if there is one."""
    columns = (first, *others)
    rows = list(zip(*(choice.profile.cells for choice in columns), strict=True))
    whole = [row for row in rows if all(row)][:_MAX_TRIED]
    headings = " and ".join(f"“{choice.column}”" for choice in columns)
    for pattern in patterns:
        values = [_filled(pattern, columns, row) for row in whole]
        if values and all(phrases.parse(value).dates for value in values):
            first.pattern = pattern
            first.become("dates", max(first.sure, 0.85), f"{headings} are {what} of one date")
            for other in others:
                other.become(LEFT_OUT, 0.85, f"“{first.column}” takes it in: {what} of one date")
            return
    for other in others:
        if other.key != EXTRA:
            other.leave(f"{headings} may be {what} of one date, which can't be read together in every row")


def _filled(pattern: str, columns: Sequence[KeyChoice], row: Sequence[str]) -> str:
    for choice, cell in zip(columns, row, strict=True):
        pattern = pattern.replace(f"{{{choice.column}}}", cell)
    return pattern
