"""The language of searches: words, "phrases", AND, OR, NOT, ( ), -word, word*, fields (`from:castro year:1962..1963`).

Read by one flat loop with a stack of its own, so no text can make it recurse; what comes out is a short list in
postfix order, of no more terms and no deeper than the limits say.

>>> [str(each) for each in parse("castro (ships OR missiles) -cuba").postfix]
['castro', 'ships', 'missiles', 'OR', 'AND', 'cuba', 'NOT', 'AND']
>>> parse('from:castro year:1962').postfix[1]
Days(first=19620101, last=19621231)
"""

import calendar
import re
from dataclasses import dataclass
from enum import Enum

from kg.errors import SearchRefused
from kg.store.search.fields import FACETS, UNDATED

LONGEST = 1_000
MOST_TERMS = 50
MOST_PREFIXES = 5
"""Each stands for all words that begin so: with one letter, for thousands."""

DEEPEST = 8

HELP = (
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
    """What joins terms; the higher binds closer."""

    OR = 1
    AND = 2
    NOT = 3

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or the beginning of one; or a phrase.

    Attributes:
        text: what was written.
        field: where it is looked for; empty for everywhere.
        phrase: whether the words stand together in this order.
        prefix: whether only its beginning is given.
    """

    text: str
    field: str = ""
    phrase: bool = False
    prefix: bool = False

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Days:
    """A time, from its first day to its last, as numbers that sort."""

    first: int
    last: int


Term = Word | Days


@dataclass(frozen=True, slots=True)
class Parsed:
    """A search as it was understood.

    Attributes:
        postfix: terms and operators, each operator behind what it joins.
        wanted: the words that are looked for anywhere, those behind NOT left out.
        plain: whether it is nothing but such words, joined by AND.
    """

    postfix: tuple[Term | Operator, ...]
    wanted: tuple[Word, ...]
    plain: bool


def parse(text: str) -> Parsed:
    """Read a search. Raises SearchRefused for one that can't be understood, and says why."""
    if len(text) > LONGEST:
        raise SearchRefused(f"the search has {len(text):,} characters; at most {LONGEST:,} are read", todo=HELP)
    reading = _Reading()
    at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None or token.end() == at:
            at += 1
            continue
        at = token.end()
        reading.take(token)
    return reading.done()


class _Reading:
    """The shunting yard: what is put out, and what waits."""

    def __init__(self) -> None:
        self.out: list[Term | Operator] = []
        self.waiting: list[Operator | str] = []
        self.after_term = False
        self.terms = 0
        self.prefixes = 0
        self.wanted: list[Word] = []
        self.plain = True

    def take(self, token: re.Match[str]) -> None:
        if token["bracket"] == "(":
            self.join()
            self.waiting.append("(")
            self.plain = False
            self.deeper()
        elif token["bracket"]:
            self.close()
        elif token["minus"]:
            self.operator(Operator.NOT)
        elif token["word"] in Operator.__members__ and not token["field"]:
            self.operator(Operator[token["word"]])
        elif token["word"] or token["phrase"]:
            self.term(_term(token))

    def join(self) -> None:
        """Between two terms without an operator stands AND."""
        if self.after_term:
            self.operator(Operator.AND)
            self.after_term = False

    def operator(self, operator: Operator) -> None:
        if operator is not Operator.AND:
            self.plain = False
        if operator is Operator.NOT:
            self.join()
            self.waiting.append(operator)
            self.deeper()
            return
        if not self.after_term:
            raise SearchRefused(f"{operator} stands between two words", todo=HELP)
        self.drain(operator.value)
        self.waiting.append(operator)
        self.after_term = False

    def deeper(self) -> None:
        if sum(each in {"(", Operator.NOT} for each in self.waiting) > DEEPEST:
            raise SearchRefused(f"the search nests brackets and NOT more than {DEEPEST} deep", todo=HELP)

    def drain(self, least: int) -> None:
        """Put out the operators that wait and bind at least so closely."""
        while self.waiting and isinstance(self.waiting[-1], Operator) and self.waiting[-1].value >= least:
            self.out.append(self.waiting.pop())  # type: ignore[arg-type]  # tested to be no bracket

    def close(self) -> None:
        if not self.after_term:
            raise SearchRefused("there is nothing in the brackets, or before the closing one", todo=HELP)
        self.drain(0)
        if not self.waiting:
            raise SearchRefused("a bracket is closed that was not opened", todo=HELP)
        self.waiting.pop()

    def term(self, term: Term) -> None:
        self.join()
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise SearchRefused(f"the search has more than {MOST_TERMS} words", todo="Take the most telling ones.")
        if isinstance(term, Word) and term.prefix:
            self.prefixes += 1
            if self.prefixes > MOST_PREFIXES:
                todo = "Write the words out, or search for some of them at a time."
                raise SearchRefused(f"the search has more than {MOST_PREFIXES} words with a star", todo=todo)
        if isinstance(term, Word) and not term.field and Operator.NOT not in self.waiting:
            self.wanted.append(term)
        self.plain = self.plain and isinstance(term, Word) and not term.field
        self.out.append(term)
        self.after_term = True

    def done(self) -> Parsed:
        if self.waiting and not self.after_term:
            raise SearchRefused(f"something is missing behind {self.waiting[-1]}", todo=HELP)
        self.drain(0)
        if self.waiting:
            raise SearchRefused("a bracket is opened and not closed", todo=HELP)
        return Parsed(tuple(self.out), tuple(self.wanted), self.plain)


def _term(token: re.Match[str]) -> Term:
    field = (token["field"] or "").lower()
    if field in _DATES:
        return days(token["phrase"] or token["word"] or "")
    if token["word"] is None:
        return Word(token["phrase"], _FIELD_NAMES.get(field, ""), phrase=True)
    word = token["word"]
    if field and field not in _FIELD_NAMES:  # "Cuba:crisis" is no field
        word = f"{token['field']}:{word}"
    prefix = word.endswith("*")
    return Word(word.rstrip("*"), _FIELD_NAMES.get(field, ""), phrase=False, prefix=prefix)


_DAY = re.compile(r"(-?\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def days(text: str) -> Days:
    """A time as it is asked for: `1962`, `1962..1963`, `1962-10..`, `..1963-04-05`. Raises SearchRefused.

    >>> days("1962-10"), days("..1963")
    (Days(first=19621001, last=19621031), Days(first=-1000000000, last=19631231))
    """
    first, dots, last = text.partition("..")
    if not (first or last):
        raise _no_time(text)
    begin = _bounds(first, text)[0] if first else -UNDATED
    end = _bounds(last, text)[1] if last else UNDATED if dots else _bounds(first, text)[1]
    if begin > end:
        raise SearchRefused(f"{text[:40]} ends before it begins", todo="Write the earlier one first: 1962..1963.")
    return Days(begin, end)


def _bounds(text: str, whole: str) -> tuple[int, int]:
    """The first day and the last day of a year, a month or a day."""
    found = _DAY.fullmatch(text)
    if found is None:
        raise _no_time(whole)
    year, month, day = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    if found[2] and not 1 <= month <= 12:
        raise _no_time(whole)
    # The calendar of Python begins with the year 1; before, any year of the same length will do.
    longest = calendar.monthrange(year if year > 0 else 4 if year % 4 == 0 else 1, month or 12)[1]
    if found[3] and not 1 <= day <= longest:
        raise _no_time(whole)
    start = year * 10_000 + (month or 1) * 100 + (day or 1)
    return start, year * 10_000 + (month or 12) * 100 + (day or longest)


def _no_time(text: str) -> SearchRefused:
    return SearchRefused(f"{text[:40]!r} is no time", todo="Write a year, a month, a day or a span: 1962..1963-04-05.")
