"""Audit of finding aids: what an independent XPath finds in the files, and what of it the EAD reader has.

Usage: `python tools/finding_aids.py FOLDER`; every `.xml` below the folder is read, and internal elements are passed
over. Each line is a sort of value: how many stand in the files, how many are in the records, and the first that is not.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from kg.errors import KgError
from kg.records.readers.base import RawRecord, ReadFailure, SourceFile
from kg.records.readers.ead import finding_aid

_PUBLIC = "[not(ancestor-or-self::*[@audience='internal'])]"
QUERIES = {
    "components": "//*[local-name()='c' or string-length(local-name())=3 and starts-with(local-name(), 'c')"
    " and number(substring(local-name(), 2)) > 0]/*[local-name()='did']",
    "titles": "//*[local-name()='did']/*[local-name()='unittitle']",
    "dates": "//*[local-name()='did']//*[local-name()='unitdate']",
    "numbers": "//*[local-name()='did']/*[local-name()='unitid']",
    "containers": "//*[local-name()='container']",
    "people": "//*[local-name()='controlaccess' or local-name()='origination']"
    "/*[local-name()='persname' or local-name()='corpname' or local-name()='famname']",
    "paragraphs": "//*[local-name()='p']",
}
"""Sort of value → the XPath that finds it, without any module of the reader."""


def audit(path: Path) -> tuple[Counter[str], Counter[str], dict[str, str]]:
    """Return what stands in a file, what is in its records, and for each sort the first value that is not there."""
    tree = etree.parse(str(path), etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    items = list(finding_aid.read(SourceFile(path, path.name)))
    records = [item.record for item in items if isinstance(item, RawRecord)]
    kept = " ".join("".join(text.split()) for record in records for text in _texts(record))
    found, there, lost = Counter[str](), Counter[str](), dict[str, str]()
    found["files"], there["files"] = 1, int(not any(isinstance(item, ReadFailure) for item in items))
    for name, query in QUERIES.items():
        elements: Any = tree.xpath(query + _PUBLIC)
        for element in elements:
            runs = ["".join(run.split()) for run in element.itertext() if run.strip()]
            if runs:
                found[name] += 1
                whole = all(run in kept for run in runs)
                there[name] += whole
                if not whole:
                    lost.setdefault(name, f"{path.name}, line {element.sourceline}: {' '.join(runs)[:60]}")
    return found, there, lost


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _texts(child)


def main(folder: Path) -> None:
    """Print the audit of a folder."""
    found, there, lost = Counter[str](), Counter[str](), dict[str, str]()
    for path in sorted(folder.rglob("*.xml")):
        try:
            in_file, in_records, missing = audit(path)
        except (OSError, etree.XMLSyntaxError, KgError) as fault:
            print(f"{path.name}: {fault}")
            continue
        found, there, lost = found + in_file, there + in_records, missing | lost
    for name in ("files", *QUERIES):
        print(f"{name}: {found[name]:,} in the files, {there[name]:,} in the records", lost.get(name, ""), sep="  ")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
