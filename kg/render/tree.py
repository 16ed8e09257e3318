"""A tree of what contains what: a line for each thing, further to the right the deeper it lies."""

from collections.abc import Sequence
from dataclasses import dataclass

LINE = 30
"""Units of a line from top to bottom."""

_STEP = 22
_LEFT = 10
_LONGEST_NAME = 34


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
    """A tree: its height, and its lines from the top down."""

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
        room = _LONGEST_NAME - 3 * branch.depth
        short = branch.label if len(branch.label) <= room else f"{branch.label[: room - 1]}…"
        lines.append(Line(branch, _LEFT + _STEP * branch.depth, y, last.get(branch.depth - 1), short))
        last[branch.depth] = y
    return Tree(len(branches) * LINE, tuple(lines))
