"""Registry of readers: a reader for each source format, from a file to records, kg's own and those of plug-ins."""

import re
from collections.abc import Callable, Iterator
from functools import partial

from kg.records.readers import plugins
from kg.records.readers.base import Reader, ReaderItem, SourceFile
from kg.records.readers.eac import authority_record
from kg.records.readers.ead import finding_aid
from kg.records.readers.json import json_records
from kg.records.readers.page import record_page
from kg.records.readers.plugins import ReaderPlugin
from kg.records.readers.tables import reader as table_reader
from kg.records.readers.tables.databases import parquet, sql
from kg.records.readers.tables.databases import sniffing as database_sniffing
from kg.records.readers.tables.table import RowSource
from kg.records.readers.tables.text import text_rows
from kg.records.readers.tables.workbooks import ods, xls, xlsx
from kg.records.readers.tables.workbooks import sniffing as workbook_sniffing
from kg.records.readers.xml import parsing

ROW_SOURCES: dict[str, RowSource] = {
    "xlsx": xlsx.sheets,
    "xls": xls.sheets,
    "ods": ods.sheets,
    "parquet": parquet.sheets,
    "sql": sql.sheets,
    "csv": text_rows.sheets,
}
"""Format of tables → its row source."""

_ROOTS = {"ead": "ead", "eac-cpf": "eac", "eac": "eac"}
"""Local name of an XML file's root element → format."""

_ENDINGS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
}
"""Suffix of a file's name → format."""


def _by_name(name: str) -> str | None:
    return next((format_ for ending, format_ in _ENDINGS.items() if name.lower().endswith(ending)), None)


def _start(head: bytes) -> bytes:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()


def _is_json(head: bytes, name: str) -> bool:
    """Whether a file is JSON: by its first bytes, or by its name with other content, whose fault the reader tells."""
    by_name = _by_name(name)
    if _start(head)[:1] not in {b"{", b"["}:
        return by_name == "json" and not parsing.sniff(head)
    return by_name == "json" or (by_name is None and not _is_json_lines(head, name))


def _is_json_lines(head: bytes, name: str) -> bool:
    by_name, start = _by_name(name), _start(head)
    if start[:1] not in {b"{", b"["}:
        return by_name == "jsonl" and not parsing.sniff(head)
    several_objects = re.search(rb"\}\s*\n\s*\{", start)
    return by_name == "jsonl" or (by_name is None and bool(several_objects) and start[:1] == b"{")


def _has_root(format_: str, head: bytes, _name: str) -> bool:
    root = parsing.sniff(head)
    return bool(root) and _ROOTS.get(str(root).rpartition("}")[2]) == format_


def _is_page(head: bytes, name: str) -> bool:
    if _by_name(name) == "csv" or _start(head)[:1] in {b"{", b"["} or parsing.sniff(head):
        return False
    return record_page.sniff(head)


def _is_text_table(head: bytes, name: str) -> bool:
    """Whether a file is a table as text: by its name, or as a text whose lines all have as many tabs."""
    if _by_name(name) == "csv":
        return not parsing.sniff(head)
    if not name.lower().endswith(".txt") or b"\0" in head:
        return False
    tabs = {line.count(b"\t") for line in head.splitlines()[:-1][:50] if line.strip()}
    return len(tabs) == 1 and tabs != {0} and len(head.splitlines()) > 2


def _is_workbook(format_: str, head: bytes, name: str) -> bool:
    return workbook_sniffing.sniff(head, name) == format_


def _is_database(format_: str, head: bytes, _name: str) -> bool:
    return database_sniffing.sniff(head) == format_


def _of_tables(format_: str, sniff: Callable[[str, bytes, str], bool]) -> ReaderPlugin:
    """Row of the table for a format of tables."""
    return ReaderPlugin(format_, partial(table_reader.read, rows=ROW_SOURCES[format_]), partial(sniff, format_))


BUILT_IN = (
    *(_of_tables(format_, _is_workbook) for format_ in ("xlsx", "xls", "ods")),
    *(_of_tables(format_, _is_database) for format_ in ("parquet", "sql")),
    ReaderPlugin("eac", authority_record.read, partial(_has_root, "eac")),
    ReaderPlugin("ead", finding_aid.read, partial(_has_root, "ead")),
    ReaderPlugin("page", record_page.read, _is_page),
    ReaderPlugin("jsonl", json_records.read_lines, _is_json_lines),
    ReaderPlugin("json", json_records.read, _is_json),
    ReaderPlugin("csv", partial(table_reader.read, rows=ROW_SOURCES["csv"]), _is_text_table),
)
"""Readers of kg, in the order in which they look at a file."""

READERS: dict[str, Reader] = {plugin.format: plugin.read for plugin in BUILT_IN}
"""Format → its reader, of those of kg."""


def installed_plugins() -> plugins.InstalledPlugins:
    """Return the readers of other packages, and the faults of those that can't be used."""
    return plugins.installed(frozenset(READERS))


def formats() -> tuple[str, ...]:
    """Return every format that has a reader, kg's own first."""
    return (*READERS, *installed_plugins().by_format)


def read(format_: str, source: SourceFile) -> Iterator[ReaderItem]:
    """Read a file of a format that has a reader. Raises OSError for a file that can't be opened, and nothing else."""
    reader = READERS.get(format_)
    return reader(source) if reader else plugins.read(installed_plugins().by_format[format_], source)


def sniff(head: bytes, name: str) -> str | None:
    """Return the format of a file by its first bytes; by its name where they are ambiguous, or JSON, or a table.

    Readers of other packages go first: they are there for their files, which kg may take for a table or JSON.

    >>> sniff(b'{"id": "record/1"}', "a.json"), sniff(b"%PDF-1.7", "a.pdf"), sniff(b"No.;Title", "a.csv")
    ('json', None, 'csv')

    A file with the name of JSON and other content goes to the JSON reader, which reports the fault.

    >>> sniff("{}".encode("utf-16"), "a.json")
    'json'
    """
    for plugin in installed_plugins().by_format.values():
        if plugins.knows(plugin, head, name):
            return plugin.format
    return next((plugin.format for plugin in BUILT_IN if plugin.sniff(head, name)), None)
