"""Reader preferences: the language of pages, and the languages of names and texts."""

from dataclasses import dataclass

from kg import language_ranges
from kg.iris import decode_key
from kg.render.site.key_labels import KINDS
from kg.render.site.translations import translations

NAMELESS = "%(kind)s without a name (%(key)s)"
"""Label of a thing without a name."""

Labels = dict[str, str]
"""Language → label."""


@dataclass(frozen=True, slots=True)
class ReaderPreferences:
    """Language preferences of a reader.

    Attributes:
        languages: preferred languages of names and texts, the best first.
        root: path of the site's home page.
        language: language of pages.
    """

    languages: tuple[str, ...]
    root: str
    language: str = "en"

    def label(self, labels: Labels) -> tuple[str, str]:
        """Label in the best language for the reader, else any, and its language."""
        tag = language_ranges.best(labels, self.languages)
        return ("", "") if tag is None else (labels[tag], language_ranges.attribute(tag))

    def called(self, labels: Labels, reference: str, status: str | None) -> tuple[str, str]:
        """Label of a thing and its language; for a nameless one its kind and key."""
        return (self.nameless(reference), "") if is_nameless(labels, reference, status) else self.label(labels)

    def nameless(self, reference: str) -> str:
        """Label of a thing without a name."""
        kind, _, key = reference.partition("/")
        say = translations(self.language).gettext
        return say(NAMELESS) % {"kind": say(KINDS[kind][0]), "key": decode_key(key)}


def is_nameless(labels: Labels, reference: str, status: str | None) -> bool:
    """Test for a thing without a name: no label, or a stub's key in place of one."""
    if status != "stub" or "@none" not in labels:
        return not labels
    return decode_key(reference.partition("/")[2]).startswith(labels["@none"])
