"""Names in a text as links to those who bear them.

Only things that the record itself links to are looked for: that a text says "Castro" is no reason to guess which one.
A family name alone is linked where one of these things bears it and no other.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace
from typing import Any

from kg.render.data.record import all_texts

_MOST_FORMS = 300
_SHORTEST = 3
_MOST_FOUND, _MOST_WITHIN = 10_000, 1_000
"""Mentions that are looked at in a text; places within other words, after which a name is no longer looked for."""

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
        for start, stop, path in self._found(_folded(text)):
            if path in linked:
                continue
            linked.add(path)
            if start > end:
                yield Piece(text[end:start])
            yield Piece(text[start:stop], path)
            end = stop
        if end < len(text):
            yield Piece(text[end:])

    def _found(self, folded: str) -> Iterator[tuple[int, int, str]]:
        """Where names stand, and whom each names: of two that begin in one place the longer, none within another.

        A pattern of all names says the same, but takes a millisecond to compile, and each page has another.
        """
        there = [(at, number) for number, form in enumerate(self._forms) if (at := _next(form, folded, 0)) >= 0]
        heapify(there)
        end = 0
        for _ in range(_MOST_FOUND):
            if not there:
                return
            at, number = there[0]
            form = self._forms[number]
            if at >= end:
                end = at + len(form)
                yield at, end, self._paths[form]
            after = _next(form, folded, end)
            if after >= 0:
                heapreplace(there, (after, number))
            else:
                heappop(there)


def _folded(text: str) -> str:
    return text if text.isascii() else text.translate(_FOLDED)


def _next(form: str, folded: str, at: int) -> int:
    """Where a form stands next as words of their own; -1 where it does not, or too often only within other words."""
    for _ in range(_MOST_WITHIN):
        at = folded.find(form, at)
        end = at + len(form)
        if at < 0 or not (_is_word(folded[at - 1 : at]) or _is_word(folded[end : end + 1])):
            return at
        at += 1
    return -1


def _is_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


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
