"""What a page shows of a thing: the description turned into labelled values, for the template to lay out.

Everything here is plain data. The template escapes it; what becomes a link is decided here, by scheme.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from babel.numbers import format_decimal
from pyoxigraph import Literal, NamedNode

from kg.iris import Base
from kg.ontology import RDF_TYPE, Form, Ontology, Term
from kg.render.data.jsonld import keys_of_kind
from kg.render.data.record import first_date, labels
from kg.render.data.statements import Said, Statements, Values
from kg.render.page import outside_labels
from kg.render.page.briefs import brief
from kg.render.page.durations import duration
from kg.render.page.mentions import Names, Piece, forms
from kg.render.page.sections import Row, Section, Value
from kg.render.page.subproperties import own, special_terms
from kg.render.site import key_labels, language_names
from kg.render.site.date_phrases import words
from kg.render.site.reader import Reader
from kg.render.site.translations import locale, translations

_LINKED = ("http://", "https://", "mailto:")
"""What an outward link on a page may begin with; anything else is shown as text."""

Records = Mapping[str, dict[str, Any]]

_ORDER = {key: place for place, key in enumerate(key_labels.FIELDS)}
_EXPLAINED = frozenset({"agent", "place", "topic", "collection", "archive"})


def sections(
    statements: Statements, reference: str, linked: Records, ontology: Ontology, reader: Reader
) -> list[Section]:
    """What is said of a thing, under headings.

    Args:
        statements: the thing's own.
        reference: the thing.
        linked: reference of what it links to → its record.
        ontology: the mapping, read backwards.
        reader: who reads.
    """
    rows = _Rows(statements, reference, linked, ontology, reader).rows()
    found: dict[str, list[Row]] = {title: [] for title in key_labels.SECTIONS}
    for row in sorted(rows, key=lambda each: _ORDER[each.key]):
        found[key_labels.FIELDS[row.key].section].append(row)
    return [Section(title, tuple(each)) for title, each in found.items() if each]


class _Rows:
    """Reads what is said of a thing by the keys that they came from."""

    def __init__(
        self, statements: Statements, reference: str, linked: Records, ontology: Ontology, reader: Reader
    ) -> None:
        self.ontology = ontology
        self.base = Base(ontology.base)
        self.reference = reference
        self.linked = linked
        self.reader = reader
        self.said = statements
        day = self.said.get(self.base.iri(reference), {}).get(f"{ontology.base}terms/dateStart", ())
        self.day = min((each.value for each in day), default=None)
        self._names: Names | None = None

    def rows(self) -> Iterator[Row]:
        said = self.said.get(self.base.iri(self.reference), {})
        kind = self.reference.partition("/")[0]
        special = special_terms(self.ontology.base, kind)
        for iri, term in keys_of_kind(self.ontology.base, kind).items():
            field = key_labels.FIELDS.get(term.key) if iri in said else None
            if field and (values := own(said, iri, special[iri])):
                for key, some in self.apart(term.key, values):
                    yield Row(key, key_labels.FIELDS[key].label, tuple(self.values(term, some)))

    def apart(self, key: str, values: Values) -> Iterator[tuple[str, Values]]:
        """The values of a key by the heading that they stand under: places that are named are no people."""
        if key != "mentions":
            yield key, values
            return
        places = f"{self.base.value}place/"
        for name, wanted in ((key, False), (key_labels.NAMED_PLACES, True)):
            if some := [each for each in values if each.value.startswith(places) == wanted]:
                yield name, some

    def say(self, text: str) -> str:
        """A word of ours in the language of the page."""
        return translations(self.reader.language).gettext(text) if text else ""

    def values(self, term: Term, values: Values) -> Iterator[Value]:
        if term.key in key_labels.ONE_LANGUAGE:
            values = self.best(values)
        if term.form is Form.PART:
            parts = [self.said.get(each.value, {}) for each in values]
            parts.sort(key=_position)
            for part in parts:
                shown = _PARTS[term.key](self, term, part) if term.key in _PARTS else self.any_part(term, part)
                if shown:
                    yield shown
            return
        for each in self.in_order(values):
            if term.key in _SPOKEN and isinstance(each, Literal):
                yield Value(_SPOKEN[term.key](each.value, self.reader.language))
            elif term.key in _ADDRESSES:
                yield self.address(each)
            elif term.key in key_labels.PROSE and isinstance(each, Literal):
                yield Value(each.value, language=each.language or "", pieces=self.prose(each.value))
            else:
                yield self.value(each)

    def prose(self, text: str) -> tuple[list[Piece], ...]:
        """A text in paragraphs, in which names of what the thing links to are links."""
        if self._names is None:
            bearers = {
                self.reader.root + reference: record
                for reference, record in self.linked.items()
                if reference.startswith(("agent/", "place/"))
            }
            self._names = Names(forms(bearers))
        return tuple(self._names.pieces(each) for each in text.split("\n\n") if each.strip())

    def best(self, values: Values) -> Values:
        """What is said in the language that the reader prefers among those there are."""
        ordered = self.in_order(values)
        first = ordered[0].language if isinstance(ordered[0], Literal) else None
        return [each for each in ordered if not isinstance(each, Literal) or each.language in {first, None}]

    def in_order(self, values: Values) -> Values:
        """Texts in the reader's languages first."""
        if len(values) == 1:
            return values
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
            return self.link(reference, note)
        if value.value.startswith(_LINKED):
            text = outside_labels.called(value.value, self.reader.language) or value.value
            return Value(text, value.value, note=note, outward=True)
        return Value(value.value, note=note)

    def address(self, value: NamedNode | Literal) -> Value:
        """A thing of ours by its address."""
        reference = self.base.reference(value.value)
        return Value(value.value, self.reader.root + reference) if reference else self.value(value)

    def link(self, reference: str, note: str) -> Value:
        """A thing by its name, explained in a few words."""
        record = self.linked.get(reference, {})
        kind = reference.partition("/")[0]
        text, language = self.reader.called(labels(record), reference, record.get("status"))
        about, tongue = brief(record, self.day, self.reader.languages) if kind in _EXPLAINED else ("", "")
        if kind == "record" and not note:
            date = first_date(record)
            note = words(date, self.reader.language) if date else ""
        return Value(
            text,
            self.reader.root + reference,
            language,
            note,
            brief=about,
            brief_language=tongue,
        )

    def first(self, term: Term, part: Said, key: str) -> str:
        """The value of a key of a part, as text."""
        values = self.in_order(part.get(term.parts[key].iri, [])) if key in term.parts else []
        return values[0].value if values else ""

    def rest(self, term: Term, part: Said) -> str:
        """What else a part says, in a line."""
        said = []
        for key, label in key_labels.CAPTIONS[term.key].items():
            if text := self.first(term, part, key):
                said.append(f"{self.say(label)}: {outside_labels.called(text, self.reader.language) or text}")
        return "; ".join(said)

    def date(self, term: Term, part: Said) -> Value | None:
        text, edtf = self.first(term, part, "text"), self.first(term, part, "edtf")
        said = words(edtf, self.reader.language) if edtf else text
        role = key_labels.DATE_ROLES.get(self.first(term, part, "role"), "")
        more = self.rest(term, part)
        written = text if _tells_more(text, edtf) else ""
        return Value(said, note="; ".join(filter(None, (self.say(role), written and f"“{written}”", more))))

    def name(self, term: Term, part: Said) -> Value | None:
        form, dates = self.first(term, part, "form"), self.first(term, part, "dates")
        language = self.first(term, part, "language")
        said = (
            language_names.name(language, self.reader.language) if language else "",
            self.say(key_labels.NAME_FORMS.get(form, "")),
            words(dates, self.reader.language) if dates else "",
        )
        return Value(self.first(term, part, "text"), language=language, note="; ".join(filter(None, said)))

    def relation(self, term: Term, part: Said) -> Value | None:
        targets = part.get(term.parts["target"].iri, [])
        dates = self.first(term, part, "dates")
        # What sort of relation it is, is told by the role where there is one.
        role = self.first(term, part, "role") or self.first(term, part, "type")
        said = (role, words(dates, self.reader.language) if dates else "", self.first(term, part, "note"))
        return self.value(targets[0], "; ".join(filter(None, said))) if targets else None

    def level(self, term: Term, part: Said) -> Value | None:
        level = self.first(term, part, "level")
        return Value(self.first(term, part, "value"), note=self.say(key_labels.LEVELS.get(level, level)))

    def extra(self, term: Term, part: Said) -> Value | None:
        language = self.first(term, part, "language")
        return Value(self.first(term, part, "value"), language=language, note=self.first(term, part, "field"))

    def digital_object(self, term: Term, part: Said) -> Value | None:
        url, label = self.first(term, part, "url"), self.first(term, part, "label")
        href = url if url.startswith(_LINKED) else None
        text = label or url or self.first(term, part, "identifier")
        return Value(text, href, note=self.rest(term, part), outward=bool(href)) if text else None

    def any_part(self, term: Term, part: Said) -> Value | None:
        said = [value.value for predicate, values in part.items() if predicate != RDF_TYPE for value in values]
        return Value("; ".join(said), note=term.key) if said else None


def _tells_more(text: str, edtf: str) -> bool:
    """Whether a date as it is written says what its words in English, and its signs, do not."""
    same = {words(edtf, "en").casefold(), edtf.casefold()} if edtf else {""}
    return bool(text) and text.casefold() not in same


def _of(table: Mapping[str, str], text: str, language: str) -> str:
    """A word of a table in a language; one that is not in it stays."""
    return translations(language).gettext(table[text]) if table.get(text) else text


def _degrees(key: str, text: str, language: str) -> str:
    """A coordinate in degrees, as a map has it."""
    value = Decimal(text)
    side = key_labels.COMPASS[key][value < 0]
    return translations(language).gettext(side) % {"degrees": format_decimal(abs(value), locale=locale(language))}


_SPOKEN: dict[str, Callable[[str, str], str]] = {
    "language": language_names.name,
    "originalLanguage": language_names.name,
    "describedOn": words,
    "restrictedUntil": words,
    "duration": duration,
    **{key: partial(_degrees, key) for key in key_labels.COMPASS},
    "level": partial(_of, key_labels.LEVELS),
    "gender": partial(_of, key_labels.GENDERS),
}
"""Key whose values are signs → says one in the language of the page."""

_ADDRESSES = frozenset({"replaces"})
"""Keys whose values are addresses of what has no name of its own any more."""

_PARTS = {
    "dates": _Rows.date,
    "names": _Rows.name,
    "relations": _Rows.relation,
    "referenceLevels": _Rows.level,
    "digitalObjects": _Rows.digital_object,
    "extra": _Rows.extra,
}


def _position(part: Said) -> int:
    values = part.get("https://schema.org/position", [])
    return int(values[0].value) if values and values[0].value.isdecimal() else 0
