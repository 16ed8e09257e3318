"""Damaged files: for any content a reader yields records and problems, and never fails."""

import random
import re
from pathlib import Path

import pytest

from kg import ontology
from kg.mapping.mapper import Mapper
from kg.records.model import validation
from kg.records.normalisation.records import normalise_record
from kg.records.normalisation.values import ValueFault
from kg.records.problems import SourceProblem
from kg.records.readers import READERS
from kg.records.readers.base import RawRecord, ReadFailure, SourceFile

CASES = Path(__file__).resolve().parent / "cases"
MAPPER = Mapper(ontology.load("https://archive.example.org/"))
VALUES = [
    "",
    "N/A",
    "—",
    "1971-99-99",
    "[Unknown person(s)]",
    "..",
    "/",
    "%",
    "http://[",
    "; ; ;",
    ", and ,",
    "9" * 300,
]
TURNS = 150


def damaged_page(text, chance):
    """A page of which paragraphs are missing, empty, doubled, cut or elsewhere."""
    parts = text.split("\n\n")
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(parts))
        change = chance.choice(["drop", "empty", "move", "double", "cut"])
        part = parts[at]
        if change in {"drop", "move"} and len(parts) > 1:
            del parts[at]
        if change in {"move", "double"}:
            parts.insert(chance.randrange(len(parts) + 1), part)
        elif change in {"empty", "cut"}:
            parts[at] = part[: chance.randrange(len(part) + 1)] if change == "cut" else ""
    return "\n\n".join(parts)


def damaged_xml(text, chance):
    """A document in which elements are missing or doubled, and texts and attributes hold something else."""
    for _ in range(chance.randint(1, 8)):
        matches = list(re.finditer(r"<(\w+)[^<>]*>[^<>]*</\1>", text))
        element = chance.choice(matches)
        change = chance.choice(["drop", "double", "text", "attribute"])
        new = {"drop": "", "double": element[0] * 2}.get(change)
        if change == "text":
            new = re.sub(r">[^<>]*</", lambda _: f">{chance.choice(VALUES)}</", element[0])
        elif change == "attribute":
            new = re.sub(r'="[^"]*"', lambda _: f'="{chance.choice(VALUES)}"', element[0], count=2)
        text = text[: element.start()] + str(new) + text[element.end() :]
    return text


def damaged_table(text, chance):
    """A table of which cells are missing, empty, doubled or something else, and marks and line ends stand anywhere."""
    for _ in range(chance.randint(1, 8)):
        cells = list(re.finditer(r"[^,\n]+", text))
        cell = chance.choice(cells)
        change = chance.choice(["drop", "double", "text", "mark", "end"])
        new = {"drop": "", "double": f"{cell[0]},{cell[0]}", "mark": f'"{cell[0]}', "end": f"{cell[0]}\n"}.get(change)
        text = text[: cell.start()] + (chance.choice(VALUES) if new is None else new) + text[cell.end() :]
    return text


@pytest.mark.parametrize(
    ("name", "format_", "damaged"),
    [
        ("page.txt", "page", damaged_page),
        ("finding-aid.xml", "ead", damaged_xml),
        ("authority.xml", "eac", damaged_xml),
        ("letters.csv", "csv", damaged_table),
    ],
)
def test_damaged(tmp_path, name, format_, damaged):
    """What is read of a damaged file is published whole or refused with a field; no value is lost on the way."""
    text = (CASES / name).read_text(encoding="utf-8")
    file = tmp_path / name
    for turn in range(TURNS):
        file.write_text(damaged(text, random.Random(turn)), encoding="utf-8")
        for item in READERS[format_](SourceFile(file, name, origin="test")):
            assert isinstance(item, RawRecord | ReadFailure | SourceProblem)
            if isinstance(item, RawRecord):
                check(item.record, name)


def check(record, name):
    try:
        sound, _ = normalise_record(record, name, "")
    except ValueFault:
        return
    faults = validation.faults(sound, name, "")
    assert all(fault.field and fault.expected for fault in faults)
    assert {fault.field for fault in faults} <= {"title", "name"}, faults
    if not faults:
        (mapped,) = MAPPER.map([sound])
        assert not mapped.unmapped
