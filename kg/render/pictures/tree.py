"""A tree of what contains what: a line for each thing, further to the right the deeper it lies."""

from collections.abc import Sequence
from dataclasses import dataclass

LINE = 30
"""Units of a line from top to bottom."""

_STEP = 22
_LEFT = 10
_LONGEST_NAME = 60
_LETTER = 9
_BESIDE = 150
"""Units of a letter from left to right, and of what stands behind a name."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A thing in a tree.

    Attributes:
        reference: kind/key.
        label, language: what it is called, and the language of that.
        depth: how many things of the tree lie above it.
        count: how many documents belong to it; None where that is not known.
        more: how many more things it contains than the tree shows.
        here: whether the tree was drawn for it.
    """

    reference: str
    label: str
    language: str
    depth: int
    count: int | None = None
    more: int = 0
    here: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the picture: a dot with a name, and what leads to it from the thing above.

    Attributes:
        branch: what stands there.
        x, y: of the dot.
        up: where the thing above has its dot, from the top; None for the first.
        short: the name as far as there is room.
    """

    branch: Branch
    x: int
    y: int
    up: int | None
    short: str


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree: its size, and its lines from the top down."""

    width: int
    height: int
    lines: tuple[Line, ...]


def draw(branches: Sequence[Branch]) -> Tree:
    """Lay out things that stand in the order of the tree, each behind what it lies in.

    >>> tree = draw([Branch("archive/a", "Archive", "", 0), Branch("archive/b", "Fonds", "", 1)])
    >>> [(line.x, line.y, line.up) for line in tree.lines], tree.height
    ([(10, 15, None), (32, 45, 15)], 60)
    """
    lines: list[Line] = []
    last: dict[int, int] = {}
    for at, branch in enumerate(branches):
        y = at * LINE + LINE // 2
        short = branch.label if len(branch.label) <= _LONGEST_NAME else f"{branch.label[: _LONGEST_NAME - 1]}…"
        lines.append(Line(branch, _LEFT + _STEP * branch.depth, y, last.get(branch.depth - 1), short))
        last[branch.depth] = y
    width = max((line.x + _LETTER * len(line.short) for line in lines), default=0) + _BESIDE
    return Tree(width, len(branches) * LINE, tuple(lines))
