"""Subproperties on a page: a value of a narrower property is not repeated under the broader one."""

from functools import lru_cache

from kg.ontology import load
from kg.render.data.jsonld import keys_of_kind
from kg.render.data.statements import Properties, Values


@lru_cache(maxsize=64)
def subproperties_of(base: str, kind: str) -> dict[str, tuple[str, ...]]:
    """IRI of a property of a kind → its subproperties by the crosswalk.

    Two properties that imply each other are no subproperties of one another.
    """
    crosswalk = load(base).counterparts
    return {
        iri: tuple(each for each, others in crosswalk.items() if iri in others and each not in crosswalk.get(iri, ()))
        for iri in keys_of_kind(base, kind)
    }


def own_values(properties: Properties, iri: str, narrower: tuple[str, ...]) -> Values:
    """Values of a property without those of its subproperties."""
    values = properties.get(iri, [])
    implied = {value for other in narrower for value in properties.get(other, ())} if values else set()
    return [value for value in values if value not in implied] if implied else values
