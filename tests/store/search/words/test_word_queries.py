"""Words of a search: an ordinary word as it is written goes before names that merely look or sound like it (D-208)."""

import pytest
from publishing import publish

from kg.read.publication import Publication
from kg.read.search_request import SearchQuery, SearchRequest
from kg.store.generation.generations import Generations
from kg.store.pool.core.kill_memory import KillMemory

PLACES = ["Seat Pleasant", "Seat Hill", "Seatted", "Old Seat"]
RECORDS = [
    {
        "id": "record/toast",
        "kind": "record",
        "title": {"en": "The memorandum"},
        "text": {"en": "Three diplomats stayed seated during a toast, and nobody rose. " + "They talked on. " * 200},
    },
    {"id": "record/map", "kind": "record", "title": {"en": "A map"}, "places": ["place/0", "place/2"]},
    {"id": "record/visit", "kind": "record", "title": {"en": "Visit"}, "text": {"en": "Mr. Hilled met the mayor."}},
    {"id": "record/ru", "kind": "record", "title": {"ru": "Беседа"}, "text": {"ru": "Посол посетил Рощина в мае."}},
    *({"id": f"place/{n}", "kind": "place", "name": {"en": name}} for n, name in enumerate(PLACES)),
    {"id": "agent/toast", "kind": "agent", "name": {"en": "Toast, Mary"}},
    {"id": "agent/hill", "kind": "agent", "name": {"en": "Hylled, Ann"}},
    {"id": "agent/roshchin", "kind": "agent", "name": {"ru": "Рощин Алексей"}},
    {"id": "topic/diplomat", "kind": "topic", "name": {"en": "Diplomat"}},
    *({"id": f"record/x{n}", "kind": "record", "title": {"en": f"Register {n}"}} for n in range(20)),
]


@pytest.fixture(scope="module")
def finder(tmp_path_factory):
    made, _ = publish(tmp_path_factory.mktemp("words"), RECORDS)
    opened = Publication(Generations(made.var_folder).open_live(), KillMemory())
    yield opened.finder
    opened.close()


def found(finder, words):
    results = finder.find(SearchRequest(SearchQuery(words), ["en"]))
    return [hit.thing.reference for hit in results.hits]


def test_the_word_of_a_text_goes_before_names_that_look_alike(finder):
    """A verb form in a long text ranks before places with its stem or sound, and before what links to them."""
    references = found(finder, "seated")
    assert references[0] == "record/toast"
    assert sorted(references[1:]) == ["place/0", "place/1", "place/2", "place/3", "record/map"]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("toast", "agent/toast"),  # the very name
        ("hilled", "agent/hill"),  # which is a name in the text, too
        ("Рощина", "agent/roshchin"),  # a name's other case, which no text has in small letters
        ("diplomats", "topic/diplomat"),  # topics have ordinary words for names
        ("Seat", "place/3"),
    ],
)
def test_names_go_first_for_what_may_be_a_name(finder, words, first):
    """A name as it is written, a form of one, and a spelling that no text has as an ordinary word find who bears it."""
    references = found(finder, words)
    assert first in references[:4]
    assert "record/toast" not in references[: references.index(first)]
