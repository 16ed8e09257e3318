"""What a page shows of a thing: the description turned into labelled values, for the template to lay out.

Everything here is plain data. The template escapes it; what becomes a link is decided here, by scheme.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from pyoxigraph import Literal, NamedNode, Triple

from kg.iris import Base, decode_key
from kg.ontology import RDF_TYPE, Form, Ontology, Term
from kg.render import fields, languages
from kg.render.jsonld import keys_of_kind

_LINKED = ("http://", "https://", "mailto:")
"""What an outward link on a page may begin with; anything else is shown as text."""

Labels = dict[str, str]


@dataclass(frozen=True, slots=True)
class Value:
    """One value on a page.

    Attributes:
        text: what is shown.
        href: where it leads, or None.
        language: of the text, for `lang`; empty where it is that of the page or not known.
        note: what is said beside it.
        outward: whether it leads away from here.
    """

    text: str
    href: str | None = None
    language: str = ""
    note: str = ""
    outward: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One key on a page, with its values."""

    key: str
    label: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the languages they prefer, and the path under which the site lies."""

    languages: tuple[str, ...]
    root: str

    def label(self, labels: Labels) -> tuple[str, str]:
        """The label to show and its language: the first language preferred, else any."""
        for language in (*self.languages, "@none"):
            if language in labels:
                return labels[language], "" if language == "@none" else language
        for language, text in labels.items():
            return text, language
        return "", ""


def sections(
    triples: Sequence[Triple], reference: str, labels: dict[str, Labels], ontology: Ontology, reader: Reader
) -> list[Section]:
    """What is said of a thing, under headings.

    Args:
        triples: the thing's own.
        reference: the thing.
        labels: reference of a linked thing → its labels.
        ontology: the mapping, read backwards.
        reader: who reads.
    """
    rows = _Rows(triples, reference, labels, ontology, reader).rows()
    found: dict[str, list[Row]] = {title: [] for title in fields.SECTIONS}
    order = list(fields.FIELDS)
    for row in sorted(rows, key=lambda each: order.index(each.key)):
        found[fields.FIELDS[row.key].section].append(row)
    return [Section(title, tuple(each)) for title, each in found.items() if each]


class _Rows:
    """Reads the triples of a thing by the keys that they came from."""

    def __init__(
        self, triples: Sequence[Triple], reference: str, labels: dict[str, Labels], ontology: Ontology, reader: Reader
    ) -> None:
        self.ontology = ontology
        self.base = Base(ontology.base)
        self.reference = reference
        self.labels = labels
        self.reader = reader
        self.said: dict[str, dict[str, list[NamedNode | Literal]]] = {}
        for triple in triples:
            if isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode | Literal):
                subject = self.said.setdefault(triple.subject.value, {})
                subject.setdefault(triple.predicate.value, []).append(triple.object)

    def rows(self) -> Iterator[Row]:
        said = self.said.get(self.base.iri(self.reference), {})
        implied = self.implied(said)
        for iri, term in keys_of_kind(self.ontology.base, self.reference.partition("/")[0]).items():
            field = fields.FIELDS.get(term.key)
            own = [each for each in said.get(iri, ()) if (iri, each) not in implied]
            if field and own:
                yield Row(term.key, field.label, tuple(self.values(term, own)))

    def implied(self, said: dict[str, list[NamedNode | Literal]]) -> set[tuple[str, NamedNode | Literal]]:
        """Statements that another, more special one brought along: a participant is no second contributor.

        Of two terms that bring each other along, neither is implied.
        """
        crosswalk = self.ontology.counterparts
        return {
            (other, value)
            for predicate, values in said.items()
            for other in crosswalk.get(predicate, ())
            if other in said and predicate not in crosswalk.get(other, ())
            for value in values
        }

    def values(self, term: Term, values: list[NamedNode | Literal]) -> Iterator[Value]:
        if term.form is Form.PART:
            parts = [self.said.get(each.value, {}) for each in values]
            parts.sort(key=_position)
            for part in parts:
                shown = _PARTS[term.key](self, term, part) if term.key in _PARTS else self.any_part(term, part)
                if shown:
                    yield shown
            return
        for each in self.in_order(values):
            shown = self.value(each)
            yield Value(languages.name(shown.text), note=shown.text) if term.key in _LANGUAGES else shown

    def in_order(self, values: list[NamedNode | Literal]) -> list[NamedNode | Literal]:
        """Texts in the reader's languages first."""
        preferred = {language: place for place, language in enumerate(self.reader.languages)}

        def place(value: NamedNode | Literal) -> int:
            language = value.language if isinstance(value, Literal) else None
            return preferred.get(language, len(preferred)) if language else -1

        return sorted(values, key=place)

    def value(self, value: NamedNode | Literal, note: str = "") -> Value:
        """A literal as text, an IRI as a link where it may be one."""
        if isinstance(value, Literal):
            return Value(value.value, language=value.language or "", note=note)
        reference = self.base.reference(value.value)
        if reference is not None:
            text, language = self.reader.label(self.labels.get(reference, {}))
            return Value(text or decode_key(reference.partition("/")[2]), self.reader.root + reference, language, note)
        if value.value.startswith(_LINKED):
            return Value(value.value, value.value, note=note, outward=True)
        return Value(value.value, note=note)

    def first(self, term: Term, part: dict[str, list[NamedNode | Literal]], key: str) -> str:
        """The value of a key of a part, as text."""
        values = self.in_order(part.get(term.parts[key].iri, [])) if key in term.parts else []
        return values[0].value if values else ""

    def rest(self, term: Term, part: dict[str, list[NamedNode | Literal]], *shown: str) -> str:
        """What else a part says, in a line."""
        said = []
        for key, label in fields.PARTS.items():
            if key not in shown and (text := self.first(term, part, key)):
                said.append(f"{label}: {text}")
        return "; ".join(said)

    def date(self, term: Term, part: dict[str, list[NamedNode | Literal]]) -> Value | None:
        text, edtf = self.first(term, part, "text"), self.first(term, part, "edtf")
        role = fields.DATE_ROLES.get(self.first(term, part, "role"), "")
        more = self.rest(term, part, "role")
        written = edtf if edtf and text and edtf != text else ""
        return Value(text or edtf, note="; ".join(filter(None, (role, written, more))))

    def name(self, term: Term, part: dict[str, list[NamedNode | Literal]]) -> Value | None:
        language = self.first(term, part, "language")
        return Value(self.first(term, part, "text"), language=language, note=self.rest(term, part, "language"))

    def relation(self, term: Term, part: dict[str, list[NamedNode | Literal]]) -> Value | None:
        targets = part.get(term.parts["target"].iri, [])
        said = [self.first(term, part, key) for key in ("role", "type", "dates", "note")]
        return self.value(targets[0], "; ".join(filter(None, said))) if targets else None

    def level(self, term: Term, part: dict[str, list[NamedNode | Literal]]) -> Value | None:
        return Value(self.first(term, part, "value"), note=self.first(term, part, "level"))

    def extra(self, term: Term, part: dict[str, list[NamedNode | Literal]]) -> Value | None:
        language = self.first(term, part, "language")
        return Value(self.first(term, part, "value"), language=language, note=self.first(term, part, "field"))

    def digital_object(self, term: Term, part: dict[str, list[NamedNode | Literal]]) -> Value | None:
        url, label = self.first(term, part, "url"), self.first(term, part, "label")
        href = url if url.startswith(_LINKED) else None
        text = label or url or self.first(term, part, "identifier")
        return Value(text, href, note=self.rest(term, part), outward=bool(href)) if text else None

    def any_part(self, term: Term, part: dict[str, list[NamedNode | Literal]]) -> Value | None:
        said = [value.value for predicate, values in part.items() if predicate != RDF_TYPE for value in values]
        return Value("; ".join(said), note=term.key) if said else None


_LANGUAGES = frozenset({"language", "originalLanguage"})
_PARTS = {
    "dates": _Rows.date,
    "names": _Rows.name,
    "relations": _Rows.relation,
    "referenceLevels": _Rows.level,
    "digitalObjects": _Rows.digital_object,
    "extra": _Rows.extra,
}


def _position(part: dict[str, list[NamedNode | Literal]]) -> int:
    values = part.get("https://schema.org/position", [])
    return int(values[0].value) if values and values[0].value.isdecimal() else 0


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
