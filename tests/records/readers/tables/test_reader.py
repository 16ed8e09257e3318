"""Reader of tables: columns under the keys of the model, identities of rows, what is told of rows and columns."""

import pytest
from tables import items_of, normalised, problems_of, records_of

from kg.source_settings import ColumnSettings

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
    assert told.message.startswith("2 cells are read as one name each")


def test_a_column_that_the_table_lacks_is_told_with_the_nearest(tmp_path):
    """kg.toml names a column that is not there: told with the nearest heading, and the rest is read."""
    items = items_of(tmp_path, "id,Titel\n1,A\n", columns={"Title": "title", "Titel": "title", "Tittel": "note"})
    told = [problem for problem in problems_of(items) if problem.field == "columns"]
    assert [problem.value for problem in told] == ["Title", "Tittel"]
    assert all("'Titel'" in problem.expected for problem in told)


def test_columns_that_no_key_takes_are_counted(tmp_path):
    """A column without a key is told once with the number of its cells; so is one without a heading."""
    items = items_of(tmp_path, "id,title,Box,\n1,A,7,x\n2,B,8,\n")
    told = [problem for problem in problems_of(items) if "kept under extra" in problem.message]
    assert [(problem.field, problem.message.split(";")[1][:10].strip()) for problem in told] == [
        ("column C (Box)", "2 cells a"),
        ("column D", "1 cell is"),
    ]
    assert items[0].record["extra"] == [{"field": "Box", "value": "7"}, {"field": "column D", "value": "x"}]


def test_columns_of_kg_are_no_data(tmp_path):
    """A heading that begins with kg: is a reading of kg's own."""
    (record,) = records_of(tmp_path, "id,title,kg:dates\n1,A,1963-04-05\n")
    assert record == {"kind": "record", "title": {"@none": "A"}, "id": "record/1", "identifiers": ["1"]}


def test_an_id_says_its_kind_before_the_settings(tmp_path):
    """A plain number is of the kind of the settings or its column; a reference or an address of ours is that thing."""
    content = "id,title,kind\nagent/5,A,\n7,B,agents\nhttps://archive.example.org/place/9,D,\n8,E,letter\n"
    items = items_of(tmp_path, content)
    records = [item.record for item in items]
    assert [record["id"] for record in records[:4]] == ["agent/5", "agent/7", "place/9", "record/8"]
    assert [next(iter({"title", "name"} & record.keys())) for record in records[:4]] == [
        "name",
        "name",
        "name",
        "title",
    ]
    assert [problem.field for problem in problems_of(items)] == ["column C (kind)"]
    assert records[3]["extra"] == [{"field": "kind", "value": "letter"}]


def test_rows_without_ids_have_keys_of_their_words(tmp_path):
    """Such a key stays when rows are sorted or put between; equal rows are told apart and told; the column is asked for."""
    rows = ["Letter,1963", "Letter,1964", "Order,1963"]
    first = [each["id"] for each in records_of(tmp_path, "title,dates\n" + "\n".join(rows))]
    second = [each["id"] for each in records_of(tmp_path, "title,dates\nNew,1950\n" + "\n".join(reversed(rows)))]
    assert second[1:] == first[::-1]
    items = items_of(tmp_path, "title,dates\nLetter,1963\nLetter,1963\n")
    assert items[1].record["id"] == f"{items[0].record['id']}-2"
    assert [problem.expected for problem in problems_of(items)] == [
        "a column of ids",
        'a column of numbers that stay: "No." = "id"',
    ]


def test_a_row_without_an_id_among_others_is_told(tmp_path):
    """Where there is a column of ids, an empty cell of it is told at its row, and a row without anything is refused."""
    items = items_of(tmp_path, "id,title,note\n1,A,\n,B,\n,,x\n")
    assert [(problem.at, problem.severity) for problem in problems_of(items)] == [
        ("row 3", "note"),
        ("row 4", "rejected"),
    ]


def test_a_second_id_is_an_identifier(tmp_path):
    """Of two columns of ids the first filled one is the id, and the other is kept."""
    (record,) = records_of(tmp_path, "No.,Old no.,title\n1,A-7,X\n", columns={"No.": "id", "Old no.": "id"})
    assert (record["id"], record["identifiers"]) == ("record/1", ["1", "A-7"])


def test_patterns_make_values_of_other_columns(tmp_path):
    """A pattern is filled where all its columns are; where one is empty, the others are kept under their headings."""
    columns = {
        "Ref": {"key": "id", "pattern": "{Box}-{No}"},
        "Shelf": {"key": "reference", "pattern": "box {box}, no. {No.}"},
    }
    full, lacking, own = records_of(tmp_path, "Box,No.,Ref,title\n3,7,R,A\n,8,,B\n,9,X,C\n", columns=columns)
    assert (full["id"], full["reference"]) == ("record/3-7", "box 3, no. 7")
    assert full["extra"] == [{"field": "Ref", "value": "R"}]
    assert lacking["extra"][0] == {"field": "No.", "value": "8"}
    assert (own["id"], own["extra"][0]["value"]) == ("record/X", "9")


def test_a_constant_stands_where_no_cell_says_otherwise(tmp_path):
    """A constant needs no column; where there is one, what a cell says goes first."""
    columns = {"Language": {"key": "language", "constant": "en"}, "Rights": {"key": "rights@en", "constant": "Open."}}
    first, second = records_of(tmp_path, "id,title,Language\n1,A,\n2,B,ru\n", columns=columns)
    assert (first["language"], second["language"]) == (["en"], ["ru"])
    assert first["rights"] == {"en": ["Open."]}


def test_parts_are_put_together_by_the_number_of_their_columns(tmp_path):
    """Address and caption of the second scan belong together, where the first has none; boxes and folders are a place."""
    columns = {
        "Box": "containers.box",
        "Folder": "containers.folder",
        "Scan *": "digitalObjects.url",
        "Caption *": "digitalObjects.label@en",
        "Sent": "dates.sent",
        "Fond": "referenceLevels.fond",
    }
    content = "id,title,Box,Folder,Scan 1,Caption 1,Scan 2,Caption 2,Sent,Fond\n1,A,3,7,,,https://e.org/2.jpg,Back,4 May 1963,12\n"
    (record,) = normalised(tmp_path, content, columns=columns)
    assert record["containers"] == ["box 3, folder 7"]
    assert record["digitalObjects"] == [{"url": "https://e.org/2.jpg", "label": {"en": "Back"}}]
    assert [(date["role"], date["edtf"]) for date in record["dates"]] == [("sent", "1963-05-04")]
    assert record["referenceLevels"] == [{"level": "fond", "value": "12"}]


def test_a_second_value_of_a_single_key_is_kept_and_told(tmp_path):
    """A second title in one language is extra under its heading; in another language it is a title."""
    content = "id,Title,Other title,Titel\n1,A,B,C\n"
    items = items_of(tmp_path, content, columns={"Title": "title@en", "Other title": "title@en", "Titel": "title@de"})
    assert items[0].record["title"] == {"en": "A", "de": "C"}
    assert items[0].record["extra"] == [{"field": "Other title", "value": "B"}]
    assert problems_of(items)[0].field == "column C (Other title)"


def test_names_that_are_none_make_no_agents(tmp_path):
    """Words for nothing are nothing; a placeholder is no person and is kept; so is a text too long for a name."""
    content = f"id,title,creator\n1,A,n/a\n2,B,unknown\n3,C,{'x' * 300}\n4,D,12\n"
    items = items_of(tmp_path, content)
    assert ["creator" in item.record for item in items] == [False] * 4
    assert "extra" not in items[0].record
    assert [items[1].record["extra"][0]["value"], len(items[2].record["extra"][0]["value"])] == ["unknown", 300]
    assert "agent/12 would be" in problems_of(items)[-1].message


def test_blanks_and_line_breaks_are_trimmed_and_zeros_stay(tmp_path):
    """A title is one line, prose keeps its paragraphs; numbers keep their zeros and figures."""
    content = 'id,title,note,outgoingNumber\n007,"  A\nB ","x\n\ny ",00012345678901234567890\n'
    (record,) = normalised(tmp_path, content)
    assert (record["id"], record["title"]["@none"], record["note"]["@none"]) == ("record/007", "A B", ["x\n\ny"])
    assert record["outgoingNumber"] == ["00012345678901234567890"]


def test_languages_are_read_by_their_names_and_codes(tmp_path):
    """A cell of a language is its name or code."""
    records = normalised(tmp_path, "id,title,language\n1,A,Russian\n2,B,ger\n3,C,es\n")
    assert [record["language"] for record in records] == [["ru"], ["de"], ["es"]]


def test_columns_are_taken_by_the_most_exact_name(tmp_path):
    """A whole heading goes before a pattern, and a longer pattern before a shorter one."""
    columns = {"*": "note", "Subject *": "subjects", "Subject 2": "type", "ID": "id", "t*": "title"}
    (record,) = records_of(tmp_path, "id,Title,Subject 1,Subject 2,X\n1,A,War,Letter,Y\n", columns=columns)
    assert [record[key][0]["name"]["@none"] for key in ("subjects", "type")] == ["War", "Letter"]
    assert record["note"] == {"@none": ["Y"]}


def test_escapes_are_mended_and_told_at_their_column(tmp_path):
    """Characters that were escaped twice are read as what they mean."""
    items = items_of(tmp_path, "id,title\n1,Caf&eacute; AT&T\n")
    assert items[0].record["title"] == {"@none": "Café AT&T"}
    assert [problem.field for problem in problems_of(items)] == ["column B (title)"]


def test_a_row_of_totals_is_told(tmp_path):
    """A last row that adds up the others is a record like these, and the archivist is told that it may be none."""
    table = "No.,Title,Author,Date,Pages\n1,Letter,Lim,1963,2\n2,Total eclipse,,1964,3\nTotal,2 letters,,,\n"
    columns = {"No.": "id"}
    assert [each["id"] for each in records_of(tmp_path, table, columns=columns)] == [
        "record/1",
        "record/2",
        "record/Total",
    ]
    assert [each.at for each in _totals(tmp_path, table, columns)] == ["row 4"]
    assert not _totals(tmp_path, table.rsplit("Total,", 1)[0], columns)


def _totals(folder, table, columns):
    told = problems_of(items_of(folder, table, columns=columns))
    return [each for each in told if "looks like a total" in each.message]


def test_the_order_of_day_and_month(tmp_path):
    """A column's form reads dates of figures alone, whose words are kept; other cells are read as ever, faults are told."""
    table = "No.,Title,Date\n1,A,5/6/1972\n2,B,c. 1970\n3,C,31/2/1972\n4,D,05/06/1972\n"
    columns = {"No.": "id", "Date": {"key": "dates", "format": "d/M/yyyy"}}
    dates = [each["dates"][0] for each in normalised(tmp_path, table, columns=columns)]
    assert [each.get("edtf") for each in dates] == ["1972-06-05", "1970~", None, "1972-06-05"]
    assert [each["text"] for each in dates] == ["5/6/1972", "c. 1970", "31/2/1972", "05/06/1972"]
    american = {"No.": "id", "Date": {"key": "dates", "format": "M/d/yyyy"}}
    assert normalised(tmp_path, table, columns=american)[0]["dates"][0]["edtf"] == "1972-05-06"


@pytest.mark.parametrize("form", ["d/M", "d/d/yyyy", "yyyy", "day first", "d/M-yyyy"])
def test_an_order_that_is_none_is_refused(form):
    """A form without a day, a month and a year is a fault of kg.toml."""
    with pytest.raises(ValueError, match="no order of day, month and year"):
        ColumnSettings(key="dates", format=form)
