"""Roles of people and bodies: a word or a code in a source, and the key of the model for it.

The table stands in `ontology/relators.json`, with the codes of the Library of Congress and words in several languages.

>>> role("pht"), role("Photographer (pht)"), role("http://id.loc.gov/vocabulary/relators/cre")
(Role(code='pht', key='contributors'), Role(code='pht', key='contributors'), Role(code='cre', key='creator'))
>>> role("Фотограф:").key, role("source").key, role("odd word")
('contributors', '', None)
"""

import json
import re
from functools import cache
from typing import NamedTuple

from kg.settings import ONTOLOGY

_IN_BRACKETS = re.compile(r"(.*)\(([a-z]{3})\)")
_EDGES = " .:;,*"


class Role(NamedTuple):
    """Role: its code among the relators, and its key; no key for those from whom the material was got."""

    code: str
    key: str


@cache
def _roles() -> dict[str, Role]:
    table = json.loads((ONTOLOGY / "relators.json").read_text(encoding="utf-8"))
    roles: dict[str, Role] = {}
    for row in table["roles"]:
        for word in filter(None, (row["code"], *row["words"])):
            roles.setdefault(word, Role(row["code"], row["key"]))
    return roles


def role(text: str) -> Role | None:
    """Return the role that a text names, as a word, a code, an address or several of these; None for another text."""
    plain = text.strip(_EDGES).casefold()
    if bracketed := _IN_BRACKETS.fullmatch(plain):
        return _roles().get(bracketed[2]) or _roles().get(bracketed[1].strip(_EDGES))
    plain = re.split(r"[/:#]", plain)[-1].strip(_EDGES) if re.match(r"https?:|relators|marcrelator", plain) else plain
    if plain in _roles():
        return _roles()[plain]
    parts = [part for part in re.split(r"\s*(?:[,;/|]| and | und | et | y | и )\s*", plain) if part in _roles()]
    return next((_roles()[part] for part in parts), None)
