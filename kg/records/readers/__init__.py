"""Registry of readers: a reader for each source format, from a file to records."""

import re

from kg.records.readers.base import Reader
from kg.records.readers.eac import authority_record
from kg.records.readers.ead import finding_aid
from kg.records.readers.json import json_records
from kg.records.readers.page import record_page
from kg.records.readers.xml import parsing

READERS: dict[str, Reader] = {
    "json": json_records.read,
    "jsonl": json_records.read_lines,
    "page": record_page.read,
    "ead": finding_aid.read,
    "eac": authority_record.read,
}
"""Format → its reader."""

_ROOTS = {"ead": "ead", "eac-cpf": "eac", "eac": "eac"}
"""Local name of an XML file's root element → format."""

_ENDINGS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json"}
"""Suffix of a file's name → format."""


def sniff(head: bytes, name: str) -> str | None:
    """Return the format of a file by its first bytes; by its name where they are ambiguous, or JSON.

    >>> sniff(b'{"id": "record/1"}', "a.json"), sniff(b"%PDF-1.7", "a.pdf")
    ('json', None)

    A file with the name of JSON and other content goes to the JSON reader, which reports the fault.

    >>> sniff("{}".encode("utf-16"), "a.json")
    'json'
    """
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    by_name = next((format_ for ending, format_ in _ENDINGS.items() if name.endswith(ending)), None)
    if text[:1] in {b"{", b"["}:
        several_objects = re.search(rb"\}\s*\n\s*\{", text)
        return by_name or ("jsonl" if several_objects and text[:1] == b"{" else "json")
    if root := parsing.sniff(head):
        return _ROOTS.get(root.rpartition("}")[2])
    return "page" if record_page.sniff(head) else by_name
