"""The place at which a query is wrong, among its tokens."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

VARIABLE = re.compile(r"[?$]\w+")


@dataclass(frozen=True)
class Place:
    """A query's tokens, and the number of the one that the engine did not take; behind the last where it wants more."""

    tokens: Sequence[re.Match[str]]
    index: int

    @property
    def sign(self) -> str:
        """The token that was not taken."""
        return self.word(0)

    def word(self, by: int) -> str:
        """A token so many behind it, or before; "" where there is none."""
        at = self.index + by
        return self.tokens[at][0] if 0 <= at < len(self.tokens) else ""

    def touches(self) -> bool:
        """Whether nothing stands between the token and the one before it."""
        inside = 0 < self.index < len(self.tokens)
        return inside and self.tokens[self.index - 1].end() == self.tokens[self.index].start()

    def is_term(self, by: int) -> bool:
        """Whether that token is a variable, a name or a value."""
        at = self.index + by
        if not 0 <= at < len(self.tokens):
            return False
        token = self.tokens[at]
        return token.lastgroup in {"iri", "text"} or (
            token.lastgroup == "word" and (":" in token[0] or token[0] == "a" or token[0][0].isdigit())
        )

    @cached_property
    def open(self) -> list[int]:
        """The numbers of the brackets that are open there."""
        found: list[int] = []
        for number, token in enumerate(self.tokens[: self.index]):
            if token.lastgroup == "sign" and token[0] in "({[":
                found.append(number)
            elif token.lastgroup == "sign" and token[0] in ")}]" and found:
                found.pop()
        return found

    @cached_property
    def selecting(self) -> int:
        """The number of the SELECT whose list of variables the place is in; -1 if it is in none."""
        for number in range(min(self.index, len(self.tokens)) - 1, -1, -1):
            word = self.tokens[number][0].lower()
            if word == "select":
                return number
            if word in {"{", "}", "where", "from"}:
                break
        return -1

    def not_grouped(self, last: int) -> int | None:
        """The number of the first plain variable in the SELECT that ends with a token which its GROUP BY lacks."""
        depth, groups = 0, last + 1
        for number in range(min(last, len(self.tokens) - 1), -1, -1):
            word = self.tokens[number][0].lower()
            depth += (word in ")}]") - (word in "({[")
            if depth == 0 and word == "group":
                groups = number
            if depth == 0 and word == "select":
                grouped = {token[0] for token in self.tokens[groups : last + 1]}
                return next((each for each in self._plain(number) if self.tokens[each][0] not in grouped), None)
        return None

    def _plain(self, select: int) -> Iterator[int]:
        depth = 0
        for number in range(select + 1, len(self.tokens)):
            word = self.tokens[number][0]
            if word == "{" or word.lower() in {"where", "from"}:
                return
            depth += (word == "(") - (word == ")")
            if depth == 0 and VARIABLE.fullmatch(word):
                yield number
