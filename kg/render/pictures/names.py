"""Names beside dots: none over another one or out of the picture, that of the weightiest dot always there (D-173)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

MAX_LENGTHS = (28, 16)
"""Letters of a name at most: the long form, and the short one where there is little room."""

LETTER_WIDTH = 8.2
LINE_HEIGHT = 17.0
"""Width of a letter and height of a line, in units, about."""

_Box = tuple[float, float, float, float]
DotShape = tuple[float, float, float]
"""Centre and radius of a dot."""


@dataclass(frozen=True, slots=True)
class DotName:
    """Name beside a dot: its text, empty where there is no room; its place and its text anchor."""

    text: str
    x: float
    y: float
    anchor: str


def beside(
    names: Sequence[str], dots: Sequence[DotShape], size: tuple[int, int], *, obstacles: Sequence[DotShape] = ()
) -> list[DotName]:
    """Names of some dots.

    Args:
        names: the names, that of the weightiest dot first.
        dots: their dots.
        size: of the picture.
        obstacles: dots that no name may cover, but for the first one, which has to stand somewhere.

    >>> beside(["Havana", "Havana Harbour"], [(50, 50, 9), (51, 50, 5)], (200, 60), obstacles=[(50, 50, 9)])[0].text
    'Havana'
    """
    taken: list[_Box] = [(x - radius, y - radius, x + radius, y + radius) for x, y, radius in obstacles]
    placed: list[DotName] = []
    for name, dot in zip(names, dots, strict=True):
        found = _free(name, dot, size, taken)
        if not found.text and not placed:
            found = _free(name, dot, size, [])
            found = found if found.text else _clamped(name, dot, size)
        if found.text:
            taken.append(_box(found))
        placed.append(found)
    return placed


def _free(name: str, dot: DotShape, size: tuple[int, int], taken: Sequence[_Box]) -> DotName:
    """The name at the first place that is free; without a text if none is."""
    for most, (x, y, anchor) in product(MAX_LENGTHS, list(_places(dot))):
        found = DotName(_cut(name, most), round(x, 1), round(y, 1), anchor)
        box = _box(found)
        inside = box[0] >= 0 and box[2] <= size[0] and box[1] >= 0 and box[3] <= size[1]
        if inside and not any(_overlap(box, other) for other in taken):
            return found
    return DotName("", dot[0], dot[1], "middle")


def _clamped(name: str, dot: DotShape, size: tuple[int, int]) -> DotName:
    """The name above its dot, moved into the picture and cut to its width."""
    text = _cut(name, min(MAX_LENGTHS[0], int(size[0] / LETTER_WIDTH)))
    half = len(text) * LETTER_WIDTH / 2
    x = min(max(dot[0], half), size[0] - half)
    y = min(max(dot[1] - dot[2] - 4, LINE_HEIGHT), size[1] - LINE_HEIGHT / 4)
    return DotName(text, round(x, 1), round(y, 1), "middle")


def _places(dot: DotShape) -> Iterator[tuple[float, float, str]]:
    """Places of a name beside a dot, the best first."""
    x, y, radius = dot
    yield x + radius + 3, y + 5, "start"
    yield x - radius - 3, y + 5, "end"
    yield x, y + radius + LINE_HEIGHT * 0.8, "middle"
    yield x, y - radius - 4, "middle"
    slant = radius * 0.7
    yield x + slant + 3, y - slant, "start"
    yield x + slant + 3, y + slant + 10, "start"
    yield x - slant - 3, y - slant, "end"
    yield x - slant - 3, y + slant + 10, "end"


def _cut(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _box(name: DotName) -> _Box:
    wide = len(name.text) * LETTER_WIDTH
    left = name.x - {"start": 0, "middle": wide / 2, "end": wide}[name.anchor]
    return left, name.y - LINE_HEIGHT * 0.75, left + wide, name.y + LINE_HEIGHT * 0.25


def _overlap(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
