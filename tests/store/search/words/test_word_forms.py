"""Words that are nowhere: related forms, proposed spellings, some of the words, the best known of a name."""

import pytest
from publishing import publish

from kg.read.publication import Publication
from kg.read.search_request import SearchQuery, SearchRequest
from kg.store.generation.generations import Generations
from kg.store.pool.core.kill_memory import KillMemory
from kg.store.search.words.word_forms import roots


def record(key, title, **more):
    return {"id": f"record/{key}", "kind": "record", "title": title, **more}


RECORDS = [
    record("japan", {"en": "Japanese envoys at the congress"}, participants=["agent/japar"]),
    record("supper", {"en": "Supper in town"}, participants=["agent/japar", "agent/chia", "agent/stans"]),
    record("china", {"en": "The memorandum"}, summary={"en": "Three Chinese diplomats stayed seated during a toast."}),
    record("report", {"en": "On harvests"}, summary={"en": "The agriculture of the north is described in detail."}),
    record("standing", {"en": "Of customs"}, summary={"en": "Standing is a sign of respect."}),
    record("navire", {"@none": "Le navire du port"}),
    record("kitay", {"ru": "Китайские товары"}),
    record("french", {"en": "A French cook", "ru": "Французский повар"}),
    record("oath", {"en": "Oaths"}, summary={"en": "Each man swears an oath."}),
    record("letter", {"en": "Letter to Professor Wollstonecraft"}),
    *(record(f"x{number}", {"en": f"Register {number}"}, summary={"en": "Lists of goods."}) for number in range(20)),
    *(record(f"h{number}", {"en": f"Book {number}"}, creator=["agent/governor"]) for number in range(8)),
    {"id": "agent/japar", "kind": "agent", "name": {"en": "Mirza Japar"}},
    {"id": "agent/chia", "kind": "agent", "name": {"en": "Chia, Michael"}},
    {"id": "agent/stans", "kind": "agent", "name": {"en": "Stans, Maurice"}},
    {"id": "place/buda", "kind": "place", "name": {"en": "Buda"}, "description": {"en": ["Toasts of the diet."]}},
    {"id": "agent/namesake", "kind": "agent", "name": {"en": "Harland, Edith"}},
    {"id": "agent/governor", "kind": "agent", "name": {"en": "Harland, Josiah Albert (Governor of the province)"}},
]


@pytest.fixture(scope="module")
def finder(tmp_path_factory):
    made, _ = publish(tmp_path_factory.mktemp("forms"), RECORDS)
    opened = Publication(Generations(made.var_folder).open_live(), KillMemory())
    yield opened.finder
    opened.close()


def find(finder, words, **more):
    return finder.find(SearchRequest(SearchQuery(words, **more), ["en"]))


def keys(results):
    return [hit.thing.reference.partition("/")[2] for hit in results.hits]


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("Japan", "japan"),
        ("China", "china"),
        ("diplomacy", "china"),
        ("stand", "standing"),
        ("stands", "standing"),
        ("agricultural", "report"),
        ("navires", "navire"),
        ("китай", "kitay"),
        ("France", "french"),
        ("Франция", "french"),
        ("stood", "standing"),
        ("sworn", "oath"),
        ("men", "oath"),
        ("title:Japan", "japan"),
        ("text:China", "china"),
        ("China?", "china"),
    ],
)
def test_forms_are_searched(finder, words, key):
    """A word that is nowhere is searched by its forms, in other parts of speech and by other languages' rules."""
    results = find(finder, words)
    assert keys(results) == [key]
    assert (results.corrected, results.suggestion) == ("", "")
    assert not results.loose


def test_forms_are_told_and_marked(finder):
    """A result by forms says which word was read how, and marks the forms."""
    results = find(finder, "Japan")
    assert dict(results.forms)["Japan"][0] == "japanese"
    assert ("Japanese", True) in results.hits[0].title.parts
    assert ("Chinese", True) in find(finder, "China").hits[0].snippet.parts
    assert find(finder, "japanese").forms == ()


def test_a_name_is_proposed_and_not_searched(finder):
    """A spelling that is a proper name is proposed; an ordinary word is searched where nothing at all is found."""
    results = find(finder, "Stens")
    assert (results.total, results.corrected, results.suggestion) == (0, "", "Stans")
    assert find(finder, "Wolstonecroft").suggestion == "Wollstonecraft"
    results = find(finder, "agricultrue")
    assert (keys(results), results.corrected) == (["report"], "agriculture")


def test_some_of_the_words_come_before_a_correction(finder):
    """Half of the rare words suffice, and each hit says what it lacks; words that are nowhere keep nothing away."""
    results = find(finder, "chinese diplomats remained seated")
    assert keys(results) == ["china"]
    assert (results.loose, results.corrected) == (True, "")
    assert results.hits[0].missing == ("remained",)
    assert keys(find(finder, "portuguese envoys remained seated"))[:2] in (["japan", "china"], ["china", "japan"])
    assert find(finder, "zzyzx qqwwx").total == 0


def test_common_words_find_nothing_by_themselves(finder):
    """A word that a fifth of all has is no reason to show what has that word alone."""
    results = find(finder, "goods of unicorns seated")
    assert keys(results) == ["china"]


def test_the_best_known_comes_first(finder):
    """Among those who bear a name, the one with most documents is first: with a kind, without, and while one types."""
    assert keys(find(finder, "harland", filters=(("kind", "agent"),)))[0] == "governor"
    assert keys(find(finder, "harland"))[0] == "governor"
    for typed in ("harl", "Harland,", "harland’"):
        assert [each.thing.reference for each in finder.completions(typed)][:2] == ["agent/governor", "agent/namesake"]


def test_roots_have_four_letters():
    """A root is what is left of a word without one of the endings, and no shorter than four letters."""
    assert roots("china") & roots("chinese")
    assert not roots("china") & roots("chia")
    assert not roots("stand") & roots("stans")
    assert roots("mao") == frozenset({"mao"})


@pytest.mark.parametrize("words", ["zebras remained toast", "envoy toast zebras unicorns"])
def test_a_word_as_it_is_written_goes_before_its_forms(finder, words):
    "Of what has as many of the words, that comes first which has them as they were written, however long its text is."
    found = keys(find(finder, words))
    assert {"china", "buda"} <= set(found)
    assert found[0] == "china"
