"""The oracle of the mapping: the same records through a general JSON-LD processor, the engine's own."""

from decimal import Decimal
from itertools import chain

import orjson
from pyoxigraph import NamedNode, RdfFormat, parse

from kg.mapping.writer import exact_type
from kg.ontology import EDTF, RDF_TYPE, Form


def triples(record, ontology):
    """The triples of a sound record as text, counterparts included."""
    document = {"@context": ontology.context, "@graph": [_node(record, ontology)]}
    quads = list(parse(input=orjson.dumps(document), format=RdfFormat.JSON_LD, base_iri=ontology.base))
    return {f"{quad.triple} ." for quad in quads} | {
        f"{quad.subject} <{predicate}> {said} ." for quad in quads for predicate, said in _counterparts(quad, ontology)
    }


def _counterparts(quad, ontology):
    if quad.predicate.value == RDF_TYPE:
        return [(RDF_TYPE, NamedNode(each)) for each in ontology.class_counterparts.get(quad.object.value, ())]
    return [(each, quad.object) for each in ontology.counterparts.get(quad.predicate.value, ())]


def _node(record, ontology):
    """What a record leaves to be understood, written out."""
    said = chain(record.items(), _derived(record))
    node = {"id": record["id"], "kind": list(_classes(record))}
    for key, value in said:
        if key in ontology.terms:
            written = _value(ontology.terms[key], value, record["id"], nested=False)
            node[key] = [*node[key], *written] if isinstance(node.get(key), list) else written
    return node


def _classes(record):
    if record["kind"] == "record" and record.get("status") == "stub":  # named, and no document
        yield "stub"
        return
    if record["kind"] == "archive":
        yield "institution" if record.get("level") == "archive" else "unit"
    else:
        yield record.get("agentType", record["kind"])
    if "status" in record:
        yield record["status"]


def _value(term, value, reference, *, nested):
    if term.form is Form.TEXT:
        return value
    values = value if isinstance(value, list) else [value]
    if term.form is Form.PART:
        return [_part(term, part, f"{reference}#{term.key}-{n}", n) for n, part in enumerate(values, 1)]
    if term.form is Form.LINK:
        return [each["id"] if isinstance(each, dict) else each for each in values]
    if term.form is Form.TYPED:
        return [_typed(term, each, nested=nested) for each in values]
    return values


def _typed(term, value, *, nested):
    lexical = value if isinstance(value, str) else format(Decimal(repr(value)), "f")  # xsd:decimal has no exponent
    datatype = exact_type(lexical) if term.datatype == EDTF and not nested else term.datatype
    return {"@value": lexical, "@type": datatype}


def _part(term, part, name, position):
    place = {"position": position} if "position" in term.parts else {}
    inner = {key: _value(term.parts[key], each, "", nested=True) for key, each in part.items()}
    return {"id": name, "kind": "part", **place, **inner}


def _derived(record):
    dates = record.get("dates", ())
    yield from ((f"{date['role']}Date", [date["edtf"]]) for date in dates if "edtf" in date)
    told = [date for date in dates if date["role"] not in {"digitized", "uploaded"}]
    own = [date for date in told if date["role"] not in {"published", "broadcast", "exhibited"}]
    own = own if any({"start", "end"} & date.keys() for date in own) else told
    the_date = next((date for date in own if {"edtf", "start", "end"} & date.keys()), {})
    for key, name in {"date": "edtf", "dateStart": "start", "dateEnd": "end"}.items():
        if name in the_date:
            yield key, [the_date[name]]
    for relation in record.get("relations", ()):
        yield "relatedTo", [relation["target"]]
    if "latitude" in record and "longitude" in record:
        yield "geometry", [{"wkt": f"POINT({record['longitude']} {record['latitude']})"}]
