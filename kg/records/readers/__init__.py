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
    if root := xml.sniff(head):
        return _ROOTS.get(root.rpartition("}")[2])
    return "page" if page.sniff(head) else named
