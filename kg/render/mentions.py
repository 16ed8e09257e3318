"""Names in a text as links to those who bear them.

Only things that the record itself links to are looked for: that a text says "Castro" is no reason to guess which one.
A family name alone is linked where one of these things bears it and no other.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
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
        self._paths = {form.translate(_FOLDED): path for form, path in forms.items() if len(form) >= _SHORTEST}
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
        for start, form in self._mentions(text.translate(_FOLDED)):
            path = self._paths[form]
            if path in linked:
                continue
            linked.add(path)
            if start > end:
                yield Piece(text[end:start])
            end = start + len(form)
            yield Piece(text[start:end], path)
        if end < len(text):
            yield Piece(text[end:])

    def _mentions(self, folded: str) -> Iterator[tuple[int, str]]:
        """Where a form stands as words of its own, and which; of those that overlap the first, and the longest."""
        # Most forms stand nowhere in a text: to look for each is quicker than to compile a pattern of all.
        there = [form for form in self._forms if form in folded]
        found = [(match.start(), -len(form), form) for form in there for match in _words(form).finditer(folded)]
        end = 0
        for start, _, form in sorted(found):
            if start >= end:
                yield start, form
                end = start + len(form)


@lru_cache(4096)
def _words(form: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(form)}(?!\w)")


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
