"""Who reads a page: in which language it speaks to them, and in which languages they like names and texts."""

from dataclasses import dataclass

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
