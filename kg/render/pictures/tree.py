"""Tree layout of a hierarchy: a line for each thing, indented by its depth."""

from collections.abc import Sequence
from dataclasses import dataclass

LINE_HEIGHT = 30
"""Height of a line, in units."""

_INDENT = 22
_LEFT = 10
_MAX_NAME_LENGTH = 60
_LETTER_WIDTH = 9
_TRAILING_WIDTH = 150
"""Width of a letter, and of the figures behind a name, in units."""


@dataclass(frozen=True, slots=True)
class TreeBranch:
    """Thing in a tree.

    Attributes:
        reference: kind/key.
        label, language: its name, and the language of the name.
        depth: number of its ancestors in the tree.
        count: number of documents in it; None where that is unknown.
        more: number of its children that the tree leaves out.
        is_current: True for the subject of the page.
    """

    reference: str
    label: str
    language: str
    depth: int
    count: int | None = None
    more: int = 0
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class TreeLine:
    """Line of the picture: a dot with a name, and a connector from the parent.

    Attributes:
        branch: the thing.
        x, y: position of the dot.
        parent_y: vertical position of the parent's dot; None for the root.
        short: the name, cut to the available room.
    """

    branch: TreeBranch
    x: int
    y: int
    parent_y: int | None
    short: str


@dataclass(frozen=True, slots=True)
class Tree:
    """Tree layout: its size, and its lines from top to bottom."""

    width: int
    height: int
    lines: tuple[TreeLine, ...]


def draw(branches: Sequence[TreeBranch]) -> Tree:
    """Lay out a tree from its things in depth-first order.

    >>> tree = draw([TreeBranch("archive/a", "Archive", "", 0), TreeBranch("archive/b", "Fonds", "", 1)])
    >>> [(line.x, line.y, line.parent_y) for line in tree.lines], tree.height
    ([(10, 15, None), (32, 45, 15)], 60)
    """
    lines: list[TreeLine] = []
    last: dict[int, int] = {}
    for at, branch in enumerate(branches):
        y = at * LINE_HEIGHT + LINE_HEIGHT // 2
        short = branch.label if len(branch.label) <= _MAX_NAME_LENGTH else f"{branch.label[: _MAX_NAME_LENGTH - 1]}…"
        lines.append(TreeLine(branch, _LEFT + _INDENT * branch.depth, y, last.get(branch.depth - 1), short))
        last[branch.depth] = y
    width = max((line.x + _LETTER_WIDTH * len(line.short) for line in lines), default=0) + _TRAILING_WIDTH
    return Tree(width, len(branches) * LINE_HEIGHT, tuple(lines))
