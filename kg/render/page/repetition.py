"""Sections of a page without the paragraphs that most records of a source have alike."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from kg.render.page.sections import PageRow, PageValue, Section


def without_paragraphs(sections: list[Section], repeated: Collection[str]) -> list[Section]:
    """Sections without some paragraphs; a row or section of which nothing is left is left out.

    Args:
        sections: the sections.
        repeated: texts of the paragraphs, as the record has them.
    """
    if not repeated:
        return sections
    kept = []
    for section in sections:
        rows = [_row(row, repeated) for row in section.rows]
        kept.append(Section(section.title, tuple(row for row in rows if row.values)))
    return [section for section in kept if section.rows]


def _row(row: PageRow, repeated: Collection[str]) -> PageRow:
    if not any(paragraph in value.text for value in row.values for paragraph in repeated):
        return row
    return replace(row, values=tuple(_values(row.values, repeated)))


def _values(values: Iterable[PageValue], repeated: Collection[str]) -> Iterator[PageValue]:
    for value in values:
        texts = [text for text in value.text.split("\n\n") if text.strip()]
        left = [text for text in texts if text not in repeated]
        if len(left) == len(texts):
            yield value
        elif left:
            # Prose has a list of spans for each paragraph; together they are its text.
            spans = tuple(each for each in value.paragraphs if "".join(span.text for span in each) not in repeated)
            yield replace(value, text="\n\n".join(left), paragraphs=spans)
