"""Reach of shapes: how far from a record they look, along its links and against them."""

from collections.abc import Iterator
from typing import Any

import rdflib
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH

from kg.publish.pipeline.linked_things import Reach

MAX_STEPS = 8
"""Links from a record along which things are looked up, at most: paths without an end, and shapes within themselves."""

_NESTED = (SH.node, SH.property, SH.qualifiedValueShape, SH["not"])
_LISTED = (SH["and"], SH["or"], SH.xone)
_QUERIES = (SH.select, SH.ask, SH.construct)
_QUERY_STEPS = 3
"""Links that a constraint in SPARQL may follow: nobody counts its patterns."""


def reach_of(shapes: rdflib.Graph) -> Reach:
    """Return how far shapes look (D-138).

    >>> shape = "@prefix sh: <http://www.w3.org/ns/shacl#> . [] sh:property [ sh:path <x:by> ; sh:class <x:Person> ] ."
    >>> reach_of(rdflib.Graph().parse(data=shape, format="turtle"))
    Reach(steps=1, backwards=False)
    """
    asks = any((None, each, None) in shapes for each in _QUERIES)
    nodes = {node for predicate in (*_NESTED, *_LISTED, SH.path, SH["class"]) for node in shapes.subjects(predicate)}
    steps = max((_steps(shapes, node, frozenset()) for node in nodes), default=0)
    backwards = asks or (None, SH.inversePath, None) in shapes
    return Reach(min(MAX_STEPS, max(steps, _QUERY_STEPS if asks else 0)), backwards)


def _steps(shapes: rdflib.Graph, shape: Any, around: frozenset[Any]) -> int:
    """Links from the focus node of a shape to the farthest thing that has to be known."""
    if shape in around:
        return MAX_STEPS
    inner = [_steps(shapes, each, around | {shape}) for each in _nested(shapes, shape)]
    path = shapes.value(shape, SH.path)
    if path is None:
        return max(inner, default=0)
    length = _length(shapes, path)
    looks_at_values = bool(inner) or (shape, SH["class"], None) in shapes
    return length + max(inner, default=0) if looks_at_values else length - 1


def _nested(shapes: rdflib.Graph, shape: Any) -> Iterator[Any]:
    for predicate in _NESTED:
        yield from shapes.objects(shape, predicate)
    for predicate in _LISTED:
        for listed in shapes.objects(shape, predicate):
            yield from Collection(shapes, listed)


def _length(shapes: rdflib.Graph, path: Any) -> int:
    """Links along a property path (SHACL, 2.3.1)."""
    if isinstance(path, rdflib.URIRef):
        return 1
    if (path, RDF.first, None) in shapes:
        return sum(_length(shapes, each) for each in Collection(shapes, path))
    if (path, SH.zeroOrMorePath, None) in shapes or (path, SH.oneOrMorePath, None) in shapes:
        return MAX_STEPS
    if (alternatives := shapes.value(path, SH.alternativePath)) is not None:
        return max((_length(shapes, each) for each in Collection(shapes, alternatives)), default=1)
    inner = shapes.value(path, SH.inversePath) or shapes.value(path, SH.zeroOrOnePath)
    return 1 if inner is None else _length(shapes, inner)
