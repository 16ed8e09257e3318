"""The forms of a name in EAC-CPF: which is shown first, and what is said of each."""

from typing import Any

from kg.records import languages
from kg.records.readers import eac_dates, xml_tree
from kg.records.readers.draft import Draft
from kg.records.readers.xml_tree import NO_LANGUAGE, Element

_FAMILY = frozenset({"familyname", "surname", "lastname", "family"})
_GIVEN = frozenset({"givenname", "forename", "firstname", "given"})
_MAIDEN = frozenset({"maidenname"})
_DIRECT = frozenset({"directorder"})
_FORMS = {"authorizedForm": "authorized", "alternativeForm": "variant"}


def put_names(draft: Draft, identity: Element) -> None:
    """Put every form of the name that says something; the first authorised one is shown."""
    forms: list[tuple[dict[str, Any], Element]] = []
    for entry in xml_tree.descendants(identity, "nameEntry"):
        form = _form(draft, entry)
        if form:
            forms.append((form, entry))
            draft.add("names", form)
            draft.taken.add(entry)
        elif not any(xml_tree.text(part) for part in xml_tree.children(entry, "part")):
            draft.taken.add(entry)  # a form left blank names its rules and nobody
    first = next((pair for pair in forms if pair[0].get("form") == "authorized"), next(iter(forms), None))
    if first:
        draft.record["name"] = {first[0].get("language") or NO_LANGUAGE: first[0]["text"]}


def _form(draft: Draft, entry: Element) -> dict[str, Any]:
    """One form of the name; empty where its parts are."""
    parts = [(_type(part), text) for part in xml_tree.children(entry, "part") if (text := xml_tree.text(part))]
    if not parts:
        return {}
    types = {kind for kind, _ in parts}
    form: dict[str, Any] = {"text": _whole(parts)}
    language = draft.language_of(entry)
    if language != NO_LANGUAGE:
        form["language"] = language
    if script := xml_tree.attribute(entry, "scriptCode"):
        form["script"] = script
    for element, kind in _FORMS.items():
        rules = [text for rule in xml_tree.children(entry, element) if (text := xml_tree.text(rule))]
        if rules:
            form |= {"form": kind, "rules": "; ".join(rules)}
            break
    if types & _DIRECT:
        form["form"] = "direct"
    for name, kinds in (("family", _FAMILY), ("given", _GIVEN)):
        if said := " ".join(text for kind, text in parts if kind in kinds):
            form[name] = said
    dates = xml_tree.child(entry, "useDates")
    if dates is not None and (used := eac_dates.held(dates)):
        form["dates"] = used
    return form


def _type(part: Element) -> str:
    """What a part of a name is, in small letters without the address before it."""
    return (xml_tree.attribute(part, "localType") or "").rpartition("#")[2].lower()


def _whole(parts: list[tuple[str, str]]) -> str:
    """A name from its parts: the family name before a comma where both are told apart, else as they stand.

    >>> _whole([("familyname", "Meadows"), ("givenname", "Ed W."), ("titlehonorific", "Gen.")])
    'Meadows, Ed W. (Gen.)'
    >>> _whole([("marcfield:100$a", "Nixon, Richard M."), ("marcfield:100$d", "1913-1994")])
    'Nixon, Richard M. 1913-1994'
    """
    family = " ".join(text for kind, text in parts if kind in _FAMILY)
    given = " ".join(text for kind, text in parts if kind in _GIVEN)
    if not (family and given):
        return " ".join(text for _, text in parts)
    rest = [text for kind, text in parts if kind not in _FAMILY | _GIVEN | _MAIDEN]
    maiden = [f"née {text}" for kind, text in parts if kind in _MAIDEN]
    more = ", ".join([*rest, *maiden])
    return f"{family}, {given} ({more})" if more else f"{family}, {given}"


def tag(element: Element) -> str | None:
    """The language that an element names, by code or by name."""
    return languages.tag(xml_tree.attribute(element, "languageCode") or xml_tree.text(element) or "")
