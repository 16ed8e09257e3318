"""Running text of a page: each paragraph once, and of a long note its beginning, the rest folded (D-153, D-154)."""

from collections.abc import Iterable
from dataclasses import replace

from kg.render.page.further import EXTRA
from kg.render.page.mentions import TextSpan
from kg.render.page.sections import PageRow, PageValue, Section
from kg.render.site import key_labels

LONG_NOTE, SHOWN_NOTE = 1_100, 600
LONG_LEAD, SHOWN_LEAD = 3_600, 2_400
"""Characters of a note, or of a summary or life, from which the rest is folded; and about so many that are shown."""

LONG_REMARK = 240
"""Characters of a remark beside the main column from which the whole is folded."""

_LEADS = frozenset({"summary", "description", "biography"})
"""Keys of texts that say first what a thing is."""

_WHOLE = frozenset({"text"})
"""Keys of texts that are never folded."""

_LONG_PARAGRAPH = 40
"""Characters from which a paragraph within another one repeats it, and is no coincidence."""

_MAX_COMPARED = 60
"""Earlier paragraphs in which a later one is looked for."""

Paragraph = list[TextSpan]


def folded_sections(sections: Iterable[Section]) -> list[Section]:
    """Sections whose long notes are folded."""
    return [
        Section(
            section.title,
            tuple(
                folded(row, aside=section.in_sidebar) if row.key in key_labels.PROSE and row.values else row
                for row in section.rows
            ),
        )
        for section in sections
    ]


def without_repetition(sections: Iterable[Section]) -> list[Section]:
    """Sections in which no paragraph stands twice; a row or section that has nothing of its own is gone."""
    seen: dict[str, None] = {}
    return [
        Section(section.title, rows)
        for section in sections
        if (rows := tuple(row for each in section.rows if (row := _fresh_row(each, seen)).values))
    ]


def folded(row: PageRow, *, aside: bool) -> PageRow:
    """A row of running text, the rest of which is folded where it is long.

    Args:
        row: the row.
        aside: whether it stands beside the main column, where any long remark is folded whole.
    """
    first = row.values[0].language
    own = [each for each in row.values if each.language == first]
    others = [each for each in row.values if each.language != first]
    length = sum(len(_text(each)) for value in own for each in value.paragraphs)
    long, room = (LONG_LEAD, SHOWN_LEAD) if row.key in _LEADS else (LONG_NOTE, SHOWN_NOTE)
    if row.key in _WHOLE or length <= (LONG_REMARK if aside else long):
        return row
    if aside:
        return replace(row, values=(), rest=row.values)
    shown: list[PageValue] = []
    for number, value in enumerate(own):
        head, tail = _cut(value, room)
        shown += [head] if head.paragraphs else []
        room -= sum(len(_text(each)) for each in head.paragraphs)
        if tail.paragraphs:
            return replace(row, values=(*shown, *others), rest=(tail, *own[number + 1 :]))
    return row


def _fresh_row(row: PageRow, seen: dict[str, None]) -> PageRow:
    """Row without the paragraphs that earlier rows have; a document's own text stays whole, whatever it repeats."""
    if row.key not in key_labels.PROSE and row.key != EXTRA:
        return row
    values, met = [], []
    for value in row.values:
        paragraphs = value.paragraphs or ([TextSpan(value.text)],)
        bare = [_bare(each) for each in paragraphs]
        met += bare
        own = [each for each, text in zip(paragraphs, bare, strict=True) if not _is_seen(text, seen)]
        if len(own) == len(paragraphs) or row.key in _WHOLE:
            values.append(value)
        elif own:
            values.append(replace(value, paragraphs=tuple(own)))
    seen.update(dict.fromkeys(met))
    return replace(row, values=tuple(values))


def _bare(paragraph: Paragraph) -> str:
    return " ".join(_text(paragraph).split()).casefold()


def _is_seen(bare: str, seen: dict[str, None]) -> bool:
    """Whether a text that is no short coincidence stands on the page already, as a whole or in another one."""
    if len(bare) <= _LONG_PARAGRAPH:
        return False
    return bare in seen or any(bare in other for other, _ in zip(seen, range(_MAX_COMPARED), strict=False))


def _cut(value: PageValue, room: int) -> tuple[PageValue, PageValue]:
    """A text in two, at the end of a paragraph, or of a line or sentence where the paragraph is long."""
    head: list[Paragraph] = []
    for number, paragraph in enumerate(value.paragraphs):
        text = _text(paragraph)
        if len(text) > room:
            at = _end(text, room) if room > SHOWN_NOTE // 3 else 0
            first, second = _cut_spans(paragraph, at)
            head += [first] if first else []
            return replace(value, paragraphs=tuple(head)), replace(
                value, paragraphs=(second, *value.paragraphs[number + 1 :])
            )
        room -= len(text)
        head.append(paragraph)
    return value, replace(value, paragraphs=())


def _end(text: str, room: int) -> int:
    """Length up to the last end of a line or sentence within some room; 0 for none in its second half."""
    ends = [text.rfind("\n", room // 2, room) + 1, text.rfind(". ", room // 2, room) + 2]
    return max((end for end in ends if end > room // 2), default=0)


def _cut_spans(paragraph: Paragraph, at: int) -> tuple[Paragraph, Paragraph]:
    head: Paragraph = []
    for number, span in enumerate(paragraph):
        if at < len(span.text):
            first = [TextSpan(span.text[:at], span.href)] if at else []
            return head + first, [TextSpan(span.text[at:], span.href), *paragraph[number + 1 :]]
        head.append(span)
        at -= len(span.text)
    return head, []


def _text(paragraph: Paragraph) -> str:
    return "".join(span.text for span in paragraph)
