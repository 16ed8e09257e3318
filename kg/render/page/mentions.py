"""Mention linker: links from the names in a text to the things that bear them.

The candidates are the targets of the record's own links: "Castro" in a text is no reason to guess which one. A family
name alone is linked if exactly one candidate bears it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace
from typing import Any

from kg.render.data.record import all_texts

_MAX_FORMS = 300
_MIN_LENGTH = 3
_MAX_MENTIONS, _MAX_PARTIAL_MATCHES = 10_000, 1_000
"""Maximum number of mentions in a text, and of matches within other words before the search for a name ends (D-49)."""

_ACCENTED = "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿČčĆćŠšŽžŁłŃńŚśŹźĘęĄąŐőŰűĞğŞşЁё"
_PLAIN = "AAAAAACEEEEIIIINOOOOOUUUUYaaaaaaceeeeiiiinooooouuuuyyCcCcSsZzLlNnSsZzEeAaOoUuGgSsЕе"
_FOLDING = str.maketrans(_ACCENTED, _PLAIN)


@dataclass(frozen=True, slots=True)
class TextSpan:
    """Span of a text, with the path of the thing that it mentions, or None."""

    text: str
    href: str | None = None


class NameLinker:
    """Linker for a set of names."""

    def __init__(self, forms: Mapping[str, str]) -> None:
        """Create a linker.

        Args:
            forms: form of a name → path of its bearer.
        """
        self._paths = {_fold(form): path for form, path in forms.items() if len(form) >= _MIN_LENGTH}
        self._forms = sorted(self._paths, key=len, reverse=True)[:_MAX_FORMS]

    def spans(self, text: str) -> list[TextSpan]:
        """Spans of a text, with the first mention of each thing as a link. Case counts; accents do not.

        >>> NameLinker({"Raúl Castro": "/agent/rc"}).spans("with Raul Castro")
        [TextSpan(text='with ', href=None), TextSpan(text='Raul Castro', href='/agent/rc')]
        """
        return list(self._spans(text))

    def _spans(self, text: str) -> Iterator[TextSpan]:
        linked: set[str] = set()
        end = 0
        # Folding replaces letter by letter, so that both texts have the same offsets.
        for start, stop, path in self._mentions(_fold(text)):
            if path in linked:
                continue
            linked.add(path)
            if start > end:
                yield TextSpan(text[end:start])
            yield TextSpan(text[start:stop], path)
            end = stop
        if end < len(text):
            yield TextSpan(text[end:])

    def _mentions(self, folded: str) -> Iterator[tuple[int, int, str]]:
        """Mentions as (start, end, path): the longer of two at one position, and none within another.

        A regular expression of all names gives the same, but takes a millisecond to compile for each page.
        """
        heap = [(at, number) for number, form in enumerate(self._forms) if (at := _next_match(form, folded, 0)) >= 0]
        heapify(heap)
        end = 0
        for _ in range(_MAX_MENTIONS):
            if not heap:
                return
            at, number = heap[0]
            form = self._forms[number]
            if at >= end:
                end = at + len(form)
                yield at, end, self._paths[form]
            after = _next_match(form, folded, end)
            if after >= 0:
                heapreplace(heap, (after, number))
            else:
                heappop(heap)


def _fold(text: str) -> str:
    return text if text.isascii() else text.translate(_FOLDING)


def _next_match(form: str, folded: str, at: int) -> int:
    """Offset of the next match of a form at word boundaries; -1 for none, or after too many within other words."""
    for _ in range(_MAX_PARTIAL_MATCHES):
        at = folded.find(form, at)
        end = at + len(form)
        if at < 0 or not (_is_word(folded[at - 1 : at]) or _is_word(folded[end : end + 1])):
            return at
        at += 1
    return -1


def _is_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


def name_forms(records: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    """Form of a name → path of its bearer, from the records of the candidates (path → record)."""
    paths: dict[str, str] = {}
    families: Counter[str] = Counter()
    bearers: dict[str, str] = {}
    for path, record in records.items():
        record_forms = list(all_texts(record.get("name"))) + list(all_texts(record.get("alternativeNames")))
        record_forms += [form["text"] for form in record.get("names", ())]
        for form in record_forms:
            paths.setdefault(form, path)
        own = {form["family"] for form in record.get("names", ()) if form.get("family")}
        families.update(own)
        bearers |= dict.fromkeys(own, path)
    for family, count in families.items():
        if count == 1:
            paths.setdefault(family, bearers[family])
    return paths
