"""Faults of normalised records against their schema: each with path and reason, and bounded."""

import pytest

from kg.records.model.validation import faults
from kg.records.normalisation.records import normalise_record


@pytest.mark.parametrize("tag", ["x-klingon", "x-a-b", "en-x-draft"])
def test_a_private_language(tag):
    """A language of private use (RFC 5646, 2.2.7) costs no title and no record."""
    record, problems = normalise_record({"id": "record/1", "title": {tag: "A"}}, "file", "", None, today="2026-01-01")
    assert not problems
    assert record["title"] == {tag: "A"}
    assert not faults(record, "file", "")


@pytest.mark.parametrize(("number", "expected"), [(3, 3), (20_000, 1)])
def test_faults_of_a_large_record(number, expected):
    """Each fault comes with a copy of its value, so of a large record the first alone is told."""
    record = {"id": "record/1", "kind": "record", "title": {f"tag {place}": "A" for place in range(number)}}
    assert len(faults(record, "file", "")) == expected
