"""Feed of lines to a parser of rows, of which those of a row can be given back.

A line, and a row of many lines, is bounded. What is given back is read once more, which is bounded too: a text may be
made of marks that nothing closes.
"""

import io
from collections import deque
from collections.abc import Iterator
from typing import Any

MAX_ROW = 16 << 20
"""Maximum length of a row in characters; a longer one is left out."""

FREE_RESCANS = 4 * MAX_ROW
"""Characters that may be read again, beside as many as were read once."""

PIECE = 1 << 16
"""Characters of which whole lines are given at once."""


class RowTooLong(Exception):
    """Row over the bound; its lines so far stay with the feed."""


class LineFeed:
    """Feed of the lines of a text.

    Attributes:
        taken: the lines of the row under way; whoever takes the row empties the list.
        is_at_end: whether the text has no more lines but those that were given back.
        is_spent: whether so much was given back that lines should be taken one by one from now on.
    """

    def __init__(self, file: Any) -> None:
        """Start.

        Args:
            file: a text file whose line ends are as they stand.
        """
        self.taken: list[str] = []
        self.is_at_end = False
        self.is_spent = False
        self._file = file
        self._given_back: deque[str] = deque()
        self._begun = ""
        self._rescanned = self._read = 0

    def stream(self) -> Iterator[str]:
        """Return lines up to the end; after what was given back at the end, another call goes on.

        Raises:
            RowTooLong: the lines taken are over the bound.
        """
        taken, readline, size = self.taken, self._file.readline, 0
        while True:
            if self._given_back:
                line = self._given_back.popleft()
            else:
                line = self._begun + readline(MAX_ROW + 1 - len(self._begun))
                self._begun = ""
                if not line:
                    self.is_at_end = True
                    return
            size = size + len(line) if taken else len(line)
            taken.append(line)
            if size > MAX_ROW:
                raise RowTooLong
            yield line

    @property
    def has_pending(self) -> bool:
        """Whether lines were given back that nobody has taken again."""
        return bool(self._given_back)

    def take_piece(self) -> list[str]:
        """Return the next whole lines at once; none at the end, or where a line is longer than a piece."""
        read = self._file.read
        text = self._begun + (more := read(PIECE))
        while more and text.endswith("\r"):  # the end of a line has two signs, perhaps
            more = read(1)
            text += more
        self.is_at_end = not text
        lines = io.StringIO(text, newline="").readlines()
        self._begun = lines.pop() if lines and more and lines[-1][-1] not in "\r\n" else ""
        return lines

    def give_back_all(self, lines: list[str]) -> None:
        """Give back the lines of a piece, to be taken one by one."""
        self._given_back.extend(lines)

    def give_back(self) -> str:
        """Give back all lines of the row but the first, which stays taken and is returned."""
        first, *others = self.taken
        self._given_back.extendleft(reversed(others))
        del self.taken[1:]
        self._rescanned += sum(map(len, others))
        self._read += len(first)
        self.is_spent = self._rescanned > self._read + FREE_RESCANS
        return first

    def skip_line(self) -> int:
        """Pass over the rest of a line that is too long, and return its length."""
        skipped = 0
        while (piece := self._file.readline(1 << 20)) and not piece.endswith(("\n", "\r")):
            skipped += len(piece)
        return skipped + len(piece)
