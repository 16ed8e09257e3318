"""Columns of kg's own in an exported sheet: `kg:KEY`."""

from tables import items_of, problems_of, records_of

from kg.records.readers.base import RawRecord

TABLE = "kg:creator,id,Title,Subject 1,KG: Dates ,Subject kg:2,kg:version\nAna,1,Letter,Trade,1963,Sugar,title:123456\n"
COLUMNS = {"id": "id", "Title": "title", "Subject *": "subjects", "*": "scopeNote"}


def test_they_are_never_data(tmp_path):
    """A column whose heading begins with `kg:` gives no value, whatever stands in it, and no pattern takes it."""
    (record,) = records_of(tmp_path, TABLE, columns=COLUMNS)
    assert "creator" not in record
    assert "dates" not in record
    assert "extra" not in record
    assert [link["name"]["@none"] for link in record["subjects"]] == ["Trade", "Sugar"]
    assert "scopeNote" not in record


def test_groups_above_do_not_reach_them(tmp_path):
    """Groups of columns in a row above the headings, which go on to the right, do not make data of them."""
    table = "Letter,,Sender,,\nid,Title,Name,kg:id,kg:title\n1,Letter,Ana,record/1,Letter\n2,Note,Eva,record/2,Note\n"
    for record in records_of(tmp_path, table, columns={"Name": "sender"}):
        assert "extra" not in record
        assert len(record["sender"]) == 1


def test_nothing_is_told_of_them(tmp_path):
    """What stands in their cells is no problem: entities, long texts, numbers."""
    items = items_of(tmp_path, "id,title,kg:problems\n1,Letter,a &amp; b\n")
    assert problems_of(items) == []


def test_the_version_of_a_row_goes_with_its_record(tmp_path):
    """The cell under `kg:version` goes with the record, for a build to compare; a table without it has none."""
    versions = [item.version for item in items_of(tmp_path, TABLE, columns=COLUMNS) if isinstance(item, RawRecord)]
    assert versions == ["title:123456"]
    assert [item.version for item in items_of(tmp_path, "id,title\n1,Letter\n") if isinstance(item, RawRecord)] == [""]
