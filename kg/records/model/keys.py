"""Record model: the kinds of records, their keys, and the form of each key's values.

A record is a plain JSON object in one shape, for every source format. This table is the shape's only definition (D-1).
Normalisation, the mapping and the tables follow it; docs/extending.md lists the files generated from it.
Its rows stand in `kg/records/model/areas/`, a module for each area of description. `ontology/context.jsonld` has the
RDF term of a key.

>>> KEYS["title"].value
<Value.TEXT: 'text'>
>>> [key.name for key in keys_of("place")][:4]
['id', 'kind', 'status', 'name']
"""

from kg.date_roles import DATE_ROLES
from kg.iris import KINDS
from kg.records.model.areas import access_points, content, custody, description_control, identity
from kg.records.model.key import RECORD, Key, Record, Value
from kg.records.model.vocabularies import AGENT_TYPES, LEVELS, STATUSES

__all__ = ["AGENT_TYPES", "DATE_ROLES", "KEYS", "LEVELS", "STATUSES", "Key", "Record", "Value", "keys_of", "label_key"]

_KEYS = (*identity.KEYS, *access_points.KEYS, *content.KEYS, *custody.KEYS, *description_control.KEYS)

KEYS = {key.name: key for key in _KEYS}
"""Name → key, in the order of a record."""


def keys_of(kind: str) -> tuple[Key, ...]:
    """Return the keys that a record of this kind may have, in order."""
    return _BY_KIND[kind]


def label_key(kind: str) -> str:
    """Return the key of the label of a record of this kind."""
    return "title" if kind == RECORD else "name"


_BY_KIND = {kind: tuple(key for key in _KEYS if kind in key.kinds) for kind in KINDS}
