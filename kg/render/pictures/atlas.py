"""Map layout: positions and radii of places, the labels that fit, and the outlines of the land."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from kg.render.pictures.names import DotName, beside

_LAND = Path(__file__).resolve().parent / "outlines.json"

WIDTH = 1_000
"""Width of a map with a page of its own, in units."""

SMALL_WIDTH = 400
"""Width of a map within another page, in units."""

NARROW_WIDTH = 360
"""Width of a map with a page of its own on a phone, in units."""

_HEIGHTS = (0.38, 0.62)
_NARROW_HEIGHTS = (0.75, 1.1)
"""Height of a map in parts of its width, at least and at most; of one on a phone."""

_MIN_DEGREES = 36.0
"""Minimum extent of a map from west to east, in degrees, so that a single place has a coast nearby."""

_MARGIN = 0.12
_RADIUS_RANGE = (5.0, 26.0)
_MIN_SCALE = 4
"""Minimum count of the largest dot, so that a single thing does not look like many."""

_MAX_NAMES = 30
"""Places that have their name where there is room, those of most documents."""

_MIN_STEP = 3
"""Minimum step along a coast, in units; shorter ones are left out."""

_DEGENERATE_CORNERS = 2
"""Corners of an outline without area."""


@dataclass(frozen=True, slots=True)
class MapPlace:
    """Place with its label and count.

    Attributes:
        label, language: its name, and the language of the name.
        latitude, longitude: in degrees.
        count: number of things linked to it.
        query: query of the address that filters the search by it.
    """

    label: str
    language: str
    latitude: float
    longitude: float
    count: int
    query: str


@dataclass(frozen=True, slots=True)
class MapDot:
    """Dot of a place, in units, and the name beside it, without a text where there is no room."""

    place: MapPlace
    x: float
    y: float
    radius: float
    name: DotName


@dataclass(frozen=True, slots=True)
class Map:
    """Map layout.

    Attributes:
        width, height: its size in units.
        land: outlines of the land, as data of an SVG path.
        dots: dots of the places, the largest first, so that the small ones lie on top.
    """

    width: int
    height: int
    land: str
    dots: tuple[MapDot, ...]


@dataclass(frozen=True, slots=True)
class LandOutline:
    """Outline of a piece of land.

    Attributes:
        ring: its points (longitude, latitude), in degrees.
        longitudes, latitudes: the least and the largest.
    """

    ring: tuple[tuple[float, float], ...]
    longitudes: tuple[float, float]
    latitudes: tuple[float, float]

    def is_within(self, frame: tuple[float, float, float, float]) -> bool:
        """Whether some of it may be in a frame (west, east, south, north)."""
        west, east, south, north = frame
        (least_x, most_x), (least_y, most_y) = self.longitudes, self.latitudes
        return most_x > west and least_x < east and most_y > south and least_y < north


def draw(places: Sequence[MapPlace], width: int = WIDTH) -> Map:
    """Lay out a map of some places.

    Args:
        places: the places.
        width: width of the map in units.

    >>> map = draw([MapPlace("Havana", "", 23.1, -82.4, 3, "")])
    >>> map.dots[0].x, 380 <= map.height <= 620
    (500.0, True)
    """
    west, east, south, north = _frame(places, _NARROW_HEIGHTS if width == NARROW_WIDTH else _HEIGHTS)
    scale = width / (east - west)
    height = round((north - south) * scale)

    def project(longitude: float, latitude: float) -> tuple[float, float]:
        return round((longitude - west) * scale, 1), round((north - latitude) * scale, 1)

    scale_count = max([_MIN_SCALE, *(place.count for place in places)])
    least, largest = _RADIUS_RANGE
    if width != WIDTH:
        largest *= 0.4 if width == NARROW_WIDTH else 0.65
    ordered = sorted(places, key=lambda each: -each.count)
    shapes = [
        (
            *project(place.longitude, place.latitude),
            round(least + (largest - least) * math.sqrt(place.count / scale_count), 1),
        )
        for place in ordered
    ]
    named = beside([place.label for place in ordered[:_MAX_NAMES]], shapes[:_MAX_NAMES], (width, height))
    unnamed = [DotName("", x, y, "middle") for x, y, _ in shapes[_MAX_NAMES:]]
    dots = [MapDot(place, *shape, name) for place, shape, name in zip(ordered, shapes, [*named, *unnamed], strict=True)]
    return Map(width, height, _land_within((west, east, south, north), width), tuple(dots))


@lru_cache(maxsize=64)
def _land_within(frame: tuple[float, float, float, float], width: int) -> str:
    """Path data of the land in a frame, which pages of people have in common who were at the same places."""
    west, east, _, north = frame
    scale = width / (east - west)
    return "".join(_outline(outline.ring, west, north, scale) for outline in _land() if outline.is_within(frame))


def _outline(ring: Sequence[tuple[float, float]], west: float, north: float, scale: float) -> str:
    """Path data of an outline: relative points in whole units, without invisible steps."""
    path: list[str] = []
    last_x = last_y = 0
    for longitude, latitude in ring:
        x, y = math.floor((longitude - west) * scale + 0.5), math.floor((north - latitude) * scale + 0.5)
        if not path:
            path.append(f"M{x},{y}l")
        elif abs(x - last_x) + abs(y - last_y) >= _MIN_STEP:
            path.append(f"{x - last_x}{y - last_y:+d}")
        else:
            continue
        last_x, last_y = x, y
    return f"{path[0]}{' '.join(path[1:])}z" if len(path) > _DEGENERATE_CORNERS else ""


def _frame(places: Sequence[MapPlace], heights: tuple[float, float]) -> tuple[float, float, float, float]:
    """Bounds (west, east, south, north) of a map of all places, with a margin."""
    if not places:
        return -180.0, 180.0, -60.0, 85.0
    longitudes = [place.longitude for place in places]
    latitudes = [place.latitude for place in places]
    wide = max((max(longitudes) - min(longitudes)) * (1 + 2 * _MARGIN), _MIN_DEGREES)
    high = (max(latitudes) - min(latitudes)) * (1 + 2 * _MARGIN)
    lowest, highest = heights
    wide = max(wide, high / highest)
    high = max(high, wide * lowest)
    x, y = (max(longitudes) + min(longitudes)) / 2, (max(latitudes) + min(latitudes)) / 2
    return x - wide / 2, x + wide / 2, y - high / 2, y + high / 2


@cache
def _land() -> tuple[LandOutline, ...]:
    """Outlines of the land in degrees; generated by tools/outlines.py."""
    return tuple(
        LandOutline(
            tuple((x, y) for x, y in ring),
            (min(x for x, _ in ring), max(x for x, _ in ring)),
            (min(y for _, y in ring), max(y for _, y in ring)),
        )
        for ring in json.loads(_LAND.read_text(encoding="utf-8"))
    )
