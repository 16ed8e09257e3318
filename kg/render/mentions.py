"""Names in a text as links to those who bear them.

Only things that the record itself links to are looked for: that a text says "Castro" is no reason to guess which one.
A family name alone is linked where one of these things bears it and no other.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kg.render.record import all_texts

_MOST_FORMS = 300
_SHORTEST = 3
_MARKED = "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿČčĆćŠšŽžŁłŃńŚśŹźĘęĄąŐőŰűĞğŞşЁё"
_PLAIN = "AAAAAACEEEEIIIINOOOOOUUUUYaaaaaaceeeeiiiinooooouuuuyyCcCcSsZzLlNnSsZzEeAaOoUuGgSsЕе"
_FOLDED = str.maketrans(_MARKED, _PLAIN)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text, with the path of the thing it names, or None."""

    text: str
    href: str | None = None


class Names:
    """Names to look for."""

    def __init__(self, forms: Mapping[str, str]) -> None:
        """Names to look for: each form of a name → the path of who bears it."""
        self._paths = {_folded(form): path for form, path in forms.items() if len(form) >= _SHORTEST}
        self._forms = sorted(self._paths, key=len, reverse=True)[:_MOST_FORMS]

    def pieces(self, text: str) -> list[Piece]:
        """A text in pieces, the first mention of each thing a link. Case counts; accents do not.

        >>> Names({"Raúl Castro": "/agent/rc"}).pieces("with Raul Castro.")
        [Piece(text='with ', href=None), Piece(text='Raul Castro', href='/agent/rc'), Piece(text='.', href=None)]
        """
        return list(self._pieces(text))

    def _pieces(self, text: str) -> Iterator[Piece]:
        linked: set[str] = set()
        end = 0
        # Folding replaces letter by letter, so that places in the one text are places in the other.
        folded = _folded(text)
        # Most forms stand nowhere in a text; to compile a pattern of all takes longer than to see which do.
        there = tuple(form for form in self._forms if form in folded)
        for found in _words(there).finditer(folded) if there else ():
            path = self._paths[found[0]]
            if path in linked:
                continue
            linked.add(path)
            if found.start() > end:
                yield Piece(text[end : found.start()])
            yield Piece(text[found.start() : found.end()], path)
            end = found.end()
        if end < len(text):
            yield Piece(text[end:])


def _folded(text: str) -> str:
    return text if text.isascii() else text.translate(_FOLDED)


def _words(forms: tuple[str, ...]) -> re.Pattern[str]:
    """Finds the forms where they are words of their own; the one that stands first goes before the others."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, forms))})(?!\w)")


def forms(records: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    """Form of a name → who bears it, from the records of those (path → record) that may be named."""
    found: dict[str, str] = {}
    families: Counter[str] = Counter()
    bearers: dict[str, str] = {}
    for path, record in records.items():
        said = list(all_texts(record.get("name"))) + list(all_texts(record.get("alternativeNames")))
        said += [form["text"] for form in record.get("names", ())]
        for form in said:
            found.setdefault(form, path)
        own = {form["family"] for form in record.get("names", ()) if form.get("family")}
        families.update(own)
        bearers |= dict.fromkeys(own, path)
    for family, count in families.items():
        if count == 1:
            found.setdefault(family, bearers[family])
    return found
