"""Guesses of whole tables: what a person would say that the columns are."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.records.inference.cell_language import language_of
from kg.records.inference.table_guess import guess_table
from kg.records.readers.tables.column_keys import parse


def guessed(headings, *rows, name="sheet"):
    """The keys of a table's columns."""
    table = guess_table(name, headings, rows)
    return {column.column: column.key for column in table.columns}


def column(headings, rows, name):
    return next(each for each in guess_table("sheet", headings, rows).columns if each.column == name)


def test_comma_never_parts_names():
    """A comma in a column of names parts nobody, and one between subjects parts them where they come again."""
    rows = [["A", "Vane, Ora", "War, Peace"], ["B", "Lim, Bo", "Peace"], ["C", "Castellan, Jean", "War, Trade"]]
    guess = guess_table("letters", ["Title", "Author", "Subjects"], rows)
    assert [each.separator for each in guess.columns] == ["", "", ""]
    assert guess.columns[1].doubts == ()
    assert 'separator = ","' in " ".join(guess.columns[2].doubts)


def test_separator_of_two_columns_is_set():
    """A sign that parts values in two columns is set and told; in one column alone it is a doubt."""
    headings = ["No.", "Title", "Author", "Keywords"]
    rows = [["1", "A", "Vane, Ora; Lim, Bo", "War; Peace"], ["2", "B", "Lim, Bo", "War"]]
    guess = guess_table("letters", headings, rows)
    assert [each.separator for each in guess.columns] == ["", "", ";", ";"]
    assert any("“;” parts several values in cells of 2 columns" in note for note in guess.notes)
    alone = guess_table("letters", headings, [["1", "A", "Vane, Ora; Lim, Bo", "War"], ["2", "B", "Lim, Bo", "War"]])
    assert [each.separator for each in alone.columns] == ["", "", "", ""]
    assert 'separator = ";"' in alone.columns[2].doubts[0]


def test_texts_are_never_parted():
    """Sentences have semicolons; a title or a note is one value."""
    rows = [["1", "A; b", "He came; she left; they met."], ["2", "C; d", "It rained; it froze."]]
    assert all(not each.separator for each in guess_table("x", ["No.", "Title", "Notes"], rows).columns)


def test_repeated_number_is_no_id():
    """A number that rows share is no id: with the column that tells rows apart it makes one, which is told."""
    headings = ["Box", "No.", "Title"]
    guess = guess_table("x", headings, [["1", "1", "A"], ["1", "2", "B"], ["2", "1", "C"]])
    assert [each.key for each in guess.columns[:2]] == ["containers.box", "identifiers"]
    assert [(each.key, each.pattern) for each in guess.made] == [("id", "{Box}-{No.}")]


def test_reference_of_its_own_is_the_id():
    """Without a column of ids, a reference that no two rows share makes the id."""
    guess = guess_table("x", ["Signatur", "Titel"], [["A 1", "Brief an den Rat"], ["A 2", "Bericht über die Stadt"]])
    assert [(each.key, each.pattern) for each in guess.made] == [("id", "{Signatur}")]


def test_no_id_is_told():
    """Without anything to make an id of, what is done is told."""
    guess = guess_table("x", ["Title", "Date"], [["A", "1921"], ["A", "1921"]])
    assert any("no column has ids" in note for note in guess.notes)


@pytest.mark.parametrize(
    ("name", "headings", "kind"),
    [
        ("people", ["Name", "Born", "Died"], "agent"),
        ("x", ["Фамилия", "Имя", "Дата рождения", "Должность"], "agent"),
        ("x", ["Name", "Latitude", "Longitude"], "place"),
        ("places", ["Name", "Country"], "place"),
        ("letters", ["Name", "Date", "Author"], "record"),
        ("x", ["Title", "Sender", "Place of birth"], "record"),
    ],
)
def test_kinds(name, headings, kind):
    """People, places and documents are told apart by what the columns mean."""
    assert guess_table(name, headings, [["x"] * len(headings)]).kind == kind


def test_people():
    """A family name and a given name are one name; birth and death are dates with a role."""
    guess = guess_table("people", ["Surname", "First name", "Born", "Died"], [["Vane", "Ora", "1880", "1950"]])
    assert [each.key for each in guess.columns] == ["name", "-", "dates.birth", "dates.death"]
    assert guess.columns[0].pattern == "{Surname}, {First name}"


@pytest.mark.parametrize(
    ("rows", "pattern"),
    [
        ([["1921-03-01", "1921-03-05"], ["1922", "1923"]], "{From}/{To}"),
        ([["5 March 1921", "7 March 1921"]], "{From} - {To}"),
    ],
)
def test_beginning_and_end_are_one_date(rows, pattern):
    """A date in two columns is one date, in a form that the reader of dates reads."""
    guess = guess_table("x", ["Title", "From", "To"], [["A", *row] for row in rows])
    assert (guess.columns[1].key, guess.columns[1].pattern, guess.columns[2].key) == ("dates", pattern, "-")


def test_year_month_and_day_are_one_date():
    """Year, month and day in three columns are one date."""
    guess = guess_table(
        "x", ["Title", "Year", "Month", "Day"], [["A", "1921", "March", "5"], ["B", "1921", "May", "12"]]
    )
    assert guess.columns[1].pattern == "{Day} {Month} {Year}"
    assert [each.key for each in guess.columns[1:]] == ["dates", "-", "-"]


def test_table_without_a_title_gets_one():
    """A table in which no column is called a title has a guess for one, since nothing is read without."""
    assert (
        guessed(["No.", "Description"], ["1", "Letter to the mayor"], ["2", "Letter to the bank"])["Description"]
        == "title@en"
    )
    guess = guess_table("x", ["Sender", "Date"], [["Vane, Ora", "1921"], ["Lim, Bo", "1922"]])
    assert [(each.key, each.pattern) for each in guess.made if each.key == "title"] == [("title", "{Sender}, {Date}")]


def test_subject_of_letters_is_a_title_and_subjects_are_not():
    """Under Subject stand either what a letter is about, one each, or terms that come again."""
    about = guessed(["No.", "Subject"], ["1", "Purchase of the printing press"], ["2", "The price of paper and type"])
    terms = guessed(["No.", "Title", "Subject"], ["1", "A", "Printing"], ["2", "B", "Printing"])
    assert (about["Subject"], terms["Subject"]) == ("title@en", "subjects")


def test_heading_without_support_is_doubted():
    """A heading whose cells are something else is less sure, and the doubt names them."""
    rows = [[str(number), "A", "see over"] for number in range(9)]
    dates = column(["No.", "Title", "Date"], rows, "Date")
    sure = column(["No.", "Title", "Date"], [["1", "A", "1921"], ["2", "B", "5 May 1921"]], "Date")
    assert (dates.key, sure.key) == ("dates", "dates")
    assert dates.sure < 0.7 < sure.sure
    assert "“see over”" in dates.doubts[0]


def test_file_names_are_no_addresses():
    """A column of file names is kept under its heading, since a link needs an address."""
    headings, rows = ["No.", "Title", "Image"], [["1", "A", "a.jpg"], ["2", "B", "b.jpg"]]
    image = column(headings, rows, "Image")
    assert image.key == "extra"
    assert "digitalObjects" in image.doubts[0]
    linked = column(headings, [["1", "A", "https://a.example.org/1.jpg"]], "Image")
    assert linked.key == "digitalObjects"


def test_texts_in_two_languages_get_none():
    """A column whose texts are in two languages gets no language, which is told."""
    rows = [
        ["Letter to the mayor of the town"],
        ["Письмо о визите"],
        ["Report on the summer"],
        ["Записка о переговорах"],
    ]
    title = column(["Title"], rows, "Title")
    assert title.key == "title"
    assert "several languages" in title.doubts[0]


def test_language_of_documents():
    """Where texts are given and no column tells their language, each document gets the language of the texts."""
    guess = guess_table(
        "x", ["Title", "Text"], [["A", "He went to the house of the mayor and said that it was late."]] * 4
    )
    assert [(each.key, each.constant) for each in guess.made if each.key == "language"] == [("language", "en")]


@pytest.mark.parametrize(
    ("texts", "tag"),
    [
        (["Carta al ministro sobre la paz"], "es"),
        (["Carta ao ministro sobre a paz do mundo"], "pt"),
        (["Brief an den Minister über die Lage"], "de"),
        (["Lettre au ministre sur la paix"], "fr"),
        (["Lettera al ministro sulla pace nel mondo"], "it"),
        (["Записка о переговорах"], "ru"),
        (["Записка про переговори та мир"], "uk"),
        (["Havana", "Moscow"], ""),
    ],
)
def test_languages_of_cells(texts, tag):
    """Small words tell a language; names tell none."""
    assert language_of(texts).tag == tag


@given(
    st.lists(st.text(max_size=20), min_size=1, max_size=6).flatmap(
        lambda headings: st.tuples(st.just(headings), st.lists(st.lists(st.text(max_size=20), max_size=7), max_size=5))
    )
)
@settings(max_examples=60)
def test_any_table_is_guessed(table):
    """Any table gets a guess for each column, with keys that the reader of tables takes, and a label."""
    headings, rows = table
    guess = guess_table("x", headings, rows)
    assert [each.column for each in guess.columns] == headings
    keys = [each.key for each in (*guess.columns, *guess.made)]
    assert all(key in {"extra", "-"} or parse(key, guess.kind) for key in keys)
    assert any(re.split("[@]", key)[0] in {"title", "name"} for key in keys)


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("Годы жизни", "1899–1972"),
        ("Life dates", "1899-1972"),
        ("Date of birth", "1899-05-04"),
        ("Lebensdaten", "1899"),
    ],
)
def test_dates_of_people_are_none_of_a_document(heading, cell):
    """A document has no life dates: those of the people that it names stay under their heading; a person's are dates."""
    rows = [["1", "Letter", "Vane, Ora", cell, "1930"], ["2", "Memo", "Lim, Bo", cell, "1931"]]
    guess = column(["No.", "Title", "Author", heading, "Date"], rows, heading)
    assert (guess.key, bool(guess.doubts)) == ("extra", True)
    people = [["1", "Vane, Ora", cell, "teacher"], ["2", "Lim, Bo", cell, "poet"]]
    assert column(["No.", "Name", heading, "Occupation"], people, heading).key.startswith("dates")


@pytest.mark.parametrize(
    ("heading", "cells", "key"),
    [
        ("Donor phone", ("0555-0101", "0555-0102"), "-"),
        ("E-mail", ("jp@example.org", ""), "-"),
        ("Teléfono del donante", ("+34 954 56 12 30", "954561231"), "-"),
        ("Telephone conversation with", ("Harris, John", "Poe, Ann"), "contributors"),
    ],
)
def test_how_people_are_reached_is_left_out(heading, cells, key):
    """Telephone numbers and addresses of people are not proposed for publication, which is told as a doubt."""
    rows = [["1", "Letter", cells[0]], ["2", "Memo", cells[1]]]
    guess = column(["No.", "Title", heading], rows, heading)
    assert guess.key == key or (guess.key, key) == ("extra", "contributors")
    assert guess.doubts


def test_a_title_in_a_group_of_description_is_the_title():
    """Below the heading of a group that tells of the thing the heading of the column counts, below another that one."""
    headings = ["No.", "Description / Title", "Author / Name", "Author / Title"]
    rows = [["1", "A letter to the bank", "Vane, Ora", "Mayor"], ["2", "A memo", "Lim, Bo", "Clerk"]]
    guess = guess_table("letters", headings, rows)
    assert [each.key.partition("@")[0] for each in guess.columns[:3]] == ["id", "title", "creator"]


def test_a_reference_that_hardly_a_row_lacks_is_the_id():
    """A row without a reference, of totals say, takes no id from the others."""
    rows = [[f"MS/{number}", f"Letter {number}"] for number in range(1, 20)]
    guess = guess_table("letters", ["Reference", "Title"], [*rows, ["", "19 letters"]])
    assert [(each.key, each.pattern) for each in guess.made] == [("id", "{Reference}")]
    assert "1 of 20" in guess.made[0].why


def test_a_dash_between_terms_is_proposed_alone():
    """A dash stands between a term and its subdivision as well as between terms: no number of columns sets it."""
    cells = ["War - Peace", "Peace - Trade", "Trade - War"]
    rows = [[str(number), "Letter", cell, cell] for number, cell in enumerate(cells)]
    guess = guess_table("letters", ["No.", "Title", "Subjects", "Places"], rows)
    assert [each.separator for each in guess.columns] == ["", "", "", ""]
    assert 'separator = " - "' in " ".join(guess.columns[2].doubts)
