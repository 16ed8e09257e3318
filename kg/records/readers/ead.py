"""EAD 2002: finding aids, one record for each unit that they describe.

An item becomes a `record`; a collection, series or file becomes an `archive` level; each lies in the one above. What
the model has no key for stays as `extra`. Left out are the labels over notes (`head`), what a title page repeats, and
attributes that say how the file is encoded (`encodinganalog`, `id`, `render`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from kg.errors import SourceError
from kg.records import languages, names
from kg.records.model import Record, label_key
from kg.records.readers import ead_access, ead_dates, ead_levels, ead_notes, xml, xml_links, xml_tree
from kg.records.readers.base import Found, Item, SourceFile, attempted
from kg.records.readers.draft import Draft
from kg.records.readers.ead_levels import Arrangement
from kg.records.readers.xml_tree import NO_LANGUAGE, Element

_EAD3 = "{http://ead3.archivists.org/"
_FRONT = frozenset({"eadheader", "frontmatter"})
_OWN_NUMBERS = frozenset({"naid"})
"""Types of `unitid` that number the unit in the archive's own catalogue, by an address that leads there."""
_LABELS = frozenset({"head", "thead", "head01", "head02", "head03", "listhead"})
_PREPARED_BY = re.compile(r"^(?:finding aid )?(?:prepared|written|compiled|created|processed) by:?\s*", re.IGNORECASE)
_LONGEST_NAME = 200


@dataclass(slots=True)
class _FindingAid:
    """What holds for every record of a file.

    Attributes:
        arrangement: the levels and their keys.
        front: header and title page.
        language: the language of the description.
        said: keys and values that each record has: when it was described, under which licence.
        dated: where the header says when it was described, to be reported where it can't be read.
    """

    arrangement: Arrangement
    front: list[Element] = field(default_factory=list)
    language: str = NO_LANGUAGE
    said: Record = field(default_factory=dict)
    dated: list[Element] = field(default_factory=list)


def read(source: SourceFile) -> Iterator[Item]:
    """The records of a finding aid."""
    yield from xml.guarded(source, _read(source))


def _read(source: SourceFile) -> Iterator[Item]:
    aid = _FindingAid(Arrangement(source))
    found = False
    for element in xml.elements(source, lambda each: xml_tree.local(each) in _FRONT or ead_levels.is_record(each)):
        if not found and not aid.front:
            _refuse_ead3(element)
        if xml_tree.local(element) in _FRONT:
            _read_front(aid, element)
            continue
        found = True
        yield from attempted(source, _record(aid, source, element), xml_tree.at(element))
        aid.arrangement.forget(element)
    if not found:
        raise SourceError("there is no archdesc in the file", todo="a finding aid in EAD 2002")


def _refuse_ead3(element: Element) -> None:
    """Raise SourceError in a file of the later standard, which has other elements under the same names."""
    root = element.getroottree().getroot()
    if str(root.tag).startswith(_EAD3) or xml_tree.child(root, "control") is not None:
        todo = "a finding aid in EAD 2002; the archives' own tools export it"
        raise SourceError("this is EAD3, and kg reads EAD 2002", where=xml_tree.at(root), todo=todo)


def _read_front(aid: _FindingAid, element: Element) -> None:
    """Take the identifier and what holds for all records from the header."""
    aid.front.append(element)
    if xml_tree.local(element) != "eadheader":
        return
    aid.arrangement.key = xml_tree.text(xml_tree.child(element, "eadid")) or ""
    used = xml_tree.child(element, "profiledesc", "langusage", "language")
    if used is not None:
        code = xml_tree.attribute(used, "langcode") or xml_tree.text(used) or ""
        aid.language = languages.tag(code) or NO_LANGUAGE
    described = xml_tree.child(element, "profiledesc", "creation", "date")
    published = xml_tree.child(element, "filedesc", "publicationstmt", "date")
    aid.dated = [each for each in (described, published) if each is not None]
    if on := next(filter(None, map(ead_dates.read, aid.dated)), None):
        aid.said["describedOn"] = on
    statement = xml_tree.child(element, "filedesc", "publicationstmt")
    if statement is not None and (licence := next(ead_notes.licences(statement), None)):
        aid.said["descriptionLicense"] = licence


def _record(aid: _FindingAid, source: SourceFile, top: Element) -> Iterator[Item]:
    """The record of an `archdesc` or component, and what somebody should look at."""
    did = xml_tree.child(top, "did")
    draft = Draft(source, {"id": aid.arrangement.reference(top)}, aid.language)
    is_whole = not ead_levels.is_component(top)
    _put_title(draft, did)
    if is_whole:
        _put_header(draft, aid)
    _put_level(draft, top)
    _put_numbers(draft, did)
    ead_dates.put_dates(draft, top, did)
    _put_keepers(draft, aid, top)
    _put_place(draft, aid, top)
    if did is not None:
        ead_notes.put_thing(draft, did)
    ead_notes.put_notes(draft, top)
    ead_notes.put_digital_objects(draft, top)
    ead_access.put_names(draft, top, did)
    _put_outline(draft, top)
    draft.record |= {name: value for name, value in aid.said.items() if name not in draft.record}
    _keep_rest(draft, aid, top)
    if top in aid.arrangement.placed:
        message = "the component has neither an id nor a number: its key is its place, and changes with it"
        draft.note(top, "@id", "", "an id, or a unitid that no other component has", message)
    yield from draft.problems
    raw = None if is_whole else etree.tostring(top, encoding="utf-8", with_tail=False)
    yield Found(draft.record, xml_tree.at(top), raw)


def _put_title(draft: Draft, did: Element | None) -> None:
    label = label_key(draft.kind)
    titles = list(xml_tree.children(did, "unittitle")) if did is not None else []
    for title in titles:
        if not draft.say_once(label, title):
            draft.say("alternativeNames", title)
    if label not in draft.record:  # a series by years has no other title than its dates
        date = xml_tree.child(did, "unitdate")
        if date is not None:
            draft.say_once(label, date)


def _put_header(draft: Draft, aid: _FindingAid) -> None:
    """Put what the header says of the finding aid as a whole."""
    for header in (each for each in aid.front if xml_tree.local(each) == "eadheader"):
        eadid = xml_tree.child(header, "eadid")
        if eadid is not None and (text := xml_tree.text(eadid)):
            draft.add("identifiers", text)
            draft.add("sourcePage", xml_tree.attribute(eadid, "url"))
            draft.taken.add(eadid)
        statement = xml_tree.child(header, "filedesc", "titlestmt")
        for title in xml_tree.children(statement, "titleproper") if statement is not None else ():
            if xml_tree.text(title) not in draft.record.get(label_key(draft.kind), {}).values():
                draft.say("alternativeNames", title)
    for date in aid.dated:
        ead_dates.day(draft, date)
    draft.taken.update(_repeated(aid))


def _repeated(aid: _FindingAid) -> Iterator[Element]:
    """What the title page repeats of the header."""
    header = {text for each in aid.front if xml_tree.local(each) == "eadheader" for text in _texts(each)}
    for page in aid.front:
        if xml_tree.local(page) == "frontmatter":
            yield from (block for block in xml_tree.blocks(page) if xml_tree.text(block) in header)


def _texts(element: Element) -> Iterator[str]:
    return filter(None, map(xml_tree.text, xml_tree.blocks(element)))


def _put_level(draft: Draft, top: Element) -> None:
    if draft.kind == "archive":
        draft.record["level"] = ead_levels.level(top) or "other"
    said = top.get("otherlevel") if top.get("level") == "otherlevel" else None
    if said and ead_levels.level(top) is None:
        draft.keep("@otherlevel", said)


def _put_numbers(draft: Draft, did: Element | None) -> None:
    for number in xml_tree.children(did, "unitid") if did is not None else ():
        if text := xml_tree.text(number):
            draft.add("identifiers", text)
            draft.taken.add(number)
        if (xml_tree.attribute(number, "type") or "").lower() in _OWN_NUMBERS:
            draft.add("sameAs", xml_tree.attribute(number, "identifier"))


def _put_keepers(draft: Draft, aid: _FindingAid, top: Element) -> None:
    """Put who keeps the unit, and who described it."""
    around = (top, *top.iterancestors())
    keeper = next(filter(None, (ead_access.repository(draft, xml_tree.child(each, "did")) for each in around)), None)
    draft.add("repository", keeper)
    for header in aid.front:
        for author in xml_tree.descendants(header, "author"):
            _put_author(draft, author, keeper)
    for note in ead_notes.notes(top):
        if xml_tree.local(note) == "processinfo":
            for name in xml_tree.descendants(note, *xml_links.AGENT_TYPES):
                if xml_tree.attribute(name, "role") is None:
                    draft.add("describedBy", xml_links.agent(draft, name))


def _put_author(draft: Draft, author: Element, keeper: Record | None) -> None:
    """An author of the bare name that the keeper has in this same file is the keeper."""
    written = xml_tree.text(author) or ""
    name = _PREPARED_BY.sub("", written)
    if not name or len(name) > _LONGEST_NAME or names.is_nobody(name):
        return
    if keeper is not None and name in keeper["name"].values():
        draft.add("describedBy", keeper["id"])
    else:
        draft.add("describedBy", draft.source.named("agent", name, language=draft.language_of(author)))
    if name == written:
        draft.taken.add(author)


def _put_place(draft: Draft, aid: _FindingAid, top: Element) -> None:
    """Put the level that the unit lies in: a component in what is around it, the whole in what it links to."""
    if not ead_levels.is_component(top):
        keeper = next(iter(draft.record.get("repository", [])), None)
        ead_levels.put_parents(draft, xml_tree.child(top, "did"), keeper)
        return
    draft.add("heldIn" if draft.kind == "record" else "partOf", aid.arrangement.above(top))
    if (whole := aid.arrangement.whole(top)) is not None:
        draft.add("related", whole)


def _put_outline(draft: Draft, top: Element) -> None:
    """Put the log of what is on a tape, or in a volume, as a note on its scope."""
    log = ead_levels.outline(top)
    for each in xml_tree.children(top, "dsc", *ead_levels.COMPONENTS) if log else ():
        for note in xml_tree.descendants(each, "relatedmaterial", "separatedmaterial"):
            ead_notes.put_related(draft, note)
        draft.taken.add(each)
    if log:
        draft.say("scopeNote", top, log)
        draft.taken.discard(top)


def _keep_rest(draft: Draft, aid: _FindingAid, top: Element) -> None:
    if not ead_levels.is_component(top):
        for each in aid.front:
            draft.keep_rest(each, _is_label)
    draft.keep_rest(top, _is_label)


def _is_label(element: Element) -> bool:
    return xml_tree.local(element) in _LABELS
