"""Remedies: the kind of each sort of message, in the words in which readers and the build say it."""

import pytest

from kg.publish.report.kinds import todo_of, word_of
from kg.publish.report.remedies import OTHER
from kg.records.problems import SourceProblem

MESSAGES = {
    "file-unknown": ["the format is not known; the file was left aside"],
    "file-encoding": ["is not UTF-8", "the text is in UTF-16, and UTF-8 is read; the file was left aside"],
    "file-empty": ["the file is empty", "there is nothing in it; the file was left aside"],
    "file-away": ["is a link that leads nowhere: ../a is not there; its records are left out"],
    "table-columns": [
        "no key takes this column; 3 cells kept under extra as 'Mood'",
        "the sheet is hidden, and left out",
    ],
    "table-row": ["has 3 cells where most rows have 5; the others are taken for empty"],
    "id": ["the record has no id", "'..' can't be a key", "no column has ids; each address is made of title"],
    "id-twice": [
        "the same id stands in a.jsonl line 3; set `prefix` or `merge = true` for one of the sources in kg.toml"
    ],
    "required": ["is required"],
    "date-unread": ["can be read in two ways; kept as it is written"],
    "date-contradiction": ["the encoded date contradicts the text (May 1962); the text is followed"],
    "date-future": ["is a date to come; kept as it is written"],
    "date-order": ["death comes before birth; both are kept as it is written, without a date"],
    "link-dangling": ["leads nowhere; there is a stub in its place"],
    "link-doubtful": ["may lead to agent/a, agent/b: it is none of them for certain"],
    "name-differs": ["agent/a is called 'B', too, which is no form of this name; both are kept"],
    "circle": ["is reached from itself by partOf; the page shows it, but a tree can't"],
    "key-unknown": ["there is no such key here; kept under extra"],
    "value-unfit": ["is no language tag; kept under extra", "does not fit"],
    "value-large": ["is 900,000 bytes long as written; left out of the record and kept in var/rejected"],
    "internal": ['is for the staff alone (audience="internal"): published nowhere, with all that is in it'],
    "shape": ["breaks a shape of shapes.ttl"],
    "kg-failed": ["kg failed at this (ValueError: x); the record is left out"],
    OTHER: ["is something else"],
}


@pytest.mark.parametrize(("kind", "message"), [(kind, each) for kind, some in MESSAGES.items() for each in some])
def test_kind_of_a_message(kind, message):
    """Each message is of its kind, whatever its field and its values, and has a remedy."""
    problem = SourceProblem("a.csv", "sheet Letters, row 12", "column D (Author)", "v", "e", message, "repaired")
    assert word_of(problem) == kind
    assert todo_of(problem)
