"""Titles in EAD; a unit without one takes what it is called by: its dates, its number, its container.

An archive gives every unit a title (DACS 2.3, ISAD(G) 3.1.2). Where one lacks, the unit is published nevertheless, with
its place and its parts, and the report says what stands for the title.
"""

from collections.abc import Iterator

from kg.records.model.keys import label_key
from kg.records.readers.ead import containers
from kg.records.readers.xml import tree
from kg.records.readers.xml.draft import Draft
from kg.records.readers.xml.tree import NO_LANGUAGE, Element

_EXPECTED = "a unittitle, formal or given by the archive (DACS 2.3)"


def put_title(draft: Draft, top: Element, did: Element | None, front: list[Element]) -> None:
    """Put the title of a unit and its other titles, or what it is called by.

    Args:
        draft: the record.
        top: the `archdesc` or component.
        did: its `did`.
        front: header and title page of the finding aid, where it is the whole; else empty.
    """
    label = label_key(draft.kind)
    for title in tree.children(did, "unittitle") if did is not None else ():
        if not draft.add_single_text(label, title):
            draft.add_text("alternativeNames", title)
    if label in draft.record:
        return
    date = tree.child(did, "unitdate")
    if date is not None and draft.add_single_text(label, date):  # a series by years has no other title
        return
    what, name = next(_instead(draft, top, did, front))
    draft.record[label] = {NO_LANGUAGE: name}
    draft.report(top, "unittitle", "", _EXPECTED, f"there is no title; {what} is shown in its place")


def _instead(draft: Draft, top: Element, did: Element | None, front: list[Element]) -> Iterator[tuple[str, str]]:
    """What may stand for a title, the best first: (what it is, text)."""
    for header in front:
        if name := tree.text(tree.child(header, "filedesc", "titlestmt", "titleproper")):
            yield "the title of the finding aid", name
    if did is not None:
        if number := tree.text(tree.child(did, "unitid")):
            yield "its number (unitid)", number
        if places := containers.places(did):
            yield "its container", places[0].text
        if place := tree.text(tree.child(did, "physloc")):
            yield "its place (physloc)", place
    if head := tree.text(tree.child(top, "head")):
        yield "its head", head
    if number := tree.attribute(top, "id"):
        yield "its id", number
    yield "its key", str(draft.record["id"]).partition("/")[2]
