"""View of a thing: its description as labelled values in sections, for the template.

All values are plain data, which the template escapes; the scheme of an address decides here whether it becomes a link.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from babel.numbers import format_decimal
from pyoxigraph import Literal, NamedNode

from kg import language_ranges
from kg.iris import Base
from kg.ontology import RDF_TYPE, Form, Ontology, Term
from kg.render.data.jsonld import keys_of_kind
from kg.render.data.record import first_date, labels
from kg.render.data.statements import Properties, Statements, Values
from kg.render.page import outside_labels
from kg.render.page.briefs import brief
from kg.render.page.durations import duration
from kg.render.page.mentions import NameLinker, TextSpan, name_forms
from kg.render.page.sections import PageRow, PageValue, Section
from kg.render.page.subproperties import own_values, subproperties_of
from kg.render.site import key_labels, language_names
from kg.render.site.date_phrases import date_phrase
from kg.render.site.reader import ReaderPreferences
from kg.render.site.translations import locale, translations

_LINK_SCHEMES = ("http://", "https://", "mailto:")
"""Schemes of external links; any other address is shown as text."""

Records = Mapping[str, dict[str, Any]]

_ORDER = {key: place for place, key in enumerate(key_labels.FIELDS)}
_KINDS_WITH_BRIEFS = frozenset({"agent", "place", "topic", "collection", "archive"})
_WITHOUT_LANGUAGE = (-1, 0, 0)
"""Place of a value without a language, before all others."""


def sections(
    statements: Statements, reference: str, linked: Records, ontology: Ontology, reader: ReaderPreferences
) -> list[Section]:
    """Sections of a thing's description.

    Args:
        statements: its description.
        reference: the thing.
        linked: reference of a link's target → its record.
        ontology: the inverse of the mapping.
        reader: the reader's languages.
    """
    rows = _RowBuilder(statements, reference, linked, ontology, reader).rows()
    rows_of: dict[str, list[PageRow]] = {title: [] for title in key_labels.SECTIONS}
    for row in sorted(rows, key=lambda each: _ORDER[each.key]):
        rows_of[key_labels.FIELDS[row.key].section].append(row)
    return [Section(title, tuple(each)) for title, each in rows_of.items() if each]


class _RowBuilder:
    """Builder of a page's rows: the description of a thing by keys of the model."""

    def __init__(
        self, statements: Statements, reference: str, linked: Records, ontology: Ontology, reader: ReaderPreferences
    ) -> None:
        self.ontology = ontology
        self.base = Base(ontology.base)
        self.reference = reference
        self.linked = linked
        self.reader = reader
        self.statements = statements
        day = self.statements.get(self.base.iri(reference), {}).get(f"{ontology.base}terms/dateStart", ())
        self.day = min((each.value for each in day), default=None)
        self._names: NameLinker | None = None

    def rows(self) -> Iterator[PageRow]:
        properties = self.statements.get(self.base.iri(self.reference), {})
        kind = self.reference.partition("/")[0]
        narrower = subproperties_of(self.ontology.base, kind)
        for iri, term in keys_of_kind(self.ontology.base, kind).items():
            field = key_labels.FIELDS.get(term.key) if iri in properties else None
            if field and (values := own_values(properties, iri, narrower[iri])):
                for key, group in self.by_heading(term.key, values):
                    yield PageRow(key, key_labels.FIELDS[key].label, tuple(self.values(term, group)))

    def by_heading(self, key: str, values: Values) -> Iterator[tuple[str, Values]]:
        """Values of a key by heading: mentioned places have a heading of their own beside people."""
        if key != "mentions":
            yield key, values
            return
        places = f"{self.base.value}place/"
        for name, is_place in ((key, False), (key_labels.NAMED_PLACES, True)):
            if group := [each for each in values if each.value.startswith(places) == is_place]:
                yield name, group

    def translated(self, text: str) -> str:
        """Translation of a text of kg into the page's language."""
        return translations(self.reader.language).gettext(text) if text else ""

    def values(self, term: Term, values: Values) -> Iterator[PageValue]:
        if term.key in key_labels.ONE_LANGUAGE:
            values = self.in_best_language(values)
        if term.form is Form.PART:
            parts = [self.statements.get(each.value, {}) for each in values]
            parts.sort(key=_position)
            for part in parts:
                part_value = (
                    _PART_VALUES[term.key](self, term, part) if term.key in _PART_VALUES else self.any_part(term, part)
                )
                if part_value:
                    yield part_value
            return
        for each in self.by_language(values):
            if term.key in _PHRASES and isinstance(each, Literal):
                yield PageValue(_PHRASES[term.key](each.value, self.reader.language))
            elif term.key in _ADDRESS_KEYS:
                yield self.address(each)
            elif term.key in key_labels.PROSE and isinstance(each, Literal):
                yield PageValue(each.value, language=each.language or "", paragraphs=self.prose(each.value))
            else:
                yield self.value(each)

    def prose(self, text: str) -> tuple[list[TextSpan], ...]:
        """Paragraphs of a text, whose mentions of linked things are links."""
        if self._names is None:
            bearers = {
                self.reader.root + reference: record
                for reference, record in self.linked.items()
                if reference.startswith(("agent/", "place/"))
            }
            self._names = NameLinker(name_forms(bearers))
        return tuple(self._names.spans(each) for each in text.split("\n\n") if each.strip())

    def in_best_language(self, values: Values) -> Values:
        """Values in the best language for the reader, with those without a language."""
        ordered = self.by_language(values)
        first = ordered[0].language if isinstance(ordered[0], Literal) else None
        return [each for each in ordered if not isinstance(each, Literal) or each.language in {first, None}]

    def by_language(self, values: Values) -> Values:
        """Values in order of the reader's languages."""
        if len(values) == 1:
            return values
        ranges = self.reader.languages

        def place(value: NamedNode | Literal) -> language_ranges.Rank:
            language = value.language if isinstance(value, Literal) else None
            return language_ranges.rank(language, ranges) if language else _WITHOUT_LANGUAGE

        return sorted(values, key=place)

    def value(self, value: NamedNode | Literal, note: str = "") -> PageValue:
        """Page value of a literal (text) or an IRI (a link, where its scheme allows one)."""
        if isinstance(value, Literal):
            return PageValue(value.value, language=value.language or "", note=note)
        reference = self.base.reference(value.value)
        if reference is not None:
            return self.link(reference, note)
        if value.value.startswith(_LINK_SCHEMES):
            text = outside_labels.label_of(value.value, self.reader.language) or value.value
            return PageValue(text, value.value, note=note, outward=True)
        return PageValue(value.value, note=note)

    def address(self, value: NamedNode | Literal) -> PageValue:
        """Page value of a thing of this site by its address."""
        reference = self.base.reference(value.value)
        return PageValue(value.value, self.reader.root + reference) if reference else self.value(value)

    def link(self, reference: str, note: str) -> PageValue:
        """Page value of a thing by its name, with a brief."""
        record = self.linked.get(reference, {})
        kind = reference.partition("/")[0]
        text, language = self.reader.called(labels(record), reference, record.get("status"))
        about, about_language = (
            brief(record, self.day, self.reader.languages) if kind in _KINDS_WITH_BRIEFS else ("", "")
        )
        if kind == "record" and not note:
            date = first_date(record)
            note = date_phrase(date, self.reader.language) if date else ""
        return PageValue(
            text,
            self.reader.root + reference,
            language,
            note,
            brief=about,
            brief_language=about_language,
        )

    def first_text(self, term: Term, part: Properties, key: str) -> str:
        """First value of a key of a part, as text."""
        values = self.by_language(part.get(term.parts[key].iri, [])) if key in term.parts else []
        return values[0].value if values else ""

    def other_texts(self, term: Term, part: Properties) -> str:
        """Other values of a part, with their captions, in one line."""
        labelled = []
        for key, label in key_labels.CAPTIONS[term.key].items():
            if text := self.first_text(term, part, key):
                labelled.append(
                    f"{self.translated(label)}: {outside_labels.label_of(text, self.reader.language) or text}"
                )
        return "; ".join(labelled)

    def date(self, term: Term, part: Properties) -> PageValue | None:
        text, edtf = self.first_text(term, part, "text"), self.first_text(term, part, "edtf")
        phrase = date_phrase(edtf, self.reader.language) if edtf else text
        role = key_labels.DATE_ROLES.get(self.first_text(term, part, "role"), "")
        others = self.other_texts(term, part)
        written = text if _has_more(text, edtf) else ""
        return PageValue(
            phrase, note="; ".join(filter(None, (self.translated(role), written and f"“{written}”", others)))
        )

    def name(self, term: Term, part: Properties) -> PageValue | None:
        form, dates = self.first_text(term, part, "form"), self.first_text(term, part, "dates")
        language = self.first_text(term, part, "language")
        notes = (
            language_names.language_name(language, self.reader.language) if language else "",
            self.translated(key_labels.NAME_FORMS.get(form, "")),
            date_phrase(dates, self.reader.language) if dates else "",
        )
        return PageValue(self.first_text(term, part, "text"), language=language, note="; ".join(filter(None, notes)))

    def relation(self, term: Term, part: Properties) -> PageValue | None:
        targets = part.get(term.parts["target"].iri, [])
        dates = self.first_text(term, part, "dates")
        # The role, where there is one, names the sort of relation.
        role = self.first_text(term, part, "role") or self.first_text(term, part, "type")
        notes = (role, date_phrase(dates, self.reader.language) if dates else "", self.first_text(term, part, "note"))
        return self.value(targets[0], "; ".join(filter(None, notes))) if targets else None

    def level(self, term: Term, part: Properties) -> PageValue | None:
        level = self.first_text(term, part, "level")
        return PageValue(
            self.first_text(term, part, "value"), note=self.translated(key_labels.LEVELS.get(level, level))
        )

    def extra(self, term: Term, part: Properties) -> PageValue | None:
        language = self.first_text(term, part, "language")
        return PageValue(
            self.first_text(term, part, "value"), language=language, note=self.first_text(term, part, "field")
        )

    def digital_object(self, term: Term, part: Properties) -> PageValue | None:
        url, label = self.first_text(term, part, "url"), self.first_text(term, part, "label")
        href = url if url.startswith(_LINK_SCHEMES) else None
        text = label or url or self.first_text(term, part, "identifier")
        return PageValue(text, href, note=self.other_texts(term, part), outward=bool(href)) if text else None

    def any_part(self, term: Term, part: Properties) -> PageValue | None:
        texts = [value.value for predicate, values in part.items() if predicate != RDF_TYPE for value in values]
        return PageValue("; ".join(texts), note=term.key) if texts else None


def _has_more(text: str, edtf: str) -> bool:
    """Test for a date's text that has more than its English phrase and its EDTF."""
    phrases = {date_phrase(edtf, "en").casefold(), edtf.casefold()} if edtf else {""}
    return bool(text) and text.casefold() not in phrases


def _from_table(table: Mapping[str, str], text: str, language: str) -> str:
    """Translated label of a code by a table; a code without a label stays."""
    return translations(language).gettext(table[text]) if table.get(text) else text


def _degrees(key: str, text: str, language: str) -> str:
    """Coordinate in degrees with its point of the compass."""
    value = Decimal(text)
    side = key_labels.COMPASS[key][value < 0]
    return translations(language).gettext(side) % {"degrees": format_decimal(abs(value), locale=locale(language))}


_PHRASES: dict[str, Callable[[str, str], str]] = {
    "language": language_names.language_name,
    "originalLanguage": language_names.language_name,
    "describedOn": date_phrase,
    "restrictedUntil": date_phrase,
    "duration": duration,
    **{key: partial(_degrees, key) for key in key_labels.COMPASS},
    "level": partial(_from_table, key_labels.LEVELS),
    "gender": partial(_from_table, key_labels.GENDERS),
}
"""Key with coded values → phrase of a value in the language of the page."""

_ADDRESS_KEYS = frozenset({"replaces"})
"""Keys whose values are shown as addresses, since their targets have no name any more."""

_PART_VALUES = {
    "dates": _RowBuilder.date,
    "names": _RowBuilder.name,
    "relations": _RowBuilder.relation,
    "referenceLevels": _RowBuilder.level,
    "digitalObjects": _RowBuilder.digital_object,
    "extra": _RowBuilder.extra,
}


def _position(part: Properties) -> int:
    values = part.get("https://schema.org/position", [])
    return int(values[0].value) if values and values[0].value.isdecimal() else 0
