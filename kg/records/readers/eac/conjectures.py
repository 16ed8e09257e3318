"""Conjectures in EAC-CPF: values that the source itself marks as guessed, or as without any certainty.

A gender that a program predicted from a given name is no fact about a person. Such a value is not stated under its
key; it stays under `extra`, with the note that says where it comes from (D-150).
"""

import re

from kg.records.normalisation import guesses
from kg.records.readers.xml import tree
from kg.records.readers.xml.draft import Draft
from kg.records.readers.xml.tree import Element

_GUESS = re.compile(
    r"\b(?:predict(?:ed|ion|s)?|guess(?:ed)?|imputed|machine[- ](?:generated|learn)\w*|algorithm\w*|analytics"
    r"|(?:automatically|computationally)\s+(?:assigned|generated|determined|derived|inferred|detected)"
    r"|inferred\s+(?:by|from|automatically)"
    r"|(?:prédi|présum)\w+|déduit\w*|vorhergesagt\w*|maschinell\w*|automatisch\s+(?:zugewiesen|bestimmt|ermittelt)\w*"
    r"|(?:predich|inferid|deducid)[oa]s?|automáticamente|algoritm\w*"
    r"|предсказан\w*|предполож\w*|угадан\w*|автоматически\w*|алгоритм\w*)",
    re.IGNORECASE,
)
"""Words by which a note says that a value was guessed by a program or from a name."""

_CONFIRMED = re.compile(
    r"(?<!not )(?<!not yet )\b(?:(?:since|later|been)\s+)?(?:confirmed|verified)\b|(?<!не )\bподтвержд[её]н\w*"
    r"|\bconfirmad[oa]s?\b|\bbestätigt\b|\bconfirmée?s?\b",
    re.IGNORECASE,
)


def put_aside(draft: Draft, element: Element, value: Element | None) -> bool:
    """Put a guessed value under `extra` with the note on it, and consume both; False for a value that is no guess.

    Args:
        draft: the record.
        element: what holds the value and the note: a local description, an occupation, a place, a relation.
        value: the element of the value.
    """
    text = tree.text(value)
    if value is None or text is None or not _is_guess(element):
        return False
    notes = list(tree.children(element, "descriptiveNote"))
    said = " ".join(filter(None, map(tree.text, notes)))
    top = element.getroottree().getroot()
    draft.add_extra(tree.path(value, top), f"{text} ({said})" if said else text)
    draft.consumed.add(value)
    draft.consumed.update(notes)
    return True


def _is_guess(element: Element) -> bool:
    """Whether a source marks the value in an element as a guess."""
    if any(map(guesses.says_nothing_certain, _measures(element))):
        return True
    around = element.getparent()
    holders = [element, *([around] if around is not None and tree.local(around) == "localDescriptions" else [])]
    for holder in holders:  # the note on a list holds for its values without one of their own
        said = " ".join(filter(None, map(tree.text, tree.children(holder, "descriptiveNote"))))
        if said:
            return _GUESS.search(said) is not None and not _CONFIRMED.search(said)
    return False


def _measures(element: Element) -> list[str]:
    """What the measures of certainty of an element say: its attributes, and marked words of its note."""
    said = [str(value) for key, value in element.items() if str(key).rpartition("}")[2].lower() in guesses.MEASURES]
    for note in tree.children(element, "descriptiveNote", "term", "placeEntry"):
        said += [str(value) for key, value in note.items() if str(key).rpartition("}")[2].lower() in guesses.MEASURES]
        for span in tree.descendants(note, "span"):
            name = (tree.attribute(span, "localType") or "").rpartition("#")[2].rpartition("/")[2]
            if name.lower() in guesses.MEASURES:
                said.append(tree.text(span) or "")
    return said
