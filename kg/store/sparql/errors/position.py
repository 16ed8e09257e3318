"""Position of a syntax error among the tokens of a query."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

VARIABLE = re.compile(r"[?$]\w+")


@dataclass(frozen=True)
class ErrorPosition:
    """Tokens of a query, and the index of the rejected one; their number where the engine expected more."""

    tokens: Sequence[re.Match[str]]
    index: int

    @property
    def rejected(self) -> str:
        """Text of the rejected token; "" at the end of the query."""
        return self.word(0)

    def word(self, offset: int) -> str:
        """Text of the token at an offset from it; "" where there is none."""
        at = self.index + offset
        return self.tokens[at][0] if 0 <= at < len(self.tokens) else ""

    def touches(self) -> bool:
        """Test for no white space between the token and the one before it."""
        inside = 0 < self.index < len(self.tokens)
        return inside and self.tokens[self.index - 1].end() == self.tokens[self.index].start()

    def is_term(self, offset: int) -> bool:
        """Test of the token at an offset for a term: a variable, a name or a literal."""
        at = self.index + offset
        if not 0 <= at < len(self.tokens):
            return False
        token = self.tokens[at]
        return token.lastgroup in {"iri", "text"} or (
            token.lastgroup == "word" and (":" in token[0] or token[0] == "a" or token[0][0].isdigit())
        )

    @cached_property
    def open_brackets(self) -> list[int]:
        """Indexes of the brackets that are open at the position."""
        brackets: list[int] = []
        for number, token in enumerate(self.tokens[: self.index]):
            if token.lastgroup == "sign" and token[0] in "({[":
                brackets.append(number)
            elif token.lastgroup == "sign" and token[0] in ")}]" and brackets:
                brackets.pop()
        return brackets

    @cached_property
    def select_index(self) -> int:
        """Index of the SELECT around the position, if that is among its variables; else -1."""
        for number in range(min(self.index, len(self.tokens)) - 1, -1, -1):
            word = self.tokens[number][0].lower()
            if word == "select":
                return number
            if word in {"{", "}", "where", "from"}:
                break
        return -1

    def ungrouped_variable(self, last: int) -> int | None:
        """Index of the first variable of a SELECT that its GROUP BY lacks; the query ends with the token `last`."""
        depth, groups = 0, last + 1
        for number in range(min(last, len(self.tokens) - 1), -1, -1):
            word = self.tokens[number][0].lower()
            depth += (word in ")}]") - (word in "({[")
            if depth == 0 and word == "group":
                groups = number
            if depth == 0 and word == "select":
                grouped = {token[0] for token in self.tokens[groups : last + 1]}
                return next((index for index in self._plain(number) if self.tokens[index][0] not in grouped), None)
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
