"""Drafts in EAD: where a finding aid or a component says that it is one, and which records fall with it."""

from collections.abc import Callable

from kg.errors import SourceError
from kg.records.readers.base import SourceFile
from kg.records.readers.ead import levels, notes
from kg.records.readers.xml import drafts, parsing, tree
from kg.records.readers.xml.findings import Findings
from kg.records.readers.xml.tree import Element


def status(top: Element, front: list[Element]) -> tuple[str, str] | None:
    """Return where a unit is called a draft, and the word for it; None for any other unit.

    Args:
        top: the `archdesc` or component.
        front: header and title page, where the unit is the whole finding aid; else empty.
    """
    for note in notes.notes(top):
        word = tree.text(note)
        if notes.is_publication_status(note) and drafts.is_draft(word):
            return "odd[@type='publicationStatus']", word or ""
    return next(filter(None, map(_of_header, front)), None)


def left_out(source: SourceFile, wanted: Callable[[Element], bool]) -> frozenset[int]:
    """Return the numbers of the records to leave out, from 0 in the order in which they end: drafts, with their parts.

    A status may stand behind the parts to which it applies, so the file is read once more, before.
    """
    ended: list[tuple[int, bool]] = []
    front: list[Element] = []
    try:
        for element in parsing.elements(source, wanted, Findings(source)):
            if not levels.is_record(element):
                front.append(element)
                continue
            depth = sum(map(levels.is_record, element.iterancestors()))
            whole = not levels.is_component(element)
            ended.append((depth, status(element, front if whole else []) is not None))
    except SourceError:  # it comes again when the file is read in earnest
        if any(map(_of_header, front)):
            return frozenset(range(len(ended)))
    return frozenset(_with_parts(ended))


def _with_parts(ended: list[tuple[int, bool]]) -> list[int]:
    """Numbers of drafts and of what lies in them; what lies in a unit ends before it, deeper down."""
    numbers: list[int] = []
    around: int | None = None
    for number in range(len(ended) - 1, -1, -1):
        depth, draft = ended[number]
        if around is not None and depth <= around:
            around = None
        if around is not None or draft:
            numbers.append(number)
            around = depth if around is None else around
    return numbers


def _of_header(header: Element) -> tuple[str, str] | None:
    declared = tree.attribute(header, "findaidstatus")
    if drafts.is_draft(declared):
        return "eadheader/@findaidstatus", declared or ""
    changes = list(tree.children(header, "revisiondesc"))
    for last in [change for description in changes for change in tree.children(description, "change")][-1:]:
        word = next((text for item in tree.children(last, "item") if drafts.is_draft(text := tree.text(item))), None)
        if word:
            return "eadheader/revisiondesc", word
    return None
