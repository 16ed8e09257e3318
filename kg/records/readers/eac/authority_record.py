"""EAC-CPF (2010) reader: authority records of people, bodies and families, each an agent.

Names are kept in all their forms. Values without a key in the model, such as the record's maintenance history, become
`extra`; labels over notes (`head`) are left out. What the source marks as
a guess becomes `extra`, with the note that says so.
"""

import re
from collections.abc import Iterator

from lxml import etree

from kg.errors import SourceError
from kg.records.model.keys import Record
from kg.records.names import personal_names
from kg.records.readers.base import RawRecord, ReaderItem, ReadFailure, SourceFile, Succession, isolate_failures
from kg.records.readers.eac import conjectures, dates, maintenance, names, relations
from kg.records.readers.xml import drafts, links, parsing, tree
from kg.records.readers.xml.draft import Draft
from kg.records.readers.xml.findings import Findings
from kg.records.readers.xml.tree import NO_LANGUAGE, Element

_ROOT = "eac-cpf"
_LATER = "eac"
"""Name of the root in EAC-CPF 2.0."""
_AGENT_TYPES = {"person": "person", "corporateBody": "organization", "family": "family"}
_PLACE_ROLES = {"birth": "birthPlace", "birthplace": "birthPlace", "death": "deathPlace", "deathplace": "deathPlace"}
"""Role of a place, in small letters → its key; any other role is `places`."""

_AUTHORITIES = re.compile(
    r"https?://(?:www\.)?(?:id\.loc\.gov/authorities/|viaf\.org/viaf/|isni\.org/|(?:m\.)?wikidata\.org/(?:wiki|entity)/Q"
    r"|d-nb\.info/gnd/|data\.bnf\.fr/|(?:n2t\.net|snaccooperative\.org)/(?:ark:|view/)|catalog\.archives\.gov/id/"
    r"|vocab\.getty\.edu/ulan/|orcid\.org/)"
)
"""Addresses of entries in authority files: such an address identifies the agent, not a page about it."""

_IDENTITY = "identity"
_GENDER = "gender"


def read(source: SourceFile) -> Iterator[ReaderItem]:
    """Read the agents of a file: a single one, or any number within some other element."""
    yield from parsing.report_source_error(source, _read(source))


def _read(source: SourceFile) -> Iterator[ReaderItem]:
    has_record = False
    findings = Findings(source)
    for element in parsing.elements(source, lambda element: tree.local(element) in {_ROOT, _LATER}, findings):
        yield from findings.drain()
        if tree.local(element) == _LATER:
            todo = "an authority record in EAC-CPF of 2010"
            raise SourceError(
                "this is EAC-CPF 2.0, and kg reads that of 2010", where=tree.line_label(element), todo=todo
            )
        has_record = True
        yield from isolate_failures(source, _agent(source, element), tree.line_label(element))
    yield from findings.drain()
    if not has_record and not findings.has_internal:
        raise SourceError("there is no eac-cpf in the file", todo="an authority record in EAC-CPF")


def _agent(source: SourceFile, top: Element) -> Iterator[ReaderItem]:
    """Agent of an authority record, with its problems."""
    control = tree.child(top, "control")
    number = tree.text(tree.child(control, "recordId"))
    reference = links.reference(source, "agent", number)
    raw = etree.tostring(top, encoding="utf-8", with_tail=False) if top.getparent() is not None else None
    if reference is None:
        at, expected = tree.line_label(top), "an identifier in control/recordId"
        yield ReadFailure(source.problem(at, "recordId", number or "", expected, "has no id", severity="rejected"), raw)
        return
    if status := maintenance.withdrawn(control):
        yield _withdrawal(source, control, reference, status)
        return
    draft = Draft(source, {"id": reference}, _language(control))
    if (declared := tree.child(control, "languageDeclaration", "language")) is not None:
        draft.taken.add((declared, "languageCode"))
    if status := maintenance.draft(control):
        message = drafts.LEFT_OUT if source.leave_out_drafts else drafts.PUBLISHED
        draft.report(top, "control/publicationStatus", status, drafts.EXPECTED, message)
        if source.leave_out_drafts:
            yield from draft.problems
            return
    descriptions = list(tree.descendants(top, "cpfDescription"))
    _put_control(draft, control)
    _put_identity_and_more(draft, next(iter(descriptions), None))
    yield from _other_identities(draft, top, descriptions[1:])
    draft.add_rest_as_extra(top, _is_label)
    yield from draft.problems
    yield RawRecord(draft.record, tree.line_label(top), raw)


def _withdrawal(source: SourceFile, control: Element | None, reference: str, status: str) -> ReaderItem:
    """Note on a record that its authority file has withdrawn, with the record in its place where there is one."""
    number = maintenance.successor(control) if "replace" in status.lower() else None
    new = links.reference(source, "agent", number)
    place = f"; its address leads to {new}, in its place" if new else ""
    message = f"the authority file has withdrawn this record, so it is no agent{place}"
    at = tree.line_label(control) if control is not None else ""
    problem = source.problem(at, "control/maintenanceStatus", status, maintenance.EXPECTED, message, record=reference)
    return Succession(reference, new, problem) if new else problem


def _put_identity_and_more(draft: Draft, description: Element | None) -> None:
    """Put an identity with its description and its relations."""
    _put_identity(draft, tree.child(description, "identity"))
    _put_description(draft, tree.child(description, "description"))
    relations.put_relations(draft, tree.child(description, "relations"))


def _other_identities(draft: Draft, top: Element, others: list[Element]) -> Iterator[ReaderItem]:
    """Agents of the further identities of an entity (`multipleIdentities`), each whole and related to the first."""
    for number, description in enumerate(others, 2):
        other = Draft(draft.source, {"id": f"{draft.record['id']}.{number}"}, draft.language)
        _put_identity_and_more(other, description)
        if "name" not in other.record or "name" not in draft.record:
            continue  # it stays with the rest of the first
        for one, another in ((draft, other), (other, draft)):
            target = {"id": another.record["id"], "name": another.record["name"]}
            one.add("relations", {"target": target, "type": _IDENTITY})
        other.add_rest_as_extra(description, _is_label)
        around = description.getparent()
        if around is not None:
            around.remove(description)
        message = "the record has several identities; each becomes an agent, related to the first as an identity"
        draft.report(top, "multipleIdentities", str(other.record["id"]), "an authority record for each", message)
        yield from other.problems
        yield RawRecord(other.record, tree.line_label(description))


def _is_label(element: Element) -> bool:
    return tree.local(element) == "head"


def _language(control: Element | None) -> str:
    """Language of the description."""
    declared = tree.child(control, "languageDeclaration", "language")
    return names.tag(declared) or NO_LANGUAGE if declared is not None else NO_LANGUAGE


def _put_control(draft: Draft, control: Element | None) -> None:
    if control is None:
        return
    for number in tree.children(control, "recordId", "otherRecordId"):
        if text := tree.text(number):
            draft.add("identifiers", text)
            draft.consumed.add(number)
            if _is_authority(text):
                draft.add("sameAs", text)
    agency = tree.child(control, "maintenanceAgency", "agencyName")
    if (name := tree.text(agency)) and agency is not None:
        draft.add(
            "describedBy", draft.source.named_link("agent", name, language=draft.language, agentType="organization")
        )
        draft.consumed.add(agency)
    for entry in tree.descendants(control, "source"):
        href = tree.attribute(entry, "href") or ""
        if _is_authority(href):
            draft.add("sameAs", href)
        else:
            draft.add_extra("control/sources/source/@href", href)


def _is_authority(href: str) -> bool:
    return _AUTHORITIES.match(href) is not None


def _put_identity(draft: Draft, identity: Element | None) -> None:
    if identity is None:
        return
    kind = tree.child(identity, "entityType")
    if kind is not None and (agent_type := _AGENT_TYPES.get(tree.text(kind) or "")):
        draft.record["agentType"] = agent_type
        draft.consumed.add(kind)
    for number in tree.children(identity, "entityId"):
        draft.add("identifiers", tree.text(number))
        draft.consumed.add(number)
    names.put_names(draft, identity)


def _put_description(draft: Draft, description: Element | None) -> None:
    if description is None:
        return
    dates.put_existence_dates(draft, description)
    for place in tree.descendants(description, "place"):
        _put_place(draft, place)
    for name, key in (("occupation", "occupations"), ("function", "functions")):
        for element in tree.descendants(description, name):
            if not conjectures.put_aside(draft, element, tree.child(element, "term")):
                draft.add_text(key, tree.child(element, "term"))
    for history in tree.descendants(description, "biogHist"):
        for block in tree.blocks(history, lambda element: tree.local(element) in {"head", "citation"}):
            draft.add_text("biography", block)
    for element in tree.descendants(description, "localDescription"):
        _put_gender(draft, element)


def _put_gender(draft: Draft, local: Element) -> None:
    """Put the gender from a local description of that type, or from a list of that type."""
    term = tree.child(local, "term")
    kinds = [
        tree.attribute(element, "localType") or "" for element in (local, local.getparent()) if element is not None
    ]
    gender = tree.text(term)
    if term is None or gender is None or all(kind.rpartition("#")[2] != _GENDER for kind in kinds):
        return
    if conjectures.put_aside(draft, local, term):
        return
    if draft.record.setdefault("gender", gender) == gender:
        draft.consumed.add(term)
        draft.taken |= {(element, "localType") for element in (local, local.getparent()) if element is not None}


def _put_place(draft: Draft, place: Element) -> None:
    entry = tree.child(place, "placeEntry")
    name = tree.text(entry)
    if entry is None or name is None or personal_names.is_placeholder(name):
        return
    if conjectures.put_aside(draft, place, entry):
        return
    role_element = tree.child(place, "placeRole")
    role = (tree.text(role_element) or "").lower().replace(" ", "")
    coordinates: Record = {}
    north, east = tree.attribute(entry, "latitude"), tree.attribute(entry, "longitude")
    if degrees := links.coordinates(f"{north}, {east}"):
        coordinates = {"latitude": degrees[0], "longitude": degrees[1]}
    language = draft.language_of(entry)
    draft.add(
        _PLACE_ROLES.get(role, "places"), draft.source.named_link("place", name, language=language, **coordinates)
    )
    draft.consumed.add(entry)
    if role_element is not None and role in _PLACE_ROLES:
        draft.consumed.add(role_element)
