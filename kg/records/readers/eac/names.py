"""Name forms in EAC-CPF: their parts and attributes, and the choice of the preferred form."""

from kg.records.model.keys import Record
from kg.records.names import language_tags
from kg.records.readers.eac import dates
from kg.records.readers.xml import tree
from kg.records.readers.xml.draft import Draft
from kg.records.readers.xml.tree import NO_LANGUAGE, Element

_FAMILY = frozenset({"familyname", "surname", "lastname", "family"})
_GIVEN = frozenset({"givenname", "forename", "firstname", "given"})
_NICKNAME = frozenset({"nickname"})
_SUFFIX = frozenset({"generationalmarker", "generation", "suffix"})
_DIRECT = frozenset({"directorder"})
"""Values of `@localType` of a name part, in small letters after any address."""

_FORMS = {"authorizedForm": "authorized", "preferredForm": "authorized", "alternativeForm": "variant"}
"""Element with the rules of a name form → the form's status."""


def put_names(draft: Draft, identity: Element) -> None:
    """Put every form of the name that has text; the first authorised form is the agent's name."""
    for entry in tree.descendants(identity, "nameEntry"):
        if form := _form(draft, entry):
            draft.add("names", form)
        else:
            draft.consumed.add(entry)  # a blank form has rules and no name
    forms = draft.record.get("names", [])
    preferred = next((form for form in forms if form.get("form") == "authorized"), next(iter(forms), None))
    if preferred:
        draft.record["name"] = {preferred.get("language") or NO_LANGUAGE: preferred["text"]}


def _form(draft: Draft, entry: Element) -> Record:
    """Form of the name; empty for a form with empty parts."""
    part_elements = [part for part in tree.children(entry, "part") if tree.text(part)]
    parts = [(_type(part), tree.text(part) or "") for part in part_elements]
    if not parts:
        return {}
    draft.consumed.update(part_elements)
    known = _FAMILY | _GIVEN | _NICKNAME | _SUFFIX | _DIRECT
    draft.taken |= {(part, "localType") for part in part_elements if _type(part) in known}
    form: Record = {"text": _full_name(parts)}
    if (language := draft.language_of(entry)) != NO_LANGUAGE:
        form["language"] = language
    if script := tree.attribute(entry, "scriptCode"):
        form["script"] = script
    rules = [rule for rule in tree.children(entry, *_FORMS) if tree.text(rule)]
    if rules:
        form["form"] = _FORMS[tree.local(rules[0])]
        form["rules"] = "; ".join(filter(None, map(tree.text, rules)))
        draft.consumed.update(rules)
    if any(kind in _DIRECT for kind, _ in parts):
        form["form"] = "direct"
    for name, kinds in (("family", _FAMILY), ("given", _GIVEN)):
        if of_kind := " ".join(text for kind, text in parts if kind in kinds):
            form[name] = of_kind
    used = tree.child(entry, "useDates")
    if used is not None and (used_dates := dates.validity(draft, used)):
        form["dates"] = used_dates
    return form


def _type(part: Element) -> str:
    return (tree.attribute(part, "localType") or "").rpartition("#")[2].lower()


def _full_name(parts: list[tuple[str, str]]) -> str:
    """Full name from its parts: the family name before a comma where the parts are typed, else in document order.

    >>> _full_name([("familyname", "Meadows"), ("givenname", "Ed W."), ("titlehonorific", "Gen.")])
    'Meadows, Ed W. (Gen.)'
    >>> _full_name([("familyname", "Haig"), ("givenname", "A. M."), ("nickname", "Al"), ("generationalmarker", "Jr.")])
    'Haig, A. M. ("Al"), Jr.'
    >>> _full_name([("marcfield:100$a", "Nixon, Richard M."), ("marcfield:100$d", "1913-1994")])
    'Nixon, Richard M. 1913-1994'
    """

    def of(kinds: frozenset[str]) -> str:
        return " ".join(text for kind, text in parts if kind in kinds)

    if not (of(_FAMILY) and of(_GIVEN)):
        return " ".join(text for _, text in parts)
    rest = ", ".join(text for kind, text in parts if kind not in _FAMILY | _GIVEN | _NICKNAME | _SUFFIX)
    nickname, suffix = of(_NICKNAME), of(_SUFFIX)
    return (
        f"{of(_FAMILY)}, {of(_GIVEN)}"
        + (f' ("{nickname}")' if nickname else "")
        + (f", {suffix}" if suffix else "")
        + (f" ({rest})" if rest else "")
    )


def tag(element: Element) -> str | None:
    """Return the language of an element, by code or by name."""
    return language_tags.tag(tree.attribute(element, "languageCode") or tree.text(element) or "")
