from kg.render.page.briefs import MAX_LENGTH, brief

_TWO_OFFICES = {
    "occupations": {"en": ["Minister of Defence", "First Secretary"]},
    "relations": [
        {"target": "agent/a", "role": "minister of defence", "dates": "1959-10/2008"},
        {"target": "agent/b", "role": "first secretary", "dates": "2011/.."},
    ],
}


def test_an_office_is_that_of_the_time():
    "The brief of a person beside a document of 1963 is the office of 1963."
    assert brief(_TWO_OFFICES, "1963-04-05", ["en"]) == ("Minister of defence", "")
    assert brief(_TWO_OFFICES, "2012-01-01", ["en"]) == ("First secretary", "")
    assert brief(_TWO_OFFICES, None, ["en"]) == ("Minister of Defence", "en")


def test_one_sentence_is_enough():
    "Where there are no offices, the first sentence of the biography serves, in the language that the reader prefers."
    said = {"biography": {"en": ["A diplomat. He wrote much."], "es": ["Un diplomático. Escribió mucho."]}}
    assert brief(said, None, ["es", "en"]) == ("Un diplomático", "es")


def test_a_long_one_is_cut_at_a_word():
    "A brief stays brief."
    text, _ = brief({"description": {"en": "word " * 200}}, None, ["en"])
    assert len(text) <= MAX_LENGTH + 2
    assert text.endswith("word …")


def test_of_nothing_nothing_is_said():
    "A thing without a description has no brief."
    assert brief({}, "1963-01-01", ["en"]) == ("", "")
