"""Reader of tables: columns under the keys of the model, identities of rows, what is told of rows and columns."""

from tables import items_of, normalised, problems_of, records_of

COLUMNS = {
    "No.": "id",
    "Título": "title@es",
    "Author": {"key": "creator", "separator": ";"},
    "Date": "dates",
    "Subject *": "subjects",
    "Language": {"key": "language", "constant": "en"},
}
LETTERS = (
    "No.,Título,Author,Date,Subject 1,Subject 2,Remarks\n"
    '007,Carta sobre la paz,"Castro Ruz, Fidel; agent/12",5 April 1963,War,Peace,in red ink\n'
)


def test_columns_of_the_settings_become_keys(tmp_path):
    """Language, separator, repeated columns and a constant are as kg.toml says; what no key takes is extra."""
    (record,) = normalised(tmp_path, LETTERS, columns=COLUMNS)
    assert record["id"] == "record/007"
    assert record["title"] == {"es": "Carta sobre la paz"}
    assert [each if isinstance(each, str) else each["name"] for each in record["creator"]] == [
        {"@none": "Castro Ruz, Fidel"},
        "agent/12",
    ]
    assert record["dates"][0]["edtf"] == "1963-04-05"
    assert [each["name"]["@none"] for each in record["subjects"]] == ["War", "Peace"]
    assert record["language"] == ["en"]
    assert record["extra"] == [{"field": "Remarks", "value": "in red ink"}]
    assert record["identifiers"] == ["007"]


def test_headings_that_are_keys_need_no_settings(tmp_path):
    """A heading that is a key of the model, in any letters and with a language, is understood without kg.toml."""
    (record,) = normalised(tmp_path, "id;Title@es;Scope note;Dates\n1;Carta;Peace;1963\n")
    assert record["title"] == {"es": "Carta"}
    assert record["scopeNote"] == {"@none": ["Peace"]}
    assert record["dates"][0]["edtf"] == "1963"


def test_a_comma_never_parts_a_person(tmp_path):
    """A cell of names is one name unless a separator is set; a semicolon in it is told once for the column."""
    content = 'id,title,creator\n1,A,"Castro, Fidel; Guevara, Ernesto"\n2,B,"Castro, Raúl; Ray, Manuel"\n'
    items = items_of(tmp_path, content)
    names = [item.record["creator"][0]["name"]["@none"] for item in items[:2]]
    assert names == ["Castro, Fidel; Guevara, Ernesto", "Castro, Raúl; Ray, Manuel"]
    (told,) = problems_of(items)
    assert (told.at, told.field) == ("row 2", "column C (creator)")
    assert told.message.startswith("2 cells have a semicolon")


def test_a_column_that_the_table_lacks_is_told_with_the_nearest(tmp_path):
    """kg.toml names a column that is not there: told with the nearest heading, and the rest is read."""
    items = items_of(tmp_path, "id,Titel\n1,A\n", columns={"Title": "title", "Titel": "title", "Tittel": "note"})
    told = [problem for problem in problems_of(items) if problem.field == "columns"]
    assert [problem.value for problem in told] == ["Title", "Tittel"]
    assert all("'Titel'" in problem.expected for problem in told)


def test_columns_that_no_key_takes_are_counted(tmp_path):
    """A column without a key is told once with the number of its cells; so is one without a heading."""
    items = items_of(tmp_path, "id,title,Box,\n1,A,7,x\n2,B,8,\n")
    told = [problem for problem in problems_of(items) if "cells are kept" in problem.message]
    assert [(problem.field, problem.message.split(";")[1][:8]) for problem in told] == [
        ("column C (Box)", " 2 cells"),
        ("column D", " 1 cells"),
    ]
    assert items[0].record["extra"] == [{"field": "Box", "value": "7"}, {"field": "column D", "value": "x"}]


def test_columns_of_kg_are_no_data(tmp_path):
    """A heading that begins with kg: is a reading of kg's own."""
    (record,) = records_of(tmp_path, "id,title,kg:dates\n1,A,1963-04-05\n")
    assert record == {"kind": "record", "title": {"@none": "A"}, "id": "record/1", "identifiers": ["1"]}
