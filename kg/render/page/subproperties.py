"""What a record says by one key and by a more special one as well: a participant is no second contributor."""

from functools import lru_cache

from kg.ontology import load
from kg.render.data.jsonld import keys_of_kind
from kg.render.data.statements import Said, Values


@lru_cache(maxsize=64)
def special_terms(base: str, kind: str) -> dict[str, tuple[str, ...]]:
    """IRI of a term of a kind → the more special ones that bring it along.

    Of two terms that bring each other along, neither is more special.
    """
    crosswalk = load(base).counterparts
    return {
        iri: tuple(each for each, others in crosswalk.items() if iri in others and each not in crosswalk.get(iri, ()))
        for iri in keys_of_kind(base, kind)
    }


def own(said: Said, iri: str, special: tuple[str, ...]) -> Values:
    """What is said under a term itself, and not by one of those that bring it along."""
    values = said.get(iri, [])
    implied = {value for each in special for value in said.get(each, ())} if values else set()
    return [each for each in values if each not in implied] if implied else values
