"""Who stands together with whom: a net of people, laid out so that those who often do lie near each other."""

import math
import xml.sax.saxutils as xml
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SIZE = (1_000, 700)
_STEPS = 50
_RADII = (6.0, 22.0)
_EDGE = 70
_LONGEST_NAME = 28


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
    """A person in the picture; `short` is the name as far as there is room."""

    person: Person
    x: float
    y: float
    radius: float
    short: str

    @property
    def leftwards(self) -> bool:
        """Whether the name stands to the left, since there is no room to the right."""
        return self.x > SIZE[0] * 0.72


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


def draw(people: Sequence[Person], together: Mapping[tuple[str, str], int]) -> Network:
    """Lay out people and their ties: the same input gives the same picture."""
    places = _layout(len(people), [(_at(people, one), _at(people, other), n) for (one, other), n in together.items()])
    most = max((person.count for person in people), default=1)
    least, largest = _RADII
    nodes = {
        person.reference: Node(
            person,
            *places[at],
            round(least + (largest - least) * math.sqrt(person.count / most), 1),
            person.label if len(person.label) <= _LONGEST_NAME else f"{person.label[: _LONGEST_NAME - 1]}…",
        )
        for at, person in enumerate(people)
    }
    strongest = max(together.values(), default=1)
    ties = [
        Tie(nodes[one], nodes[other], count, round(1 + 7 * count / strongest, 1))
        for (one, other), count in together.items()
    ]
    ties.sort(key=lambda tie: (-tie.count, tie.one.person.label, tie.other.person.label))
    return Network(*SIZE, tuple(nodes.values()), tuple(ties))


def _at(people: Sequence[Person], reference: str) -> int:
    return next(at for at, person in enumerate(people) if person.reference == reference)


def _layout(count: int, ties: Sequence[tuple[int, int, int]]) -> list[tuple[float, float]]:
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
    return _fitted(spots)


def _fitted(spots: Sequence[complex]) -> list[tuple[float, float]]:
    """Spots stretched to the size of the picture, with an edge for dots and names."""
    width, height = SIZE
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
