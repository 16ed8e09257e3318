"""Relations as sentences: the role before the link, then how often it was so, when, and what else the source says."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel.numbers import format_decimal

from kg.render.data.record import texts
from kg.render.page.values.source_fields import words
from kg.render.site.date_phrases import date_phrase
from kg.render.site.translations import locale, translations

TYPES = {
    "associative": "connected with",
    "family": "family",
    "identity": "the same as",
    "hierarchical": "in one hierarchy with",
    "hierarchical-parent": "subordinate to",
    "hierarchical-child": "superior of",
    "temporal": "before or after",
    "temporal-earlier": "preceded by",
    "temporal-later": "followed by",
    "creatorof": "creator of",
    "subjectof": "subject of",
    "other": "",
}
"""Type of a relation in EAC-CPF, in small letters → what the thing of the page is to the target."""

_PREPOSITIONS = frozenset({"with", "of", "by", "to", "for", "from", "at", "in", "on", "as", "under", "con", "de"})
"""Words at the end of a role that a name may follow without a colon."""


@dataclass(frozen=True, slots=True)
class Relation:
    """Relation to a target, by the words of the source.

    Attributes:
        role: role in the relation; empty where none is said.
        type: type of the relation; the same.
        count: how often it was so; None where that is not said.
        dates: when it held, in EDTF; empty for no date.
        note: what the source says about it.
    """

    role: str = ""
    type: str = ""
    count: int | float | None = None
    dates: str = ""
    note: str = ""


def lead(relation: Relation, language: str) -> str:
    """Words before the link.

    >>> lead(Relation("conversedWith", "associative"), "en"), lead(Relation("brother"), "en")
    ('conversed with', 'brother:')
    """
    text = words(relation.role)
    if not text:
        known = TYPES.get(relation.type.lower())
        text = words(relation.type) if known is None else known and translations(language).gettext(known)
    if not text or text.rpartition(" ")[2].lower() in _PREPOSITIONS:
        return text
    return f"{text}:"


def tail(relation: Relation, repeated: frozenset[str], language: str) -> str:
    """Words behind the link, with the sign before them.

    Args:
        relation: the relation.
        repeated: what `repeated_endings` returns for all relations that are shown.
        language: language of the page.
    """
    count = relation.count
    is_told = count is not None and bool(_ending(relation.note, count))
    note = "" if is_told and _ending(relation.note, count or 0) in repeated else relation.note
    parts = []
    if count is not None and not (note and is_told):
        number = format_decimal(count, locale=locale(language))
        plural = int(count) if count == int(count) else 2
        parts.append(translations(language).ngettext("%(num)s time", "%(num)s times", plural) % {"num": number})
    if relation.dates:
        parts.append(date_phrase(relation.dates, language))
    said = "".join(f", {part}" for part in parts)
    return f"{said}. {note}" if note else said


def told_of(relations: Sequence[Mapping[str, Any]], name: str, language: str) -> str:
    """What another thing says of the thing of the page, as it stands in its own sentence.

    Args:
        relations: its relations to the thing, as records have them.
        name: of the thing of the page.
        language: language of the page.

    >>> told_of([{"role": "brother"}, {"type": "associative", "count": 12}], "Mary Hale", "en")
    'brother: Mary Hale; connected with Mary Hale, 12 times'
    >>> told_of([{"target": "agent/a"}], "Mary Hale", "en")
    'refers to this'
    """
    sentences = []
    for each in relations:
        role, type_, dates = (str(each.get(key, "")) for key in ("role", "type", "dates"))
        note = " ".join(texts(each.get("note"), (language,))[0])
        relation = Relation(role, type_, each.get("count"), dates, note)
        words_before, words_behind = lead(relation, language), tail(relation, frozenset(), language)
        if words_before or words_behind:
            sentences.append(f"{words_before} {name}{words_behind}".strip())
    return "; ".join(dict.fromkeys(sentences)) or translations(language).gettext("refers to this")


def repeated_endings(relations: Sequence[Relation]) -> frozenset[str]:
    """What stands behind the number in several notes, and says the same of each: "times on the tapes"."""
    endings = Counter(_ending(each.note, each.count) for each in relations if each.count is not None)
    return frozenset(ending for ending, count in endings.items() if ending and count > 1)


def _ending(note: str, count: float) -> str:
    """What stands behind a number in a note; empty without the number."""
    match = re.match(
        rf".*(?<!\d)(?:{re.escape(f'{count:g}')}|{count:,.0f})(?!\d)\s*(.*)", note, re.DOTALL
    )  # the last such number
    first, gap, rest = match[1].strip().partition(" ") if match else ("", "", "")
    return first.removesuffix("s") + gap + rest  # one time, nine times
