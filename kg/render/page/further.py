"""What a source says besides: values that the model has no key for, under names in readable words (D-158)."""

from collections.abc import Iterable
from dataclasses import dataclass

from kg.render.page.sections import PageRow, PageValue, Section

EXTRA = "extra"
"""Key of what the model has no key for."""

_ELSEWHERE = frozenset({EXTRA, "type", "related", "language", "originalLanguage"})
"""Keys whose values stand elsewhere on a page: folded, above the title, among what is related, under the title."""


@dataclass(frozen=True, slots=True)
class FurtherField:
    """Field of a source: its name in words, and its values."""

    name: str
    values: tuple[PageValue, ...]


def further_fields(sections: Iterable[Section]) -> tuple[FurtherField, ...]:
    """Fields of the source in its order, those of one name together."""
    fields: dict[str, list[PageValue]] = {}
    for value in (value for section in sections for row in section.rows if row.key == EXTRA for value in row.values):
        fields.setdefault(value.note, []).append(value)
    return tuple(FurtherField(name, tuple(values)) for name, values in fields.items())


def open_sections(sections: Iterable[Section], told: Iterable[str]) -> list[Section]:
    """Sections without what stands elsewhere on the page.

    Args:
        sections: all sections.
        told: dates that the facts under the title tell whole.
    """
    dates = frozenset(told)
    return [
        Section(section.title, rows)
        for section in sections
        if (
            rows := tuple(
                row
                for each in section.rows
                if each.key not in _ELSEWHERE and (row := _without_dates(each, dates)).values
            )
        )
    ]


def _without_dates(row: PageRow, told: frozenset[str]) -> PageRow:
    if row.key != "dates":
        return row
    return PageRow(row.key, row.label, tuple(each for each in row.values if f"{each.note} {each.text}" not in told))
