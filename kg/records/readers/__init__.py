"""Readers: one a format, each turning a file into records."""

import re

from kg.records.readers import eac, ead, json, page, xml
from kg.records.readers.base import Reader

READERS: dict[str, Reader] = {
    "json": json.read,
    "jsonl": json.read_lines,
    "page": page.read,
    "ead": ead.read,
    "eac": eac.read,
}
"""Format → its reader."""

_ROOTS = {"ead": "ead", "eac-cpf": "eac"}
"""Local name of an XML file's root element → format."""


def sniff(head: bytes, name: str) -> str | None:
    """The format of a file, by its first bytes; its name decides between JSON and JSON Lines alone.

    >>> sniff(b'{"id": "record/1"}', "a.json"), sniff(b"%PDF-1.7", "a.pdf")
    ('json', None)
    """
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        return "jsonl" if name.endswith((".jsonl", ".ndjson")) else "json" if name.endswith(".json") else None
    if text[:1] in {b"{", b"["}:
        many = re.search(rb"\}\s*\n\s*\{", text)
        return "jsonl" if name.endswith((".jsonl", ".ndjson")) or (many and text[:1] == b"{") else "json"
    if root := xml.sniff(head):
        return _ROOTS.get(root.rpartition("}")[2])
    return "page" if page.sniff(head) else None
