"""Search language parser: words, "phrases", AND, OR, NOT, ( ), -word, word*, fields (`from:castro year:1962..1963`).

A shunting yard: one flat loop with a stack of its own, so no text can make it recurse. The result is a short list in
postfix order, whose number of terms and depth are limited.

>>> [str(term) for term in parse("castro (ships OR missiles) -cuba").postfix]
['castro', 'ships', 'missiles', 'OR', 'AND', 'cuba', 'NOT', 'AND']
>>> parse('from:castro year:1962').postfix[1]
DayRange(first=19620101, last=19621231)
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from kg.errors import Message, SearchRefused
from kg.store.search.fields import FACETS
from kg.store.search.times import UNDATED

MAX_OFFSET = 10_000
"""Maximum offset in a list of hits by relevance or by title; a list by date has none."""

MAX_LENGTH = 1_000
"""Characters of a search."""

MAX_TERMS = 50

MAX_PREFIXES = 5
"""Words with a star: each stands for all words with the prefix, with one letter for thousands."""

MAX_DEPTH = 8
"""Nesting of brackets and NOT."""

HELP = Message(
    'Write words, "a phrase", AND, OR, NOT, or fields: from:smith to:jones person:miller place:london'
    " topic:trade year:1921..1925 title:report."
)

_FIELD_NAMES = {
    **{name: name for name in FACETS},
    "people": "person",
    "with": "person",
    "places": "place",
    "lang": "language",
    "title": "title",
    "name": "title",
    "text": "text",
    "id": "ref",
}
REPEATED = "repeated"
"""Field that has boilerplate searched too, with the value `yes`."""

_DATES = frozenset({"year", "date"})

_TOKEN = re.compile(
    r"""
      \s+
    | (?P<bracket> [()] )
    | (?P<minus> -(?=[^\s\-]) )
    | (?: (?P<field> [A-Za-z]+ ) : (?=\S) )? (?: "(?P<phrase> [^"]*+ )"? | (?P<word> [^\s"()]+ ) )
    """,
    re.VERBOSE,
)


class Operator(Enum):
    """Operator between terms; its value is its precedence."""

    OR = 1
    AND = 2
    NOT = 3

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Word:
    """Word, prefix of a word, or phrase.

    Attributes:
        text: its text.
        field: the field of the index; empty for all.
        phrase: True for words in this order, side by side.
        prefix: True for the prefix of a word.
    """

    text: str
    field: str = ""
    phrase: bool = False
    prefix: bool = False

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class DayRange:
    """Range of days, from first to last, as sortable numbers (YYYYMMDD)."""

    first: int
    last: int


Term = Word | DayRange


@dataclass(frozen=True, slots=True)
class ParsedSearch:
    """Parsed search.

    Attributes:
        postfix: terms and operators, each operator behind its operands.
        words: words without a field, except those behind NOT.
        plain: True for words without a field alone, joined by AND.
        everywhere: True where boilerplate is searched too: the search says `repeated:yes`.
    """

    postfix: tuple[Term | Operator, ...]
    words: tuple[Word, ...]
    plain: bool
    everywhere: bool = False


def parse(text: str, read_days: Callable[[str], DayRange] | None = None) -> ParsedSearch:
    """Parse a search. Raises SearchRefused, with the reason, for a malformed one.

    Args:
        text: the search.
        read_days: reader of a time; without one `parse_days`, which reads figures alone.
    """
    if len(text) > MAX_LENGTH:
        raise SearchRefused(_too_long(len(text)), todo=HELP)
    parser = _ShuntingYard(read_days or parse_days)
    at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None or token.end() == at:
            at += 1
            continue
        at = token.end()
        parser.take(token)
    return parser.finish()


def _too_long(length: int) -> Message:
    return Message(
        "the search has %(length)s characters; the limit is %(most)s",
        length=f"{length:,}",
        most=f"{MAX_LENGTH:,}",
    )


class _ShuntingYard:
    """Shunting yard: output in postfix order, and a stack of pending operators."""

    def __init__(self, read_days: Callable[[str], DayRange]) -> None:
        self.read_days = read_days
        self.output: list[Term | Operator] = []
        self.stack: list[Operator | str] = []
        self.after_term = False
        self.terms = 0
        self.prefixes = 0
        self.words: list[Word] = []
        self.plain = True
        self.everywhere = False

    def take(self, token: re.Match[str]) -> None:
        if token["bracket"] == "(":
            self.join()
            self.stack.append("(")
            self.plain = False
            self.check_depth()
        elif token["bracket"]:
            self.close()
        elif (token["field"] or "").lower() == REPEATED:
            self.everywhere = (token["phrase"] or token["word"] or "").lower() not in {"no", "0"}
        elif token["minus"]:
            self.operator(Operator.NOT)
        elif token["word"] in Operator.__members__ and not token["field"]:
            self.operator(Operator[token["word"]])
        elif token["word"] or token["phrase"]:
            self.term(_term(token, self.read_days))

    def join(self) -> None:
        """Insert AND between two terms without an operator."""
        if self.after_term:
            self.operator(Operator.AND)
            self.after_term = False

    def operator(self, operator: Operator) -> None:
        if operator is not Operator.AND:
            self.plain = False
        if operator is Operator.NOT:
            self.join()
            self.stack.append(operator)
            self.check_depth()
            return
        if not self.after_term:
            raise SearchRefused(Message("%(operator)s must stand between two words", operator=operator), todo=HELP)
        self.drain(operator.value)
        self.stack.append(operator)
        self.after_term = False

    def check_depth(self) -> None:
        if sum(entry in {"(", Operator.NOT} for entry in self.stack) > MAX_DEPTH:
            what = Message("the search nests brackets and NOT more than %(most)s deep", most=MAX_DEPTH)
            raise SearchRefused(what, todo=HELP)

    def drain(self, precedence: int) -> None:
        """Move pending operators of at least a precedence to the output."""
        while self.stack and isinstance(self.stack[-1], Operator) and self.stack[-1].value >= precedence:
            self.output.append(self.stack.pop())  # type: ignore[arg-type]  # tested to be no bracket

    def close(self) -> None:
        if not self.after_term:
            raise SearchRefused(Message("there is nothing in the brackets, or before the closing one"), todo=HELP)
        self.drain(0)
        if not self.stack:
            raise SearchRefused(Message("a bracket is closed that was not opened"), todo=HELP)
        self.stack.pop()

    def term(self, term: Term) -> None:
        self.join()
        self.terms += 1
        if self.terms > MAX_TERMS:
            what = Message("the search has more than %(most)s words", most=MAX_TERMS)
            raise SearchRefused(what, todo=Message("Keep the most specific ones."))
        if isinstance(term, Word) and term.prefix:
            self.prefixes += 1
            if self.prefixes > MAX_PREFIXES:
                what = Message("the search has more than %(most)s words with a star", most=MAX_PREFIXES)
                todo = Message("Write the words in full, or search for some of them at a time.")
                raise SearchRefused(what, todo=todo)
        if isinstance(term, Word) and not term.field and Operator.NOT not in self.stack:
            self.words.append(term)
        self.plain = self.plain and isinstance(term, Word) and not term.field
        self.output.append(term)
        self.after_term = True

    def finish(self) -> ParsedSearch:
        if self.stack and not self.after_term:
            raise SearchRefused(Message("something is missing after %(sign)s", sign=self.stack[-1]), todo=HELP)
        self.drain(0)
        if self.stack:
            raise SearchRefused(Message("a bracket is opened and not closed"), todo=HELP)
        return ParsedSearch(tuple(self.output), tuple(self.words), self.plain, self.everywhere)


def _term(token: re.Match[str], read_days: Callable[[str], DayRange]) -> Term:
    field = (token["field"] or "").lower()
    if field in _DATES:
        return read_days(token["phrase"] or token["word"] or "")
    if token["word"] is None:
        return Word(token["phrase"], _FIELD_NAMES.get(field, ""), phrase=True)
    word = token["word"]
    if field and field not in _FIELD_NAMES:  # "Cuba:crisis" is no field
        word = f"{token['field']}:{word}"
    prefix = word.endswith("*")
    return Word(word.rstrip("*"), _FIELD_NAMES.get(field, ""), phrase=False, prefix=prefix)


_DAY = re.compile(r"(-?\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def parse_days(text: str) -> DayRange:
    """Parse a range of days: `1962`, `1962..1963`, `1962-10..`, `..1963-04-05`. Raises SearchRefused.

    >>> parse_days("1962-10"), parse_days("..1963")
    (DayRange(first=19621001, last=19621031), DayRange(first=-1000000000, last=19631231))
    """
    first, dots, last = text.partition("..")
    if not (first or last):
        raise _date_error(text)
    begin = _bounds(first, text)[0] if first else -UNDATED
    end = _bounds(last, text)[1] if last else UNDATED if dots else _bounds(first, text)[1]
    if begin > end:
        what = Message("%(time)s ends before it begins", time=text[:40])
        raise SearchRefused(what, todo=Message("Write the earlier one first: 1962..1963."))
    return DayRange(begin, end)


def _bounds(text: str, original: str) -> tuple[int, int]:
    """First and last day of a year, a month or a day."""
    match = _DAY.fullmatch(text)
    if match is None:
        raise _date_error(original)
    year, month, day = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    if match[2] and not 1 <= month <= 12:
        raise _date_error(original)
    # Python's calendar begins with the year 1; before it, any year of the same length serves.
    month_length = calendar.monthrange(year if year > 0 else 4 if year % 4 == 0 else 1, month or 12)[1]
    if match[3] and not 1 <= day <= month_length:
        raise _date_error(original)
    start = year * 10_000 + (month or 1) * 100 + (day or 1)
    return start, year * 10_000 + (month or 12) * 100 + (day or month_length)


def _date_error(text: str) -> SearchRefused:
    what = Message("“%(text)s” is not a date or period", text=text[:40])
    return SearchRefused(what, todo=Message("Write a year, month, day or period: 1962..1963-04-05."))
