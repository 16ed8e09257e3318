"""Table of the elements and attributes of EAD 2002 and EAC-CPF 2010: what each says, and how its text is parted.

The table is `markup.tsv`, a line for an element or an attribute; `*/@name` is the line of an attribute on every
element that has no line of its own for it. docs/sources.md is made from it, and tests hold it to the names of both
standards and to what the readers do (D-126).

>>> treatment("ead", "unitid", "audience"), treatment("ead", "list", "numeration"), flow("emph"), flow("unitdate")
('governs', 'form only', 'inline', 'separator')
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Literal

Flow = Literal["inline", "separator", "block"]
"""Parting of an element's text from the text beside it: perhaps in one word, a value of its own, a paragraph."""

Treatment = Literal["key", "governs", "extra", "form only"]
"""Treatment of what an element or attribute says: under a key, obeyed, under `extra`, or left out as mere form."""

_MARKS_OF_TYPE = frozenset({"b", "i", "u", "em", "strong", "sub", "sup", "small", "hi", "font"})
"""Inline elements of HTML and TEI, which stray into finding aids."""
_XLINK = "http://www.w3.org/1999/xlink"
_OF_LINKS = frozenset({"type", "actuate", "from", "to"})
"""Attributes of XLink that say how a link is made."""
_OF_XML = frozenset({"http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2001/XMLSchema-instance"})


@dataclass(frozen=True, slots=True)
class Line:
    """Line of the table.

    Attributes:
        schema: `ead` or `eac`.
        name: `element`, `element/@attribute` or `*/@attribute`.
        attributes: the attributes that an element has in the standard, without those of XLink; none for an attribute.
        text: the parting of an element's text; None for an attribute.
        treatment: where what it says goes.
        note: the key, or the effect or the reason.
    """

    schema: str
    name: str
    attributes: tuple[str, ...]
    text: Flow | None
    treatment: Treatment
    note: str


@cache
def table_lines() -> tuple[Line, ...]:
    """Return the lines of the table, in its order."""
    table = resources.files(__package__).joinpath("markup.tsv").read_text("utf-8").splitlines()[1:]
    return tuple(Line(*_fields(line)) for line in table)


def treatment(schema: str, element: str, attribute: str = "") -> Treatment | None:
    """Return the treatment of an element, or of an attribute on it; None for a name outside the standard."""
    treatments = _treatments()
    if not attribute:
        return treatments.get((schema, element))
    return treatments.get((schema, f"{element}/@{attribute}")) or treatments.get((schema, f"*/@{attribute}"))


@lru_cache(4096)
def treatment_of(schema: str, tag: str, key: str) -> tuple[str, Treatment | None]:
    """Return the local name and the treatment of an attribute, both by their names as the parser gives them.

    Attributes that say how XML itself is read (`xml:space`, `xsi:schemaLocation`) are form alone.
    """
    namespace, _, name = key.rpartition("}")
    if namespace[1:] in _OF_XML or (namespace[1:] == _XLINK and name in _OF_LINKS):
        return name, "form only"
    return name, treatment(schema, tag.rpartition("}")[2], name)


def flow(name: str) -> Flow:
    """Return the parting of an element's text by its local name, in any case; a foreign element is a separator."""
    flows = _flows()
    return flows.get(name) or flows.get(name.lower(), "separator")


def _fields(line: str) -> tuple[str, str, tuple[str, ...], Flow | None, Treatment, str]:
    schema, name, attributes, text, treated, note = line.split("\t")
    return schema, name, tuple(attributes.split()), text or None, treated, note  # type: ignore[return-value]  # a test holds the words


@cache
def _treatments() -> MappingProxyType[tuple[str, str], Treatment]:
    return MappingProxyType({(line.schema, line.name): line.treatment for line in table_lines()})


@cache
def _flows() -> MappingProxyType[str, Flow]:
    inline: dict[str, Flow] = dict.fromkeys(_MARKS_OF_TYPE, "inline")
    return MappingProxyType(inline | {line.name.lower(): line.text for line in table_lines() if line.text})
