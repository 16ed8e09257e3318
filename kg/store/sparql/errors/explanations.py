"""Where a query is wrong, and what to do: said for people, from what the engine says of it.

The engine tells the furthest place at which it gave up, and that is behind the word that it tried: `OPTIONAL`, eight
letters on, where a dot is missing; and where a longer word was tried earlier, that one hides the place. So it is asked
once more, of the same query with wide gaps between its tokens, in which no word it tries reaches the next token: the
place is then that of the token before it. What it expected there is a part of a list of hundred, and not said;
`mistakes` says what people mean.
"""

import re
from bisect import bisect_right
from collections.abc import Callable

from kg.errors import QuerySyntaxError
from kg.store.sparql import query_checks
from kg.store.sparql.errors import mistakes
from kg.store.sparql.errors.position import Place

_GAP = " " * 20
"""Wider than any keyword is long."""

_PLACE = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_CHARACTER_CLASS = re.compile(r"\[[^\]]*\](?:, |$)")
_SENTENCE = re.compile(r"[A-Za-z].* .*[a-z]")
_KEYWORD = re.compile(r"[A-Za-z_0-9]+")
# Between these and their neighbours there may be a gap, unless the two are one sign: `<<(`, `{|`, `|}`.
_APART = frozenset("(){},;")
_JOINED = frozenset("<>|")
_MOST_SHOWN = 500


def explained(text: str, complaint: Callable[[str], str]) -> QuerySyntaxError:
    """What is wrong with a query that the engine can't read.

    Args:
        text: the query, which has passed the scan.
        complaint: what the engine says of a text, or "".
    """
    tokens = list(query_checks.tokens(text))
    spread, starts = _spread(text)
    said = _PLACE.match(complaint(spread))
    if said is None:
        return of_words(complaint(text))
    offset = _offset(spread, int(said[1]), int(said[2]))
    index = _failing(said[3], offset, starts, spread)
    found = mistakes.find(Place(tokens, index), next(iter(_reasons(said[3])), ""))
    index = index if found.at is None else found.at
    at = len(text.rstrip()) if index >= len(tokens) else tokens[index].start()
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return QuerySyntaxError(found.what, line=line, column=column, todo=found.todo)


def of_words(said: str) -> QuerySyntaxError:
    """An engine's words alone as an error with its place: a reason, if there is one.

    >>> error = of_words("error at 1:30: expected one of Prefix not found, ['%'], OPTIONAL")
    >>> error.what, error.line, error.column
    ('prefix not found', 1, 30)
    >>> of_words('error at 2:1: expected one of "{", [_], FROM').what
    'something else is expected about here'
    """
    place = _PLACE.match(said)
    if not place:
        return QuerySyntaxError(said[:_MOST_SHOWN])
    reasons = "; ".join(reason[:1].lower() + reason[1:] for reason in _reasons(place[3]))
    what = reasons[:_MOST_SHOWN] or "something else is expected about here"
    return QuerySyntaxError(what, line=int(place[1]), column=int(place[2]))


def _choices(expected: str) -> list[str]:
    return [choice for choice in _CHARACTER_CLASS.sub("", expected + ", ").split(", ") if choice]


def _reasons(expected: str) -> list[str]:
    return [choice for choice in _choices(expected) if _SENTENCE.match(choice)]


def _spread(text: str) -> tuple[str, list[int]]:
    """The query with gaps between its tokens, comments left out; and where its tokens begin then."""
    pieces: list[str] = []
    starts: list[int] = []
    length, before, end = 0, "", 0
    for token in query_checks.tokens(text):
        sign = token[0]
        apart = (sign in _APART and before not in _JOINED) or (before in _APART and sign not in _JOINED)
        gap = _GAP if apart or token.start() > end else ""
        length += len(gap)
        starts.append(length)
        pieces += (gap, sign)
        length += len(sign)
        before, end = sign, token.end()
    return "".join((*pieces, _GAP)), starts


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return start + column - 1


def _failing(expected: str, offset: int, starts: list[int], spread: str) -> int:
    """The number of the token that the engine did not take; that after the last one where it wants more."""
    begins = {offset - len(choice) for choice in _choices(expected) if _KEYWORD.fullmatch(choice)}
    exact = max(begins & set(starts), default=-1)
    index = bisect_right(starts, exact if exact >= 0 else offset) - 1
    if exact < 0 and offset >= len(spread.rstrip()):
        return len(starts)
    return max(index, 0)
