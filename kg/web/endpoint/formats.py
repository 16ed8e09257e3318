"""In which formats a client takes the answer of a query: `format=` goes before Accept.

Whether a query gives a table or a graph only the engine knows, so a client's wish is a list, and the worker takes the
first format that can hold the answer.
"""

from functools import lru_cache

from kg.errors import Message
from kg.render.data.negotiation import FORMER_TYPES, is_readable, preference
from kg.store.sparql.results import FORMATS
from kg.web.http.parameter_problems import bad_parameter
from kg.web.http.problems import Problem

_FAMILIES: dict[str, tuple[str, ...]] = {
    "json": ("json", "jsonld"),
    "xml": ("xml", "rdfxml"),
    "application/json": ("json", "jsonld"),
    "application/xml": ("xml", "rdfxml"),
    "text/xml": ("xml", "rdfxml"),
    "text/plain": ("ntriples", "tsv"),
    "application/x-turtle": ("turtle",),
    "json-ld": ("jsonld",),
    "rdf": ("rdfxml",),
    "ttl": ("turtle",),
    "nt": ("ntriples",),
    "nq": ("nquads",),
}
"""Words of clients that mean more than one format, or are not its own name."""

_MEDIA_TYPES: dict[str, tuple[str, ...]] = {row.media_type.partition(";")[0]: (name,) for name, row in FORMATS.items()}
_FORMER = {
    each: _MEDIA_TYPES[media_type]
    for media_type, others in FORMER_TYPES.items()
    for each in others
    if each not in _MEDIA_TYPES
}
_ACCEPTABLE = {**_MEDIA_TYPES, **_FORMER, **{name: found for name, found in _FAMILIES.items() if "/" in name}}
_BY_NAME = {**{name: (name,) for name in FORMATS}, **_MEDIA_TYPES, **_FORMER, **_FAMILIES}

GRAPHS = tuple(name for name, row in FORMATS.items() if "construct" in row.kinds)
"""The formats that hold a graph."""


_MAX_HEADER_LENGTH = 1_000
"""Characters up to which what a client takes is remembered."""


def wanted(asked: str | None, accept: str) -> tuple[str, ...]:
    """Names of formats, the one the client prefers first. Raises Problem if there is none.

    Args:
        asked: what `format=` says.
        accept: the header.

    >>> wanted("csv", "*/*")
    ('csv',)
    >>> wanted(None, "text/turtle, application/json;q=0.5")
    ('turtle', 'json', 'jsonld')
    """
    short = len(asked or "") + len(accept) <= _MAX_HEADER_LENGTH
    return (_wanted if short else _wanted.__wrapped__)(asked, accept)


@lru_cache(maxsize=512)
def _wanted(asked: str | None, accept: str) -> tuple[str, ...]:
    if asked is not None:
        words = (each.strip().lower() for each in asked.split(","))
        known = [name for word in words for name in _BY_NAME.get(word, ())]
        if not known:
            raise bad_parameter("format", asked, "choice", choices=", ".join(FORMATS))
        return tuple(dict.fromkeys(known))
    found = [name for each in preference(accept, list(_ACCEPTABLE)) for name in _ACCEPTABLE[each]]
    if not found and "/" in accept and is_readable(accept) and "html" not in accept:
        raise unacceptable(tuple(FORMATS))
    return tuple(dict.fromkeys(found)) or tuple(FORMATS)


def unacceptable(names: tuple[str, ...]) -> Problem:
    """406 with what there is."""
    types = [FORMATS[name].media_type.partition(";")[0] for name in names]
    alternates = [{"type": each, "format": name} for each, name in zip(types, names, strict=True)]
    return Problem(406, Message("Available: %(names)s.", names=", ".join(types)), more={"alternates": alternates})
