"""Sections of a thing's page: values in rows under headings, as plain data for the template."""

from dataclasses import dataclass

from kg.render.page.mentions import TextSpan
from kg.render.site import key_labels


@dataclass(frozen=True, slots=True)
class PageValue:
    """Value on a page.

    Attributes:
        text: its text.
        href: address of its link, or None.
        language: language of the text, for `lang`; empty for that of the page or an unknown one.
        note: note beside it.
        outward: True for an external link.
        brief: brief of the link's target.
        brief_language: language of the brief.
        lead: words before a link, in a sentence.
        tail: words behind it, with the sign before them.
        paragraphs: spans of each paragraph of a text whose mentions are links.
    """

    text: str
    href: str | None = None
    language: str = ""
    note: str = ""
    outward: bool = False
    brief: str = ""
    brief_language: str = ""
    lead: str = ""
    tail: str = ""
    paragraphs: tuple[list[TextSpan], ...] = ()


@dataclass(frozen=True, slots=True)
class PageRow:
    """Row of a page.

    Attributes:
        key: its key.
        label: its label.
        values: the values that are shown at once.
        rest: running text that is folded, because it is long.
    """

    key: str
    label: str
    values: tuple[PageValue, ...]
    rest: tuple[PageValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Section of a page: a heading and its rows."""

    title: str
    rows: tuple[PageRow, ...]

    @property
    def in_sidebar(self) -> bool:
        """True for a section beside the main column, on wide screens."""
        return self.title in key_labels.BESIDE
