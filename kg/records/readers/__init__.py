"""Readers: one a format, each turning a file into records."""

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
"""How the name of a file ends → format."""


def sniff(head: bytes, name: str) -> str | None:
    """The format of a file, by its first bytes; its name decides where they say nothing, or JSON and no more.

    >>> sniff(b'{"id": "record/1"}', "a.json"), sniff(b"%PDF-1.7", "a.pdf")
    ('json', None)

    What is called JSON and is something else goes to the reader of JSON, which says what is wrong with it.

    >>> sniff("{}".encode("utf-16"), "a.json")
    'json'
    """
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    named = next((format_ for ending, format_ in _ENDINGS.items() if name.endswith(ending)), None)
    if text[:1] in {b"{", b"["}:
        many = re.search(rb"\}\s*\n\s*\{", text)
        return named or ("jsonl" if many and text[:1] == b"{" else "json")
    if root := parsing.sniff(head):
        return _ROOTS.get(root.rpartition("}")[2])
    return "page" if record_page.sniff(head) else named
