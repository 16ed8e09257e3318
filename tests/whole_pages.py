"""Texts of a page in its own language: what a reader sees that no `lang` marks as another one, and no code or name is."""

import re
from functools import cache
from html.parser import HTMLParser

from messages import template

from kg.render.site.translations import translations

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_NO_PROSE = frozenset({"script", "style", "code", "pre", "kbd", "samp", "textarea", "bdi", "svg"})
"""Elements with code, or with names and texts of the collection in no known language."""

_ATTRIBUTES = ("alt", "aria-label", "placeholder", "title", "data-label", "data-copy", "data-copied")
_WORD = re.compile(r"(?<![\w-])[A-Z]?[a-z']+(?![\w:-])")
_SPACE = re.compile(r"\s+")
_NAMES = re.compile("CSV on the Web")
"""Names of standards."""

_ENGLISH = frozenset({
    *("the", "of", "and", "with", "is", "are", "this", "that", "these", "for", "from", "by", "not", "which", "its", "here"),
    *("or", "be", "to", "in", "on", "at", "as", "it", "was", "what", "who", "when", "where", "there", "some", "more"),
    *("than", "has", "have", "can", "may", "into", "their"),
})  # fmt: skip
"""Words that sentences in English have, and neither Spanish nor Russian."""


class _PageTexts(HTMLParser):
    """Reader of a page that gathers its texts, and the names in it."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.names: list[str] = []
        self._language = ""
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self._language = given.get("lang") or ""
        if tag == "bdi":
            self.names.append("")
        counts = not self._open or self._open[-1][1]
        counts = counts and tag not in _NO_PROSE and (given.get("lang") or self._language) == self._language
        if counts:
            self.texts += [value for name in _ATTRIBUTES if (value := given.get(name))]
        if tag not in _VOID:
            self._open.append((tag, counts))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if any(tag == "bdi" for tag, _ in self._open):
            self.names[-1] += data
        if self._open and self._open[-1][1] and data.strip():
            self.texts.append(_SPACE.sub(" ", data).strip())


def own_texts(page: str) -> list[str]:
    """Texts and labels of a page that are in its own language by their marks, without names that it marks as such."""
    reader = _PageTexts()
    reader.feed(page)
    names = sorted((name for name in set(reader.names) if " " in name), key=len, reverse=True)
    anything = re.compile("|".join(map(re.escape, names)) or "(?!)")
    return [anything.sub("", text) for text in reader.texts]


def is_english(text: str) -> bool:
    """Whether a text is a sentence, or part of one, in English."""
    words = (word.lower() for word in _WORD.findall(_NAMES.sub("", text)))
    return len({word for word in words if word in _ENGLISH}) > 1


@cache
def _messages() -> frozenset[str]:
    """Messages of the catalogues, in English."""
    return frozenset(str(message.id) for message in template() if message.id)


def untranslated(texts: list[str], language: str) -> list[str]:
    """Texts that are English: sentences, and messages of the catalogue whose translation is another text."""
    say = translations(language).gettext
    return [each for each in texts if is_english(each) or (each in _messages() and say(each) != each)]
