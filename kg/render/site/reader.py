"""Who reads a page: in which language it speaks to them, and in which languages they like names and texts."""

from dataclasses import dataclass

from kg.iris import decode_key
from kg.render.site.key_labels import KINDS
from kg.render.site.translations import translations

NAMELESS = "%(kind)s without a name (%(key)s)"
"""What something is called of which nothing is known but its address."""

Labels = dict[str, str]
"""Language → what something is called."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads.

    Attributes:
        languages: those they prefer for names and texts, the best first.
        root: the path under which the site lies.
        language: the one that pages speak to them.
    """

    languages: tuple[str, ...]
    root: str
    language: str = "en"

    def label(self, labels: Labels) -> tuple[str, str]:
        """The label to show and its language: the first language preferred, else any."""
        for language in (*self.languages, "@none"):
            if language in labels:
                return labels[language], "" if language == "@none" else language
        for language, text in labels.items():
            return text, language
        return "", ""

    def called(self, labels: Labels, reference: str, status: str | None) -> tuple[str, str]:
        """The same for a thing; one without any name is called what it is, with its key."""
        return (self.nameless(reference), "") if is_nameless(labels, reference, status) else self.label(labels)

    def nameless(self, reference: str) -> str:
        """What a thing without a name is called."""
        kind, _, key = reference.partition("/")
        say = translations(self.language).gettext
        return say(NAMELESS) % {"kind": say(KINDS[kind][0]), "key": decode_key(key)}


def is_nameless(labels: Labels, reference: str, status: str | None) -> bool:
    """Whether a thing has no name: none at all, or, since only a link tells of it, the key in its place."""
    if status != "stub" or "@none" not in labels:
        return not labels
    return decode_key(reference.partition("/")[2]).startswith(labels["@none"])
