"""Who stands together with whom: a net of people, laid out so that those who often do lie near each other."""

import math
import xml.sax.saxutils as xml
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

SIZE = (1_000, 700)
"""Units of a picture that has a page of its own."""

SMALL = (520, 400)
"""Units of one that stands in a page among other things."""

_STEPS = 50
_RADII = (6.0, 22.0)
_FEW = 4
"""What is counted at least as the most there is, so that one thing alone does not look like many."""

_EDGE = 70
_LONGEST_NAMES = (28, 16)
"""Letters of a name: as many as there is room for, and as few as will do where there is little."""
_LETTER = 8.2
_LINE = 17.0
"""What a letter of a name takes from left to right, and a line of it from top to bottom, about."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person or body.

    Attributes:
        reference: kind/key.
        label, language: the name and the language of that.
        count: in how many things of the search it stands.
        query: of the address that narrows the search to it.
    """

    reference: str
    label: str
    language: str
    count: int
    query: str


@dataclass(frozen=True, slots=True)
class Node:
    """A person in the picture.

    Attributes:
        person: who it is.
        x, y, radius: of the dot.
        short: the name as far as there is room; empty where there is none.
        name_x, name_y, anchor: where the name stands, and which end of it.
    """

    person: Person
    x: float
    y: float
    radius: float
    short: str
    name_x: float
    name_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Tie:
    """Two who stand together, and how often; `width` in the picture."""

    one: Node
    other: Node
    count: int
    width: float


@dataclass(frozen=True, slots=True)
class Network:
    """A net: its size, who is in it, what ties them, the strongest tie first."""

    width: int
    height: int
    nodes: tuple[Node, ...]
    ties: tuple[Tie, ...]


def draw(people: Sequence[Person], together: Mapping[tuple[str, str], int], size: tuple[int, int] = SIZE) -> Network:
    """Lay out people and their ties: the same input gives the same picture."""
    ties = [(_at(people, one), _at(people, other), n) for (one, other), n in together.items()]
    spots = _fitted(_layout(len(people), ties), size)
    most = max([_FEW, *(person.count for person in people)])
    least, largest = _RADII
    if size != SIZE:
        largest *= 0.75
    dots = [
        (x, y, round(least + (largest - least) * math.sqrt(person.count / most), 1))
        for person, (x, y) in zip(people, spots, strict=True)
    ]
    nodes = {
        person.reference: Node(person, x, y, radius, *name)
        for person, (x, y, radius), name in zip(people, dots, _names(people, dots, size), strict=True)
    }
    strongest = max([_FEW, *together.values()])
    drawn = [
        Tie(nodes[one], nodes[other], count, round(1 + 7 * count / strongest, 1))
        for (one, other), count in together.items()
    ]
    drawn.sort(key=lambda tie: (-tie.count, tie.one.person.label, tie.other.person.label))
    return Network(*size, tuple(nodes.values()), tuple(drawn))


_Box = tuple[float, float, float, float]


def _names(
    people: Sequence[Person], dots: Sequence[tuple[float, float, float]], size: tuple[int, int]
) -> list[tuple[str, float, float, str]]:
    """Where names stand so that none lies on another or on a dot; those of whom there is most are placed first."""
    taken: list[_Box] = [(x - radius, y - radius, x + radius, y + radius) for x, y, radius in dots]
    found: dict[int, tuple[str, float, float, str]] = {}
    for at in sorted(range(len(people)), key=lambda at: -people[at].count):
        label = people[at].label
        found[at] = ("", *dots[at][:2], "middle")
        for most, (x, y, anchor) in product(_LONGEST_NAMES, list(_sides(dots[at]))):
            short = label if len(label) <= most else f"{label[: most - 1]}…"
            wide = len(short) * _LETTER
            left = x - {"start": 0, "middle": wide / 2, "end": wide}[anchor]
            box = (left, y - _LINE * 0.75, left + wide, y + _LINE * 0.25)
            inside = box[0] >= 0 and box[2] <= size[0] and box[1] >= 0 and box[3] <= size[1]
            if inside and not any(_meet(box, other) for other in taken):
                taken.append(box)
                found[at] = (short, round(x, 1), round(y, 1), anchor)
                break
    return [found[at] for at in range(len(people))]


def _sides(dot: tuple[float, float, float]) -> Iterator[tuple[float, float, str]]:
    """Where a name may begin or end beside a dot, the best place first."""
    x, y, radius = dot
    yield x + radius + 3, y + 5, "start"
    yield x - radius - 3, y + 5, "end"
    yield x, y + radius + _LINE * 0.8, "middle"
    yield x, y - radius - 4, "middle"
    slant = radius * 0.7
    yield x + slant + 3, y - slant, "start"
    yield x + slant + 3, y + slant + 10, "start"
    yield x - slant - 3, y - slant, "end"
    yield x - slant - 3, y + slant + 10, "end"


def _meet(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _at(people: Sequence[Person], reference: str) -> int:
    return next(at for at, person in enumerate(people) if person.reference == reference)


def _layout(count: int, ties: Sequence[tuple[int, int, int]]) -> list[complex]:
    """Places for so many nodes, by forces: all push each other away, ties pull (Fruchterman and Reingold, 1991)."""
    spots = [
        complex(math.cos(at * 2.4), math.sin(at * 2.4)) * math.sqrt((at + 0.5) / max(count, 1)) for at in range(count)
    ]
    strongest = max((weight for _, _, weight in ties), default=1)
    natural = math.sqrt(3 / max(count, 1))
    for step in range(_STEPS):
        moves = [-0.3 * spot for spot in spots]  # a little towards the middle, or loose nodes drift away
        for one in range(count):
            for other in range(one + 1, count):
                apart = spots[one] - spots[other] or complex(1e-3, 1e-3 * one)
                push = apart * (natural / abs(apart)) ** 2 * 0.5
                moves[one] += push
                moves[other] -= push
        for one, other, weight in ties:
            apart = spots[one] - spots[other]
            pull = apart * abs(apart) / natural * (0.15 + 0.85 * weight / strongest) * 0.5
            moves[one] -= pull
            moves[other] += pull
        most = 0.12 * (1 - step / _STEPS)
        spots = [
            spot + (move if abs(move) <= most else move / abs(move) * most)
            for spot, move in zip(spots, moves, strict=True)
        ]
    return spots


def _fitted(spots: Sequence[complex], size: tuple[int, int]) -> list[tuple[float, float]]:
    """Spots stretched to the size of the picture, with an edge for dots and names."""
    width, height = size
    reals, imaginaries = [spot.real for spot in spots] or [0.0], [spot.imag for spot in spots] or [0.0]
    wide, high = max(max(reals) - min(reals), 1e-6), max(max(imaginaries) - min(imaginaries), 1e-6)
    if len(spots) == 1:
        return [(width / 2, height / 2)]
    return [
        (
            round(_EDGE + (spot.real - min(reals)) / wide * (width - 2 * _EDGE), 1),
            round(_EDGE / 2 + (spot.imag - min(imaginaries)) / high * (height - _EDGE), 1),
        )
        for spot in spots
    ]


def graphml(network: Network, base: str) -> bytes:
    """The net as GraphML, as Gephi, Cytoscape and igraph read it."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
        '<key id="label" for="node" attr.name="label" attr.type="string"/>',
        '<key id="count" for="node" attr.name="count" attr.type="int"/>',
        '<key id="weight" for="edge" attr.name="weight" attr.type="int"/>',
        '<graph edgedefault="undirected">',
    ]
    for node in network.nodes:
        who = xml.quoteattr(base + node.person.reference)
        label = xml.escape(node.person.label)
        lines.append(
            f'<node id={who}><data key="label">{label}</data><data key="count">{node.person.count}</data></node>'
        )
    for tie in network.ties:
        one, other = (xml.quoteattr(base + each.person.reference) for each in (tie.one, tie.other))
        lines.append(f'<edge source={one} target={other}><data key="weight">{tie.count}</data></edge>')
    return "\n".join([*lines, "</graph>", "</graphml>", ""]).encode()
