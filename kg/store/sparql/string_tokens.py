"""Where strings of a query begin and end, in linear time whatever a stranger writes.

A quotation mark that is never closed is looked for to the end of the text. Where such marks stand behind backslashes,
each would be a new beginning, and each would be followed to the end again: 100 kB of them take a minute. But where a
string breaks off, any mark of the same kind before that place stands behind a backslash of it, so a string from there
would break off at the same place. It is remembered, and not tried.
"""

import re
from collections.abc import Iterator

_WHOLE = re.compile("(?P<text>.+)", re.DOTALL)
_MARKS = frozenset("'\"")


def bodies(escape: str) -> dict[str, re.Pattern[str]]:
    """What stands between the marks of a string, by the mark (SPARQL 1.1, 19.8: STRING_LITERAL1 and its kin).

    Args:
        escape: the regular expression of an escape.
    """
    short = {mark: rf"(?>(?:[^{mark}\\\r\n]++|{escape})*)" for mark in sorted(_MARKS)}
    long = {mark * 3: rf"(?>(?:{mark}{{0,2}}+(?:[^{mark}\\]++|{escape}))*)" for mark in sorted(_MARKS)}
    return {mark: re.compile(body, re.DOTALL) for mark, body in (short | long).items()}


class Tokens:
    r"""The tokens of a text: strings, which have the group `text`, and whatever else a pattern knows.

    >>> found = Tokens("'a' b", re.compile("(?P<sign>.)"), bodies(r"\\."))
    >>> [(token.lastgroup, token[0]) for token in found]
    [('text', "'a'"), ('sign', ' '), ('sign', 'b')]
    """

    def __init__(self, text: str, others: re.Pattern[str], strings: dict[str, re.Pattern[str]]) -> None:
        """A text; a pattern that takes something wherever no string begins; what `bodies` gave."""
        self._text = text
        self._others = others
        self._strings = strings
        self._broken = dict.fromkeys(strings, 0)

    def __iter__(self) -> Iterator[re.Match[str]]:
        """One behind the other."""
        position = 0
        while position < len(self._text):
            token = self.at(position)
            position = token.end()
            yield token

    def at(self, position: int) -> re.Match[str]:
        """The token that begins at a position."""
        end = self._end(position) if self._text[position] in _MARKS else 0
        token = _WHOLE.match(self._text, position, end) if end else self._others.match(self._text, position)
        assert token is not None  # noqa: S101  # the pattern takes any sign
        return token

    def _end(self, position: int) -> int:
        """Where the string ends that begins at a position; 0 if none does."""
        mark = self._text[position]
        for delimiter in (mark * 3, mark):
            if position < self._broken[delimiter] or not self._text.startswith(delimiter, position):
                continue
            body = self._strings[delimiter].match(self._text, position + len(delimiter))
            assert body is not None  # noqa: S101  # it may be empty
            if self._text.startswith(delimiter, body.end()):
                return body.end() + len(delimiter)
            self._broken[delimiter] = body.end()
        return 0
