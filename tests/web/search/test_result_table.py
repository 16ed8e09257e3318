"""The CSV of a search: who, where, when and under which reference, in columns to choose."""

import csv
import io

SEARCH = "/data/search"


def _rows(client, **asked):
    answer = client.get(SEARCH, params={"q": "toast", "kind": "record", "format": "csv", **asked})
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_a_row_says_people_places_and_reference(client):
    """A row names people with all their roles, places, archive with its levels, reference, type and topics."""
    row = next(row for row in _rows(client) if row["iri"].endswith("record/177838"))
    assert "Raúl Castro Ruz (participant)" in row["people"]
    assert "Aleksandr Alekseyev (author, journal of, participant)" in row["people"]
    assert row["places"].startswith("Havana; ")
    assert row["reference"].startswith("AVP RF, f. 0104")
    assert row["archive"].startswith("AVP RF > Fond 0104")
    assert row["type"] == "Memorandum of conversation"
    assert (row["date"], row["date_text"]) == ("1963-04-05", "5 April 1963")


def test_columns_are_chosen_in_their_order(client):
    """Names between commas stand in their order, those of a form's ticks in that of the whole table."""
    assert list(_rows(client, columns="reference,title,people,title")[0]) == ["reference", "title", "people"]
    assert list(_rows(client, columns=["reference", "people", "title"])[0]) == ["title", "people", "reference"]


def test_an_unknown_column_is_refused(client):
    """A column that there is not is a 400 that names those that there are."""
    answer = client.get(SEARCH, params={"format": "csv", "columns": "titel"})
    assert answer.status_code == 400
    assert answer.json()["parameter"] == "columns"
    assert "reference" in answer.json()["expected"]


def test_a_long_table_goes_on_with_its_columns(client):
    """The link to the next part of a table has the same columns."""
    answer = client.get(SEARCH, params={"kind": "record", "format": "csv", "limit": 2, "columns": "title"})
    assert "columns=title" in answer.headers["link"]
