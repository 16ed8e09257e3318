"""Key of a column, as kg.toml and headings write it: a key of the model, with a part of it and a language.

`dates.birth` is a date of a role, `referenceLevels.fond` a level of the reference, `containers.box` the number of a
box, `digitalObjects.label` a key of a part; `title@es` a text in Spanish.

>>> parse("title@spa", "record"), parse("dates.sent", "record").part
(ColumnKey(name='title', part='', language='es'), 'sent')
>>> parse("titel", "record")
Traceback (most recent call last):
kg.records.readers.tables.column_keys.NoSuchPath: there is no key 'titel'; title, perhaps
"""

import re
from functools import lru_cache
from typing import NamedTuple

from kg.date_roles import DATE_ROLES
from kg.iris import KINDS
from kg.records.model.keys import KEYS, LEVELS, Key, Value, keys_of
from kg.records.model.nearest_key import nearest_key, suggestion
from kg.records.names import language_tags

EXTRA, LEFT_OUT = "extra", "-"
"""Keys of a column that stays under its heading, and of one that is left out."""

_LABELS = frozenset({"title", "name"})
"""Keys of a label: a record has a title, any other thing a name; in a table either word means the label."""

_WORDS = {"dates": tuple(DATE_ROLES), "referenceLevels": tuple(LEVELS)}
"""Key of parts → words that stand for a part by its role or level."""

_FOLDED = re.compile(r"[\s_-]+")
_LANGUAGES_OF = frozenset({Value.TEXT, Value.LINK})


class NoSuchPath(ValueError):
    """Key of a column that the model does not have."""


class ColumnKey(NamedTuple):
    """Key of a column.

    Attributes:
        name: the key of the model; `extra`, or `-`.
        part: what stands behind the dot; empty for the whole.
        language: the canonical tag of the language; empty where none is said.
    """

    name: str
    part: str = ""
    language: str = ""

    def __str__(self) -> str:
        """Return the key as kg.toml writes it.

        >>> str(ColumnKey("digitalObjects", "label", "es"))
        'digitalObjects.label@es'
        """
        part = f".{self.part}" if self.part else ""
        return f"{self.name}{part}@{self.language}" if self.language else f"{self.name}{part}"


@lru_cache(4096)
def parse(text: str, kind: str = "") -> ColumnKey:
    """Return the key of a column.

    Args:
        text: as it is written, `title@es`.
        kind: what the rows describe; empty where each row says that for itself.

    Raises:
        NoSuchPath: for a key, part or language that there is none of, with the nearest one.
    """
    path, at, written = text.strip().partition("@")
    name, dot, part = path.strip().partition(".")
    if name in {EXTRA, LEFT_OUT} and not dot:
        return ColumnKey(name, "", _language(name, written) if at and name == EXTRA else "")
    key = _key(name, kind)
    if dot:
        _check_part(key, part)
    if key.name == "referenceLevels" and not dot:
        raise NoSuchPath("referenceLevels needs its level: referenceLevels.fond, referenceLevels.box")
    if at and not _has_languages(key, part):
        raise NoSuchPath(f"{path.strip()} has no language; write it without @{written}")
    return ColumnKey(key.name, part, _language(path, written) if at else "")


def _key(name: str, kind: str) -> Key:
    key = KEYS.get(name)
    if key is None:
        near = nearest_key(name, tuple(each.name for each in (keys_of(kind) if kind else KEYS.values())))
        raise NoSuchPath(f"there is no key {name[:40]!r}; {near}")
    if kind and kind not in key.kinds and name not in _LABELS:
        raise NoSuchPath(f"it is {suggestion(name, kind)}; `kind` says what the rows describe")
    return key


def _check_part(key: Key, part: str) -> None:
    if key.name == "containers":
        if not part.strip():
            raise NoSuchPath("containers. needs the sort of the container: containers.box")
        return
    parts = tuple(each.name for each in key.parts)
    if key.name == EXTRA or not parts:
        raise NoSuchPath(f"{key.name} has no parts; write {key.name}")
    if part not in parts and part not in _WORDS.get(key.name, ()):
        raise NoSuchPath(f"{key.name} has no {part[:40]!r}; {nearest_key(part, (*parts, *_WORDS.get(key.name, ())))}")


def _has_languages(key: Key, part: str) -> bool:
    """Whether a value is a text in a language, or a name, which is in one."""
    inner = next((each for each in key.parts if each.name == part), None)
    return (inner or key).value in _LANGUAGES_OF or key.name in {EXTRA, "names"}


def _language(path: str, written: str) -> str:
    if written.strip().lower() in {"none", "und"}:
        return "@none"
    tag = language_tags.tag(written)
    if tag is None:
        raise NoSuchPath(f"{written[:40]!r} in {path}@{written[:40]} is no language; write its tag (BCP 47): es, pt-BR")
    return tag


@lru_cache(1)
def _by_folded_name() -> dict[str, str]:
    return {_FOLDED.sub("", name).casefold(): name for name in KEYS}


@lru_cache(4096)
def of_heading(heading: str, kind: str) -> ColumnKey | None:
    """Return the key that a heading itself is, in letters of any case and with blanks; None for any other heading.

    >>> of_heading("Scope note", "record"), of_heading("Title@es", "record").language, of_heading("Remarks", "record")
    (ColumnKey(name='scopeNote', part='', language=''), 'es', None)
    """
    path, at, language = heading.partition("@")
    name, dot, part = path.partition(".")
    known = _by_folded_name().get(_FOLDED.sub("", name).casefold())
    if known is None or known == EXTRA:
        return None
    try:
        return parse(f"{known}{dot}{part.strip()}{at}{language.strip()}", kind)
    except NoSuchPath:
        return None


def kind_fault(kind: str) -> str | None:
    """Return what is wrong with a kind of rows, or None."""
    return None if kind in KINDS else f"there is no kind {kind[:40]!r}; {nearest_key(kind, KINDS)}"
