"""Network of people by co-occurrence, in a force-directed layout; GraphML export."""

import math
import xml.sax.saxutils as xml
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kg.iris import uri
from kg.render.pictures.names import DotName, beside

SIZE = (1_000, 700)
"""Size of a picture with a page of its own, in units."""

SMALL_SIZE = (400, 340)
"""Size of a picture within another page, in units."""

NARROW_SIZE = (360, 460)
"""Size of a picture with a page of its own on a phone, in units."""

_ITERATIONS = 50
_RADIUS_RANGE = (6.0, 22.0)
_MIN_SCALE = 4
"""Minimum count of the largest dot, so that a single thing does not look like many."""

_MARGIN = 70
_NARROW_MARGIN = 30
"""Room for dots and names at the sides of a picture, and of one on a phone."""


@dataclass(frozen=True, slots=True)
class Person:
    """Person or body.

    Attributes:
        reference: kind/key.
        label, language: the name, and the language of the name.
        count: number of things of the search that mention it.
        query: query of the address that filters the search by it.
    """

    reference: str
    label: str
    language: str
    count: int
    query: str


@dataclass(frozen=True, slots=True)
class NetworkNode:
    """Node of the network.

    Attributes:
        person: the person.
        x, y, radius: position and radius of the dot.
        short: the name, cut to the available room; empty without room.
        name_x, name_y, anchor: position of the name, and its text anchor.
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
class NetworkEdge:
    """Edge between two nodes: their co-occurrence count, and the width of the line."""

    one: NetworkNode
    other: NetworkNode
    count: int
    width: float


@dataclass(frozen=True, slots=True)
class Network:
    """Network layout: its size, its nodes, and its edges, the strongest first."""

    width: int
    height: int
    nodes: tuple[NetworkNode, ...]
    edges: tuple[NetworkEdge, ...]


def draw(people: Sequence[Person], pair_counts: Mapping[tuple[str, str], int], size: tuple[int, int] = SIZE) -> Network:
    """Lay out people and their co-occurrences; deterministic."""
    weights = [(_index_of(people, one), _index_of(people, other), n) for (one, other), n in pair_counts.items()]
    positions = _fit_to_size(_layout(len(people), tuple(weights)), size)
    scale_count = max([_MIN_SCALE, *(person.count for person in people)])
    least, largest = _RADIUS_RANGE
    if size != SIZE:
        largest *= 0.75
    dots = [
        (x, y, round(least + (largest - least) * math.sqrt(person.count / scale_count), 1))
        for person, (x, y) in zip(people, positions, strict=True)
    ]
    nodes = {
        person.reference: NetworkNode(person, x, y, radius, name.text, name.x, name.y, name.anchor)
        for person, (x, y, radius), name in zip(people, dots, _names(people, dots, size), strict=True)
    }
    strongest = max([_MIN_SCALE, *pair_counts.values()])
    edges = [
        NetworkEdge(nodes[one], nodes[other], count, round(1 + 7 * count / strongest, 1))
        for (one, other), count in pair_counts.items()
    ]
    edges.sort(key=lambda tie: (-tie.count, tie.one.person.label, tie.other.person.label))
    return Network(*size, tuple(nodes.values()), tuple(edges))


def _names(
    people: Sequence[Person], dots: Sequence[tuple[float, float, float]], size: tuple[int, int]
) -> list[DotName]:
    """Names beside the dots, where there is room; that of the first in number always."""
    order = sorted(range(len(people)), key=lambda at: -people[at].count)
    placed = beside([people[at].label for at in order], [dots[at] for at in order], size, obstacles=dots)
    by_place = dict(zip(order, placed, strict=True))
    return [by_place[at] for at in range(len(people))]


def _index_of(people: Sequence[Person], reference: str) -> int:
    return next(at for at, person in enumerate(people) if person.reference == reference)


@lru_cache(maxsize=32)
def _layout(count: int, edges: tuple[tuple[int, int, int], ...]) -> list[complex]:
    """Force-directed layout: nodes repel each other, edges attract (Fruchterman and Reingold, 1991)."""
    positions = [
        complex(math.cos(at * 2.4), math.sin(at * 2.4)) * math.sqrt((at + 0.5) / max(count, 1)) for at in range(count)
    ]
    strongest = max((weight for _, _, weight in edges), default=1)
    ideal_length = math.sqrt(3 / max(count, 1))
    for step in range(_ITERATIONS):
        forces = [-0.3 * spot for spot in positions]  # a little towards the centre, or unconnected nodes drift away
        for one in range(count):
            for other in range(one + 1, count):
                difference = positions[one] - positions[other] or complex(1e-3, 1e-3 * one)
                push = difference * (ideal_length / abs(difference)) ** 2 * 0.5
                forces[one] += push
                forces[other] -= push
        for one, other, weight in edges:
            difference = positions[one] - positions[other]
            pull = difference * abs(difference) / ideal_length * (0.15 + 0.85 * weight / strongest) * 0.5
            forces[one] -= pull
            forces[other] += pull
        max_move = 0.12 * (1 - step / _ITERATIONS)
        positions = [
            spot + (move if abs(move) <= max_move else move / abs(move) * max_move)
            for spot, move in zip(positions, forces, strict=True)
        ]
    return positions


def _fit_to_size(positions: Sequence[complex], size: tuple[int, int]) -> list[tuple[float, float]]:
    """Positions scaled to the size of the picture, with a margin for dots and names."""
    width, height = size
    margin = _MARGIN if width > NARROW_SIZE[0] else _NARROW_MARGIN
    reals, imaginaries = [spot.real for spot in positions] or [0.0], [spot.imag for spot in positions] or [0.0]
    wide, high = max(max(reals) - min(reals), 1e-6), max(max(imaginaries) - min(imaginaries), 1e-6)
    if len(positions) == 1:
        return [(width / 2, height / 2)]
    return [
        (
            round(margin + (spot.real - min(reals)) / wide * (width - 2 * margin), 1),
            round(margin / 2 + (spot.imag - min(imaginaries)) / high * (height - margin), 1),
        )
        for spot in positions
    ]


def graphml(network: Network, base: str) -> bytes:
    """GraphML document of a network, for Gephi, Cytoscape and igraph."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
        '<key id="label" for="node" attr.name="label" attr.type="string"/>',
        '<key id="count" for="node" attr.name="count" attr.type="int"/>',
        '<key id="weight" for="edge" attr.name="weight" attr.type="int"/>',
        '<graph edgedefault="undirected">',
    ]
    for node in network.nodes:
        node_id = xml.quoteattr(uri(base + node.person.reference))
        label = xml.escape(node.person.label)
        lines.append(
            f'<node id={node_id}><data key="label">{label}</data><data key="count">{node.person.count}</data></node>'
        )
    for tie in network.edges:
        one, other = (xml.quoteattr(uri(base + node.person.reference)) for node in (tie.one, tie.other))
        lines.append(f'<edge source={one} target={other}><data key="weight">{tie.count}</data></edge>')
    return "\n".join([*lines, "</graph>", "</graphml>", ""]).encode()
