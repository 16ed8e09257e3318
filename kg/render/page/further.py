"""What a page says elsewhere than in a row: fields of the source without a key, under names in words (D-154)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kg.key_annotations import PageSection
from kg.render.page.facts import Fact
from kg.render.page.sections import PageRow, PageValue, Section

EXTRA = "extra"
"""Key of what the model has no key for."""

_ELSEWHERE = frozenset({EXTRA, "type", "related", "language", "originalLanguage", "citation"})
"""Keys whose values stand elsewhere on a page: folded, above or under the title, among related things, as citation."""

_TOLD_WHOLE = frozenset({"dates", "placeOfCreation", "places"})
"""Keys of which a value that a fact under the title tells whole is not repeated."""

_MENTIONS, _OTHER_NAMES = "mentions", "alternativeNames"
_PARTLY_ELSEWHERE = _TOLD_WHOLE | {_MENTIONS, _OTHER_NAMES}


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


def open_sections(sections: Sequence[Section], facts: Iterable[Fact], label: str) -> list[Section]:
    """Sections without what stands elsewhere on the page: under the title, in it, or with a more telling role.

    Args:
        sections: all sections.
        facts: the facts under the title.
        label: the title.
    """
    told = frozenset(_phrase(value, fact.label) for fact in facts for value in fact.values)
    people = frozenset(
        value.href
        for section in sections
        if section.title == PageSection.PEOPLE
        for row in section.rows
        if row.key != _MENTIONS
        for value in row.values
    )

    def fresh(row: PageRow) -> Iterator[PageValue]:
        for value in row.values:
            is_told = row.key in _TOLD_WHOLE and not value.brief and _phrase(value, "") in told
            is_named = row.key == _MENTIONS and value.href in people
            is_title = row.key == _OTHER_NAMES and value.text.casefold() in label.casefold()
            if not (is_told or is_named or is_title):
                yield value

    rows = (
        (
            section.title,
            tuple(
                replace(row, values=tuple(fresh(row))) if row.key in _PARTLY_ELSEWHERE else row
                for row in section.rows
                if row.key not in _ELSEWHERE
            ),
        )
        for section in sections
    )
    return [Section(title, kept) for title, some in rows if (kept := tuple(row for row in some if row.values))]


def _phrase(value: PageValue, label: str) -> tuple[str, str | None, frozenset[str]]:
    """What a value says, with its role and remarks, wherever these stand."""
    return (
        value.text,
        value.href,
        frozenset(filter(None, [*value.note.split("; "), label if value.href is None else ""])),
    )
