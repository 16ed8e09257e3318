"""Generator of kg/render/pictures/outlines.json, the land of the world for maps, from Natural Earth.

The source is `land-110m.json` of the npm package world-atlas (`npm pack world-atlas`), TopoJSON of Natural Earth, which
is in the public domain: `python tools/outlines.py land-110m.json`.
"""

import json
import sys
from itertools import pairwise
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "kg" / "render" / "pictures" / "outlines.json"
DIGITS = 1
"""Decimals of a degree: a tenth is some 11 km, less than a map of a country shows (D-55)."""

SOUTH = -60
"""Degrees below which nothing is drawn: a ring around the pole has no inside on a flat map."""

Point = tuple[float, float]


def arcs(topology: dict) -> list[list[Point]]:
    """Return the lines of a topology in degrees; the topology has them as differences of whole numbers."""
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    lines = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            line.append((round(x * kx + dx, DIGITS), round(y * ky + dy, DIGITS)))
        lines.append(line)
    return lines


def ring(numbers: list[int], lines: list[list[Point]]) -> list[Point]:
    """Return a closed line out of several; a negative number is a line in reverse."""
    points: list[Point] = []
    for number in numbers:
        line = lines[number] if number >= 0 else lines[~number][::-1]
        points += line[1:] if points else line
    return [point for position, point in enumerate(points) if position == 0 or point != points[position - 1]]


def unwrapped(points: list[Point]) -> list[list[Point]]:
    """Return a ring without a jump at the date line; twice, if it reaches over the edge of the map."""
    turn, unwrapped_points = 0.0, [points[0]]
    for (before, _), (x, y) in pairwise(points):
        turn += 360.0 * ((before - x > 180) - (x - before > 180))
        unwrapped_points.append((round(x + turn, DIGITS), y))
    over = 360.0 * ((max(x for x, _ in unwrapped_points) > 180) - (min(x for x, _ in unwrapped_points) < -180))
    return (
        [unwrapped_points, [(round(x - over, DIGITS), y) for x, y in unwrapped_points]] if over else [unwrapped_points]
    )


def main() -> None:
    topology = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    lines = arcs(topology)
    rings = [
        ring(numbers, lines)
        for geometry in topology["objects"]["land"]["geometries"]
        for polygon in geometry["arcs"]
        for numbers in polygon
    ]
    drawn = [points for points in rings if len(points) > 3 and min(y for _, y in points) > SOUTH]
    text = json.dumps([part for points in drawn for part in unwrapped(points)], separators=(",", ":"))
    TARGET.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
