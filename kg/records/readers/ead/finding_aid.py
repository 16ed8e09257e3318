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
from kg.records.model.keys import Record, label_key
from kg.records.names import language_tags, personal_names
from kg.records.readers.base import Found, Item, SourceFile, attempted
from kg.records.readers.ead import access_points, dates, levels, notes
from kg.records.readers.ead.levels import Arrangement
from kg.records.readers.xml import links, parsing, tree
from kg.records.readers.xml.draft import Draft
from kg.records.readers.xml.tree import NO_LANGUAGE, Element

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
    yield from parsing.guarded(source, _read(source))


def _read(source: SourceFile) -> Iterator[Item]:
    aid = _FindingAid(Arrangement(source))
    found = False
    for element in parsing.elements(source, lambda each: tree.local(each) in _FRONT or levels.is_record(each)):
        if not found and not aid.front:
            _refuse_ead3(element)
        if tree.local(element) in _FRONT:
            _read_front(aid, element)
            continue
        found = True
        yield from attempted(source, _record(aid, source, element), tree.at(element))
        aid.arrangement.forget(element)
    if not found:
        raise SourceError("there is no archdesc in the file", todo="a finding aid in EAD 2002")


def _refuse_ead3(element: Element) -> None:
    """Raise SourceError in a file of the later standard, which has other elements under the same names."""
    root = element.getroottree().getroot()
    if str(root.tag).startswith(_EAD3) or tree.child(root, "control") is not None:
        todo = "a finding aid in EAD 2002; the archives' own tools export it"
        raise SourceError("this is EAD3, and kg reads EAD 2002", where=tree.at(root), todo=todo)


def _read_front(aid: _FindingAid, element: Element) -> None:
    """Take the identifier and what holds for all records from the header."""
    aid.front.append(element)
    if tree.local(element) != "eadheader":
        return
    aid.arrangement.key = tree.text(tree.child(element, "eadid")) or ""
    used = tree.child(element, "profiledesc", "langusage", "language")
    if used is not None:
        code = tree.attribute(used, "langcode") or tree.text(used) or ""
        aid.language = language_tags.tag(code) or NO_LANGUAGE
    described = tree.child(element, "profiledesc", "creation", "date")
    published = tree.child(element, "filedesc", "publicationstmt", "date")
    aid.dated = [each for each in (described, published) if each is not None]
    if on := next(filter(None, map(dates.read, aid.dated)), None):
        aid.said["describedOn"] = on
    statement = tree.child(element, "filedesc", "publicationstmt")
    if statement is not None and (licence := next(notes.licences(statement), None)):
        aid.said["descriptionLicense"] = licence


def _record(aid: _FindingAid, source: SourceFile, top: Element) -> Iterator[Item]:
    """The record of an `archdesc` or component, and what somebody should look at."""
    did = tree.child(top, "did")
    draft = Draft(source, {"id": aid.arrangement.reference(top)}, aid.language)
    is_whole = not levels.is_component(top)
    _put_title(draft, did)
    if is_whole:
        _put_header(draft, aid)
    _put_level(draft, top)
    _put_numbers(draft, did)
    dates.put_dates(draft, top, did)
    _put_keepers(draft, aid, top)
    _put_place(draft, aid, top)
    if did is not None:
        notes.put_thing(draft, did)
    notes.put_notes(draft, top)
    notes.put_digital_objects(draft, top)
    access_points.put_names(draft, top, did)
    _put_outline(draft, top)
    draft.record |= {name: value for name, value in aid.said.items() if name not in draft.record}
    _keep_rest(draft, aid, top)
    if top in aid.arrangement.placed:
        message = "the component has neither an id nor a number: its key is its place, and changes with it"
        draft.note(top, "@id", "", "an id, or a unitid that no other component has", message)
    yield from draft.problems
    raw = None if is_whole else etree.tostring(top, encoding="utf-8", with_tail=False)
    yield Found(draft.record, tree.at(top), raw)


def _put_title(draft: Draft, did: Element | None) -> None:
    label = label_key(draft.kind)
    titles = list(tree.children(did, "unittitle")) if did is not None else []
    for title in titles:
        if not draft.say_once(label, title):
            draft.say("alternativeNames", title)
    if label not in draft.record:  # a series by years has no other title than its dates
        date = tree.child(did, "unitdate")
        if date is not None:
            draft.say_once(label, date)


def _put_header(draft: Draft, aid: _FindingAid) -> None:
    """Put what the header says of the finding aid as a whole."""
    for header in (each for each in aid.front if tree.local(each) == "eadheader"):
        eadid = tree.child(header, "eadid")
        if eadid is not None and (text := tree.text(eadid)):
            draft.add("identifiers", text)
            draft.add("sourcePage", tree.attribute(eadid, "url"))
            draft.taken.add(eadid)
        statement = tree.child(header, "filedesc", "titlestmt")
        for title in tree.children(statement, "titleproper") if statement is not None else ():
            if tree.text(title) not in draft.record.get(label_key(draft.kind), {}).values():
                draft.say("alternativeNames", title)
    for date in aid.dated:
        dates.day(draft, date)
    draft.taken.update(_repeated(aid))


def _repeated(aid: _FindingAid) -> Iterator[Element]:
    """What the title page repeats of the header."""
    header = {text for each in aid.front if tree.local(each) == "eadheader" for text in _texts(each)}
    for page in aid.front:
        if tree.local(page) == "frontmatter":
            yield from (block for block in tree.blocks(page) if tree.text(block) in header)


def _texts(element: Element) -> Iterator[str]:
    return filter(None, map(tree.text, tree.blocks(element)))


def _put_level(draft: Draft, top: Element) -> None:
    if draft.kind == "archive":
        draft.record["level"] = levels.level(top) or "other"
    said = top.get("otherlevel") if top.get("level") == "otherlevel" else None
    if said and levels.level(top) is None:
        draft.keep("@otherlevel", said)


def _put_numbers(draft: Draft, did: Element | None) -> None:
    for number in tree.children(did, "unitid") if did is not None else ():
        if text := tree.text(number):
            draft.add("identifiers", text)
            draft.taken.add(number)
        if (tree.attribute(number, "type") or "").lower() in _OWN_NUMBERS:
            draft.add("sameAs", tree.attribute(number, "identifier"))


def _put_keepers(draft: Draft, aid: _FindingAid, top: Element) -> None:
    """Put who keeps the unit, and who described it."""
    around = (top, *top.iterancestors())
    keeper = next(filter(None, (access_points.repository(draft, tree.child(each, "did")) for each in around)), None)
    draft.add("repository", keeper)
    for header in aid.front:
        for author in tree.descendants(header, "author"):
            _put_author(draft, author, keeper)
    for note in notes.notes(top):
        if tree.local(note) == "processinfo":
            for name in tree.descendants(note, *links.AGENT_TYPES):
                if tree.attribute(name, "role") is None:
                    draft.add("describedBy", links.agent(draft, name))


def _put_author(draft: Draft, author: Element, keeper: Record | None) -> None:
    """An author of the bare name that the keeper has in this same file is the keeper."""
    written = tree.text(author) or ""
    name = _PREPARED_BY.sub("", written)
    if not name or len(name) > _LONGEST_NAME or personal_names.is_nobody(name):
        return
    if keeper is not None and name in keeper["name"].values():
        draft.add("describedBy", keeper["id"])
    else:
        draft.add("describedBy", draft.source.named("agent", name, language=draft.language_of(author)))
    if name == written:
        draft.taken.add(author)


def _put_place(draft: Draft, aid: _FindingAid, top: Element) -> None:
    """Put the level that the unit lies in: a component in what is around it, the whole in what it links to."""
    if not levels.is_component(top):
        keeper = next(iter(draft.record.get("repository", [])), None)
        levels.put_parents(draft, tree.child(top, "did"), keeper)
        return
    draft.add("heldIn" if draft.kind == "record" else "partOf", aid.arrangement.above(top))
    if (whole := aid.arrangement.whole(top)) is not None:
        draft.add("related", whole)


def _put_outline(draft: Draft, top: Element) -> None:
    """Put the log of what is on a tape, or in a volume, as a note on its scope."""
    log = levels.outline(top)
    for each in tree.children(top, "dsc", *levels.COMPONENTS) if log else ():
        for note in tree.descendants(each, "relatedmaterial", "separatedmaterial"):
            notes.put_related(draft, note)
        draft.taken.add(each)
    if log:
        draft.say("scopeNote", top, log)
        draft.taken.discard(top)


def _keep_rest(draft: Draft, aid: _FindingAid, top: Element) -> None:
    if not levels.is_component(top):
        for each in aid.front:
            draft.keep_rest(each, _is_label)
    draft.keep_rest(top, _is_label)


def _is_label(element: Element) -> bool:
    return tree.local(element) in _LABELS
