"""Quality of what the readers make of a folder of EAD and EAC-CPF: what agrees, what is finer, told, wrong or lost.

    python tools/quality.py FOLDER [--json]

Each file is read twice: by kg, and by XPath over the bare tree, which knows nothing of kg's readers. Counted are
components, titles, dates, containers and names of people, bodies and families. A value is *lost* where no record of its
file, nor the report, has its words; a date is *wrong* where its years are in neither text nor encoded form, and nothing
tells of it. The exit code is 1 where anything is lost or wrong.
"""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from kg.records.normalisation.records import normalise_record
from kg.records.normalisation.values import ValueFault
from kg.records.problems import SourceProblem
from kg.records.readers import READERS, sniff
from kg.records.readers.base import RawRecord, ReadFailure, SourceFile

_COMPONENT = "self::*[re:test(local-name(), '^c(0[1-9]|1[0-2])?$') or local-name() = 'archdesc']"
_NAMESPACES = {"re": "http://exslt.org/regular-expressions"}
_NAMES = ("persname", "corpname", "famname")
_SPACE = re.compile(r"\s+")
_YEAR = re.compile(r"(?<!\d)-?\d{4}(?!\d)")
_MAX_EXAMPLES = 12
_SHOWN_LENGTH = 100


@dataclass(slots=True)
class Tally:
    """Counts by what was counted and how it came out, with examples of what was lost or is wrong."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, what: str, outcome: str, example: str = "") -> None:
        """Count a value."""
        self.counts.setdefault(what, Counter())[outcome] += 1
        if outcome in {"lost", "wrong"}:
            listed = self.examples.setdefault(f"{what}, {outcome}", [])
            if len(listed) < _MAX_EXAMPLES:
                listed.append(example[:_SHOWN_LENGTH])


@dataclass(slots=True)
class Reading:
    """What kg makes of a file: its records with their lines, all words in them, and what the report says by line."""

    records: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    problems: list[SourceProblem] = field(default_factory=list)
    words: str = ""

    def has(self, text: str) -> bool:
        """Return whether a text stands in a record or in the report, white space aside."""
        return _plain(text) in self.words

    def dates(self, text: str) -> list[dict[str, Any]]:
        """Return the dates of the file's records that have a text."""
        wanted = _plain(text)
        found = (date for _, record in self.records for date in record.get("dates", []))
        return [date for date in found if _plain(date.get("text", "")) == wanted]

    def tells(self, text: str) -> bool:
        """Return whether the report tells of a text."""
        wanted = _plain(text)[:150]
        return any(wanted and wanted in _plain(problem.value + problem.message) for problem in self.problems)


def _plain(text: str) -> str:
    return _SPACE.sub("", text)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _strings(child)


def read_by_kg(path: Path, format_: str) -> Reading:
    """Return what kg's reader and normaliser make of a file."""
    reading = Reading()
    for item in READERS[format_](SourceFile(path, path.name, origin="quality")):
        if isinstance(item, ReadFailure):
            reading.problems.append(item.problem)
        elif isinstance(item, SourceProblem):
            reading.problems.append(item)
        elif isinstance(item, RawRecord):
            try:
                record, problems = normalise_record(item.record, path.name, item.at)
            except ValueFault:
                continue
            reading.records.append((item.at, record))
            reading.problems += problems
    told = [f"{problem.value} {problem.message}" for problem in reading.problems]
    reading.words = _plain("\n".join([*(text for _, record in reading.records for text in _strings(record)), *told]))
    return reading


def _elements(root: Any, path: str) -> list[Any]:
    return list(root.xpath(path, namespaces=_NAMESPACES))


def _named(*names: str) -> str:
    return " or ".join(f"local-name() = '{name}'" for name in names)


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _is_public(element: Any) -> bool:
    return not element.xpath("ancestor-or-self::*[@audience = 'internal']")


def compare_finding_aid(root: Any, reading: Reading, tally: Tally, name: str) -> None:
    """Count what of a finding aid came out how."""
    components = [each for each in _elements(root, f"//*[{_COMPONENT}]") if _is_public(each)]
    # Levels of their own below an item are lines of its scope note.
    outlines = [each for each in components if each.get("level") == "otherlevel" and each.xpath("ancestor::*[@level]")]
    lost = len(components) - len(reading.records)
    for _ in reading.records:
        tally.add("components", "read")
    for _ in range(max(lost, 0)):
        tally.add("components", "in an outline" if outlines else "lost", name)
    for what, tags in (("titles", ("unittitle",)), ("containers", ("container",)), ("names", _NAMES)):
        for element in _elements(root, f"//*[local-name() = 'archdesc']//*[{_named(*tags)}]"):
            text = _text(element)
            if text and _is_public(element):
                tally.add(what, "found" if _is_found(element, reading) else "lost", f"{name}: {text}")
    for element in _elements(root, "//*[local-name() = 'archdesc']//*[local-name() = 'unitdate']"):
        if _is_public(element):
            compare_date(_text(element), element.get("normal") or "", reading, tally, name)


def _is_found(element: Any, reading: Reading) -> bool:
    """Whether the words of an element stand in a record: as a whole, or part by part where the markup parts them."""
    return reading.has(_text(element)) or all(map(reading.has, filter(str.strip, element.itertext())))


def compare_date(text: str, encoded: str, reading: Reading, tally: Tally, name: str) -> None:
    """Count how a date came out, by its years and those of its encoded form."""
    example = f"{name}: {text!r}, encoded {encoded!r}"
    found = reading.dates(text)
    if not found:
        tally.add("dates", "elsewhere" if text and reading.has(text) else "lost" if text else "empty", example)
        return
    ends = [date[end] for date in found for end in ("start", "end") if date.get(end)]
    if not ends:
        tally.add("dates", "told" if reading.tells(text) else "as text", example)
        return
    own = sorted(int(day[: 5 if day.startswith("-") else 4]) for day in ends)
    allowed = sorted(int(year) for year in _YEAR.findall(f"{text} {encoded}"))
    encoded_years = sorted(int(year) for year in _YEAR.findall(encoded))
    if reading.tells(text) or reading.tells(encoded):
        tally.add("dates", "told")
    elif encoded_years and (own[0], own[-1]) == (encoded_years[0], encoded_years[-1]):
        tally.add("dates", "agree")
    elif allowed and allowed[0] <= own[0] and own[-1] <= allowed[-1]:
        tally.add("dates", "finer" if encoded_years else "read")
    else:
        # Decades, centuries, circa: the years that are written lie in what was read.
        inside = bool(allowed) and own[0] <= allowed[0] and allowed[-1] <= own[-1]
        tally.add("dates", "wider" if inside else "by words" if not allowed else "wrong", f"{example}: {own}")


def compare_authority(root: Any, reading: Reading, tally: Tally, name: str) -> None:
    """Count what of authority records came out how."""
    for _ in _elements(root, "descendant-or-self::*[local-name() = 'eac-cpf']"):
        tally.add("authority records", "found")
    for _ in range(len(_elements(root, "descendant-or-self::*[local-name() = 'eac-cpf']")) - len(reading.records)):
        tally.add("authority records", "told" if reading.problems else "lost", name)
    wanted = (("parts of names", "part"), ("relations", "relationEntry"), ("places", "placeEntry"), ("terms", "term"))
    for what, tag in wanted:
        for element in _elements(root, f"//*[local-name() = '{tag}']"):
            if (text := _text(element)) and _is_public(element):
                tally.add(what, "found" if reading.has(text) else "lost", f"{name}: {text}")
    for element in _elements(root, "//*[local-name() = 'existDates']//*[not(*)]"):
        compare_date(_text(element), element.get("standardDate") or "", reading, tally, name)


def compare_folder(folder: Path) -> Tally:
    """Return the tally of all EAD and EAC-CPF below a folder."""
    tally = Tally()
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        with path.open("rb") as file:
            format_ = sniff(file.read(8192), path.name)
        if format_ not in {"ead", "eac"}:
            continue
        reading = read_by_kg(path, format_)
        try:
            root = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
        except etree.XMLSyntaxError:
            tally.add("files", "told" if reading.problems else "lost", path.name)
            continue
        tally.add("files", "read" if reading.records else "told" if reading.problems else "lost", path.name)
        compare = compare_finding_aid if format_ == "ead" else compare_authority
        compare(root, reading, tally, path.name)
    return tally


def main() -> int:
    """Compare a folder, print the tally; 1 where anything is lost or wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    tally = compare_folder(options.folder)
    if options.json:
        print(json.dumps({"counts": tally.counts, "examples": tally.examples}, ensure_ascii=False, indent=1))
    else:
        for what, counts in tally.counts.items():
            print(f"{what}: {sum(counts.values()):,}; " + ", ".join(f"{n:,} {key}" for key, n in counts.most_common()))
        for what, examples in tally.examples.items():
            print(f"\n{what}:", *examples, sep="\n  ")
    return int(bool(tally.examples))


if __name__ == "__main__":
    sys.exit(main())
