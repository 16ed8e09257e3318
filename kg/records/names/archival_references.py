"""Archival reference parser: a reference into its levels, and the levels into archival units for browsing.

The grammar is the name of an archive and labelled levels: Soviet levels (fond, opis, papka, delo, list; in Latin
or Cyrillic letters), and English ones (record group, series, box, folder, reel …). Letters such as `f.` and `d.` mean a
level in the archives or the company where they belong (`reference_schemes`).
A reference of which any part is not understood gives None: then its text alone is kept.

>>> levels = read("AVP RF, f. 0104, op. 19, p. 124, d. 3, ll. 83-84")
>>> levels[0], levels[-1]
(Level(level='archive', value='AVP RF'), Level(level='leaves', value='83-84'))
>>> [node.key for node in units(levels)][-1]
'avp-rf.fond-0104.opis-19.papka-124.delo-3'
"""
# ruff: noqa: RUF002  # Cyrillic letters that look like Latin ones are what this module is about

import re
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from kg import iris
from kg.errors import KeyFault
from kg.records.names import reference_schemes

MAX_LENGTH = 300
"""Maximum length of a reference in characters."""


@dataclass(frozen=True, slots=True)
class Level:
    """Level of a reference: its kind in the model's vocabulary, and its number or name."""

    level: str
    value: str


@dataclass(frozen=True, slots=True)
class ArchivalUnit:
    """Archival unit: a level that has a record of its own.

    Attributes:
        key: its raw key, made of the whole path, so that fond 5 of one archive is not fond 5 of another.
        level: its kind in the archive's vocabulary.
        name: how people call it.
        parent: the raw key of the level above; None for the archive.
    """

    key: str
    level: str
    name: str
    parent: str | None


_ITEM = 7


class _LevelKind(NamedTuple):
    """Kind of level.

    Attributes:
        rank: levels are written from the top down, those of one rank in any order; None: anywhere.
        labels: the texts before its number. A label's final full stop is mandatory.
    """

    rank: int | None
    labels: str


_LEVELS = {
    "fond": _LevelKind(1, "fond|фонд"),
    "fonds": _LevelKind(1, "fonds"),
    "record-group": _LevelKind(1, "record group|record-group|rg"),
    "collection": _LevelKind(1, "collection|coll.|coll"),
    "subfonds": _LevelKind(2, "subfonds|sub-fonds"),
    "series": _LevelKind(3, "series|ser."),
    "opis": _LevelKind(3, "opis'|opis|опись"),
    "subseries": _LevelKind(4, "subseries|sub-series"),
    "papka": _LevelKind(4, "papka|pap.|папка|пап."),
    "box": _LevelKind(5, "boxes|box"),
    "reel": _LevelKind(5, "reel|roll"),
    "folder": _LevelKind(6, "folders|folder|fld.|fldr."),
    "file": _LevelKind(6, "files|file|a.e.|а.е.|ed. khr.|ед. хр.|spr.|спр."),
    "delo": _LevelKind(6, "delo|дело"),
    "volume": _LevelKind(None, "volumes|volume|vols.|vol.|vol|v.|tom|том"),
    "item": _LevelKind(_ITEM, "items|item|document|doc."),
    "frames": _LevelKind(8, "frames|frame|fr."),
    "pages": _LevelKind(8, "pages|page|pp.|стр.|с."),
    "leaves": _LevelKind(8, "leaves|leaf|folios|folio|ff.|listy|list|листы|лист"),
}
"""Kind of level → its rank and labels."""

_LEAVES = frozenset({"leaves", "pages", "frames"})
"""Levels that locate a passage within a record; they are no records."""

_LEVEL_OF = {label: level for level, kind in _LEVELS.items() for label in kind.labels.split("|")}


def _label(label: str) -> str:
    return re.escape(label).replace(r"\ ", " ?") + ("" if label.endswith(".") else r"(?!\w)\.?")


_LABELS = "|".join(map(_label, sorted({*_LEVEL_OF, *reference_schemes.letters(), "op", "оп"}, key=len, reverse=True)))
_NUMBER = r"(?:№|nos?\.|#|:)?"
_LEAF = r"\d{1,5}\w?(?: ?(?:об|ob|verso)\.?)?"
_LEAF_NUMBERS = rf"{_LEAF}(?: ?- ?{_LEAF}|, ?(?!\d{{4}}){_LEAF}(?![\w.]))*"
_VALUE = r"(?=[^\s,;]*\d)\w+(?:[./-]\w+)*|[IVXLC]+(?!\w)|[A-ZА-Я](?!\w)"
_USUAL = reference_schemes.schemes()[0].letters
_STEP = re.compile(
    rf"(?<!\w)(?i:(?P<label>{_LABELS})) ?(?i:{_NUMBER}) ?"
    rf"(?P<value>(?:{_LEAF_NUMBERS})(?!\w|[./-]\w)|{_VALUE})"
)
_DASHES = re.compile(r"[‐‑‒–—]")
_COLLECTION = re.compile(r"(?:papers|records|files) of .+|.+ (?:papers|collection|files|records|fonds)", re.IGNORECASE)


def read(text: str) -> tuple[Level, ...] | None:
    """Parse a reference into its levels, from the top down; None where any part is not understood.

    >>> read("АВП РФ. Ф. 0104. Оп. 19. Д. 3. Л. 83–84 об.")[-1]
    Level(level='leaves', value='83-84 об')
    >>> read("a letter in the box at home") is None
    True
    """
    if len(text) > MAX_LENGTH:
        return None
    text = _DASHES.sub("-", " ".join(unicodedata.normalize("NFC", text).split()))
    first = _STEP.search(text)
    head = _head(text[: first.start()].strip(" ,;.:")) if first else None
    if first is None or head is None:
        return None
    labelled: list[tuple[str, str]] = []
    rest = text[first.start() :]
    while step := _STEP.match(rest):
        labelled.append((step["label"].lower(), step["value"].rstrip(".")))
        rest = rest[step.end() :].lstrip(" ,;.")
    archive = next((level.value for level in head if level.level == "archive"), "")
    levels = _levels(labelled, archive) if not rest else None
    return (*head, *levels) if levels and _from_the_top([*head, *levels]) else None


def _head(text: str) -> list[Level] | None:
    """Levels before the first label: an archive, perhaps a collection with a name; None for anything more."""
    if not text:
        return []
    if re.search(r"\d", text):
        return None
    names = [name.strip() for name in re.split("[,;]", text)]
    levels = [Level("collection" if _COLLECTION.fullmatch(name) else "archive", name) for name in names]
    return levels if all(names) and [level.level for level in levels] in _HEADS else None


_HEADS = (["archive"], ["collection"], ["archive", "collection"])


def _levels(labelled: list[tuple[str, str]], archive: str) -> list[Level] | None:
    """Levels from their labels; None for an ambiguous letter."""
    letters = reference_schemes.letters()
    # Letters that lie in no scheme but that of the archive are certain in the company of the others alone.
    names = [f"{label}." if f"{label}." in letters and label not in _LEVEL_OF else label for label, _ in labelled]
    company = {_LEVEL_OF[name] if name in _LEVEL_OF else _USUAL.get(name) or "" for name in names}
    levels = []
    for written, value in zip(names, (value for _, value in labelled), strict=True):
        level = _level_of(written, archive, company)
        if level is None or ("," in value and level not in _LEAVES):
            return None
        levels.append(Level(level, value))
    return levels


def _level_of(written: str, archive: str, company: set[str]) -> str | None:
    """Level of a label; None for a letter that is none for certain."""
    word = written if written in _LEVEL_OF else written.rstrip(".")
    if word in _LEVEL_OF:
        return _LEVEL_OF[word]
    if (level := reference_schemes.meaning(written, archive, company)) is not None:
        return level
    return "pages" if written == "p." and not reference_schemes.scheme_of(archive) else None


def _from_the_top(levels: list[Level]) -> bool:
    """Whether each level stands once, and none above its container: only then is the path known."""
    names = [level.level for level in levels]
    ranks = [_LEVELS[name].rank for name in names if name != "archive"]
    fixed = [rank for rank in ranks if rank is not None]
    # A newspaper has a volume, an item and a page, too.
    return len(set(names)) == len(names) and fixed == sorted(fixed) and min(fixed, default=_ITEM) < _ITEM


def units(levels: tuple[Level, ...]) -> tuple[ArchivalUnit, ...]:
    """Return the archival units of a reference, from the archive down; empty where no archive is named.

    A path that is too long to be a key has none either.

    >>> [(node.name, node.parent) for node in units((Level("archive", "АВП РФ"), Level("fond", "0104")))]
    [('AVP RF', None), ('Fond 0104', 'avp-rf')]
    """
    if not levels or levels[0].level != "archive":
        return ()
    united = reference_schemes.aliases().get(levels[0].value)
    name = united or levels[0].value
    # The name of an archive that is not known gets a digest: "RGALI" and "Rgali" may be two.
    key = name.lower().replace(" ", "-") if united else iris.slug(name, "archive")
    nodes = [ArchivalUnit(key, "archive", name, None)]
    for level in levels[1:]:
        if level.level not in _LEAVES:
            above = nodes[-1].key
            nodes.append(
                ArchivalUnit(f"{above}.{level.level}-{_escaped(level.value)}", level.level, _unit_name(level), above)
            )
    try:
        iris.encode_key(nodes[-1].key)
    except KeyFault:
        return ()
    return tuple(nodes)


def _escaped(value: str) -> str:
    """Value escaped for a key: a full stop separates levels, a space is hard to read in an address.

    >>> _escaped("861.51/131"), _escaped("R_5 б")
    ('861~2E51/131', 'R~5F5_б')
    """
    return value.replace("~", "~7E").replace(".", "~2E").replace("_", "~5F").replace(" ", "_")


def _unit_name(level: Level) -> str:
    """Display name of a level: "Fond 0104", "Record Group 59"; the bare name of a collection."""
    if level.level == "collection" and not re.search(r"\d", level.value):
        return level.value
    return f"{level.level.replace('-', ' ').title()} {level.value}"
