"""Boilerplate: found by comparing, left out of searches and snippets, searched where it is asked for."""

import json

import pytest
from publishing import publish

from kg.publish import build
from kg.read.publication import Publication
from kg.read.search_request import SearchQuery, SearchRequest
from kg.settings import Settings
from kg.store.generation.generations import Generations
from kg.store.pool.core.kill_memory import KillMemory
from kg.store.search.repeated import counter, passages
from kg.store.search.repeated.counter import ParagraphCounter

NOTICE = "The Teapot materials were processed first; segments stay with the Teapot office."
SOME = "Of the lighthouse accounts, some are lost."


def record(number, **more):
    return {
        "id": f"record/n{number}",
        "kind": "record",
        "title": {"en": f"Conversation {number}"},
        "heldIn": ["archive/a.f"] if number % 2 else ["archive/a.g"],
        "custodialHistory": {"en": NOTICE},
        **more,
    }


RECORDS = [
    {"id": "record/about", "kind": "record", "title": {"en": "Of the affair"}, "summary": {"en": "A Teapot scandal."}},
    *(record(number) for number in range(12)),
    # Boilerplate, and the word in its own text too: one record that was counted early, and one that was late.
    record(12, summary={"en": f"They speak of the Teapot.\n\n{NOTICE}"}, custodialHistory={"en": "Elsewhere."}),
    {**record(13), "id": "record/n1b", "summary": {"en": "Again the Teapot."}},
    # Ten records of twenty-five repeat this, which are not over half of them.
    *(record(number, summary={"en": SOME}) for number in range(20, 30)),
    {"id": "archive/a", "kind": "archive", "name": {"en": "Archive"}},
    {"id": "archive/a.f", "kind": "archive", "name": {"en": "File F"}, "partOf": ["archive/a"]},
    {"id": "archive/a.g", "kind": "archive", "name": {"en": "File G"}, "partOf": ["archive/a"]},
]
EARLY = {**record(14), "id": "record/early", "summary": {"en": "The teapot on the stove."}}


@pytest.fixture(scope="module")
def publication(tmp_path_factory):
    made, _ = publish(tmp_path_factory.mktemp("repeated"), [EARLY, *RECORDS])
    opened = Publication(Generations(made.var_folder).open_live(), KillMemory())
    yield opened
    opened.close()


def find(publication, words, **more):
    return publication.finder.find(SearchRequest(SearchQuery(words, **more), ["en"], limit=100))


def keys(results):
    return {hit.thing.reference.partition("/")[2] for hit in results.hits}


def test_boilerplate_is_left_out(publication):
    """A search finds what has the word in a text of its own, also where boilerplate has it besides, early or late."""
    assert keys(find(publication, "teapot")) == {"about", "n12", "n1b", "early"}
    assert keys(find(publication, '"teapot materials"')) == set()
    assert keys(find(publication, "text:teapot")) == {"about", "n12", "n1b", "early"}
    assert keys(find(publication, "teapo*")) == {"about", "n12", "n1b", "early"}


def test_boilerplate_is_searched_on_request(publication):
    """With `repeated:yes` everything with the word is found, boilerplate last; without, it is told how much that is."""
    results = find(publication, "teapot repeated:yes")
    assert len(results.hits) == 26
    assert {hit.thing.reference for hit in results.hits[:4]} == {
        "record/about",
        "record/n12",
        "record/n1b",
        "record/early",
    }
    assert results.repeated == 0
    assert find(publication, "teapot").repeated == 22
    only = find(publication, "processed")
    assert (only.total, only.repeated, only.suggestion) == (0, 26 - 1, "")


def test_other_repeated_paragraphs_are_found(publication):
    """What ten records have, and that is not over half of them, finds them all: those that were counted late too."""
    assert keys(find(publication, "lighthouse")) == {f"n{number}" for number in range(20, 30)}
    assert len(keys(find(publication, '"lighthouse accounts"'))) == 10
    assert len(keys(find(publication, "lightho*"))) == 10
    assert len(keys(find(publication, "lighthouse conversation"))) == 10


def test_snippets_are_no_boilerplate(publication):
    """A snippet is from a text of the record's own, unless the search is for boilerplate."""
    for hit in find(publication, "conversation").hits:
        assert hit.snippet is None or "processed" not in hit.snippet.text
    said = [hit.snippet.text for hit in find(publication, "processed repeated:yes").hits]
    assert all("processed" in text for text in said)


def test_it_is_shown_on_the_narrowest_container(publication):
    """What the records of two files have alike is shown on the archive above both."""
    (shown,) = publication.repeated.shown_on("archive/a")
    assert (shown.key, shown.records, shown.group_size) == ("custodialHistory", 25, 26)
    assert publication.repeated.shown_on("archive/a.f") == []
    thing = publication.catalogue.thing("record/n20")
    paragraphs = publication.repeated.of_record(publication.things.describe(thing).record, thing.offset)
    assert list(paragraphs) == [NOTICE]


def test_a_record_of_another_source_is_its_own(tmp_path):
    """What is boilerplate in one source is content in another."""
    for name, lines in (("a", [record(number) for number in range(12)]), ("b", [record(99)])):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, lines)))
    settings = Settings(base="https://a.example/", folder=tmp_path, sources=({"path": "a.jsonl"}, {"path": "b.jsonl"}))
    build.build(settings)
    opened = Publication(Generations(settings.var_folder).open_live(), KillMemory())
    assert keys(find(opened, "teapot")) == {"n99"}
    opened.close()


@pytest.mark.parametrize(("having", "all_", "count"), [(9, 9, 9), (10, 20, 10), (10, 19, 0), (11, 20, 0)])
def test_over_half_and_at_least_ten(tmp_path, having, all_, count):
    """Boilerplate stands in at least ten records, and in over half of them."""
    records = [record(n) if n < having else {**record(n), "custodialHistory": {"en": f"No. {n}"}} for n in range(all_)]
    made, _ = publish(tmp_path, records)
    opened = Publication(Generations(made.var_folder).open_live(), KillMemory())
    assert find(opened, "teapot").total == count
    opened.close()


def test_agents_do_not_make_a_notice_rare(tmp_path):
    """Records are compared with those of their own kind."""
    agents = [{"id": f"agent/{n}", "kind": "agent", "name": {"en": f"Name {n}"}} for n in range(40)]
    made, _ = publish(tmp_path, [*agents, *(record(n) for n in range(12))])
    opened = Publication(Generations(made.var_folder).open_live(), KillMemory())
    assert find(opened, "teapot").total == 0
    opened.close()


def test_what_is_seen_once_is_forgotten(monkeypatch):
    """The memory of the counter is bounded, and a paragraph of most records is never forgotten in it."""
    monkeypatch.setattr(counter, "_MAX_REMEMBERED", 50)
    counted = ParagraphCounter()
    for number in range(300):
        divided = counted.divide(record(number, summary={"en": f"Of {number}"}), "source")
        assert len(counted._recent) + len(counted._older) <= 2 * 51
    assert [each.passage.text for each in counted.frequent.values()] == [NOTICE]
    assert [each.text for each in divided.own] == ["Of 299"]


def test_the_table_is_bounded(monkeypatch):
    """What would make the table of frequent paragraphs too long stays with its records."""
    monkeypatch.setattr(counter, "_MAX_FREQUENT_LENGTH", len(NOTICE))
    counted = ParagraphCounter()
    for number in range(20):
        divided = counted.divide(record(number, summary={"en": SOME}), "source")
    assert [each.passage.text for each in counted.frequent.values()] == [SOME]
    assert [each.text for each in divided.own] == [NOTICE]


def test_head_and_foot_of_a_long_text_are_compared():
    """Of a text of thousands of paragraphs the first and the last are compared, so that a build stays quick."""
    texts = passages.compared([str(number) for number in range(5_000)])
    assert (len(texts), texts[0], texts[-1]) == (2 * passages.MAX_COMPARED, "0", "4999")


def test_spaces_make_no_difference():
    """A paragraph that breaks its lines elsewhere is the same."""
    assert passages.digest("g", "one  two\nthree") == passages.digest("g", " one two three")
    assert passages.digest("g", "one two") != passages.digest("h", "one two")


def digitised(number, year):
    """A notice that differs from others of its kind by its numbers."""
    return (
        f"Conversation {number} of tape {number + 40} was digitised in {year} from the original reel by the laboratory"
        " of the archive."
    )


def spoken(number):
    """A short paragraph, whose numbers are what it says."""
    return f"Meeting at {number}:15, with {number} guests."


NUMBERED = [
    record(number, custodialHistory={"en": digitised(number, 2012)}, summary={"en": spoken(number)})
    for number in range(1, 31)
]
ON_THE_LABORATORY = record(90, custodialHistory={"en": "Kept."}, summary={"en": "The laboratory burnt down."})


@pytest.fixture(scope="module")
def numbered(tmp_path_factory):
    made, _ = publish(tmp_path_factory.mktemp("numbered"), [*NUMBERED, ON_THE_LABORATORY])
    opened = Publication(Generations(made.var_folder).open_live(), KillMemory())
    yield opened
    opened.close()


def test_what_differs_by_numbers_is_boilerplate(numbered):
    """A paragraph of most records that differs by its numbers alone is left out of searches, but for those numbers."""
    found = find(numbered, "laboratory")
    assert keys(found) == {"n90"}
    assert found.repeated == len(NUMBERED)
    assert find(numbered, "laboratory repeated:yes").total == len(NUMBERED) + 1
    for number in (3, 28):  # one that was counted early, and one late
        assert f"n{number}" in keys(find(numbered, str(number + 40)))
        assert len(keys(find(numbered, str(number + 40)))) <= 2


def test_short_paragraphs_with_numbers_are_content(numbered):
    """A paragraph that says little beside its numbers is content, however many records have its words."""
    assert find(numbered, "guests").total == len(NUMBERED)
    assert find(numbered, '"with 7 guests"').total == 1


def test_numbers_of_boilerplate_are_shown_where_they_stand(numbered):
    """What differs by its numbers stays on its page, and in the snippet of a search for its numbers."""
    thing = numbered.things.find("record/n5")
    said = numbered.finder.record(thing.offset, thing.length)
    assert numbered.repeated.of_record(said, thing.offset) == {}
    (hit,) = (each for each in find(numbered, "45").hits if each.thing.reference == "record/n5")
    assert ("45", True) in hit.snippet.parts
    assert "digitised" in hit.snippet.text


def test_a_year_that_most_notices_share(tmp_path):
    """Where most notices have the same numbers, too, they are shown once; another year is found in its records."""
    records = [
        record(number, custodialHistory={"en": digitised(1, 2013 if number > 36 else 2012)}) for number in range(40)
    ]
    made, _ = publish(tmp_path, records)
    opened = Publication(Generations(made.var_folder).open_live(), KillMemory())
    assert find(opened, "laboratory").total == 0
    assert find(opened, "2012").total == 0
    assert keys(find(opened, "2013")) == {"n37", "n38", "n39"}
    for reference, is_left_out in (("record/n3", True), ("record/n38", False)):
        thing = opened.things.find(reference)
        said = opened.finder.record(thing.offset, thing.length)
        assert bool(opened.repeated.of_record(said, thing.offset)) is is_left_out
    opened.close()


@pytest.mark.parametrize(
    ("paragraph", "words"),
    [
        ("Box 5 of the papers, with 7 letters and 12 drawings.", ""),
        ("Of the papers of the family, bought by the museum.", ""),
        (
            "Reel 5: filmed by the museum in 1961 from the papers of the family.",
            "Reel filmed by the museum in from the papers of the family.",
        ),
    ],
)
def test_templates(paragraph, words):
    """A template has eight words or more, and at least three for each number."""
    assert passages.template(paragraph) == words
