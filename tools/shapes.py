"""Generator of ontology/shapes.ttl: the JSON Schema of a record as SHACL. Run by `make docs`.

One shape for the main class of each kind of record and for each class of parts. SHACL sees the graph alone: only
validation by the JSON Schema can refuse values without a triple (an empty list, a key that the model lacks).
"""

import json
from collections.abc import Iterator

from kg import ontology
from kg.ontology import Form, Ontology, Term
from kg.records.model.keys import Key, Value, keys_of
from kg.settings import ONTOLOGY

FILE = ONTOLOGY / "shapes.ttl"
BASE = "https://archive.example.org/"

TARGETS = {
    "record": ("rico:Record",),
    "agent": ("rico:Agent", "rico:Person", "rico:Family"),
    "place": ("rico:Place",),
    "collection": ("schema:Collection",),
    "archive": ("rico:RecordSet", "schema:ArchiveOrganization"),
    "topic": ("skos:Concept",),
}
"""Kind → the classes that only its records have; a level of an archive is a collection in schema.org."""

_TAG = "^([A-Za-z]{2,8}|x-[A-Za-z0-9]{1,8})(-[A-Za-z0-9]{1,8})*$"
_SCHEMES = "^(https?|urn|mailto|ark|doi|info):"
_DATATYPES = ("edtf:EDTF", "xsd:date", "xsd:gYearMonth", "xsd:gYear", "xsd:dateTime")
_DATE = f"sh:or ( {' '.join(f'[ sh:datatype {each} ]' for each in _DATATYPES)} )"

_HEAD = """\
# Shapes of records: what ontology/record.schema.json says, said of the graph (SHACL).
# Written by `make docs` from kg/records/model/areas/ and ontology/context.jsonld; a test keeps it so.

"""


def text() -> str:
    """Return the whole file."""
    mapping = ontology.load(BASE)
    prefixes = {**mapping.prefixes, "kg": "terms/", "sh": "http://www.w3.org/ns/shacl#"}
    head = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in sorted(prefixes.items()))
    shapes = [_shape(f"{kind}Shape", TARGETS[kind], keys_of(kind), mapping.terms_of(kind), mapping) for kind in TARGETS]
    parts = {key.name: key for kind in TARGETS for key in keys_of(kind) if key.parts}
    for name, key in parts.items():
        term = mapping.terms[name]
        shapes.append(_shape(f"{name}Shape", (_short(term.part_class, mapping),), key.parts, term.parts, mapping))
    return _HEAD + head + "\n" + "\n".join(shapes)


def _shape(
    name: str, targets: tuple[str, ...], keys: tuple[Key, ...], terms: dict[str, Term], mapping: Ontology
) -> str:
    rows = [f"kg:{name} a sh:NodeShape ;", f"    sh:targetClass {', '.join(targets)} ;"]
    for key in keys:
        if key.name in terms:
            constraints = " ; ".join(_constraints(key, terms[key.name], _kinds(key, keys, terms, mapping)))
            rows.append(f"    sh:property [ sh:path {_short(terms[key.name].iri, mapping)} ; {constraints} ] ;")
    return "\n".join(rows)[:-1] + ".\n"


def _kinds(key: Key, keys: tuple[Key, ...], terms: dict[str, Term], mapping: Ontology) -> list[str]:
    """Kinds of a property's values: those of its key, and of the keys with this property as a counterpart."""
    iri = terms[key.name].iri
    along = [
        other_key
        for other_key in keys
        if other_key.name in terms and iri in mapping.counterparts.get(terms[other_key.name].iri, ())
    ]
    return list(dict.fromkeys(kind for other_key in (key, *along) for kind in other_key.to))


def _constraints(key: Key, term: Term, kinds: list[str]) -> Iterator[str]:
    """SHACL constraints of a key's values."""
    yield f'sh:name "{key.name}"'
    if key.required:
        yield "sh:minCount 1"
    if key.value is Value.TEXT:
        yield "sh:minLength 1"
        if not key.many:
            yield "sh:uniqueLang true"
        return
    if not key.many:
        yield "sh:maxCount 1"
    if term.form is Form.PART:
        yield "sh:nodeKind sh:IRI"
    else:
        yield from _of_value(key, kinds)


def _of_value(key: Key, kinds: list[str]) -> Iterator[str]:
    if key.value is Value.LINK:
        kinds_pattern = "|".join(kinds)
        yield f'sh:nodeKind sh:IRI ; sh:pattern "/({kinds_pattern})/[^/#?]+$"'
    elif key.value is Value.URL:
        yield f'sh:nodeKind sh:IRI ; sh:pattern "{_SCHEMES}"'
    elif key.value is Value.CHOICE:
        words = " ".join(json.dumps(word) for word in key.choices)
        yield f"sh:in ( {words} )"
    elif key.value is Value.NUMBER:
        yield f"sh:datatype xsd:decimal ; sh:minInclusive {key.minimum:g} ; sh:maxInclusive {key.maximum:g}"
    elif key.value is Value.TAG:
        yield f'sh:datatype xsd:string ; sh:pattern "{_TAG}"'
    else:
        yield _SIMPLE[key.value]


_SIMPLE = {
    Value.STRING: "sh:minLength 1",
    Value.EDTF: f"{_DATE} ; sh:minLength 4 ; sh:maxLength 100",
    Value.DAY: "sh:datatype xsd:date",
    Value.INSTANT: "sh:datatype xsd:dateTime",
}


def _short(iri: str, mapping: Ontology) -> str:
    """Term as prefix:name."""
    fitting = [(len(namespace), name) for name, namespace in mapping.prefixes.items() if iri.startswith(namespace)]
    length, name = max(fitting)
    return f"{name}:{iri[length:]}"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
