"""A map of places: where they lie on it, how large their dots are, which names fit, and the land behind them."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_LAND = Path(__file__).resolve().parent / "outlines.json"

WIDTH = 1_000
"""Units from left to right of a map that has a page of its own."""

SMALL = 520
"""Units of one that stands in a page among other things."""

_HEIGHTS = (0.38, 0.62)
_SMALLEST = 36.0
"""Degrees that a map shows at least from west to east, so that a single place has a coast somewhere near."""

_MARGIN = 0.12
_RADII = (5.0, 26.0)
_FEW = 4
"""What is counted at least as the most there is, so that one thing alone does not look like many."""

_NAMES = 14
_FINEST = 3
"""Units of a step along a coast, below which it is left out."""

_CORNERS = 2
"""Corners of an outline that has no area."""

_LETTER = 9.0
_LINE = 20.0


@dataclass(frozen=True, slots=True)
class Place:
    """A place with what is told of it.

    Attributes:
        label, language: its name and the language of that.
        latitude, longitude: in degrees.
        count: how many things are linked to it.
        query: of the address that narrows the search to it.
    """

    label: str
    language: str
    latitude: float
    longitude: float
    count: int
    query: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A place on the map; `named` if its name stands beside it."""

    place: Place
    x: float
    y: float
    radius: float
    named: bool


@dataclass(frozen=True, slots=True)
class Map:
    """A map.

    Attributes:
        width, height: its size.
        land: the outlines, as the data of an SVG path.
        dots: the places, the largest first, so that the small ones lie on top.
    """

    width: int
    height: int
    land: str
    dots: tuple[Dot, ...]


def draw(places: Sequence[Place], width: int = WIDTH) -> Map:
    """A map that shows all of some places, so many units wide.

    >>> map = draw([Place("Havana", "", 23.1, -82.4, 3, "")])
    >>> map.dots[0].x, 380 <= map.height <= 620
    (500.0, True)
    """
    west, east, south, north = _frame(places)
    scale = width / (east - west)
    height = round((north - south) * scale)

    def spot(longitude: float, latitude: float) -> tuple[float, float]:
        return round((longitude - west) * scale, 1), round((north - latitude) * scale, 1)

    most = max([_FEW, *(place.count for place in places)])
    least, largest = _RADII
    if width != WIDTH:
        largest *= 0.65
    dots: list[Dot] = []
    taken: list[tuple[float, float, float, float]] = []
    for place in sorted(places, key=lambda each: -each.count):
        x, y = spot(place.longitude, place.latitude)
        radius = round(least + (largest - least) * math.sqrt(place.count / most), 1)
        box = (x + radius, y - _LINE / 2, x + radius + _LETTER * len(place.label), y + _LINE / 2)
        named = len(taken) < _NAMES and box[2] < width and not any(_meet(box, other) for other in taken)
        if named:
            taken.append(box)
        dots.append(Dot(place, x, y, radius, named))
    rings = [ring for ring in _land() if _seen(ring, west, east, south, north)]
    land = "".join(_outline(spot(*point) for point in ring) for ring in rings)
    return Map(width, height, land, tuple(dots))


def _outline(points: Iterable[tuple[float, float]]) -> str:
    """An outline as the data of a path: whole units, each point from the one before, without steps that nobody sees."""
    path: list[str] = []
    last = (0, 0)
    for x, y in points:
        step = (round(x) - last[0], round(y) - last[1])
        if not path or abs(step[0]) + abs(step[1]) >= _FINEST:
            path.append(f"{step[0]}{step[1]:+d}" if path else f"M{step[0]},{step[1]}l")
            last = (last[0] + step[0], last[1] + step[1])
    return f"{path[0]}{' '.join(path[1:])}z" if len(path) > _CORNERS else ""


def _frame(places: Sequence[Place]) -> tuple[float, float, float, float]:
    """West, east, south and north of a map that shows all places, with room around them."""
    if not places:
        return -180.0, 180.0, -60.0, 85.0
    longitudes = [place.longitude for place in places]
    latitudes = [place.latitude for place in places]
    wide = max((max(longitudes) - min(longitudes)) * (1 + 2 * _MARGIN), _SMALLEST)
    high = (max(latitudes) - min(latitudes)) * (1 + 2 * _MARGIN)
    lowest, highest = _HEIGHTS
    wide = max(wide, high / highest)
    high = max(high, wide * lowest)
    x, y = (max(longitudes) + min(longitudes)) / 2, (max(latitudes) + min(latitudes)) / 2
    return x - wide / 2, x + wide / 2, y - high / 2, y + high / 2


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _seen(ring: Sequence[tuple[float, float]], west: float, east: float, south: float, north: float) -> bool:
    longitudes, latitudes = [x for x, _ in ring], [y for _, y in ring]
    return max(longitudes) > west and min(longitudes) < east and max(latitudes) > south and min(latitudes) < north


@cache
def _land() -> tuple[tuple[tuple[float, float], ...], ...]:
    """The outlines of the land in degrees; made by tools/outlines.py."""
    rings = json.loads(_LAND.read_text(encoding="utf-8"))
    return tuple(tuple((x, y) for x, y in ring) for ring in rings)
