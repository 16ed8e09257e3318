"""Maintenance of authority records in EAC-CPF: those withdrawn, the records that took their place, and drafts."""

import re

from kg.records.readers.xml import drafts, tree
from kg.records.readers.xml.tree import Element

_WITHDRAWN = frozenset(
    {"deleted", "deletedreplaced", "deletedsplit", "deletedmerged", "cancelled", "canceled", "obsolete"}
)
"""Values of `maintenanceStatus`, in small letters, of a record that its authority file no longer has."""
_SUCCESSOR = re.compile(r"(?i)replac|succ|merged|new|current")

EXPECTED = "a record that its authority file still has: maintenanceStatus new, revised or derived"


def withdrawn(control: Element | None) -> str | None:
    """Return the status of a withdrawn record; None for any other record."""
    status = tree.text(tree.child(control, "maintenanceStatus"))
    return status if status and re.sub(r"[\W_]", "", status).lower() in _WITHDRAWN else None


def successor(control: Element | None) -> str | None:
    """Return the number of the one record that took the place of a replaced one; None where none is named alone.

    It stands in `otherRecordId`: the only one, or the only one whose type says so.
    """
    others = list(tree.children(control, "otherRecordId")) if control is not None else []
    typed = [other for other in others if _SUCCESSOR.search(tree.attribute(other, "localType") or "")]
    numbers = list(dict.fromkeys(filter(None, map(tree.text, typed or others))))
    return numbers[0] if len(numbers) == 1 else None


def draft(control: Element | None) -> str | None:
    """Return the publication status of a draft; None for any other record."""
    status = tree.text(tree.child(control, "publicationStatus"))
    return status if drafts.is_draft(status) else None
