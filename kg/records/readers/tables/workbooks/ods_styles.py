"""Styles of an OpenDocument workbook: the parts of a date that a cell shows, and hidden sheets."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from kg.errors import SourceError
from kg.records.readers.tables.workbooks.formats.serial_dates import DateParts
from kg.records.readers.tables.workbooks.xml_stream import attribute, local

MAX_STYLES = 200_000
"""Maximum number of styles of a workbook."""
TAGS = ("date-style", "time-style", "style")
"""Local names of the elements with styles."""

_PARTS = {
    "year": DateParts.YEAR, "month": DateParts.MONTH, "day": DateParts.DAY,
    "hours": DateParts.HOUR, "minutes": DateParts.MINUTE, "seconds": DateParts.SECOND,
}  # fmt: skip


@dataclass(slots=True)
class Styles:
    """Styles by their names.

    Attributes:
        hidden_tables: styles of sheets that are not shown.
    """

    hidden_tables: set[str] = field(default_factory=set)
    _shown: dict[str, DateParts] = field(default_factory=dict)
    _formats: dict[str, str] = field(default_factory=dict)
    _parents: dict[str, str] = field(default_factory=dict)

    def read(self, found: Iterable[Any]) -> Iterator[Any]:
        """Take the styles among elements, and yield the others. Raises SourceError for too many."""
        for element in found:
            name = local(element)
            if name not in TAGS:
                yield element
                continue
            self._add(element, name)
            if len(self._formats) + len(self._shown) + len(self.hidden_tables) > MAX_STYLES:
                raise SourceError(f"the workbook has over {MAX_STYLES:,} styles", todo="a workbook with fewer styles")

    def date_parts(self, style: str) -> DateParts:
        """Return the parts of a date that cells of a style show; none if it says nothing of dates."""
        for _ in range(16):  # a style is based on another
            if style in self._formats:
                return self._shown.get(self._formats[style], DateParts(0))
            style = self._parents.get(style, "")
        return DateParts(0)

    def _add(self, element: Any, kind: str) -> None:
        name = attribute(element, "name")
        if kind != "style":
            self._shown[name] = _date_parts(element)
        elif attribute(element, "family") == "table":
            if any(attribute(each, "display") == "false" for each in element if local(each) == "table-properties"):
                self.hidden_tables.add(name)
        elif attribute(element, "family") == "table-cell":
            if attribute(element, "data-style-name"):
                self._formats[name] = attribute(element, "data-style-name")
            elif attribute(element, "parent-style-name"):
                self._parents[name] = attribute(element, "parent-style-name")


def _date_parts(element: Any) -> DateParts:
    shown = DateParts(0)
    for part in element:
        name = local(part)
        shown |= _PARTS.get(name, DateParts(0))
        if name == "seconds" and attribute(part, "decimal-places") not in {"", "0"}:
            shown |= DateParts.FRACTION
    if local(element) == "time-style" and attribute(element, "truncate-on-overflow") == "false":
        shown |= DateParts.ELAPSED
    return shown
