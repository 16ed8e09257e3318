"""EAD 2002 reader: finding aids, with a record for each unit of description.

An item becomes a `record`; a collection, series or file becomes an `archive` level; each lies in the one above.
Values without a key in the model become `extra`. Left out are the labels over notes (`head`), repetitions on a title
page, and attributes of the file's encoding (`encodinganalog`, `id`, `render`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from kg.errors import SourceError
from kg.language_ranges import UNDETERMINED
from kg.records.model.keys import Record, label_key
from kg.records.names import personal_names
from kg.records.readers.base import RawRecord, ReaderItem, SourceFile, isolate_failures
from kg.records.readers.ead import (
    access_points,
    dates,
    digital_objects,
    drafts,
    languages,
    levels,
    notes,
    plain_names,
    titles,
)
from kg.records.readers.ead.levels import Arrangement
from kg.records.readers.xml import drafts as status
from kg.records.readers.xml import links, parsing, tree
from kg.records.readers.xml.draft import Draft
from kg.records.readers.xml.findings import Findings
from kg.records.readers.xml.tree import NO_LANGUAGE, Element

_EAD3 = "{http://ead3.archivists.org/"
_FRONT = frozenset({"eadheader", "frontmatter"})
_OWN_NUMBERS = frozenset({"naid"})
"""Types of `unitid` with the unit's number in the archive's own catalogue, and its address there."""
_LABELS = frozenset({"head", "thead", "head01", "head02", "head03", "listhead"})
_PREPARED_BY = re.compile(r"^(?:finding aid )?(?:prepared|written|compiled|created|processed) by:?\s*", re.IGNORECASE)
_LONGEST_NAME = 200


@dataclass(slots=True)
class _FindingAid:
    """State of a finding aid that all of its records share.

    Attributes:
        arrangement: the levels and their keys.
        front: header and title page.
        language: the language of the description.
        defaults: keys and values that each record has: when it was described, under which licence.
        dates: where the header says when it was described, to be reported where it can't be read.
    """

    arrangement: Arrangement
    front: list[Element] = field(default_factory=list)
    language: str = NO_LANGUAGE
    defaults: Record = field(default_factory=dict)
    dates: list[Element] = field(default_factory=list)


def read(source: SourceFile) -> Iterator[ReaderItem]:
    """Read the records of a finding aid."""
    yield from parsing.report_source_error(source, _read(source))


def _read(source: SourceFile) -> Iterator[ReaderItem]:
    aid = _FindingAid(Arrangement(source))
    has_record = False
    findings = Findings(source)
    left_out = drafts.left_out(source, _is_read) if source.leave_out_drafts else frozenset()
    ended = 0
    for element in parsing.elements(source, _is_read, findings):
        yield from findings.drain()
        if not has_record and not aid.front:
            _refuse_ead3(element)
        if tree.local(element) in _FRONT:
            _read_front(aid, element)
            continue
        has_record = True
        read = _left_out if ended in left_out else _record
        ended += 1
        yield from isolate_failures(source, read(aid, source, element), tree.line_label(element))
        aid.arrangement.forget(element)
    yield from findings.drain()
    if not has_record and not findings.has_internal:
        raise SourceError("there is no archdesc in the file", todo="a finding aid in EAD 2002")


def _is_read(element: Element) -> bool:
    return tree.local(element) in _FRONT or levels.is_record(element)


def _left_out(aid: _FindingAid, source: SourceFile, top: Element) -> Iterator[ReaderItem]:
    """Note on a draft that is left out, without a word on what lies in it. It counts among the places all the same."""
    draft = Draft(source, {"id": aid.arrangement.reference(top)}, aid.language)
    if found := drafts.status(top, [] if levels.is_component(top) else aid.front):
        draft.report(top, *found, status.EXPECTED, status.LEFT_OUT)
    yield from draft.problems


def _refuse_ead3(element: Element) -> None:
    """Raise SourceError for EAD3, which has other elements under the same names."""
    root = element.getroottree().getroot()
    if str(root.tag).startswith(_EAD3) or tree.child(root, "control") is not None:
        todo = "a finding aid in EAD 2002; the archives' own tools export it"
        raise SourceError("this is EAD3, and kg reads EAD 2002", where=tree.line_label(root), todo=todo)


def _read_front(aid: _FindingAid, element: Element) -> None:
    """Read the identifier and the shared values from the header."""
    aid.front.append(element)
    if tree.local(element) != "eadheader":
        return
    aid.arrangement.key = tree.text(tree.child(element, "eadid")) or ""
    usage = tree.child(element, "profiledesc", "langusage")
    if usage is not None:
        tags = [languages.tag_of(each) for each in tree.descendants(usage, "language")]
        tags = tags or list(languages.tags_of(tree.text(usage) or ""))
        aid.language = next((tag for tag in tags if tag and tag != UNDETERMINED), NO_LANGUAGE)
    creation_date = tree.child(element, "profiledesc", "creation", "date")
    publication_date = tree.child(element, "filedesc", "publicationstmt", "date")
    aid.dates = [date for date in (creation_date, publication_date) if date is not None]
    if described_on := next(filter(None, map(dates.read, aid.dates)), None):
        aid.defaults["describedOn"] = described_on
    statement = tree.child(element, "filedesc", "publicationstmt")
    if statement is not None and (licence := next(notes.licences(statement), None)):
        aid.defaults["descriptionLicense"] = licence


def _record(aid: _FindingAid, source: SourceFile, top: Element) -> Iterator[ReaderItem]:
    """Record of an `archdesc` or component, with its problems."""
    did = tree.child(top, "did")
    draft = Draft(source, {"id": aid.arrangement.reference(top)}, aid.language)
    is_archdesc = not levels.is_component(top)
    if found := drafts.status(top, aid.front if is_archdesc else []):
        draft.report(top, *found, status.EXPECTED, status.PUBLISHED)
    titles.put_title(draft, top, did, aid.front if is_archdesc else [])
    if is_archdesc:
        _put_header(draft, aid)
    _put_level(draft, top)
    if position := aid.arrangement.position(top):
        draft.record["position"] = position
    _put_numbers(draft, did)
    dates.put_dates(draft, top, did)
    _put_keepers(draft, aid, top)
    _put_place(draft, aid, top)
    if did is not None:
        notes.put_thing(draft, did)
    notes.put_notes(draft, top)
    digital_objects.put_digital_objects(draft, top)
    access_points.put_names(draft, top, did)
    _put_outline(draft, top)
    draft.record |= {name: value for name, value in aid.defaults.items() if name not in draft.record}
    _keep_rest(draft, aid, top)
    if top in aid.arrangement.unidentified:
        _report_place(draft, top, did)
    yield from draft.problems
    raw = None if is_archdesc else etree.tostring(top, encoding="utf-8", with_tail=False)
    yield RawRecord(draft.record, tree.line_label(top), raw)


def _report_place(draft: Draft, top: Element, did: Element | None) -> None:
    """Report a component whose key is its place: it has no id, and no number that is its own."""
    written = tree.attribute(top, "id") or tree.text(tree.child(did, "unitid")) or ""
    if written:
        where = "@id" if tree.attribute(top, "id") else "did/unitid"
        what = f"{written!r} stands at another component, too, or can't be a key"
    else:
        where, what = "@id", "the component has neither an id nor a number"
    message = f"{what}: its key is its place, and changes with it"
    draft.report(top, where, written, "an id, or a unitid that no other component has", message)


def _put_header(draft: Draft, aid: _FindingAid) -> None:
    """Put the header's description of the finding aid as a whole."""
    for header in (front_element for front_element in aid.front if tree.local(front_element) == "eadheader"):
        for language in tree.descendants(header, "language"):  # of the description: it governs all its texts
            draft.taken |= {(language, "langcode"), (language, "scriptcode")}
        eadid = tree.child(header, "eadid")
        if eadid is not None and (text := tree.text(eadid)):
            draft.add("identifiers", text)
            draft.add("sourcePage", tree.attribute(eadid, "url"))
            draft.consumed.add(eadid)
        statement = tree.child(header, "filedesc", "titlestmt")
        for title in tree.children(statement, "titleproper") if statement is not None else ():
            if tree.text(title) not in draft.record.get(label_key(draft.kind), {}).values():
                draft.add_text("alternativeNames", title)
    for date in aid.dates:
        dates.day(draft, date)
    draft.consumed.update(_repeated(aid))


def _repeated(aid: _FindingAid) -> Iterator[Element]:
    """Elements of the title page that repeat the header."""
    header = {
        text
        for front_element in aid.front
        if tree.local(front_element) == "eadheader"
        for text in _texts(front_element)
    }
    for page in aid.front:
        if tree.local(page) == "frontmatter":
            yield from (block for block in tree.blocks(page) if tree.text(block) in header)


def _texts(element: Element) -> Iterator[str]:
    return filter(None, map(tree.text, tree.blocks(element)))


def _put_level(draft: Draft, top: Element) -> None:
    if draft.kind == "archive":
        draft.record["level"] = levels.level(top) or "other"
    name = "otherlevel" if top.get("level") == "otherlevel" else "level"
    if levels.level(top) in {None, "other"}:  # the archive's own word, or one that the model lacks
        draft.add_extra(f"@{name}", tree.attribute(top, name))


def _put_numbers(draft: Draft, did: Element | None) -> None:
    for number in tree.children(did, "unitid") if did is not None else ():
        if text := tree.text(number):
            draft.add("identifiers", text)
            draft.consumed.add(number)
        if (tree.attribute(number, "type") or "").lower() in _OWN_NUMBERS:
            draft.add("sameAs", tree.attribute(number, "identifier"))


def _put_keepers(draft: Draft, aid: _FindingAid, top: Element) -> None:
    """Put the holding institution and the describing agents."""
    around = (top, *top.iterancestors())
    keeper = next(filter(None, (plain_names.repository(draft, tree.child(unit, "did")) for unit in around)), None)
    draft.add("repository", keeper)
    for header in aid.front:
        for author in tree.descendants(header, "author"):
            _put_author(draft, author, keeper)
    for note in notes.notes(top):
        if tree.local(note) == "processinfo":
            for name in tree.descendants(note, *links.AGENT_TYPES):
                if tree.attribute(name, "role") is None:
                    draft.add("describedBy", links.agent_link(draft, name))


def _put_author(draft: Draft, author: Element, keeper: Record | None) -> None:
    """Put an author as `describedBy`; the bare name of the holding institution stands for that institution."""
    written = tree.text(author) or ""
    name = _PREPARED_BY.sub("", written)
    if not name or len(name) > _LONGEST_NAME or personal_names.is_placeholder(name):
        return
    if keeper is not None and name in keeper["name"].values():
        draft.add("describedBy", keeper["id"])
    else:
        draft.add("describedBy", draft.source.named_link("agent", name, language=draft.language_of(author)))
    if name == written:
        draft.consumed.add(author)


def _put_place(draft: Draft, aid: _FindingAid, top: Element) -> None:
    """Put the containing level: the enclosing component, or for the whole finding aid the level that it links to."""
    if not levels.is_component(top):
        keeper = next(iter(draft.record.get("repository", [])), None)
        levels.put_parents(draft, tree.child(top, "did"), keeper)
        return
    draft.add("heldIn" if draft.kind == "record" else "partOf", aid.arrangement.containing_level(top))
    if (item_link := aid.arrangement.containing_item(top)) is not None:
        draft.add("related", item_link)


def _put_outline(draft: Draft, top: Element) -> None:
    """Put the log of the contents of a tape or volume as a note on its scope."""
    log = levels.outline(top)
    for component in tree.children(top, "dsc", *levels.COMPONENTS) if log else ():
        for note in tree.descendants(component, "relatedmaterial", "separatedmaterial"):
            notes.put_related(draft, note)
        draft.consumed.add(component)
    if log:
        draft.add_text("scopeNote", top, log)
        draft.consumed.discard(top)


def _keep_rest(draft: Draft, aid: _FindingAid, top: Element) -> None:
    if not levels.is_component(top):
        for front_element in aid.front:
            draft.add_rest_as_extra(front_element, _is_label)
    draft.add_rest_as_extra(top, _is_label)


def _is_label(element: Element) -> bool:
    return tree.local(element) in _LABELS
