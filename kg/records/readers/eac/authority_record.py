"""EAC-CPF (2010): authority records of people, bodies and families, each an agent.

Names stand in all their forms. What the model has no key for, such as how the record was maintained, stays as
`extra`; left out are the labels over notes (`head`). "[Unknown person(s)]" is nobody: such a relation links to no
one, and is kept.
"""

import re
from collections.abc import Iterator

from lxml import etree

from kg.errors import SourceError
from kg.records.model.keys import Record, label_key
from kg.records.names import personal_names
from kg.records.readers.base import Found, Item, SourceFile, Unreadable, attempted
from kg.records.readers.eac import dates, names
from kg.records.readers.xml import links, parsing, tree
from kg.records.readers.xml.draft import Draft
from kg.records.readers.xml.tree import NO_LANGUAGE, Element

_ROOT = "eac-cpf"
_LATER = "eac"
"""Name of the root in EAC-CPF 2.0."""
_AGENT_TYPES = {"person": "person", "corporateBody": "organization", "family": "family"}
_PLACE_ROLES = {"birth": "birthPlace", "birthplace": "birthPlace", "death": "deathPlace", "deathplace": "deathPlace"}
"""What a place was to somebody, in small letters → its key; any other is one of the places."""

_AUTHORITIES = re.compile(
    r"https?://(?:www\.)?(?:id\.loc\.gov/authorities/|viaf\.org/viaf/|isni\.org/|(?:m\.)?wikidata\.org/(?:wiki|entity)/Q"
    r"|d-nb\.info/gnd/|data\.bnf\.fr/|(?:n2t\.net|snaccooperative\.org)/(?:ark:|view/)|catalog\.archives\.gov/id/"
    r"|vocab\.getty\.edu/ulan/|orcid\.org/)"
)
"""Addresses of entries in files of agents: what has such an address is the agent itself, and no page about it."""

_SAME = frozenset({"identity", "sameas", "owl:sameas"})
_GENDER = "gender"


def read(source: SourceFile) -> Iterator[Item]:
    """The agents of a file: one, or any number within some other element."""
    yield from parsing.guarded(source, _read(source))


def _read(source: SourceFile) -> Iterator[Item]:
    found = False
    for element in parsing.elements(source, lambda each: tree.local(each) in {_ROOT, _LATER}):
        if tree.local(element) == _LATER:
            todo = "an authority record in EAC-CPF of 2010"
            raise SourceError("this is EAC-CPF 2.0, and kg reads that of 2010", where=tree.at(element), todo=todo)
        found = True
        yield from attempted(source, _agent(source, element), tree.at(element))
    if not found:
        raise SourceError("there is no eac-cpf in the file", todo="an authority record in EAC-CPF")


def _agent(source: SourceFile, top: Element) -> Iterator[Item]:
    """The agent of a record, and what somebody should look at."""
    control = tree.child(top, "control")
    number = tree.text(tree.child(control, "recordId"))
    reference = links.reference(source, "agent", number)
    raw = etree.tostring(top, encoding="utf-8", with_tail=False) if top.getparent() is not None else None
    if reference is None:
        at, expected = tree.at(top), "an identifier in control/recordId"
        yield Unreadable(source.problem(at, "recordId", number or "", expected, "has no id", severity="rejected"), raw)
        return
    draft = Draft(source, {"id": reference}, _language(control))
    # Of an agent with several identities the first one is read; the others stay with the rest.
    description = next(tree.descendants(top, "cpfDescription"), None)
    identity = tree.child(description, "identity")
    _put_control(draft, control)
    _put_identity(draft, identity)
    _put_description(draft, tree.child(description, "description"))
    _put_relations(draft, tree.child(description, "relations"))
    draft.keep_rest(top, lambda each: tree.local(each) == "head")
    yield from draft.problems
    yield Found(draft.record, tree.at(top), raw)


def _language(control: Element | None) -> str:
    """The language of the description."""
    declared = tree.child(control, "languageDeclaration", "language")
    return names.tag(declared) or NO_LANGUAGE if declared is not None else NO_LANGUAGE


def _put_control(draft: Draft, control: Element | None) -> None:
    if control is None:
        return
    for number in tree.children(control, "recordId", "otherRecordId"):
        if text := tree.text(number):
            draft.add("identifiers", text)
            draft.taken.add(number)
            if _is_authority(text):
                draft.add("sameAs", text)
    agency = tree.child(control, "maintenanceAgency", "agencyName")
    if (name := tree.text(agency)) and agency is not None:
        draft.add("describedBy", draft.source.named("agent", name, language=draft.language, agentType="organization"))
        draft.taken.add(agency)
    for each in tree.descendants(control, "source"):
        href = tree.attribute(each, "href") or ""
        if _is_authority(href):
            draft.add("sameAs", href)
        else:
            draft.keep("control/sources/source/@href", href)


def _is_authority(href: str) -> bool:
    return _AUTHORITIES.match(href) is not None


def _put_identity(draft: Draft, identity: Element | None) -> None:
    if identity is None:
        return
    kind = tree.child(identity, "entityType")
    if kind is not None and (agent_type := _AGENT_TYPES.get(tree.text(kind) or "")):
        draft.record["agentType"] = agent_type
        draft.taken.add(kind)
    for number in tree.children(identity, "entityId"):
        draft.add("identifiers", tree.text(number))
        draft.taken.add(number)
    names.put_names(draft, identity)


def _put_description(draft: Draft, description: Element | None) -> None:
    if description is None:
        return
    dates.put_existence(draft, description)
    for place in tree.descendants(description, "place"):
        _put_place(draft, place)
    for name, key in (("occupation", "occupations"), ("function", "functions")):
        for each in tree.descendants(description, name):
            draft.say(key, tree.child(each, "term"))
    for history in tree.descendants(description, "biogHist"):
        for block in tree.blocks(history, lambda each: tree.local(each) in {"head", "citation"}):
            draft.say("biography", block)
    for each in tree.descendants(description, "localDescription"):
        _put_gender(draft, each)


def _put_gender(draft: Draft, local: Element) -> None:
    """The gender, if that is what a local description says; it, or the list it stands in, is of that type."""
    term = tree.child(local, "term")
    kinds = [tree.attribute(one, "localType") or "" for one in (local, local.getparent()) if one is not None]
    said = tree.text(term)
    if term is None or said is None or all(kind.rpartition("#")[2] != _GENDER for kind in kinds):
        return
    if draft.record.setdefault("gender", said) == said:
        draft.taken.add(term)


def _put_place(draft: Draft, place: Element) -> None:
    entry = tree.child(place, "placeEntry")
    name = tree.text(entry)
    if entry is None or name is None or personal_names.is_nobody(name):
        return
    said = tree.child(place, "placeRole")
    role = (tree.text(said) or "").lower().replace(" ", "")
    more: Record = {}
    north, east = tree.attribute(entry, "latitude"), tree.attribute(entry, "longitude")
    if at := links.coordinates(f"{north}, {east}"):
        more = {"latitude": at[0], "longitude": at[1]}
    language = draft.language_of(entry)
    draft.add(_PLACE_ROLES.get(role, "places"), draft.source.named("place", name, language=language, **more))
    draft.taken.add(entry)
    if said is not None and role in _PLACE_ROLES:
        draft.taken.add(said)


def _put_relations(draft: Draft, relations: Element | None) -> None:
    for relation in tree.children(relations, "cpfRelation", "resourceRelation") if relations is not None else ():
        _put_relation(draft, relation)


def _put_relation(draft: Draft, relation: Element) -> None:
    """A relation to an agent or a record, with what is said of it; an identity is the same agent elsewhere."""
    entry = tree.child(relation, "relationEntry")
    name = tree.text(entry)
    agent = tree.local(relation) == "cpfRelation"
    kind = tree.attribute(relation, "cpfRelationType" if agent else "resourceRelationType")
    href = tree.attribute(relation, "href")
    if agent and (kind or "").lower() in _SAME and href and "://" in href:
        draft.add("sameAs", href)
        return
    if agent and (name is None or personal_names.is_nobody(name)):
        return
    target = _target(draft, "agent" if agent else "record", href, entry)
    if target is None:
        return
    said: Record = {"target": target}
    if kind:
        said["type"] = kind
    if role := tree.attribute(relation, "arcrole"):
        said["role"] = role.rpartition("#")[2].rpartition("/")[2] or role
    if held := dates.held(draft, relation):
        said["dates"] = held
    note = tree.child(relation, "descriptiveNote")
    if note is not None and (text := tree.text(note)):
        said["note"] = {draft.language_of(note): text}
        draft.taken.add(note)
    draft.add("relations", said)
    if entry is not None:
        draft.taken.add(entry)


def _target(draft: Draft, kind: str, href: str | None, entry: Element | None) -> Record | None:
    """The link to whom or what a relation names: by its identifier where there is one, else by its name."""
    name = tree.text(entry)
    language = draft.language_of(entry) if entry is not None else draft.language
    own = draft.source.own(href)
    elsewhere = None if own else links.address(href)
    number = links.key_of(elsewhere) if elsewhere else href
    reference = own or links.reference(draft.source, kind, number)
    kind = reference.partition("/")[0] if reference else kind
    said: Record = {label_key(kind): {language: name}} if name else {}
    if elsewhere:
        said["sameAs"] = [elsewhere]
    if reference is not None:
        return {"id": reference, **said}
    if name is None:
        return None
    link = draft.source.named(kind, name, language=language)
    return {"id": link["id"], **said}
