"""Rows of tables as text: delimiters, quotation marks, widths, lengths; no mark swallows a row, no cell is lost."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables import items_of, problems_of, records_of, source_of

from kg.records.readers import sniff
from kg.records.readers.base import RawRecord
from kg.records.readers.tables.table import Sheet
from kg.records.readers.tables.text import dialects, line_feed, text_rows


def rows_of(folder, content, **options):
    """Rows of a text, each with its number and cells."""
    (sheet,) = text_rows.sheets(source_of(folder, content, **options))
    assert isinstance(sheet, Sheet)
    return [(row.number, row.cells) for row in sheet.rows]


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        ("id;title\n1;A, B and C\n2;D, E\n", ";"),
        ("id\ttitle\n1\tA, B\n", "\t"),
        ("id|title|x\n1|A;B|c\n", "|"),
        ("Letters, 1963\nid;title\n1;A\n2;B\n3;C\n", ";"),
        ("sep=|\nid|title\n1|A\n", "|"),
        ("title\nA\n", ","),
    ],
)
def test_delimiter_is_found(content, delimiter):
    """The delimiter is that by which most lines have as many cells; Excel's own line goes first."""
    assert dialects.find(content, "", {}, is_whole=True).delimiter == delimiter


def test_numbers_of_rows_are_those_of_a_spreadsheet(tmp_path):
    """Blank rows are counted and left out, a cell of several lines is one row, and Excel's first line is none."""
    content = 'sep=;\nid;title\n\n1;"A\nB"\n ; \n2;C\n'
    assert rows_of(tmp_path, content) == [(1, ("id", "title")), (3, ("1", "A\nB")), (5, ("2", "C"))]


@pytest.mark.parametrize(
    ("rest", "titles"),
    [
        ('2,"B,y\n3,C,z\n', ['"B', "C"]),
        ('2,"B,y\n3,C,"z"\n4,D,w\n', ['"B', "C", "D"]),
        ('2,"B,y\n3,"",z\n4,D,w\n', ['"B', None, "D"]),
        ('2,"Bo" said,y\n3,C,z\n', ['"Bo" said', "C"]),
        ('2,5" reel,y\n3,C,z\n', ['5" reel', "C"]),
    ],
)
def test_no_mark_swallows_the_rows_after_it(tmp_path, rest, titles):
    """A mark that is not closed, or closed within a cell, costs nothing: its line is read as it stands, and told."""
    items = items_of(tmp_path, f"id,title,note\n1,A,x\n{rest}")
    records = [item.record for item in items if isinstance(item, RawRecord)]
    assert [record.get("title", {}).get("@none") for record in records] == ["A", *titles]
    told = [problem for problem in problems_of(items) if "quotation mark in line 3" in problem.message]
    assert len(told) == ('"B' in rest)


def test_rows_too_short_or_too_long_are_told_and_lose_nothing(tmp_path):
    """A row of another width than most is told at its row; what stands beyond the headings is extra."""
    items = items_of(tmp_path, "id,title,note\n1,A\n2,B,x,y\n3,C,z\n4,D,w\n5,E,v,\n")
    told = {problem.at: problem.message for problem in problems_of(items) if "most rows" in problem.message}
    assert told.keys() == {"row 2", "row 3"}
    assert items[1].record["extra"] == [{"field": "column D", "value": "y"}]


def test_marks_that_nothing_closes_take_bounded_work(tmp_path, monkeypatch):
    """Each line opens a mark anew, and none is closed: after some rows lines are read one by one, and all are there."""
    monkeypatch.setattr(line_feed, "FREE_RESCANS", 100)
    taken = []
    give_back = line_feed.LineFeed.give_back
    monkeypatch.setattr(line_feed.LineFeed, "give_back", lambda feed: taken.append(len(feed.taken)) or give_back(feed))
    lines = ['b",",c'] * 400
    rows = rows_of(tmp_path, "id,title,note\n" + "\n".join(lines) + "\n")
    assert [cells for _, cells in rows[1:]] == [('b"', '"', "c")] * 400
    assert sum(taken) < 5 * len(lines)


def test_given_back_lines_are_counted(tmp_path, monkeypatch):
    """A feed is spent once it gave back more than it may."""
    monkeypatch.setattr(line_feed, "FREE_RESCANS", 5)
    feed = line_feed.LineFeed(io.StringIO("ab\ncdef\nghij\n"))
    lines = feed.stream()
    assert [next(lines) for _ in range(3)] == ["ab\n", "cdef\n", "ghij\n"]
    assert feed.give_back() == "ab\n"
    assert feed.is_spent
    feed.taken.clear()
    assert list(feed.stream()) == ["cdef\n", "ghij\n"]


def test_an_endless_line_is_left_out(tmp_path, monkeypatch):
    """A line over the bound is passed over in pieces, told with its length, and the next rows are read."""
    for module in (line_feed, text_rows):
        monkeypatch.setattr(module, "MAX_ROW", 1000)
    items = items_of(tmp_path, f"id,title\n1,A\n2,{'B' * 5000}\n3,C\n")
    assert [item.record["id"] for item in items if isinstance(item, RawRecord)] == ["record/1", "record/3"]
    (told,) = problems_of(items)
    assert (told.severity, told.at) == ("rejected", "row 3")
    assert "5,003 characters" in told.message


def test_a_cell_over_the_bound_without_an_end_is_no_row(tmp_path, monkeypatch):
    """A mark that opens a cell longer than a row may be is read as it stands, and every later row is there."""
    for module in (line_feed, text_rows):
        monkeypatch.setattr(module, "MAX_ROW", 1000)
    more = "".join(f"{number},T,x\n" for number in range(3, 400))
    records = records_of(tmp_path, f'id,title,note\n1,A,x\n2,"B,y\n{more}')
    assert len(records) == 399


def test_a_million_columns_are_bounded(tmp_path):
    """A row with more cells than a spreadsheet has columns is refused, and the rows around it are read."""
    items = items_of(tmp_path, "id,title\n1,A\n2" + "," * 1_000_000 + "B\n3,C\n")
    assert [item.record["id"] for item in items if isinstance(item, RawRecord)] == ["record/1", "record/3"]
    assert [problem.message for problem in problems_of(items)] == ["has 1,000,001 cells, and at most 16,384 are read"]


def test_formulas_of_excel_for_text_are_their_text(tmp_path):
    """A cell such as ="007", by which Excel keeps zeros, is what a person sees of it."""
    assert [each["id"] for each in records_of(tmp_path, 'id,title\n="007",A\n"=""008""",B\n')] == [
        "record/007",
        "record/008",
    ]


def test_rejected_rows_keep_their_bytes(tmp_path):
    """A row has the bytes that it had in the file, in its own encoding and over its lines."""
    content = 'id;title\n1;"Ž\nB"\n'.encode("cp1250")
    item = next(item for item in items_of(tmp_path, content) if isinstance(item, RawRecord))
    assert item.raw == '1;"Ž\nB"\n'.encode("cp1250")


@pytest.mark.parametrize(
    ("head", "name", "format_"),
    [
        (b"No.;Title\n1;A\n", "a.csv", "csv"),
        (b"id,title\n", "LETTERS.CSV", "csv"),
        (b"x", "a.tsv", "csv"),
        (b"", "a.tab", "csv"),
        (b"No.\tTitle\n1\tA\n2\tB\n", "a.txt", "csv"),
        (b"No.\tTitle\n1 A\n2\tB\n", "a.txt", None),
        (b"Dear Sir,\nI write.\nYours\n", "a.txt", None),
        (b"<ead/>", "a.csv", "ead"),
        (b'{"id": "record/1"}', "a.csv", "csv"),
        ("No.;Title\n1;A\n".encode("utf-16"), "a.csv", "csv"),
        (b"Skip to content\n\nRelated Documents\n\nDocument Information\n\nRecord ID\n", "a.txt", "page"),
    ],
)
def test_tables_are_known_by_their_names_or_tabs(head, name, format_):
    """The name says that a text is a table; without that, as many tabs in each line do."""
    assert sniff(head, name) == format_


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0", exclude_categories=["Cs"]), max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8), st.sampled_from(dialects.DELIMITERS))
def test_a_table_that_was_written_is_read_as_it_was(tmp_path_factory, table, delimiter):
    """What Python writes as CSV, with any delimiter, has the same cells when it is read, but for blank rows."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("a", "b", "c"), *table])
    rows = rows_of(tmp_path_factory.mktemp("csv"), text.getvalue(), delimiter=delimiter)
    expected = [row for row in table if any(map(str.strip, row)) and not all(cell.startswith('="') for cell in row)]
    assert [cells for _, cells in rows[1:]] == [tuple(map(as_seen, row)) for row in expected]


def as_seen(cell):
    """A cell without the formula around its text."""
    return cell[2:-1] if cell.startswith('="') and cell.endswith('"') and len(cell) > 2 and "\n" not in cell else cell


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_told(tmp_path_factory, content):
    """Whatever stands in a file with the name of a table, the reader ends with records and problems."""
    items = items_of(tmp_path_factory.mktemp("csv"), b"id,title\n" + content)
    assert all(problem.message for problem in problems_of(items))


SIGNS = st.text(st.sampled_from([*'a,;\t"\n\r ="', "é", "\udc80"]), max_size=60)


@given(content=SIGNS, piece=st.integers(1, 40), delimiter=st.sampled_from([",", ";", "\t"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_many_lines_at_once_are_the_same_rows(tmp_path, monkeypatch, content, piece, delimiter):
    """Rows of pieces of lines, wherever these end, are those of one line after the other, with the same remarks."""
    source = source_of(tmp_path, content.encode("utf-8", "surrogateescape"), delimiter=delimiter)
    found = []
    for takes_pieces in (True, False):
        with monkeypatch.context() as patch:
            patch.setattr(line_feed, "PIECE", piece)
            if not takes_pieces:
                patch.setattr(text_rows._TextRows, "_takes_pieces", lambda *_: False)
            (sheet,) = text_rows.sheets(source)
            found.append([tuple(row) for row in sheet.rows])
    assert found[0] == found[1]


def test_lines_of_a_sound_table_are_taken_at_once(tmp_path, monkeypatch):
    """No line of a table in which every row has as many cells is taken alone, one with line breaks in cells included."""
    content = "id,title\n" + "".join(f'{n},"A\nB"\n' for n in range(50))
    monkeypatch.setattr(text_rows._TextRows, "_row", None)
    assert len(rows_of(tmp_path, content)) == 51
