"""An excerpt has as much of a record as a page shows, tells what it leaves out, and its parts are the whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from waiting import no_endless_work

from kg.render.data import excerpt as excerpts
from kg.render.data.excerpt import (
    MAX_LANGUAGES,
    MAX_LENGTH,
    MAX_LINKS,
    PART_LENGTH,
    PART_PARAGRAPHS,
    ListPart,
    RecordPlace,
    excerpt,
    text_parts,
)

PROSE = "Words of an archive. " * 10


def _size(value):
    if isinstance(value, dict):
        return sum(map(_size, value.values()))
    return sum(map(_size, value)) if isinstance(value, list) else len(str(value))


def test_a_short_record_is_its_own_excerpt():
    """What a page has room for is there as it was."""
    record = {
        "id": "record/1",
        "title": {"en": "a", "ru": "б"},
        "text": {"en": [PROSE, "b"]},
        "dates": [{"edtf": "1962"}],
    }
    cut = excerpt(record, ["ru"])
    assert (cut.record, cut.parts, cut.left_out) == (record, 1, {})


@pytest.mark.parametrize("text", ["a\n\n" * 1_000_000, PROSE * 20_000, "x" * 3_000_000, f"{PROSE}\n\n" * 20_000])
def test_parts_are_the_whole_text(text):
    """Each part has no more characters and paragraphs than a page shows; together they are the text."""
    with no_endless_work():
        parts = list(text_parts(text))
    assert "".join(parts) == text
    assert max(map(len, parts)) <= PART_LENGTH
    assert max(part.count("\n\n") for part in parts) <= PART_PARAGRAPHS
    assert len(parts) <= len(text) // min(PART_LENGTH // 2, PART_PARAGRAPHS * 3) + 1


@given(st.text("a \n", max_size=400), st.integers(1, 20))
def test_parts_of_any_text_are_the_whole(text, most):
    """Nothing is lost or doubled between two parts, wherever its gaps are."""
    assert "".join(text_parts(text, most)) == text


def test_a_part_begins_with_a_word():
    """A part ends where a paragraph does, else where a word does."""
    assert all(part.endswith("\n\n") for part in text_parts(f"{PROSE}\n\n" * 2_000))
    assert all(part.endswith(" ") for part in text_parts(PROSE * 2_000))


def test_each_part_is_shown():
    """Part by part an excerpt has the whole of a long text; beyond the last one it has the last one."""
    text = PROSE * 2_000
    record = {"id": "record/1", "summary": {"en": "short"}, "text": {"en": text}}
    first = excerpt(record, ["en"])
    parts = [excerpt(record, ["en"], RecordPlace(number + 1)) for number in range(first.parts)]
    assert "".join(each.record["text"]["en"] for each in parts) == text
    assert {each.record["summary"]["en"] for each in parts} == {"short"}
    assert excerpt(record, ["en"], RecordPlace(1_000)).record == parts[-1].record


def test_what_is_left_out_is_counted():
    """Of many values the first stay, of many languages the reader's; the number of the others is told by key."""
    languages = {f"x-{n}": "text" for n in range(500)} | {"ru": "текст"}
    record = {"id": "record/1", "title": languages, "participants": [f"agent/{n}" for n in range(500)]}
    cut = excerpt(record, ["ru", "en"])
    assert next(iter(cut.record["title"])) == "ru"
    assert cut.record["participants"] == record["participants"][:MAX_LINKS]
    assert cut.left_out == {"title": 501 - MAX_LANGUAGES}
    assert cut.lists == {"participants": ListPart(1, MAX_LINKS, 500)}


def test_many_long_texts_are_bounded_together():
    """However many texts a record has, and however long they are, an excerpt has a bounded number of characters."""
    record = {f"key{k}": {f"x-{n}": [PROSE * 1_000] * 3 for n in range(40)} for k in range(20)}
    cut = excerpt(record, [])
    assert _size(cut.record) <= MAX_LENGTH + 20 * excerpts.MIN_PART_LENGTH
    assert set(cut.left_out) == set(record)


def test_the_relations_that_count_most_are_first():
    """Relations come by the number that the source counts; those without one keep their order behind them."""
    relations = [{"target": f"agent/{n}", "count": n} for n in range(500)] + [
        {"target": "agent/x"},
        {"target": "agent/y"},
    ]
    cut = excerpt({"id": "agent/1", "relations": relations}, [])
    assert [each["count"] for each in cut.record["relations"]] == list(range(499, 499 - excerpts.FEW_VALUES, -1))
    last = excerpt({"id": "agent/1", "relations": relations}, [], RecordPlace(key="relations", first=501))
    assert [each["target"] for each in last.record["relations"]] == ["agent/x", "agent/y"]
    assert last.lists["relations"] == ListPart(501, 502, 502)


def test_list_by_list_everything_is_shown():
    """From value to value by their numbers an excerpt has each value of a list once, in any language."""
    record = {"id": "record/1", "extent": {"en": [f"{n} leaves" for n in range(95)], "ru": ["95 листов"]}}
    shown, first = [], 1
    while True:
        cut = excerpt(record, ["en"], RecordPlace(key="extent", first=first))
        shown += cut.record["extent"]["en"]
        part = cut.lists["extent"]
        if part.last == part.total:
            break
        first = part.last + 1
    assert shown == record["extent"]["en"]


def test_translations_stand_beside_each_other():
    """The same part of a text and its translation has as many characters of both, though one has twice the bytes."""
    record = {"id": "record/1", "text": {"en": PROSE * 1_000, "ru": "Слова архива и другие. " * 9_000}}
    cut = excerpt(record, ["en"], RecordPlace(2))
    lengths = {language: len(text) for language, text in cut.record["text"].items()}
    assert abs(lengths["en"] - lengths["ru"]) < 100
    assert sum(len(text.encode()) for text in cut.record["text"].values()) <= PART_LENGTH


def test_the_date_is_among_the_first():
    """Of many dates the one by which a thing is listed is there, and first."""
    dates = [{"role": "uploaded", "edtf": f"{1900 + number}"} for number in range(50)] + [
        {"role": "document", "edtf": "1962"}
    ]
    cut = excerpt({"id": "record/1", "dates": dates}, [])
    assert cut.record["dates"][:2] == [dates[-1], dates[0]]
    assert cut.lists["dates"] == ListPart(1, excerpts.FEW_VALUES, 51)


def test_a_text_with_parts_stands_alone_in_its_list():
    """Behind a text of several parts a list goes on with the next text, from its first part."""
    texts = ["short", PROSE * 500, PROSE * 400, "last"]
    cut = excerpt({"id": "record/1", "text": {"en": texts}}, ["en"])
    assert cut.lists["text"] == ListPart(1, 2, 4)
    last = excerpt({"id": "record/1", "text": {"en": texts}}, ["en"], RecordPlace(cut.parts))
    assert last.lists["text"] == ListPart(1, 2, 4)
    following = excerpt({"id": "record/1", "text": {"en": texts}}, ["en"], RecordPlace(1, "text", 3))
    assert following.record["text"]["en"][0].startswith(PROSE)
