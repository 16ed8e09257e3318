"""Names of citations: parts of a person's name from forms of it or from a heading; names of bodies as they are.

A heading of an authority file has more than a name: life dates, titles, fuller forms in brackets (RDA 9.19). These tell
namesakes apart in a catalogue, and no citation has them.

>>> heading_name("Hale, Martha, 1801-1877", "person")
CitedName(family='Hale', given='Martha', suffix='', literal='')
>>> natural(CitedName("Reed", "Thomas", "Jr.")), inverted(CitedName("Reed", "Thomas", "Jr."))
('Thomas Reed Jr.', 'Reed, Thomas, Jr.')
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg import language_ranges
from kg.language_ranges import NO_LANGUAGE

_UNCITED_FORMS = frozenset({"former", "maiden", "pseudonym", "abbreviation"})
"""Forms of a name that no citation uses."""

_SUFFIX = re.compile(
    r"(?:jr|sr|jun|sen|jnr|snr|esq|fils|père|hijo|filho|neto|мл|ст)\.?|(?:I{2,3}|IV|VI{0,3}|IX|X)\.?|\d+(?:st|nd|rd|th)",
    re.IGNORECASE,
)
_DATE_WORDS = re.compile(
    r"\b(?:active|floruit|fl|flourished|born|died|approximately|about|circa|ca|or|and|before|after|between|not|century|"
    r"centuries|cent|birth|death|reigned|b|d|c|r|nac|nacido|nacida|fallecido|fallecida|m|hacia|siglo|siglos|siècle|né|"
    r"née|mort|morte|geb|gest|jahrhundert|jh|nato|nata|morto|morta|secolo|sec|род|рожд|родился|родилась|ум|умер|умерла|"
    r"ок|около|век|вв|в|гг|г|до|после|по|bc|bce|ad|ce|st|nd|rd|th|early|late|mid|january|february|march|april|may|june|"
    r"july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)\b\.?",
    re.IGNORECASE,
)
_NOT_LETTERS = re.compile(r"[\d\W_]+")
_LIFE_SPAN = re.compile(r"\d{3,4}\??(?: BC)? ?[-–—] ?(?:ca?\. ?|approximately |d\. ?)?(?:\d{3,4})?|[-–—] ?\d{3,4}")
_BRACKETS = re.compile(r" ?\([^()]*\)")
_TITLE_WORD = (
    r"(?:saint|sir|lady|lord|dame|king|queen|emperor|empress|pope|prince|princess|(?:grand |arch)?duke|duchess|earl|"
    r"count|countess|baron|baroness|viscount|viscountess|marquess|marquis|marchioness|tsar|czar|tsarina|sultan|bishop|"
    r"archbishop|cardinal|patriarch|metropolitan|abbot|abbess|rabbi|reverend|rev\.|president|minister|ambassador|governor|"
    r"secretary|chairman|chancellor|senator|admiral|general|colonel|captain|major|lieutenant|marshal|consul|director|"
    r"mrs\.?|mr\.?|miss|dr\.?|professor|prof\.|spouse|wife|widow|святой|святая|князь|княгиня|граф|графиня|король|"
    r"королева|царь|император|императрица|папа|епископ|министр|посол|san|santa|santo|rey|reina|conde|condesa|duque|"
    r"duquesa|marqués|marquesa|obispo|ministro|embajador)"
)
_TITLE = re.compile(
    rf"(?:{_TITLE_WORD}\s*)+|(?:\S+ ){{0,3}}?{_TITLE_WORD} (?:of|to|for|de|del|von|in|en|ante|в|на|при)\b.*",
    re.IGNORECASE,
)
"""Part of a heading that is a title or an office."""

_SMALL_WORDS_OF_BODIES = re.compile(r"\b(?:of|on|for|and|the|in|de|del|y|и|по|в)\b", re.IGNORECASE)
_MAX_FAMILY_WORDS, _MIN_DATED_PARTS = 3, 3
_CYRILLIC = re.compile("[\u0400-\u04ff]")


@dataclass(frozen=True, slots=True)
class CitedName:
    """Name in a citation: family and given name with a suffix, or a literal one.

    Attributes:
        family, given: parts of a person's name.
        suffix: `Jr.`, `III`.
        literal: name that is not taken apart; empty where there are parts.
    """

    family: str = ""
    given: str = ""
    suffix: str = ""
    literal: str = ""


def cited_name(record: Mapping[str, Any], label: str, languages: Sequence[str]) -> CitedName | None:
    """Name of an agent; None for one without a name.

    Args:
        record: its record.
        label: its name in the best language.
        languages: preferred languages of names, the best first.
    """
    agent_type = record.get("agentType", "")
    forms = [form for form in record.get("names", ()) if form.get("family") and form.get("form") not in _UNCITED_FORMS]
    if agent_type == "person" and forms:
        ranges = tuple(languages)
        preferred = min(forms, key=lambda form: language_ranges.rank(form.get("language") or NO_LANGUAGE, ranges))
        return _of_form(preferred, label)
    return heading_name(label, agent_type) if label else None


def heading_name(heading: str, agent_type: str) -> CitedName:
    """Name in a heading, without what is no part of a name; a body's is left alone.

    Args:
        heading: name as a catalogue has it, inverted or not.
        agent_type: `person`, or another type; empty where it is not known, and life dates tell a person.

    >>> heading_name("Nixon, Richard M. (Richard Milhous), 1913-1994", "")
    CitedName(family='Nixon', given='Richard M.', suffix='', literal='')
    >>> heading_name("Elizabeth II, Queen of Great Britain, 1926-2022", "person").literal
    'Elizabeth II'
    >>> heading_name("Ministry of Trade, Industry and Tourism", "organization").literal
    'Ministry of Trade, Industry and Tourism'
    """
    text = " ".join(heading.split())
    if agent_type != "person" and (agent_type or not _is_persons_heading(text)):
        return CitedName(literal=text)
    parts = [stripped for part in _BRACKETS.sub("", text).split(",") if (stripped := part.strip())] or [text]
    kept: list[str] = []
    first, suffix = parts[0], ""
    for part in parts[1:]:
        if _SUFFIX.fullmatch(part):
            suffix = part
        elif part.startswith("of ") and not kept:
            first = f"{first} {part}"
        elif not _is_dates(part) and not _TITLE.fullmatch(part):
            kept.append(part)
    if not kept:
        return CitedName(literal=" ".join(filter(None, (first, suffix))))
    return _parts(first, ", ".join(kept), suffix)


def natural(name: CitedName) -> str:
    """Name in reading order; a suffix follows without a comma (Chicago Manual of Style, 17th edition, 6.43)."""
    return name.literal or " ".join(filter(None, (name.given, name.family, name.suffix)))


def inverted(name: CitedName) -> str:
    """Name with the family name first, and a suffix last."""
    return name.literal or ", ".join(filter(None, (name.family, name.given, name.suffix)))


def name_list(names: Sequence[CitedName], *, most: int, shortened: int, first_inverted: bool) -> str:
    """List of names in English: "and" before the last one, "et al." behind the first ones of many.

    Args:
        names: the names.
        most: number of names up to which all are listed.
        shortened: number of names that a longer list is cut to.
        first_inverted: whether the first one is inverted.

    >>> name_list([CitedName("Hale", "Martha"), CitedName("Reed", "Thomas", "Jr.")], most=3, shortened=1, \
first_inverted=True)
    'Hale, Martha, and Thomas Reed Jr.'
    """
    said = [inverted(name) if first_inverted and not at else natural(name) for at, name in enumerate(names)]
    if len(said) > most:
        return ", ".join(said[:shortened]) + (", et al." if shortened > 1 or first_inverted else " et al.")
    if len(said) < 3:  # two names have no list between them
        return (", and " if first_inverted and names and not names[0].literal else " and ").join(said)
    return f"{', '.join(said[:-1])}, and {said[-1]}"


def _of_form(form: Mapping[str, Any], label: str) -> CitedName:
    family, given = form["family"], form.get("given", "")
    beyond = _without(form.get("text", ""), (family, given)) or _without(label, (family, given))
    suffix = next((word for word in re.split(r"[\s,]+", beyond) if word and _SUFFIX.fullmatch(word)), "")
    # "Mao Zedong": a family name that stands first in reading order has no comma behind it. Russian lists are inverted.
    if given and label.casefold() == f"{family} {given}".casefold() and not _CYRILLIC.search(label):
        return CitedName(literal=label)
    return _parts(family, given, suffix)


def _parts(family: str, given: str, suffix: str) -> CitedName:
    """Parts of a name, with a suffix and life dates taken out of given names."""
    kept = []
    for part in given.split(","):
        stripped = part.strip()
        if _SUFFIX.fullmatch(stripped):
            suffix = suffix or stripped
        elif stripped and not _is_dates(stripped):
            kept.append(stripped)
    return CitedName(family, ", ".join(kept), suffix)


def _without(text: str, parts: Iterable[str]) -> str:
    for part in parts:
        if part not in text:
            return ""
        text = text.replace(part, " ", 1)
    return text


def _is_persons_heading(text: str) -> bool:
    """Whether a heading of unknown type is a person's: family name, given name, life."""
    parts = [part.strip() for part in text.split(",")]
    few = len(parts[0].split()) <= _MAX_FAMILY_WORDS and not _SMALL_WORDS_OF_BODIES.search(parts[0])
    return few and len(parts) >= _MIN_DATED_PARTS and _is_life_span(parts[-1])


def _is_dates(text: str) -> bool:
    """Whether a part of a heading has dates alone: `1801-1877`, `active 17th century`, `ok. 1801`."""
    return any(sign.isdigit() for sign in text) and not _NOT_LETTERS.sub("", _DATE_WORDS.sub(" ", _ordinals(text)))


def _is_life_span(text: str) -> bool:
    """Whether a part of a heading is certainly a life: a span of years, an open one, or a date of birth."""
    return _is_dates(text) and bool(
        _LIFE_SPAN.search(text) or re.match(r"(?:b|d|fl|born|died|род|ум)\b", text, re.IGNORECASE)
    )


def _ordinals(text: str) -> str:
    return re.sub(r"(\d)(st|nd|rd|th|e|o)\b", r"\1", text)
