"""Sections of a page without the paragraphs that most records of a source have alike."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import replace

from kg.render.page.sections import PageValue, Section


def without_paragraphs(sections: Iterable[Section], repeated: Container[str]) -> list[Section]:
    """Sections without some paragraphs; a row or section of which nothing is left is left out.

    Args:
        sections: the sections.
        repeated: texts of the paragraphs, as the record has them.
    """
    kept = []
    for section in sections:
        rows = [replace(row, values=tuple(_values(row.values, repeated))) for row in section.rows]
        kept.append(replace(section, rows=tuple(row for row in rows if row.values)))
    return [section for section in kept if section.rows]


def _values(values: Iterable[PageValue], repeated: Container[str]) -> Iterator[PageValue]:
    for value in values:
        texts = [text for text in value.text.split("\n\n") if text.strip()]
        left = [text for text in texts if text not in repeated]
        if len(left) == len(texts):
            yield value
        elif left:
            # Prose has a list of spans for each paragraph; together they are its text.
            spans = tuple(each for each in value.paragraphs if "".join(span.text for span in each) not in repeated)
            yield replace(value, text="\n\n".join(left), paragraphs=spans)
