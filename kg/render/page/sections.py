"""What stands on the page of a thing: values in rows under headings, as plain data that the template lays out."""

from dataclasses import dataclass

from kg.render.page.mentions import Piece
from kg.render.site import key_labels


@dataclass(frozen=True, slots=True)
class Value:
    """One value on a page.

    Attributes:
        text: what is shown.
        href: where it leads, or None.
        language: of the text, for `lang`; empty where it is that of the page or not known.
        note: what is said beside it.
        outward: whether it leads away from here.
        brief: who or what it leads to, in a few words.
        brief_language: of these words.
        pieces: of a text in which names are links, paragraph by paragraph.
    """

    text: str
    href: str | None = None
    language: str = ""
    note: str = ""
    outward: bool = False
    brief: str = ""
    brief_language: str = ""
    pieces: tuple[list[Piece], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One key on a page, with its values."""

    key: str
    label: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    title: str
    rows: tuple[Row, ...]

    @property
    def beside(self) -> bool:
        """Whether it stands beside the main column where there is room."""
        return self.title in key_labels.BESIDE
