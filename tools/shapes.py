"""Write ontology/shapes.ttl: what the JSON Schema says of a record, said of its graph. Run by `make docs`.

One shape for the main class of each kind of record and for each class of parts. SHACL sees the graph alone: what
gives no triple (an empty list, a key that the model lacks) only the gate can refuse.
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
"""Kind → the classes that tell its records from others; what is a level of an archive is a collection to schema.org."""

_TAG = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"
_SCHEMES = "^(https?|urn|mailto|ark|doi|info):"
_DATATYPES = ("edtf:EDTF", "xsd:date", "xsd:gYearMonth", "xsd:gYear", "xsd:dateTime")
_DATE = f"sh:or ( {' '.join(f'[ sh:datatype {each} ]' for each in _DATATYPES)} )"

_HEAD = """\
# Shapes of records: what ontology/record.schema.json says, said of the graph (SHACL).
# Written by `make docs` from kg/records/model/areas/ and ontology/context.jsonld; a test keeps it so.

"""


def text() -> str:
    """The whole file."""
    known = ontology.load(BASE)
    prefixes = {**known.prefixes, "kg": "terms/", "sh": "http://www.w3.org/ns/shacl#"}
    head = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in sorted(prefixes.items()))
    shapes = [_shape(f"{kind}Shape", TARGETS[kind], keys_of(kind), known.terms_of(kind), known) for kind in TARGETS]
    parts = {key.name: key for kind in TARGETS for key in keys_of(kind) if key.parts}
    for name, key in parts.items():
        term = known.terms[name]
        shapes.append(_shape(f"{name}Shape", (_short(term.part_class, known),), key.parts, term.parts, known))
    return _HEAD + head + "\n" + "\n".join(shapes)


def _shape(name: str, targets: tuple[str, ...], keys: tuple[Key, ...], terms: dict[str, Term], known: Ontology) -> str:
    rows = [f"kg:{name} a sh:NodeShape ;", f"    sh:targetClass {', '.join(targets)} ;"]
    for key in keys:
        if key.name in terms:
            said = " ; ".join(_constraints(key, terms[key.name], _kinds(key, keys, terms, known)))
            rows.append(f"    sh:property [ sh:path {_short(terms[key.name].iri, known)} ; {said} ] ;")
    return "\n".join(rows)[:-1] + ".\n"


def _kinds(key: Key, keys: tuple[Key, ...], terms: dict[str, Term], known: Ontology) -> list[str]:
    """The kinds that values of a property may be of: those of its key, and of the keys that bring it along."""
    iri = terms[key.name].iri
    along = [each for each in keys if each.name in terms and iri in known.counterparts.get(terms[each.name].iri, ())]
    return list(dict.fromkeys(kind for each in (key, *along) for kind in each.to))


def _constraints(key: Key, term: Term, kinds: list[str]) -> Iterator[str]:
    """What SHACL says of the values of a key."""
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
        some = "|".join(kinds)
        yield f'sh:nodeKind sh:IRI ; sh:pattern "/({some})/[^/#?]+$"'
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


def _short(iri: str, known: Ontology) -> str:
    """A term as prefix:name."""
    fitting = [(len(namespace), name) for name, namespace in known.prefixes.items() if iri.startswith(namespace)]
    length, name = max(fitting)
    return f"{name}:{iri[length:]}"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
