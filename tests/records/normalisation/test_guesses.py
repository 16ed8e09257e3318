"""Guesses in records: what is marked as predicted, or as of no certainty, is not asserted."""

import pytest

from kg.records.normalisation.records import normalise_record


@pytest.mark.parametrize(
    "mark", [{"certainty": 0}, {"certainty": "-1.0"}, {"confidence": "predicted"}, {"predicted": True}, {"cert": "0,0"}]
)
@pytest.mark.parametrize(
    ("key", "value"),
    [("subjects", {"id": "topic/trade"}), ("relations", {"target": "agent/b", "role": "brother"})],
)
def test_a_guess_is_put_aside_with_its_mark(key, value, mark):
    """A link or a part that is marked as a guess stands under `extra` with the mark, and is told; others beside it stay."""
    certain = {**value, **({"id": "topic/peace"} if key == "subjects" else {"target": "agent/c"})}
    kind = "record" if key == "subjects" else "agent"
    label = {"title" if kind == "record" else "name": {"en": "A"}}
    record, problems = normalise_record({"id": f"{kind}/1", **label, key: [{**value, **mark}, certain]}, "f", "1")
    assert len(record[key]) == 1
    assert [each["field"] for each in record["extra"]] == [f"{key}[1]"]
    assert str(next(iter(mark.values()))).lower() in record["extra"][0]["value"].lower()
    assert any("guess" in each.message for each in problems)


@pytest.mark.parametrize("mark", [{"confidence": 0.8}, {"certainty": "likely"}, {"predicted": False}])
def test_what_is_somewhat_certain_stays(mark):
    """A value with some certainty is asserted, and the measure kept."""
    record, _ = normalise_record(
        {"id": "record/1", "title": {"en": "A"}, "subjects": [{"id": "topic/a", **mark}]}, "f", "1"
    )
    assert record["subjects"] == ["topic/a"]
    assert record["extra"][0]["field"].startswith("subjects[1].")


def test_the_certainty_of_a_date_is_a_key_of_its_own():
    """A date has its certainty in the words of the source, and is no guess."""
    dates = [{"role": "document", "edtf": "1962", "certainty": "guessed"}]
    record, _ = normalise_record({"id": "record/1", "title": {"en": "A"}, "dates": dates}, "f", "1")
    assert record["dates"][0]["certainty"] == "guessed"
