"""Record normaliser: values are repaired, put aside or left for validation, and the result is a fixed point."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.records.model import validation
from kg.records.model.keys import KEYS, keys_of
from kg.records.normalisation.records import normalise_record
from kg.records.normalisation.values import ValueFault

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["1962", "en", "agent/a"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=6) | st.sampled_from(list(KEYS)), inner, max_size=3)
    ),
    max_leaves=6,
)


def sound_of(record):
    return normalise_record({"id": "record/1", "title": {"en": "A"}, **record}, "file", "line 1")


@settings(max_examples=300)
@given(
    st.dictionaries(st.sampled_from([key.name for key in keys_of("record")]) | st.text(max_size=5), JSON, max_size=4)
)
def test_any_json(record):
    """Any value under a key is normalised or refused; a valid record is unchanged by a second normalisation."""
    record = {**record, "id": "record/1"}
    before = copy.deepcopy(record)
    try:
        sound, _ = normalise_record(record, "file", "")
    except ValueFault:
        return
    assert repr(record) == repr(before)
    if not validation.faults(sound, "file", ""):
        again, problems = normalise_record(sound, "file", "")
        assert again == sound
        assert not problems


@pytest.mark.parametrize(
    ("given_", "key", "value"),
    [
        ({"summary": "They talk."}, "summary", {"@none": ["They talk."]}),
        ({"language": "rus"}, "language", ["ru"]),
        ({"creator": "agent/A B"}, "creator", ["agent/A%20B"]),
        (
            {"dates": "1962~"},
            "dates",
            [{"role": "document", "edtf": "1962~", "start": "1962-01-01", "end": "1962-12-31"}],
        ),
        ({"summary": {"EN-gb": "a\r\nb"}}, "summary", {"en-GB": ["a\nb"]}),
        ({"identifiers": [1, "1", " 1 "]}, "identifiers", ["1"]),
    ],
)
def test_mended(given_, key, value):
    """A value in a looser form comes out in the one form of the model."""
    sound, problems = sound_of(given_)
    assert sound[key] == value
    assert not problems


@pytest.mark.parametrize(
    ("given_", "field", "key", "value"),
    [
        ({"sourcePage": 'https://example.org/a "b"'}, "sourcePage", "sourcePage", ["https://example.org/a%20%22b%22"]),
        ({"id": "record/a/../b"}, "id", "id", "record/a%2F..%2Fb"),
        ({"id": "record/a b.json"}, "id", "id", "record/a%20b%2Ejson"),
    ],
)
def test_escaped(given_, field, key, value):
    """Characters outside an address are percent-encoded and reported, since the address differs from the source."""
    sound, problems = sound_of(given_)
    assert sound[key] == value
    assert [(problem.field, problem.severity) for problem in problems] == [(field, "repaired")]


def test_a_date_that_is_none():
    """What stands for a date and can't be read as one is kept as it is written, and reported; "n/a" is no date."""
    sound, problems = sound_of({"dates": ["about the time of the harvest", "n/a"]})
    assert sound["dates"] == [{"role": "document", "text": "about the time of the harvest"}]
    assert [problem.field for problem in problems] == ["dates[1].edtf"]


def test_a_language_that_is_none():
    """Of a text by language only what stands under no language tag is put aside."""
    sound, problems = sound_of({"title": {"en": "A", "no tag!": "B"}})
    assert sound["title"] == {"en": "A"}
    assert sound["extra"] == [{"field": "title.no tag!", "value": "B"}]
    assert [problem.field for problem in problems] == ["title.no tag!"]


@pytest.mark.parametrize(
    "part",
    [
        {"extra": [{"field": "odd/p", "value": " "}]},
        {"referenceLevels": [{"level": "fond", "value": ""}]},
        {"dates": [{"role": "sent", "edtf": "", "text": ""}]},
    ],
)
def test_a_part_that_says_nothing(part):
    """A label with nothing behind it is no reason to leave a record out."""
    sound, problems = sound_of(part)
    assert not sound.keys() & part.keys()
    assert not problems
    assert not validation.faults(sound, "file", "")


def test_date_phrase():
    """A date as people write it is read, and its words are kept."""
    sound, _ = sound_of({"dates": [{"role": "sent", "edtf": "5 April 1963"}]})
    assert sound["dates"][0]["edtf"] == "1963-04-05"
    assert sound["dates"][0]["text"] == "5 April 1963"


@pytest.mark.parametrize("nothing", [None, "", " ", "N/A", "none", "None", "-", [], [None], {"en": ""}])
def test_absent_stays_absent(nothing):
    """What says nothing is absent; a word that is taken for nothing is told."""
    sound, problems = sound_of({"summary": nothing, "reference": nothing if isinstance(nothing, str) else None})
    assert "summary" not in sound
    assert "reference" not in sound
    is_word = isinstance(nothing, str) and bool(nothing.strip())
    assert [problem.value for problem in problems] == ([nothing, nothing] if is_word else [])


@pytest.mark.parametrize("key", ["note", "accessConditions", "rights", "scopeNote", "custodialHistory"])
def test_an_answer_in_a_note_stands(key):
    """ "None" and "N/A" under a note are what the archivist says, and stand as they are written."""
    sound, problems = sound_of({key: {"en": ["None", "N/A"]}})
    assert sound[key] == {"en": ["None", "N/A"]}
    assert not problems


@pytest.mark.parametrize("word", ["None", "null", "N/A", "-"])
def test_what_was_put_aside_stays(word):
    """A value under extra is no field of a program: no word of it means nothing, however often it is normalised."""
    sound, _ = sound_of({"extra": [{"field": word, "value": word}]})
    assert sound["extra"] == [{"field": word, "value": word}]
    assert normalise_record(sound, "file", "")[0] == sound


def test_a_title_that_is_a_word_for_nothing_is_named():
    """Where a title is taken for nothing, the report says which word that was."""
    _, problems = normalise_record({"id": "record/1", "title": "None"}, "file", "line 1")
    assert [(problem.field, problem.value) for problem in problems] == [("title", "None")]


@pytest.mark.parametrize(
    ("texts", "title"),
    [
        ({"und": "A"}, {"@none": "A"}),
        ({"UND": "A", "en": "B"}, {"en": "B", "@none": "A"}),
        ({"und-Latn": "A"}, {"und-Latn": "A"}),
        ({"x-old": "A"}, {"x-old": "A"}),
        ({"no tag!": "A"}, {"@none": "A"}),
        ({"und": "A", "@none": "B"}, {"@none": "A"}),
        ({"en": "A", "EN": "B"}, {"en": "A"}),
    ],
)
def test_no_tag_costs_a_title(texts, title):
    """A title under a tag that is unknown or wrong is kept, without a language; a second one is put aside and told."""
    sound, problems = sound_of({"title": texts})
    assert sound["title"] == title
    assert len(title) == len(texts) or sound["extra"][0]["value"] == "B"
    assert bool(problems) == ("no tag!" in texts or len(title) < len(texts))


def test_the_undetermined_language_of_a_document():
    """`und` is a registered tag: as the language of a document it stays."""
    sound, problems = sound_of({"language": ["und", "ru"]})
    assert sound["language"] == ["und", "ru"]
    assert not problems


LINKS = {
    "creator": [{"id": "agent/k", "name": "K", "viaf": "71385"}],
    "repository": {"id": "agent/r", "name": "R", "adress": "1 Lost Way"},
    "heldIn": [{"id": "archive/f", "partOf": [{"id": "archive/a", "name": "A", "shelf": "9"}]}],
}


@pytest.mark.parametrize(
    ("key", "where", "value"),
    [
        ("creator", "creator[1].viaf", "71385"),
        ("repository", "repository[1].adress", "1 Lost Way"),
        ("heldIn", "heldIn[1].partOf.shelf", "9"),
    ],
)
def test_a_key_that_a_link_cannot_have(key, where, value):
    """A key inside a link that its target can't have is put into the record's extra, and reported."""
    sound, problems = sound_of({key: LINKS[key]})
    assert sound["extra"] == [{"field": where, "value": value}]
    assert [problem.field for problem in problems] == [where]
    assert value not in str(sound[key])


def test_a_key_that_the_target_of_a_relation_cannot_have():
    """The same holds inside a relation."""
    raw = {"id": "agent/a", "name": "A", "relations": [{"target": {"id": "agent/b", "name": "B", "born": "1900"}}]}
    sound, problems = normalise_record(raw, "file", "")
    assert sound["extra"] == [{"field": "relations[1].target.born", "value": "1900"}]
    assert problems


def test_a_number_is_an_id():
    """An id that is a number is one: with the kind beside it a reference, else the report says what an id is."""
    assert normalise_record({"id": 29, "kind": "record", "title": "A"}, "file", "")[0]["id"] == "record/29"
    with pytest.raises(ValueFault, match="'29' is no reference"):
        normalise_record({"id": 29, "title": "A"}, "file", "")


def test_a_name_that_looks_like_nothing():
    """Nan is a given name."""
    assert sound_of({"reference": "Nan"})[0]["reference"] == "Nan"


@pytest.mark.parametrize(
    ("given_", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"latitude": 1}, "latitude"),
        ({"license": "javascript:x"}, "license"),
        ({"language": "gibberish!"}, "language"),
        ({"related": ["nowhere"]}, "related"),
        ({"restrictedUntil": "soon"}, "restrictedUntil"),
        ({"dates": [{"role": "document", "shape": "round"}]}, "dates[1].shape"),
    ],
)
def test_put_aside(given_, field):
    """What can't be published under its key is kept under extra, and reported."""
    sound, problems = sound_of(given_)
    assert [each["field"] for each in sound["extra"]] == [field]
    assert [(problem.field, problem.severity, problem.at) for problem in problems] == [(field, "repaired", "line 1")]
    assert not validation.faults(sound, "file", "")


@pytest.mark.parametrize("given_", [{"title": {"en": {"x": 1}}}, {"title": True}, {"title": {"en": ["a", "b"]}}])
def test_left_for_the_gate(given_):
    """An invalid required value stays, and validation refuses the record with the value's path."""
    sound, _ = sound_of(given_)
    faults = validation.faults(sound, "file", "line 1")
    assert faults
    assert faults[0].field.startswith(next(iter(given_)))
    assert faults[0].expected


@pytest.mark.parametrize(
    ("given_", "field", "kept", "rest"),
    [
        (
            {"dates": [{"role": "sent", "edtf": "1963-04-05"}, {"role": "written", "edtf": "1963"}]},
            "dates[2].role",
            {"field": "dates[2]", "value": '{"role": "written", "edtf": "1963"}'},
            ["dates"],
        ),
        ({"dates": {"edtf": "1963"}}, "dates[1].role", {"field": "dates[1]", "value": '{"edtf": "1963"}'}, []),
        (
            {"referenceLevels": [{"level": "shelf", "value": "1"}, {"level": "fond", "value": "2"}]},
            "referenceLevels[1].level",
            {"field": "referenceLevels[1]", "value": '{"level": "shelf", "value": "1"}'},
            ["referenceLevels"],
        ),
        ({"dates": [True]}, "dates[1]", {"field": "dates[1]", "value": "true"}, []),
        ({"creator": {"name": "No id"}}, "creator", {"field": "creator", "value": '{"name": "No id"}'}, []),
        ({"creator": ["agent/a", 5]}, "creator", {"field": "creator", "value": "5"}, ["creator"]),
        ({"extra": [{"value": "x"}]}, "extra[1].field", {"field": "extra[1]", "value": '{"value": "x"}'}, []),
        ({"summary": {"en": {"x": 1}}}, "summary", {"field": "summary", "value": '{"en": {"x": 1}}'}, []),
    ],
)
def test_one_bad_value_costs_no_record(given_, field, kept, rest):
    """An invalid value is reported once and kept under extra, a whole part if need be; the record is published."""
    sound, problems = sound_of(given_)
    assert [each.field for each in problems] == [field]
    assert problems[0].message.endswith("; kept under extra")
    assert sound["extra"] == [kept]
    assert sorted(sound.keys() - {"id", "kind", "title", "extra"}) == rest
    assert not validation.faults(sound, "file", "")


def test_a_long_list():
    """A long list is normalised without quadratic work, each value once."""
    values = [{"id": f"agent/{n % 30_000}", "name": "A"} for n in range(60_000)]
    sound, _ = sound_of({"participants": values, "identifiers": [str(n) for n in range(60_000)]})
    assert len(sound["participants"]) == 30_000
    assert len(sound["identifiers"]) == 60_000


def test_many_unknown_keys():
    """Very many keys that there are not are put aside in no time to speak of."""
    sound, problems = sound_of({f"colour{n}": n for n in range(30_000)})
    assert len(sound["extra"]) == len(problems) == 30_000


def test_a_year_as_a_number():
    """A year that a program wrote as a number is a date."""
    sound, problems = sound_of({"dates": 1963})
    assert sound["dates"][0]["edtf"] == "1963"
    assert not problems


@pytest.mark.parametrize(
    ("id_", "role"), [("agent/a", "existence"), ("place/a", "existence"), ("archive/a", "document")]
)
def test_what_a_bare_date_means(id_, role):
    """A bare date is that of an agent's existence, or of a document's writing."""
    sound, _ = normalise_record({"id": id_, "name": "A", "dates": "1920-1980"}, "file", "")
    assert [(each["role"], each["edtf"]) for each in sound["dates"]] == [(role, "1920/1980")]


def test_the_record_itself_needs_it():
    """A missing required value is reported once, and rejects the record."""
    sound, problems = normalise_record({"id": "record/1", "title": {"en": ["A", "B"]}}, "file", "")
    assert [each.field for each in [*problems, *validation.faults(sound, "file", "")]] == ["title.en"]


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ({"creater": "agent/a"}, "creator, perhaps"),
        ({"dates": [{"role": "sent", "edff": "1963"}]}, "edtf, perhaps"),
        ({"birthPlace": "place/a"}, "a key that a record has; birthPlace is for agent"),
        ({"colour": "red"}, "a key of the model (`kg keys` lists them)"),
        ({"dates": "04/05/1963"}, "a date in which day and month are told apart: 1963-05-04, 4 May 1963"),
    ],
)
def test_what_is_expected(given_, expected):
    """Of a key that is not there the nearest one is named; of a date with two meanings, how to tell them apart."""
    _, problems = sound_of(given_)
    assert [each.expected for each in problems] == [expected]


def test_values_are_shown_as_json():
    """A value stands in a problem as it stands in the file."""
    _, (problem,) = sound_of({"sender": {"id": None, "name": "Ш"}})
    assert problem.value == '{"id": null, "name": "Ш"}'


def test_an_id_of_no_kind():
    """The message for an id without a kind lists the kinds."""
    with pytest.raises(ValueFault) as fault:
        normalise_record({"id": "letter/1"}, "file", "")
    assert "record, agent, place, collection, archive, topic" in fault.value.expected


def test_a_key_without_a_name():
    """A key that is empty is a key like any other that the model lacks."""
    sound, _ = sound_of({"digitalObjects": {"": 1, "identifier": "a"}, "": 2})
    assert not validation.faults(sound, "file", "")
    assert sound["digitalObjects"] == [{"identifier": "a"}]
    assert [each["value"] for each in sound["extra"]] == ["1", "2"]
