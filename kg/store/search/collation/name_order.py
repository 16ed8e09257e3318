"""Order of names: people by surname, as the heading of a catalogue has it, whatever form is shown (D-181).

Where a record has the parts of a name, or an inverted form of it, the surname is known. Else the order of words in the
language tells it: the last word, both surnames of a Spaniard, the first word before a patronymic. What can't be told,
as in the names of bodies and in languages with the surname first, stands as it is shown.

>>> heading({"agentType": "person"}, {"en": "Henry A. Kissinger"}, "en")
'Kissinger, Henry A.'
>>> heading({"agentType": "person"}, {"es": "Fidel Castro Ruz"}, "es")
'Castro Ruz, Fidel'
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kg import language_ranges
from kg.store.search.collation import title_order

_PERSON = "person"
_OTHER_NAMES = frozenset({"former", "maiden", "pseudonym", "abbreviation"})
"""Forms of a name whose surname is not that of the shown name."""

_OF_LIFE = frozenset({"birth", "death"})
"""Roles of dates that a person alone has."""

_SURNAME_FIRST = frozenset({"hu", "ja", "ko", "vi", "zh"})
"""Languages in which the surname stands first as it is."""

_SUFFIX = re.compile(r"(?:jr|sr|jun|sen|esq|мл|ст|hijo|filho|neto)\.?|I{2,3}|IV|VI{0,3}", re.IGNORECASE)
_PARTICLES = frozenset({
    "de", "del", "della", "dell'", "di", "da", "dal", "la", "las", "los", "le", "van", "von", "vom", "zu", "zum", "der",
    "den", "ten", "ter", "bin", "ibn", "al", "el", "dos", "du", "des", "af", "av",
})  # fmt: skip
"""Words in small letters before a surname, which a heading has behind the given names."""

_PART_OF_SURNAME = frozenset({
    "de", "del", "della", "di", "da", "la", "le", "lo", "van", "von", "mac", "mc", "du", "des", "san", "st",
    "st.", "o'",
})  # fmt: skip
"""Words that are a part of the surname behind them where they are written with a capital: De Gasperi."""

_JOINERS = frozenset({"y", "e", "i"})
_PATRONYMIC = re.compile(r"\w+(?:вич|вна|ична|инична)|оглы|кызы", re.IGNORECASE)
_SECOND_GIVEN_NAMES = frozenset({
    "alberto", "alejandro", "alfonso", "alfredo", "andres", "angel", "antonio", "augusto", "beatriz", "carlos",
    "carmen", "cristina", "eduardo", "elena", "enrique", "ernesto", "esteban", "felipe", "fernando", "francisco",
    "guillermo", "ignacio", "isabel", "javier", "jesus", "jorge", "jose", "juan", "julio", "lucia", "luis", "luisa",
    "manuel",
    "maria", "mario", "miguel", "pablo", "pedro", "pilar",
    "rafael", "ramon", "raul", "ricardo", "roberto", "rosa",
    "santiago", "teresa", "tomas", "vicente", "victor",
})  # fmt: skip
"""Names, folded, that are often the second given name in Spanish, and seldom a surname."""

_INVERTIBLE = re.compile(r"[\W\d_]*[A-Za-zÀ-ɏͰ-ԯḀ-ỿ]")
_MAX_WORDS = 8
"""Words of a name; a longer one is a description."""

_SPANISH_WORDS = 3


def heading(record: Mapping[str, Any], labels: dict[str, str], language: str) -> str:
    """Text by which a thing stands in an alphabetical list: the surname first for a person, else its shown name.

    Args:
        record: its record, with the type of an agent and the forms of its name.
        labels: its titles or names by language.
        language: that of the list.

    >>> [heading({"agentType": type_}, {"en": "Henry Hale"}, "en") for type_ in ("organization", "person")]
    ['Henry Hale', 'Hale, Henry']
    """
    tag = language_ranges.best(labels, (language, title_order.LANGUAGES[0]))
    if tag is None:
        return ""
    label = labels[tag]
    name, suffix = _without_suffix(label)
    if "," in name or " " not in name or _SUFFIX.fullmatch(name.split()[-1]) or not _is_person(record, name):
        return label
    surname = max(_told_surnames(record, name, tag), key=len, default="") or _surname(name, tag, labels)
    return _inverted(name, surname, suffix) if surname else label


def _is_person(record: Mapping[str, Any], name: str) -> bool:
    """Whether an agent is a person: by its type, and without one by a birth or death, a surname or an inverted form."""
    if record.get("agentType") or record.get("kind", "agent") != "agent":
        return bool(record.get("agentType") == _PERSON)
    if any(date.get("role") in _OF_LIFE for date in record.get("dates", ())):
        return True
    forms = [form for form in record.get("names", ()) if form.get("form") not in _OTHER_NAMES]
    if any(form.get("family") for form in forms):
        return True
    return any(_is_inversion(text, name) for text in _variants(record, forms))


def _is_inversion(text: str, name: str) -> bool:
    """Whether a form of a name is the same name with its last words first, behind which it may have a date."""
    family, comma, given = text.partition(",")
    return bool(comma) and f"{_folded(given.partition(',')[0])} {_folded(family)}" == _folded(name)


def _variants(record: Mapping[str, Any], forms: Iterable[Mapping[str, Any]]) -> list[str]:
    """Other forms of a name, as texts."""
    texts = [form.get("text", "") for form in forms]
    return texts + [
        text
        for each in record.get("alternativeNames", {}).values()
        for text in ([each] if isinstance(each, str) else each)
    ]


def _told_surnames(record: Mapping[str, Any], name: str, tag: str) -> Iterator[str]:
    """Surnames that forms of a name tell, as they stand in it; those of its language where there are any."""
    forms = [form for form in record.get("names", ()) if form.get("form") not in _OTHER_NAMES]
    parts = [form for form in forms if form.get("family")]
    parts = [form for form in parts if _primary(form.get("language", tag)) == _primary(tag)] or parts
    told = [surname for form in parts if (surname := _standing_in(form["family"], name))]
    if told:
        yield from told
        return
    for text in _variants(record, forms):
        family, comma, given = text.partition(",")
        if comma and _folded(given.partition(",")[0]).split()[:1] == _folded(name).split()[:1]:
            yield _standing_in(family.strip(), name)
        elif not comma and " " in text and _folded(name).startswith(f"{_folded(text)} "):
            # Of "Fidel Castro Ruz", who is "Fidel Castro" too, the surname begins with Castro.
            yield " ".join(name.split()[len(text.split()) - 1 :])


def _standing_in(surname: str, name: str) -> str:
    """A surname as it is written in a name; empty where it is no part of it."""
    wanted, words = _folded(surname).split(), name.split()
    folded = [_folded(word) for word in words]
    for at in range(len(words) - len(wanted) + 1) if wanted else ():
        if folded[at : at + len(wanted)] == wanted:
            return " ".join(words[at : at + len(wanted)])
    return ""


def _surname(name: str, tag: str, labels: Iterable[str]) -> str:
    """The surname by the order of words; empty where the name stands as it is."""
    words = name.split()
    if len(words) > _MAX_WORDS or not all(_INVERTIBLE.match(word) for word in (words[0], words[-1])):
        return ""
    if _PATRONYMIC.fullmatch(words[-1]) or any(_primary(each) in _SURNAME_FIRST for each in labels):
        return ""
    at = next((at for at, word in enumerate(words) if at and word in _PARTICLES), None)
    if at is not None:
        while at < len(words) - 1 and words[at] in _PARTICLES:
            at += 1
        return " ".join(words[at:])
    at = next((at - 1 for at, word in enumerate(words) if at > 1 and word in _JOINERS), _place_of_last(words, tag))
    while at > 1 and words[at - 1].casefold() in _PART_OF_SURNAME:
        at -= 1
    return " ".join(words[at:])


def _place_of_last(words: list[str], tag: str) -> int:
    """Place at which the last word, or both surnames of a Spaniard, begin."""
    last = len(words) - 1
    has_two = _primary(tag) == "es" and len(words) >= _SPANISH_WORDS
    is_given = has_two and (_folded(words[-2]) in _SECOND_GIVEN_NAMES or len(words[-2].rstrip(".")) == 1)
    return last - 1 if has_two and not is_given else last


def _inverted(name: str, surname: str, suffix: str) -> str:
    before, _, behind = name.partition(surname)
    given = " ".join(f"{before} {behind}".split())
    return ", ".join(filter(None, (surname, given, suffix)))


def _without_suffix(label: str) -> tuple[str, str]:
    """A name, and what tells namesakes apart: `Jr.`, `III`."""
    words = label.split()
    if len(words) > 2 and _SUFFIX.fullmatch(words[-1]):  # "Elizabeth II" has no surname before it
        return " ".join(words[:-1]).rstrip(","), words[-1]
    return " ".join(words), ""


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(sign for sign in decomposed if not unicodedata.combining(sign)).split())


def _primary(tag: str) -> str:
    return tag.lower().partition("-")[0]
