"""Parts of an xlsx workbook around its cells: the list of sheets, number formats, comments, links, merged cells."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kg.errors import SourceError
from kg.records.readers.tables.workbooks import merged_cells
from kg.records.readers.tables.workbooks.formats.number_formats import BUILT_IN, GENERAL, NumberFormat
from kg.records.readers.tables.workbooks.merged_cells import MergedCells
from kg.records.readers.tables.workbooks.package import Package, target
from kg.records.readers.tables.workbooks.shared_strings import rich_text
from kg.records.readers.tables.workbooks.xlsx_cells import TRUE
from kg.records.readers.tables.workbooks.xml_stream import attribute, elements, local

MAX_ENTRIES = 500_000
"""Maximum number of entries in a part outside the rows: sheets, formats, comments, links."""

_WHOLE = "a workbook that its program opens: save it once more"
_THREADED = "[Threaded comment]"
_AFTER_ROWS = re.compile(rb"mergeCell|hyperlink")
_ROWS_AND_AFTER = ("row", "mergeCell", "conditionalFormatting", "dataValidation", "hyperlink")


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """Sheet in the list of a workbook.

    Attributes:
        name: its name.
        part: the name of its part; "" where that is missing.
        kind: `worksheet`, or what it is else, such as `chartsheet`.
        is_hidden: whether the program shows it.
    """

    name: str
    part: str
    kind: str
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Workbook:
    """Workbook without its sheets' rows.

    Attributes:
        sheets: its sheets in order.
        formats: the number format of each style, by the style's number.
        shared_strings: the part with the shared strings; None where there is none.
    """

    sheets: list[SheetEntry]
    formats: list[NumberFormat]
    shared_strings: str | None


@dataclass(slots=True)
class CellSurroundings:
    """What belongs to cells of a sheet and stands outside its rows.

    Attributes:
        merged: the merged cells.
        comments: (row, column) → the texts of its comments.
        links: (row, column) → the address of its link.
    """

    merged: MergedCells = field(default_factory=MergedCells)
    comments: dict[int, dict[int, list[str]]] = field(default_factory=lambda: defaultdict(dict))
    links: dict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))


def workbook(package: Package) -> Workbook:
    """Return a workbook's sheets and formats. Raises SourceError."""
    main = _main_part(package)
    if not main.lower().endswith(".xml"):
        raise SourceError(
            "the workbook is in Excel's binary form (xlsb), which is not read",
            todo="the workbook saved as xlsx: File, Save as, Excel workbook",
        )
    relations = _relations(package, main)
    is_1904 = False
    listed: list[tuple[str, str, bool]] = []
    for element in _entries(package, main, ["workbookPr", "sheet"]):
        if local(element) == "sheet":
            is_hidden = attribute(element, "state").lower() in {"hidden", "veryhidden"}
            listed.append((attribute(element, "name"), _relation_id(element), is_hidden))
        else:
            is_1904 = attribute(element, "date1904").lower() in TRUE
    sheets = []
    for name, number, is_hidden in listed:
        kind, part = relations.get(number, ("worksheet", ""))
        sheets.append(SheetEntry(name, part if package.has(part) else "", kind.lower(), is_hidden))
    parts = {kind.lower(): part for kind, part in relations.values() if package.has(part)}
    return Workbook(sheets, _formats(package, parts.get("styles"), is_1904=is_1904), parts.get("sharedstrings"))


def surroundings(package: Package, part: str) -> CellSurroundings:
    """Return what belongs to the cells of a sheet. Raises SourceError."""
    found = CellSurroundings()
    relations = _relations(package, part)
    threaded = [each for kind, each in relations.values() if kind == "threadedComment" and package.has(each)]
    notes = [each for kind, each in relations.values() if kind == "comments" and package.has(each)]
    for each in (*threaded, *notes):
        _read_comments(package, each, found)
    # Both stand behind the rows: a search among the bytes tells whether a look at the elements is worth its time.
    if _has_after_rows(package, part):
        for element in elements(package.chunks(part), _ROWS_AND_AFTER, part):
            name = local(element)
            if name == "mergeCell" and (area := merged_cells.area(attribute(element, "ref"))):
                _check_count(len(found.merged.areas), part)
                found.merged.areas.append(area)
            elif name == "hyperlink":
                _add_link(element, relations, found)
    return found


def _main_part(package: Package) -> str:
    """Name of the part with the list of sheets."""
    if package.has("_rels/.rels"):
        for kind, part in _relations(package, "").values():
            if kind == "officeDocument" and package.has(part):
                return part
    for part in ("xl/workbook.xml", "xl/workbook.bin"):
        if package.has(part):
            return part
    raise SourceError("the file is no workbook: the part with its list of sheets is missing", todo=_WHOLE)


def _relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Relations of a part by their identifiers: last word of the kind, and the name of the part or an address."""
    folder, name = posixpath.split(part)
    listing = posixpath.join(folder, "_rels", f"{name}.rels")
    relations: dict[str, tuple[str, str]] = {}
    if package.has(listing):
        for element in _entries(package, listing, ["Relationship"]):
            address = attribute(element, "Target")
            is_outside = attribute(element, "TargetMode") == "External"
            kind = attribute(element, "Type").rpartition("/")[2]
            relations[attribute(element, "Id")] = kind, address if is_outside else target(folder, address)
    return relations


def _relation_id(element: Any) -> str:
    """Identifier of a relation: an attribute `id` in the namespace of relationships, transitional or strict."""
    return next((str(value) for key, value in element.items() if str(key).endswith("}id")), "")


def _formats(package: Package, part: str | None, *, is_1904: bool) -> list[NumberFormat]:
    """Number formats of the styles of cells; equal ones are one object."""
    codes = dict(BUILT_IN)
    styles: list[str] = []
    for element in _entries(package, part, ["numFmt", "xf"]) if part else ():
        if local(element) == "numFmt":
            if attribute(element, "numFmtId").isdecimal():
                codes[int(attribute(element, "numFmtId"))] = attribute(element, "formatCode")
        elif local(element.getparent()) == "cellXfs":
            styles.append(attribute(element, "numFmtId"))
    made: dict[str, NumberFormat] = {}
    for each in styles:
        code = codes.get(int(each) if each.isdecimal() else 0, GENERAL)
        made.setdefault(code, NumberFormat(code, is_1904))
    return [made[codes.get(int(each) if each.isdecimal() else 0, GENERAL)] for each in styles]


def _read_comments(package: Package, part: str, found: CellSurroundings) -> None:
    """Add comments of either form; the copy of a threaded one is left out."""
    for element in _entries(package, part, ["comment", "threadedComment"]):
        place = merged_cells.position(attribute(element, "ref"))
        text = "".join(
            rich_text(each) if len(each) else each.text or "" for each in element if local(each) == "text"
        ).strip()
        if place and text and not text.startswith(_THREADED):
            found.comments[place[0]].setdefault(place[1], []).append(text)


def _add_link(element: Any, relations: dict[str, tuple[str, str]], found: CellSurroundings) -> None:
    """Add a link to the first cell of its range; one within the workbook says nothing."""
    place = merged_cells.position(attribute(element, "ref").partition(":")[0])
    address = relations.get(_relation_id(element), ("", ""))[1]
    if place and address:
        found.links[place[0]][place[1]] = address


def _has_after_rows(package: Package, part: str) -> bool:
    end = b""
    for index, chunk in enumerate(package.chunks(part)):
        if index == 0 and chunk[:2] in {b"\xff\xfe", b"\xfe\xff"}:  # UTF-16
            return True
        if _AFTER_ROWS.search(end + chunk):
            return True
        end = chunk[-16:]
    return False


def _entries(package: Package, part: str, tags: list[str]) -> Iterator[Any]:
    """Elements of a part, which are not endless."""
    for count, element in enumerate(elements(package.chunks(part), tags, part)):
        _check_count(count, part)
        yield element


def _check_count(count: int, part: str) -> None:
    if count > MAX_ENTRIES:
        raise SourceError(f"the part {part} has over {MAX_ENTRIES:,} entries; the file is read no further", todo=_WHOLE)
