"""SPARQL lexer for strings, in linear time for any text.

An unclosed quotation mark makes the lexer search to the end of the text. Where such marks stand behind backslashes,
each mark would start a new search to the end: 100 kB of them take a minute. But where a string breaks off, any mark of
the same kind before that position stands behind a backslash of the string, so a string from there would break off at
the same position. The lexer stores that position and skips those marks.
"""

import re
from collections.abc import Iterator

_STRING_TOKEN = re.compile("(?P<text>.+)", re.DOTALL)
_QUOTES = frozenset("'\"")


def string_patterns(escape: str) -> dict[str, re.Pattern[str]]:
    """Patterns of string contents, by quotation mark (SPARQL 1.1, 19.8: STRING_LITERAL1, 2, LONG1, LONG2).

    Args:
        escape: regular expression of an escape sequence.
    """
    short = {mark: rf"(?>(?:[^{mark}\\\r\n]++|{escape})*)" for mark in sorted(_QUOTES)}
    long = {mark * 3: rf"(?>(?:{mark}{{0,2}}+(?:[^{mark}\\]++|{escape}))*)" for mark in sorted(_QUOTES)}
    return {mark: re.compile(body, re.DOTALL) for mark, body in (short | long).items()}


class Lexer:
    r"""Lexer of one text: an iterator over strings, with the group `text`, and the tokens of another pattern.

    >>> lexer = Lexer("'a' b", re.compile("(?P<sign>.)"), string_patterns(r"\\."))
    >>> [(token.lastgroup, token[0]) for token in lexer]
    [('text', "'a'"), ('sign', ' '), ('sign', 'b')]
    """

    def __init__(self, text: str, others: re.Pattern[str], strings: dict[str, re.Pattern[str]]) -> None:
        """Create a lexer.

        Args:
            text: the text.
            others: pattern of all other tokens; it has to match at any character.
            strings: result of `string_patterns`.
        """
        self._text = text
        self._others = others
        self._strings = strings
        self._unclosed_until = dict.fromkeys(strings, 0)

    def __iter__(self) -> Iterator[re.Match[str]]:
        """Tokens in order."""
        position = 0
        while position < len(self._text):
            token = self.at(position)
            position = token.end()
            yield token

    def at(self, position: int) -> re.Match[str]:
        """Token at a position."""
        end = self._string_end(position) if self._text[position] in _QUOTES else 0
        token = _STRING_TOKEN.match(self._text, position, end) if end else self._others.match(self._text, position)
        assert token is not None  # noqa: S101  # the pattern matches any character
        return token

    def _string_end(self, position: int) -> int:
        """End of the string that begins at a position; 0 if none does."""
        mark = self._text[position]
        for delimiter in (mark * 3, mark):
            if position < self._unclosed_until[delimiter] or not self._text.startswith(delimiter, position):
                continue
            body = self._strings[delimiter].match(self._text, position + len(delimiter))
            assert body is not None  # noqa: S101  # the pattern matches the empty string
            if self._text.startswith(delimiter, body.end()):
                return body.end() + len(delimiter)
            self._unclosed_until[delimiter] = body.end()
        return 0
