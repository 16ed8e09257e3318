"""Record writer: the statements of a normalised record, as the context defines them.

A record is a JSON-LD document, and the context is the mapping. This module does the work of a JSON-LD processor
(JSON-LD 1.1 API, 5.2) for the few forms in the context, straight into N-Triples and with the counterparts of the
crosswalk. It takes a quarter of a general parser's time, and drops nothing in silence: each IRI and language tag from
outside goes through the engine's own check, and a failure is reported. Tests compare it with a general parser (D-11).

Implicit statements are written too: the ids of parts, their class and order, the datatype of an exact date, the dates
again under the property of their role, the geometry of a place (D-12).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from kg.date_roles import principal
from kg.mapping.term_writers import NO_LANGUAGE, TermWriter, Value, ValueStatements
from kg.ontology import EDTF, RDF_TYPE, XSD, Form, Ontology, Term

_CACHE_SIZE = 1 << 15
"""Entries in each cache of written values: the same few people, places and days recur."""

_EXACT = (
    (re.compile(r"\d{4}-\d\d-\d\d"), XSD + "date"),
    (re.compile(r"\d{4}-\d\d"), XSD + "gYearMonth"),
    (re.compile(r"\d{4}"), XSD + "gYear"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?"), XSD + "dateTime"),
)
_OF_THE_DATE = {"date": "edtf", "dateStart": "start", "dateEnd": "end"}
"""Key of *the* date of a thing → key of the date that has its value."""
_ONLY_NAMED = "stub"
"""Status, and class token, of what is named and nowhere described."""

_SEASONS = frozenset(f"{season:02}" for season in range(13, 100))


@lru_cache(4096)
def exact_type(edtf: str) -> str:
    """Return the XSD datatype of an exact EDTF date, or else that of EDTF.

    >>> exact_type("1963-04").rpartition("#")[2], exact_type("1963~") == EDTF, exact_type("1963-21") == EDTF
    ('gYearMonth', True, True)
    """
    for pattern, datatype in _EXACT:
        if pattern.fullmatch(edtf):
            return EDTF if edtf[:4] == "0000" or edtf[5:7] in _SEASONS else datatype
    return EDTF


@dataclass(frozen=True, slots=True, eq=False)
class KeyMapping:
    """Mapping of a key, prepared for writing.

    Attributes:
        term: its property and form.
        nested: whether it is a key of a part.
        write: function that writes a value under its property and the counterparts of that.
        parts: for a part, its own keys.
        classes: for a part, the statements of its class.
        write_all: function that writes all its values; raises ValueError for an unmappable value.
    """

    term: Term
    nested: bool
    write: Callable[[Any], ValueStatements]
    parts: dict[str, "KeyMapping"]
    classes: ValueStatements
    write_all: Callable[["RecordWriter", "KeyMapping", Any], list[ValueStatements]]


class MappingTables:
    """Mapping tables for a base and a form of terms; made once.

    `typed_predicates` are those under which a value may have a datatype that is no text.
    """

    def __init__(self, ontology: Ontology, term_writer: TermWriter) -> None:
        self.base = ontology.base
        self.term_writer = term_writer
        self.typed_predicates: set[str] = set()
        self._counterparts = ontology.counterparts
        self._class_counterparts = ontology.class_counterparts
        self.key_mappings = {kind: self._key_mappings(ontology.terms_of(kind), nested=False) for kind in ontology.keys}
        self.classes = {token: self._class_statements(iri) for token, iri in ontology.classes.items()}
        self.link = lru_cache(_CACHE_SIZE)(self._link)
        self.typed = lru_cache(_CACHE_SIZE, typed=True)(self._typed)

    def _key_mappings(self, terms: dict[str, Term], *, nested: bool) -> dict[str, KeyMapping]:
        return {key: self._key_mapping(term, nested=nested) for key, term in terms.items()}

    def _key_mapping(self, term: Term, *, nested: bool) -> KeyMapping:
        predicates = (term.iri, *self._counterparts.get(term.iri, ()))
        if term.form is Form.TYPED:
            self.typed_predicates.update(predicates)
        parts = self._key_mappings(term.parts, nested=True)
        classes = self._class_statements(term.part_class)
        return KeyMapping(term, nested, self.term_writer.writer_under(predicates), parts, classes, _WRITERS[term.form])

    def _class_statements(self, iri: str) -> ValueStatements:
        classes = (iri, *self._class_counterparts.get(iri, ())) if iri else ()
        write = self.term_writer.writer_under((RDF_TYPE,))
        return tuple(statement for class_iri in classes for statement in write(self.term_writer.iri(class_iri)))

    def _link(self, key_mapping: KeyMapping, target: str) -> tuple[ValueStatements, tuple[str, str] | None]:
        """Statements of a link, and the link itself unless it leads outwards."""
        if ":" in target.partition("/")[0]:  # an outward link has a scheme; a reference begins with its kind
            return key_mapping.write(self.term_writer.iri(target)), None
        return key_mapping.write(self.term_writer.iri(self.base + target)), (key_mapping.term.key, target)

    def _typed(self, key_mapping: KeyMapping, value: Any) -> ValueStatements:
        lexical = value if isinstance(value, str) else f"{Decimal(repr(value)):f}"
        datatype = key_mapping.term.datatype
        # In a part that describes the date, EDTF stays EDTF.
        if datatype == EDTF and not key_mapping.nested:
            datatype = exact_type(lexical)
        return key_mapping.write(self.term_writer.typed(lexical, datatype))


class RecordWriter:
    """Writer of the statements of a record.

    Attributes:
        links: (key, reference of the target), each once.
        unmapped: keys of which a value can't be said; empty unless something is wrong.
    """

    def __init__(self, record: dict[str, Any], tables: MappingTables) -> None:
        self.links: dict[tuple[str, str], None] = {}
        self.unmapped: dict[str, None] = {}
        self.tables = tables
        self._record = record
        self._subject = f"{tables.base}{record['id']}"
        self._subjects: list[tuple[Any, dict[Any, None]]] = []

    def write(self) -> None:
        """Write every statement of the record."""
        key_mappings = self.tables.key_mappings[self._record["kind"]]
        own: dict[Any, None] = {}
        self._subjects.append((self.tables.term_writer.subject(self._subject)[0], own))
        for token in self._classes():
            own.update(dict.fromkeys(self.tables.classes[token]))
        for items in (self._record.items(), self._derived()):
            for key, value in items:
                key_mapping = key_mappings.get(key)
                if key_mapping is not None:
                    self._add(own, key_mapping, value, key)

    def ntriples(self) -> tuple[bytes, int]:
        """Return the triples as lines without duplicates, the record's before those of its parts, and their number."""
        text = b"".join(
            [b"%b%b\n" % (subject, (b"\n" + subject).join(statements)) for subject, statements in self._subjects]
        )
        return text, sum([len(statements) for _, statements in self._subjects])

    def statements(self) -> dict[str, dict[str, list[Value]]]:
        """Return the triples as terms: IRI of a subject → IRI of a predicate → values without duplicates."""
        by_subject: dict[str, dict[str, list[Value]]] = {}
        for subject, statements in self._subjects:
            by_predicate = by_subject.setdefault(subject, {})
            for predicate, value in statements:
                by_predicate.setdefault(predicate, []).append(value)
        return by_subject

    def part(self, key_mapping: KeyMapping, position: int, part: dict[str, Any]) -> ValueStatements:
        """Write a part; return the statements that link the record to it."""
        key = key_mapping.term.key
        subject, value = self.tables.term_writer.subject(f"{self._subject}#{key}-{position}")
        statements = dict.fromkeys(key_mapping.classes)
        self._subjects.append((subject, statements))
        if "position" in key_mapping.parts:
            self._add(statements, key_mapping.parts["position"], position, key)
        for name, inner in part.items():
            self._add(statements, key_mapping.parts[name], inner, key)
        return key_mapping.write(value)

    def _add(self, target: dict[Any, None], key_mapping: KeyMapping, value: Any, key: str) -> None:
        """Add the statements of a key's values, property by property, without duplicates."""
        try:
            statements_of_values = key_mapping.write_all(self, key_mapping, value)
        except ValueError:  # no IRI, no language tag, half a character
            statements_of_values = self._mappable(key_mapping, value, key)
        if len(statements_of_values) == 1:
            for line in statements_of_values[0]:
                target[line] = None
        else:
            for under_one in zip(*statements_of_values, strict=True):
                for line in under_one:
                    target[line] = None

    def _mappable(self, key_mapping: KeyMapping, value: Any, key: str) -> list[ValueStatements]:
        """Statements of the mappable values; an unmappable value is recorded under its key."""
        statements_of_values: list[ValueStatements] = []
        for single_value in _single_values(value):
            try:
                statements_of_values += key_mapping.write_all(self, key_mapping, single_value)
            except ValueError:
                self.unmapped[key] = None
        return statements_of_values

    def _classes(self) -> Iterator[str]:
        """Class tokens of the record, as in the context; a document that is only named has none but that (D-156)."""
        record = self._record
        if record["kind"] == "record" and record.get("status") == _ONLY_NAMED:
            yield _ONLY_NAMED
            return
        if record["kind"] == "archive":
            yield "institution" if record.get("level") == "archive" else "unit"
        else:
            yield record.get("agentType", record["kind"])
        if "status" in record:
            yield record["status"]

    def _derived(self) -> Iterator[tuple[str, Any]]:
        """Statements derived from the record, key by key."""
        dates = self._record.get("dates", ())
        for date in dates:
            if "edtf" in date:
                yield f"{date['role']}Date", date["edtf"]
        the_date = principal(dates)
        for key, name in _OF_THE_DATE.items():
            if name in the_date:
                yield key, the_date[name]
        for relation in self._record.get("relations", ()):
            yield "relatedTo", relation["target"]
        if "latitude" in self._record and "longitude" in self._record:
            # GeoSPARQL 1.1, 8.5.1: longitude comes first in WKT of the default reference system.
            yield "geometry", [{"wkt": f"POINT({self._record['longitude']} {self._record['latitude']})"}]


def _links(writer: RecordWriter, key_mapping: KeyMapping, value: Any) -> list[ValueStatements]:
    link_of = writer.tables.link
    statements_of_values = []
    for target in value if isinstance(value, list) else [value]:
        statements, link = link_of(key_mapping, target if isinstance(target, str) else target["id"])
        if link:
            writer.links[link] = None
        statements_of_values.append(statements)
    return statements_of_values


def _texts(writer: RecordWriter, key_mapping: KeyMapping, value: Any) -> list[ValueStatements]:
    write = writer.tables.term_writer.text
    return [key_mapping.write(write(tag, text)) for tag, text in _by_language(value)]


def _plain(writer: RecordWriter, key_mapping: KeyMapping, value: Any) -> list[ValueStatements]:
    write = writer.tables.term_writer.text
    return [key_mapping.write(write(NO_LANGUAGE, text)) for text in (value if isinstance(value, list) else [value])]


def _typed(writer: RecordWriter, key_mapping: KeyMapping, value: Any) -> list[ValueStatements]:
    typed_literal = writer.tables.typed
    return (
        [typed_literal(key_mapping, item) for item in value]
        if isinstance(value, list)
        else [typed_literal(key_mapping, value)]
    )


def _parts(writer: RecordWriter, key_mapping: KeyMapping, value: Any) -> list[ValueStatements]:
    return [writer.part(key_mapping, position, part) for position, part in enumerate(value, 1)]


_WRITERS = {Form.LINK: _links, Form.TEXT: _texts, Form.PLAIN: _plain, Form.TYPED: _typed, Form.PART: _parts}


def _by_language(value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for language, texts in value.items():
        for text in texts if isinstance(texts, list) else (texts,):
            yield language, text


def _single_values(value: Any) -> Iterator[Any]:
    """Values of a key, each alone in the form of the whole."""
    if isinstance(value, dict) and "id" not in value:
        for language, text in _by_language(value):
            yield {language: text}
    else:
        yield from value if isinstance(value, list) else [value]
