"""Explanations of syntax errors: position, cause and remedy, from the engine's error message.

The engine reports the furthest position of its attempts, and that lies behind the attempted word: `OPTIONAL`, eight
letters on, where a dot is missing. A longer word of an earlier attempt hides the position. So the engine parses the
query once more, with gaps between the tokens that are wider than any word: the position is then that of the token
before it. The message lists a hundred expected words, which help no reader; `mistakes` names the likely mistake (D-31).
"""

import re
from bisect import bisect_right
from collections.abc import Callable

from kg.errors import QuerySyntaxError
from kg.store.sparql import query_checks
from kg.store.sparql.errors import mistakes
from kg.store.sparql.errors.position import ErrorPosition

_GAP = " " * 20
"""Wider than the longest keyword."""

_ENGINE_ERROR = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_CHARACTER_CLASS = re.compile(r"\[[^\]]*\](?:, |$)")
_SENTENCE = re.compile(r"[A-Za-z].* .*[a-z]")
_KEYWORD = re.compile(r"[A-Za-z_0-9]+")
# Signs that allow a gap beside them, unless two of them are one sign: `<<(`, `{|`, `|}`.
_SEPARABLE = frozenset("(){},;")
_INSEPARABLE = frozenset("<>|")
_MAX_MESSAGE = 500
_MAX_EXPLAINED = 100_000
"""Characters of a query that is explained; its tokens take some hundred times as many bytes."""


def explain(text: str, complaint: Callable[[str], str]) -> QuerySyntaxError:
    """Syntax error of a query that the engine rejects.

    Args:
        text: the query, which has passed the query checks.
        complaint: from a query to the engine's error message, or "".
    """
    if len(text) > _MAX_EXPLAINED:
        return error_of_message(complaint(text))
    tokens = list(query_checks.tokens(text))
    spaced, starts = _with_gaps(text)
    engine_error = _ENGINE_ERROR.match(complaint(spaced))
    if engine_error is None:
        return error_of_message(complaint(text))
    offset = _offset(spaced, int(engine_error[1]), int(engine_error[2]))
    index = _failed_token(engine_error[3], offset, starts, spaced)
    mistake = mistakes.explain_mistake(ErrorPosition(tokens, index), next(iter(_reasons(engine_error[3])), ""))
    index = index if mistake.at is None else mistake.at
    at = len(text.rstrip()) if index >= len(tokens) else tokens[index].start()
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return QuerySyntaxError(mistake.what, line=line, column=column, todo=mistake.todo)


def error_of_message(message: str) -> QuerySyntaxError:
    """Syntax error of an engine's message alone, with its position and its reason, if it has one.

    >>> error = error_of_message("error at 1:30: expected one of Prefix not found, ['%'], OPTIONAL")
    >>> error.what, error.line, error.column
    ('prefix not found', 1, 30)
    >>> error_of_message('error at 2:1: expected one of "{", [_], FROM').what
    'something else is expected about here'
    """
    match = _ENGINE_ERROR.match(message)
    if not match:
        return QuerySyntaxError(message[:_MAX_MESSAGE])
    reasons = "; ".join(reason[:1].lower() + reason[1:] for reason in _reasons(match[3]))
    what = reasons[:_MAX_MESSAGE] or "something else is expected about here"
    return QuerySyntaxError(what, line=int(match[1]), column=int(match[2]))


def _choices(expected: str) -> list[str]:
    return [choice for choice in _CHARACTER_CLASS.sub("", expected + ", ").split(", ") if choice]


def _reasons(expected: str) -> list[str]:
    return [choice for choice in _choices(expected) if _SENTENCE.match(choice)]


def _with_gaps(text: str) -> tuple[str, list[int]]:
    """The query with gaps between its tokens, without comments; and the new offsets of the tokens."""
    parts: list[str] = []
    starts: list[int] = []
    length, before, end = 0, "", 0
    for token in query_checks.tokens(text):
        sign = token[0]
        separable = (sign in _SEPARABLE and before not in _INSEPARABLE) or (
            before in _SEPARABLE and sign not in _INSEPARABLE
        )
        gap = _GAP if separable or token.start() > end else ""
        length += len(gap)
        starts.append(length)
        parts += (gap, sign)
        length += len(sign)
        before, end = sign, token.end()
    return "".join((*parts, _GAP)), starts


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return start + column - 1


def _failed_token(expected: str, offset: int, starts: list[int], spaced: str) -> int:
    """Index of the token that the engine rejected; the number of tokens where it expected more."""
    begins = {offset - len(choice) for choice in _choices(expected) if _KEYWORD.fullmatch(choice)}
    exact = max(begins & set(starts), default=-1)
    index = bisect_right(starts, exact if exact >= 0 else offset) - 1
    if exact < 0 and offset >= len(spaced.rstrip()):
        return len(starts)
    return max(index, 0)
