"""Relations in EAC-CPF: to agents and to records, with role, dates, number and note.

An identity relation becomes `sameAs`. A relation to a placeholder, "[Unknown person(s)]", becomes `extra` without a
link; so does one that the source marks as a guess.
"""

import re

from kg.records.model.keys import Record, label_key
from kg.records.names import authority_files, personal_names
from kg.records.readers.eac import conjectures, dates
from kg.records.readers.xml import links, tree
from kg.records.readers.xml.draft import Draft
from kg.records.readers.xml.tree import Element

_SAME = frozenset({"identity", "sameas", "owl:sameas"})

_COUNTS = frozenset({"frequency", "count", "number", "occurrences", "times", "quantity"})
"""Values of `@localType`, in small letters after any address, of a number in a note on a relation."""

_WHOLE_NUMBER = re.compile(r"\d{1,9}", re.ASCII)


def put_relations(draft: Draft, relations: Element | None) -> None:
    """Put the relations of an agent."""
    for relation in tree.children(relations, "cpfRelation", "resourceRelation") if relations is not None else ():
        _put_relation(draft, relation)


def _put_relation(draft: Draft, relation: Element) -> None:
    """Put a relation to an agent or a record with its description; an identity relation becomes `sameAs`."""
    entry = tree.child(relation, "relationEntry")
    name = tree.text(entry)
    agent = tree.local(relation) == "cpfRelation"
    kind = tree.attribute(relation, "cpfRelationType" if agent else "resourceRelationType")
    href = tree.attribute(relation, "href")
    if agent and (kind or "").lower() in _SAME and href and "://" in href:
        draft.add("sameAs", href)
        return
    if agent and (name is None or personal_names.is_placeholder(name)):
        return
    if conjectures.put_aside(draft, relation, entry):
        return
    target = _target(draft, "agent" if agent else "record", href, entry)
    if target is None:
        return
    relation_part: Record = {"target": target}
    if kind:
        relation_part["type"] = kind
    if role := tree.attribute(relation, "arcrole"):
        relation_part["role"] = role.rpartition("#")[2].rpartition("/")[2] or role
    if dates_of_validity := dates.validity(draft, relation):
        relation_part["dates"] = dates_of_validity
    relation_part |= _note(draft, tree.child(relation, "descriptiveNote"))
    draft.add("relations", relation_part)
    if entry is not None:
        draft.consumed.add(entry)


def _note(draft: Draft, note: Element | None) -> Record:
    """Note on a relation, with the number that it marks."""
    text = tree.text(note)
    if note is None or text is None:
        return {}
    draft.consumed.add(note)
    count = _count(draft, note)
    return ({} if count is None else {"count": count}) | {"note": {draft.language_of(note): text}}


def _count(draft: Draft, note: Element) -> int | None:
    """Number that a note marks as how often a relation was; None without exactly one."""
    found = [
        span
        for span in tree.descendants(note, "span")
        if (tree.attribute(span, "localType") or "").rpartition("#")[2].rpartition("/")[2].lower() in _COUNTS
    ]
    texts = [(tree.text(span) or "").replace(",", "") for span in found]
    if len(found) != 1 or not _WHOLE_NUMBER.fullmatch(texts[0]):
        return None
    draft.taken.add((found[0], "localType"))
    return int(texts[0])


def _target(draft: Draft, kind: str, href: str | None, entry: Element | None) -> Record | None:
    """Link to the target of a relation: by its identifier where there is one, else by its name."""
    name = tree.text(entry)
    language = draft.language_of(entry) if entry is not None else draft.language
    own = draft.source.own_reference(href)
    elsewhere = None if own else links.web_address(href)
    number = authority_files.key_of(elsewhere) if elsewhere else href
    if number and not elsewhere and not links.is_file_name(number.partition("#")[0]):
        number = authority_files.entry(number, None).key
    reference = own or links.reference(draft.source, kind, number)
    kind = reference.partition("/")[0] if reference else kind
    description: Record = {label_key(kind): {language: name}} if name else {}
    if elsewhere:
        description["sameAs"] = [elsewhere]
    if reference is not None:
        return {"id": reference, **description}
    if name is None:
        return None
    link = draft.source.named_link(kind, name, language=language)
    return {"id": link["id"], **description}
