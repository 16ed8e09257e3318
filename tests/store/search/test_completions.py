"""Completions of a search while it is typed."""

import pytest
from publishing import publish

from kg.errors import SearchRefused
from kg.store.generation.generations import Generations
from kg.store.search.completions import MAX_COMPLETIONS, MAX_NAMES, Completer


def agent(key, name, **more):
    return {"id": f"agent/{key}", "kind": "agent", "name": name, **more}


def record(key, title, *people):
    return {"id": f"record/{key}", "kind": "record", "title": title, "participants": list(people)}


RECORDS = [
    *(agent(f"casal-{n}", {"en": f"Pablo Casal {n}"}) for n in range(9)),
    agent("castro", {"es": "Raúl Castro Ruz"}),
    agent("castillo", {"es": "María del Castillo"}, names=[{"text": "Кастильо, Мария", "language": "ru"}]),
    agent("khrushchev", {"en": "Nikita Khrushchev"}),
    agent("mao", {"zh": "毛泽东"}),
    agent("said", {"ar": "محمد سعيد"}),
    agent("kasimov", {"en": "Ivan Kasimov"}),
    *(record(f"k{n}", {"en": f"Talk {n}"}, "agent/kasimov", "agent/castro") for n in range(3)),
    record("one", {"en": "Casting of a bell"}, "agent/castillo"),
    *(record(f"c{n}", {"en": f"Castles {n}"}) for n in range(9)),
]


@pytest.fixture(scope="module")
def completer(tmp_path_factory):
    made, _ = publish(tmp_path_factory.mktemp("completions"), RECORDS)
    generation = Generations(made.var_folder).open_live()
    yield Completer(generation.search)
    generation.close()


def test_names_go_before_titles(completer):
    """Names come first, those of most documents before others, and leave room for titles that begin so."""
    found = completer.references("cas")
    assert found[:2] == ["agent/castro", "agent/castillo"]
    assert [each.partition("/")[0] for each in found] == ["agent"] * MAX_NAMES + ["record"] * (
        MAX_COMPLETIONS - MAX_NAMES
    )


def test_titles_fill_what_names_leave(completer):
    """Where few names begin so, titles take their places."""
    found = completer.references("castl")
    assert len(found) == MAX_COMPLETIONS
    assert {each.partition("/")[0] for each in found} == {"record"}


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("raul ca", "castro"),
        ("RAÚL", "castro"),
        ("castro rau", "castro"),
        ("castil", "castillo"),
        ("кастил", "castillo"),
        ("Хрущ", "khrushchev"),
        ("hrush", "khrushchev"),
        ("毛", "mao"),
        ("毛泽", "mao"),
        ("محم", "said"),
    ],
)
def test_any_script(completer, typed, key):
    """A name is completed from its beginning in any script and without its diacritics, or from how it sounds."""
    assert f"agent/{key}" in completer.references(typed)


def test_what_is_written_goes_before_what_is_heard(completer):
    """A name that only sounds alike comes behind those that begin so, whatever number of documents it has."""
    found = completer.references("castr")
    assert found[0] == "agent/castro"
    assert "agent/kasimov" not in found


@pytest.mark.parametrize("typed", ["", "from:castro", "castro OR mao", '"', "…", "a " * 9])
def test_what_is_no_name(completer, typed):
    """A search in the language of searches, or a long one, is not completed."""
    assert completer.references(typed) == []


def test_half_a_search(completer):
    """What is no search yet is refused."""
    with pytest.raises(SearchRefused):
        completer.references("(")
