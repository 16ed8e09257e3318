"""Metadata of a table beside its file: CSV on the Web (W3C, 2015), `letters.csv-metadata.json` or `csv-metadata.json`.

Of the columns the reader takes the key that `propertyUrl` is a term of, language, separator, words for nothing, default
values and forms of dates; of the table its dialect and what makes the address of a row. Nothing is fetched: a schema
elsewhere is told and not read. What kg.toml says of a column goes first.
"""

import codecs
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from kg import ontology
from kg.records.model.keys import KEYS
from kg.records.names import language_tags
from kg.records.problems import SourceProblem
from kg.records.readers.base import SourceFile
from kg.records.readers.tables.column_keys import LEFT_OUT, NoSuchPath, parse
from kg.source_settings import DATE_FORMAT

MAX_BYTES = 4 << 20
"""Maximum size of a metadata document."""

_CONTEXT = "http://www.w3.org/ns/csvw"
_BESIDE, _OF_FOLDER = "-metadata.json", "csv-metadata.json"
_PREFIXES = {
    "dc": "http://purl.org/dc/terms/",
    "dc11": "http://purl.org/dc/elements/1.1/",
    "sdo": "https://schema.org/",
}
"""Prefixes of CSVW's initial context that are not those of kg's own."""

_DATES = frozenset({"date", "dateStart", "dateEnd"})
_VARIABLE = re.compile(r"\{\+?([A-Za-z0-9_.%]+)\}")
_INHERITED = ("lang", "separator", "null", "default", "propertyUrl", "valueUrl", "datatype")


@dataclass(frozen=True, slots=True)
class DescribedColumn:
    """Column as metadata describe it.

    Attributes:
        key: the key with its language, as kg.toml writes it; empty where the metadata name no term of kg.
        separator: what stands between values in a cell; empty where a cell is one.
        default: the value of an empty cell, or of a column that is not there.
        pattern: the value made of other columns.
        nulls: cells that say nothing.
        date_format: the form of dates, `dd/MM/yyyy`; empty for none.
        target: what a reference made of a cell begins with, `agent/`.
    """

    key: str
    separator: str = ""
    default: str = ""
    pattern: str = ""
    nulls: frozenset[str] = frozenset()
    date_format: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class TableDescription:
    """Description of a table.

    Attributes:
        columns: heading → its column.
        headings: the headings of a file that has none; empty for any other.
        dialect: what the metadata say of it, by the words of CSVW.
        header: the row with the headings, where the metadata say so.
        problems: what is wrong with the metadata.
    """

    columns: Mapping[str, DescribedColumn] = field(default_factory=dict)
    headings: tuple[str, ...] = ()
    dialect: Mapping[str, Any] = field(default_factory=dict)
    header: int | None = None
    problems: tuple[SourceProblem, ...] = ()

    @property
    def encoding(self) -> str:
        """Encoding of the file, where the metadata name one that Python knows."""
        name = self.dialect.get("encoding")
        try:
            return codecs.lookup(name).name if isinstance(name, str) else ""
        except LookupError:
            return ""

    @property
    def delimiter(self) -> str:
        """What stands between cells, where the metadata say so."""
        sign = self.dialect.get("delimiter")
        return sign if isinstance(sign, str) and len(sign) == 1 and sign not in '\r\n"' else ""


NO_DESCRIPTION = TableDescription()
"""Description of a table without metadata."""


def is_metadata(head: bytes, name: str) -> bool:
    """Return whether a file is the metadata of a table beside it, and no records."""
    return name.endswith(_BESIDE) and _CONTEXT.encode() in head


def metadata_files(path: Path) -> list[Path]:
    """Return the files beside a table that may be its metadata, its own first."""
    return [each for each in (path.with_name(path.name + _BESIDE), path.with_name(_OF_FOLDER)) if each.is_file()]


def description_of(source: SourceFile) -> TableDescription:
    """Return what the metadata beside a file say of its table."""
    for path in metadata_files(source.path):
        try:
            if path.stat().st_size > MAX_BYTES:
                return _faulty(source, path, f"is larger than {MAX_BYTES >> 20} MB")
            document = json.loads(path.read_bytes())
        except (OSError, ValueError, RecursionError) as fault:
            return _faulty(source, path, f"can't be read as JSON ({str(fault)[:80]})")
        table = _table_of(document, source.path.name, is_own=path.name != _OF_FOLDER)
        if table is not None:
            return _MetadataReader(source, path, table).read()
    return NO_DESCRIPTION


def _faulty(source: SourceFile, path: Path, message: str) -> TableDescription:
    expected = "a document of CSVW (W3C, Metadata Vocabulary for Tabular Data)"
    text = f"{path.name} {message}; its columns are not taken"
    return TableDescription(problems=(source.problem("", path.name, "", expected, text),))


def _table_of(document: Any, name: str, *, is_own: bool) -> dict[str, Any] | None:
    """Table that a document describes for a file, with what its group says of all."""
    if not isinstance(document, dict):
        return None
    tables = document.get("tables")
    tables = [each for each in tables if isinstance(each, dict)] if isinstance(tables, list) else [document]
    group = {key: document[key] for key in (*_INHERITED, "dialect", "aboutUrl") if key in document}
    for table in tables:
        if unquote(str(table.get("url", "")).rpartition("/")[2]) == name:
            return {**group, **table}
    return {**group, **tables[0]} if is_own and len(tables) == 1 else None


def _texts(value: Any) -> list[str]:
    """Texts of a natural language property: a text, a list, or either by language."""
    if isinstance(value, dict):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list):
        return [each for each in value if isinstance(each, str)]
    return [value] if isinstance(value, str) else []


class _MetadataReader:
    """Reader of the description of a table."""

    def __init__(self, source: SourceFile, path: Path, table: dict[str, Any]) -> None:
        self._source = source
        self._name = path.name
        self._table = table
        schema = table.get("tableSchema")
        self._schema: dict[str, Any] = schema if isinstance(schema, dict) else {}
        self._problems: list[SourceProblem] = []
        if isinstance(schema, str):
            self._tell(schema, "the schema in this document", "the schema lies elsewhere, and is not fetched")

    def read(self) -> TableDescription:
        """Return the description."""
        dialect = self._table.get("dialect")
        dialect = dialect if isinstance(dialect, dict) else {}
        columns = self._schema.get("columns")
        listed = [each for each in columns if isinstance(each, dict)] if isinstance(columns, list) else []
        titles = [_texts(each.get("titles")) or _texts(each.get("name")) for each in listed]
        self._title_of = {
            str(each.get("name")): names[0] for each, names in zip(listed, titles, strict=True) if names
        } | {name: name for names in titles for name in names}
        described: dict[str, DescribedColumn] = {}
        for each, names in zip(listed, titles, strict=True):
            column = self._column(each)
            for name in names if column is not None else ():
                described.setdefault(name, column)  # type: ignore[arg-type]
        if "id" not in {column.key for column in described.values()} and (pattern := self._identity()):
            described["aboutUrl"] = DescribedColumn("id", pattern=pattern)
        count = dialect.get("headerRowCount", 1 if dialect.get("header", True) is not False else 0)
        has_none = count == 0
        return TableDescription(
            described,
            tuple(names[0] if names else f"_col.{number}" for number, names in enumerate(titles, 1))
            if has_none
            else (),
            dialect,
            count if isinstance(count, int) and count > 1 else None,
            tuple(self._problems),
        )

    def _column(self, column: dict[str, Any]) -> DescribedColumn | None:
        """Column with a key, or None where the metadata give it none."""
        said = {name: self._inherited(column, name) for name in _INHERITED}
        if column.get("suppressOutput") is True:
            return DescribedColumn(LEFT_OUT)
        key = self._key(said["propertyUrl"], said["lang"])
        if not key:
            return None
        nulls = frozenset(_texts(said["null"])) - {""}
        separator = said["separator"] if isinstance(said["separator"], str) else ""
        default = said["default"] if isinstance(said["default"], str) else ""
        return DescribedColumn(
            key, separator, default, "", nulls, self._date_format(said["datatype"]), self._target(said["valueUrl"])
        )

    def _inherited(self, column: dict[str, Any], name: str) -> Any:
        """Property of a column, or of its schema, its table or their group (5.1.4, inherited properties)."""
        return next((each[name] for each in (column, self._schema, self._table) if name in each), None)

    def _key(self, url: Any, language: Any) -> str:
        """Key that a property is a term of, with the language of the column; empty for another property."""
        if not isinstance(url, str) or "{" in url:
            return ""
        key = _keys_by_term(self._source.base).get(_expanded(url, self._source.base), "")
        tag = language_tags.tag(language) if isinstance(language, str) else None
        if key and tag:
            try:
                return str(parse(f"{key}@{tag}"))
            except NoSuchPath:  # a key whose values have no language
                return key
        return key

    def _identity(self) -> str:
        """Pattern of ids: of `aboutUrl` where it leads below our base or beside the file, else of the primary key."""
        about = next((each["aboutUrl"] for each in (self._schema, self._table) if "aboutUrl" in each), None)
        if isinstance(about, str) and _VARIABLE.search(about):
            is_ours = bool(self._source.base) and about.startswith((self._source.base, "{+"))
            if is_ours or "://" not in about:
                return _VARIABLE.sub(self._heading, about.rpartition("#")[2] if not is_ours else about)
        keys = self._schema.get("primaryKey")
        names = keys if isinstance(keys, list) else [keys]
        titles = [self._title_of.get(name, "") for name in names if isinstance(name, str)]
        return "-".join(f"{{{title}}}" for title in titles) if titles and all(titles) else ""

    def _heading(self, variable: re.Match[str]) -> str:
        return f"{{{self._title_of.get(variable[1], variable[1])}}}"

    def _target(self, url: Any) -> str:
        """Beginning of references that `valueUrl` makes of cells: kind and slash; empty for another template."""
        base = self._source.base
        if not isinstance(url, str) or not base or not url.startswith(base):
            return ""
        start = url[len(base) :].partition("{")[0]
        return start if start.count("/") == 1 and self._source.own_reference(f"{start}1") else ""

    def _date_format(self, datatype: Any) -> str:
        """Form of dates, where it says in which order day and month stand."""
        if not isinstance(datatype, dict) or datatype.get("base") not in {"date", "dateTime", "datetime"}:
            return ""
        form = str(datatype.get("format", ""))
        match = DATE_FORMAT.fullmatch(form)
        if match and {match[each][0] for each in "abc"} == set("ydM"):
            return form
        if form:
            self._tell(form, "yyyy-MM-dd, dd/MM/yyyy, M/d/yyyy …", "this form of dates is not known")
        return ""

    def _tell(self, value: str, expected: str, message: str) -> None:
        self._problems.append(self._source.problem("", self._name, value, expected, message))


def iso_date(text: str, form: str) -> str | None:
    """Return a date in a form of CSVW as `yyyy-MM-dd`, or None where it is not in that form.

    >>> iso_date("4/5/1963", "M/d/yyyy"), iso_date("04.05.63", "dd.MM.yyyy")
    ('1963-04-05', None)
    """
    parts = DATE_FORMAT.fullmatch(form)
    if parts is None:
        return None
    figures = {"yyyy": r"(?P<y>\d{4})", "dd": r"(?P<d>\d\d)", "d": r"(?P<d>\d\d?)", "MM": r"(?P<m>\d\d)"}
    figures["M"] = r"(?P<m>\d\d?)"
    found = re.fullmatch(re.escape(parts["sep"]).join(figures[parts[each]] for each in "abc"), text)
    return f"{found['y']}-{found['m']:0>2}-{found['d']:0>2}" if found else None


def _expanded(url: str, base: str) -> str:
    """IRI of a property: prefixes are those of CSVW's initial context, or kg's own."""
    prefix, colon, local = url.partition(":")
    if colon and not local.startswith("//"):
        namespace = _PREFIXES.get(prefix) or ontology.load(base).prefixes.get(prefix)
        url = namespace + local if namespace else url
    return _canonical(url)


def _canonical(iri: str) -> str:
    """IRI by which a term is known: schema.org with https, the elements of Dublin Core as its terms."""
    iri = iri.replace("http://schema.org/", "https://schema.org/", 1)
    return iri.replace("http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/", 1)


@cache
def _keys_by_term(base: str) -> dict[str, str]:
    """IRI of a term → the key that it is of; counterparts of other vocabularies after the terms themselves."""
    known = ontology.load(base)
    keys: dict[str, str] = {}
    for name, term in known.terms.items():
        if name in KEYS or name in _DATES:
            keys.setdefault(term.iri, "dates" if name in _DATES else name)
    for scoped in known.scoped.values():
        for name, term in scoped.items():
            if name in KEYS:
                keys.setdefault(term.iri, name)
    for name, term in known.terms.items():
        for counterpart in known.counterparts.get(term.iri, ()):
            if name in KEYS:
                keys.setdefault(_canonical(counterpart), name)
    return keys
