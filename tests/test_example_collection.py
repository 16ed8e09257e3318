import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from locations import ROOT

from kg import iris
from kg.records.dates import edtf_strings
from kg.records.model import validation
from kg.records.model.keys import DATE_ROLES, KEYS, Key, Record, Value
from kg.records.names.archival_references import read, units
from kg.records.normalisation.records import normalise_record

WILSON = ROOT.parent / "shared" / "sources" / "wilson" / "177838.txt"
FILES = sorted((ROOT / "data").glob("*.jsonl"))
DERIVED = {"start", "end"}
"""Keys of a date that are worked out where they are absent."""
WORDS_IN_COMMON = 8
"""So many words in a row, the same in two texts, are a copy."""


@cache
def load(file: Path) -> tuple[Record, ...]:
    return tuple(json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())


RECORDS = [record for file in FILES for record in load(file)]
BY_FILE = pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)


def used(value: Record, keys: dict[str, Key] = KEYS, above: str = "") -> Iterator[str]:
    """The keys of a record and of its parts: "dates", "dates.role"."""
    for name, each in value.items():
        yield above + name
        if keys[name].parts:
            parts = {part.name: part for part in keys[name].parts}
            for part in each:
                yield from used(part, parts, f"{name}.")


def links(record: Record) -> Iterator[tuple[str, str]]:
    """Where a record leads to: (key, reference)."""
    for name, value in record.items():
        if KEYS[name].value is Value.LINK:
            yield from ((name, each) for each in value)
    yield from (("relations", each["target"]) for each in record.get("relations", ()))


def prose(value: Any) -> Iterator[str]:
    """Whatever text was written by somebody: summaries, notes, biographies."""
    if isinstance(value, str):
        yield value
    elif not isinstance(value, int | float):
        for each in value.values() if isinstance(value, dict) else value:
            yield from prose(each)


def runs(text: str) -> set[tuple[str, ...]]:
    """Each row of words, as long as a copy is."""
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[n : n + WORDS_IN_COMMON]) for n in range(len(words) - WORDS_IN_COMMON + 1)}


def test_every_kind() -> None:
    """The collection has records of every kind."""
    assert {record["kind"] for record in RECORDS} == set(iris.KINDS)


def test_every_key() -> None:
    """Every key of the model, and every key of its parts, is used at least once."""
    expected = set(KEYS) | {f"{key.name}.{part.name}" for key in KEYS.values() for part in key.parts}
    unused = expected - {key for record in RECORDS for key in used(record)}
    assert not unused, "give a record in data/ a value; docs/extending.md, section “A key”, says what else a key needs"


def test_every_role() -> None:
    """Every role that a date can have is used at least once."""
    assert {date["role"] for record in RECORDS for date in record.get("dates", ())} == set(DATE_ROLES)


@pytest.mark.parametrize(
    ("form", "pattern"),
    {
        "approximate": r"[\d-]+~",
        "uncertain": r"[\d-]+\?",
        "both": r"[\d-]+%",
        "one of several": r"\[[\d-]+,[\d-]+\]",
        "one of a stretch": r"\[[\d-]+\.\.[\d-]+\]",
        "not after": r"\[\.\.[\d-]+\]",
        "all of several": r"\{[\d-]+,[\d-]+\}",
        "from to": r"\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d",
        "months": r"\d{4}-\d\d/\d{4}-\d\d",
        "open": r"[\d-]+/\.\.",
        "approximate beginning": r"[\d-]+~/[\d-]+",
        "decade": r"\d{3}X",
        "season": r"\d{4}-2[1-4]",
    }.items(),
)
def test_every_form_of_date(form: str, pattern: str) -> None:
    """Each way in which a date can be less than a day is shown."""
    found = [date["edtf"] for record in RECORDS for date in record.get("dates", ()) if "edtf" in date]
    assert any(re.fullmatch(pattern, edtf) for edtf in found), form


@BY_FILE
def test_ids_are_unique(file: Path) -> None:
    """No file describes a thing twice."""
    ids = [record["id"] for record in load(file)]
    assert len(ids) == len(set(ids))


def test_merge() -> None:
    """One person is described in two files, which agree wherever both say one thing."""
    first, second = (
        {record["id"]: record for record in load(ROOT / "data" / name)} for name in ("agents.jsonl", "agents-2.jsonl")
    )
    both = first.keys() & second.keys()
    assert both == {"agent/anastas-mikoyan"} == second.keys()
    for name in both:
        languages = [set(each["name"]) for each in (first[name], second[name])]
        assert not languages[0] & languages[1]
        assert first[name]["agentType"] == second[name]["agentType"]


def test_replaced() -> None:
    """One person has replaced an older id, which no record has any more."""
    old = {each for record in RECORDS for each in record.get("replaces", ())}
    assert old == {"agent/r-castro"}
    assert not old & {record["id"] for record in RECORDS}


@BY_FILE
def test_links_lead_to_records(file: Path) -> None:
    """Every link leads to a record of the collection; only what is replaced has gone."""
    there = {record["id"] for record in RECORDS}
    dangling = [(record["id"], *link) for record in load(file) for link in links(record) if link[1] not in there]
    assert all(name == "replaces" for _, name, _ in dangling), dangling


@BY_FILE
def test_references_are_canonical(file: Path) -> None:
    """Every reference is written as kg would write it."""
    named = [each for record in load(file) for each in (record["id"], *(to for _, to in links(record)))]
    assert [each for each in named if iris.repair(each) != each] == []


@BY_FILE
def test_records_are_sound(file: Path) -> None:
    """Every record is in sound form, its keys in the order of the model, and passes the gate."""
    for record in load(file):
        sound, problems = normalise_record(record, file.name, record["id"])
        assert problems == []
        assert validation.faults(sound, file.name, record["id"]) == []
        assert list(record) == list(sound)
        assert {**without_derived(record)} == {**without_derived(sound)}


def without_derived(record: Record) -> Record:
    """A record without the days that are worked out from its dates."""
    spare = [{name: each for name, each in date.items() if name not in DERIVED} for date in record.get("dates", ())]
    return {**record, "dates": spare}


def test_given_days_are_those_of_the_date() -> None:
    """Where first and last day are written down, they are those that follow from the date."""
    given = [date for record in RECORDS for date in record.get("dates", ()) if DERIVED & date.keys()]
    assert given
    for date in given:
        assert edtf_strings.Interval(date["start"], date["end"]) == edtf_strings.interval(date["edtf"])


def test_archival_reference() -> None:
    """The one archival reference of a document leads through its levels to the file, which is a record."""
    cited = [record for record in RECORDS if record["kind"] == "record" and "reference" in record]
    assert [record["id"] for record in cited] == ["record/177838"]
    levels = read(cited[0]["reference"])
    assert levels is not None
    assert [{"level": each.level, "value": each.value} for each in levels] == cited[0]["referenceLevels"]
    path = [f"archive/{node.key}" for node in units(levels)]
    by_id = {record["id"]: record for record in RECORDS}
    assert cited[0]["heldIn"] == [path[-1]]
    assert [by_id[node].get("partOf") for node in path] == [None, *([node] for node in path[:-1])]


def test_nothing_is_copied() -> None:
    """No eight words in a row are those of the page from which the facts of one document are known."""
    if not WILSON.is_file():
        pytest.skip("the page of the digital archive is not here (../shared/sources/wilson)")
    theirs = runs(WILSON.read_text(encoding="utf-8"))
    # A title is a fact, as is the archival reference.
    facts = {"title", "name", "alternativeNames"}
    for record in RECORDS:
        for name, value in record.items():
            if KEYS[name].value in {Value.TEXT, Value.PART} and name not in facts:
                for text in prose(value):
                    assert not runs(text) & theirs, (record["id"], name)
