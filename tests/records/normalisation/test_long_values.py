"""Values over the bound on their length."""

import pytest
from pyoxigraph import Literal

from kg.records.normalisation.long_values import take_out, written_size

LIMIT = 10_000
TITLE = {"id": "record/1", "kind": "record", "title": {"en": "A letter"}}


@pytest.mark.parametrize(
    "text", ["", "é", 'a "b" \\ c\r\n\t', "\x7f\x00\x1f\x08\x0c", "\ufffe\uffff\U0001f4dc", "Письмо"]
)
def test_the_size_is_that_of_the_literal(text):
    """The size of a text is the bytes of its literal as the engine writes N-Triples."""
    assert written_size(text) == len(str(Literal(text)).encode()) - 2


@pytest.mark.parametrize(
    ("more", "field", "left"),
    [
        ({"text": {"en": ["short", "x" * 10_001]}}, "text.en[2]", {"text": {"en": ["short"]}}),
        ({"text": {"en": ["\x7f" * 1_700]}}, "text.en[1]", {}),
        ({"text": {"en": ["é" * 5_001], "ru": ["да"]}}, "text.en[1]", {"text": {"ru": ["да"]}}),
        ({"sourcePage": "https://example.org/" + "x" * 10_001}, "sourcePage", {}),
        (
            {"creator": [{"id": "agent/a", "name": {"en": "x" * 10_001}}]},
            "creator[1].name.en",
            {"creator": [{"id": "agent/a"}]},
        ),
        ({"extra": [{"field": "a", "value": "x" * 10_001}]}, "extra[1]", {}),
    ],
)
def test_a_long_value_leaves_its_record(more, field, left):
    """A value over the bound leaves its record and nothing else does; the record says so."""
    kept, (found,) = take_out({**TITLE, **more}, LIMIT)
    note = {"field": field, "value": f"left out: {found.size:,} bytes, more than the 10,000 of a value"}
    assert (found.reference, found.field) == ("record/1", field)
    assert kept == {**TITLE, **left, "extra": [note]}


@pytest.mark.parametrize("text", ["x" * 10_000, "\x7f" * 1_666])
def test_a_value_at_the_bound_stays(text):
    """A value of just as many bytes as the bound stays, and the record is the same."""
    record = {**TITLE, "text": {"en": [text]}}
    assert take_out(record, LIMIT) == (record, [])
