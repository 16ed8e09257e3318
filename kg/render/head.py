"""What the head of a thing's page says to machines: schema.org as JSON-LD."""

from collections.abc import Sequence
from typing import Any

import orjson
from pyoxigraph import Literal, NamedNode, Triple

from kg.ontology import RDF_TYPE


def schema_org(triples: Sequence[Triple], iri: str) -> str:
    """What a thing says in schema.org terms, as JSON-LD for the head of its page; safe inside a script element."""
    node: dict[str, list[Any]] = {}
    types = []
    namespace = "https://schema.org/"
    for triple in triples:
        if not isinstance(triple.subject, NamedNode) or triple.subject.value != iri:
            continue
        value = triple.object
        if triple.predicate.value == RDF_TYPE and isinstance(value, NamedNode):
            if value.value.startswith(namespace):
                types.append(value.value.removeprefix(namespace))
        elif triple.predicate.value.startswith(namespace):
            key = triple.predicate.value.removeprefix(namespace)
            if isinstance(value, NamedNode):
                node.setdefault(key, []).append({"@id": value.value})
            elif isinstance(value, Literal) and value.language:
                node.setdefault(key, []).append({"@value": value.value, "@language": value.language})
            elif isinstance(value, Literal):
                node.setdefault(key, []).append(value.value)
    document: dict[str, object] = {"@context": "https://schema.org", "@id": iri, "@type": types or ["Thing"]}
    document |= {key: values[0] if len(values) == 1 else values for key, values in node.items()}
    text = orjson.dumps(document).decode()
    # Inside <script>, only "<" can end or nest it (HTML, 4.12.1.3); in JSON it may be written as an escape.
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
