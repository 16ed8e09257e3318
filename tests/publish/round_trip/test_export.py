"""Export of a table with kg's readings, and the way back."""

import csv
import gzip
import io
import shutil
import sqlite3
from contextlib import closing

import openpyxl
import pyarrow as pa
import pytest
import xlwt
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from publishing import BASE, dump_of
from pyarrow import parquet
from round_trips import ods, xlsx

from kg.cli import cli
from kg.errors import PublishError, UsageError
from kg.publish import build
from kg.publish.round_trip import export
from kg.records.readers import ROW_SOURCES
from kg.settings import Settings
from kg.source_settings import SourceSettings

COLUMNS = {
    "No.": "id",
    "Título": "title@es",
    "Title": "title",
    "Author": {"key": "creator", "separator": ";"},
    "Date": "dates",
    "Subject *": "subjects",
    "Language": {"key": "language", "constant": "es"},
}
HEADINGS = ["No.", "Título", "Title", "Author", "Date", "Subject 1", "Subject 2", "Remarks", ""]


def as_csv(rows, **form):
    text = io.StringIO(newline="")
    csv.writer(text, **form).writerows(rows)
    return text.getvalue().encode()


MAKERS = {"csv": as_csv, "xlsx": xlsx, "ods": ods}
FORMATS = [format_ for format_ in MAKERS if format_ in ROW_SOURCES]


def collection(folder, content, name="letters.csv", *others, **source):
    """Settings of a collection with a table, and other sources."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    first = {"path": name, "columns": COLUMNS, **source}
    return Settings(base=BASE, folder=folder, sources=(first, *others), search=False, tables=False, jobs=1)


def exported(made, name="letters.csv", out=None):
    """An exported table."""
    out = out or made.folder / f"exported{name[name.index('.') :]}"
    export.export_like(made, str(made.folder / name), out, io.BytesIO())
    return out.read_bytes()


def rows_of(content, **form):
    """Rows of a CSV file by their headings."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), **form))


def triples(made):
    """Statements of the live generation."""
    return sorted(gzip.decompress(dump_of(made)).splitlines())


ROWS = [
    HEADINGS[:8],
    ["1", "Carta", "Letter", "Castro, Fidel; Ana", "5 April 1963", "Trade", "", "see file 3"],
    ["2", "", "Note", "", "no date at all", "Trade", "Sugar", ""],
    ["2", "Otra", "", "Ana", "c. 1970", "", "", ""],
    ["", "", "", "", "", "", "", "nobody"],
]


def test_readings_stand_behind_the_own_columns(tmp_path):
    """An export has the rows and columns of the sheet, and behind them what kg read, under `kg:` and the key."""
    made = collection(tmp_path, as_csv(ROWS))
    build.build(made)
    content = exported(made)
    assert (
        content.splitlines()[0]
        == (
            "No.,Título,Title,Author,Date,Subject 1,Subject 2,Remarks,kg:id,kg:title@es,kg:title,kg:creator,kg:dates,"
            "kg:subjects,kg:language,kg:problems,kg:version"
        ).encode()
    )
    first, second, *_ = rows_of(content)
    assert [first[f"kg:{key}"] for key in ("id", "title@es", "title", "dates", "language")] == [
        *("record/1", "Carta", "Letter", "1963-04-05", "es")
    ]
    assert first["kg:creator"].startswith("agent/castro-fidel-")
    assert [each.partition(" ")[2] for each in first["kg:creator"].split(" | ")] == ["Castro, Fidel", "Ana"]
    assert first["kg:version"].startswith("title@es:")
    assert second["kg:dates"] == ""
    assert "column E (Date)" in second["kg:problems"]
    for before, after in zip(as_csv(ROWS).splitlines(), content.splitlines(), strict=True):
        assert after.startswith(before)


def test_a_row_without_a_record_is_told_in_its_place(tmp_path):
    """A row that gives no record has the reason in the export, and no reference."""
    made = collection(tmp_path, as_csv(ROWS))
    build.build(made)
    last = rows_of(exported(made))[-1]
    assert (last["kg:id"], last["kg:version"]) == ("", "")
    assert "title" in last["kg:problems"]


@pytest.mark.parametrize("format_", FORMATS)
def test_an_unedited_export_changes_nothing(tmp_path, format_):
    """An export in the place of its table gives the same statements; exported once more it is the same file."""
    name = f"letters.{format_}"
    made = collection(tmp_path, MAKERS[format_](ROWS), name)
    build.build(made)
    before = triples(made)
    once = exported(made, name)
    (made.folder / name).write_bytes(once)
    report = build.build(made)
    assert (report.created, report.changed, report.deleted) == (0, 0, 0)
    assert triples(made) == before
    assert exported(made, name) == once


TEXT = st.text(st.characters(min_codepoint=32, codec="utf-8", exclude_characters="\x7f\ufffe\uffff"), max_size=10)
DATE = st.sampled_from(["", "5 April 1963", "1963-04-05", "c. 1970", "мая 1962", "?", "Whitsun 1909", "1900/1909"])
NAME = st.sampled_from(["", "Castro, Fidel", "Ana; Castro, Fidel", "=Ana", "unknown", "Smith & Co", "Кастро"])
ROW = st.tuples(st.sampled_from("123456 "), TEXT, TEXT, NAME, DATE, NAME, TEXT, TEXT, TEXT).map(list)


@pytest.mark.parametrize("format_", FORMATS)
@settings(max_examples=4, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(ROW, min_size=1, max_size=6),
    heading=st.sampled_from(["", "Box", "kg:dates"]),
    above=st.sampled_from([[], [["Letters of 1963"]], [["", "", "Group A", "", "Group B", "", "", "", ""]]]),
)
def test_any_table_comes_back(tmp_path_factory, format_, rows, heading, above):
    """What was read of any table is read of its export: no thing is new, changed or gone, and a second export is equal."""
    folder, name = tmp_path_factory.mktemp("any"), f"letters.{format_}"
    table = [*above, [*HEADINGS[:8], heading], ["a", "Carta", "Letter", "", "", "", "", "", ""], *rows]
    made = collection(folder, MAKERS[format_](table), name).model_copy(update={"dumps": False})
    build.build(made)
    once = exported(made, name)
    (folder / name).write_bytes(once)
    report = build.build(made)
    assert (report.created, report.changed, report.deleted) == (0, 0, 0)
    assert exported(made, name) == once
    shutil.rmtree(folder)


def test_an_edited_export_changes_what_was_edited(tmp_path):
    """An edited cell of an export changes its record; a deleted row and an added one are gone and new, and no more."""
    made = collection(tmp_path, as_csv(ROWS[:3]))
    build.build(made)
    header, first, _second = exported(made).splitlines()
    third = b"3,Nueva,New,,1971,,,"
    (tmp_path / "letters.csv").write_bytes(b"\n".join([header, first.replace(b",Letter,", b",A letter,", 1), third]))
    report = build.build(made)
    assert (report.created, report.changed, report.deleted) == (1, 1, 1)  # its topic was only named
    assert not [problem for problem in report.problems() if "conflict" in problem.message]


def test_moved_and_renamed_columns_of_kg_are_kept_in_their_places(tmp_path):
    """A column of kg that was moved keeps its place in the next export; one of a key that is read no more is emptied."""
    table = as_csv([["kg:dates", "No.", "kg:box", "Title", "Date"], ["stale", "1", "stale", "Letter", "1963"]])
    made = collection(tmp_path, table)
    build.build(made)
    assert exported(made).splitlines() == [
        b"kg:dates,No.,kg:box,Title,Date,kg:id,kg:title,kg:language,kg:problems,kg:version",
        b"1963,1,,Letter,1963,record/1,Letter,es,," + exported(made).splitlines()[1].rpartition(b",")[2],
    ]


def test_the_original_stays_unless_it_is_the_output(tmp_path):
    """An export goes to standard output or to `--out`, whole or not at all; its table is replaced only where that says so."""
    content = as_csv(ROWS)
    made = collection(tmp_path, content)
    build.build(made)
    standard = io.BytesIO()
    export.export_like(made, str(tmp_path / "letters.csv"), None, standard)
    assert standard.getvalue() == exported(made)
    assert (tmp_path / "letters.csv").read_bytes() == content
    (tmp_path / "letters.csv").chmod(0o640)
    exported(made, out=tmp_path / "letters.csv")
    assert (tmp_path / "letters.csv").read_bytes() == standard.getvalue()
    assert (tmp_path / "letters.csv").stat().st_mode & 0o777 == 0o640
    assert not list(tmp_path.glob(".kg-export-*"))


def test_an_export_that_would_be_read_otherwise_is_refused(tmp_path, monkeypatch):
    """A table that kg's columns would make read otherwise is not written, and the error says where and what to do."""
    made = collection(tmp_path, as_csv(ROWS))
    build.build(made)
    write = export.text_table.write

    def damaging(source, out, edits):
        written = io.BytesIO()
        write(source, written, edits)
        out.write(written.getvalue().replace(b"Letter", b"Lettre", 1))

    monkeypatch.setattr(export.text_table, "write", damaging)
    with pytest.raises(PublishError, match="first in row 2") as caught:
        exported(made)
    assert "header" in caught.value.todo
    assert not (tmp_path / "exported.csv").exists()


def test_errors_say_what_to_do(tmp_path):
    """A file outside the sources, one that is no table, and an output of another format are refused with what to do."""
    (tmp_path / "more.jsonl").write_text('{"id": "record/9", "title": {"en": "Nine"}}\n')
    made = collection(tmp_path, as_csv(ROWS), "letters.csv", {"path": "more.jsonl"})
    build.build(made)
    (tmp_path / "other.csv").write_text("a,b\n")
    cases = {"other.csv": "no file of the sources", "more.jsonl": "no table", "gone.csv": "no such file"}
    for name, message in cases.items():
        with pytest.raises(UsageError, match=message) as caught:
            export.export_like(made, str(tmp_path / name), None, io.BytesIO())
        assert caught.value.todo
    with pytest.raises(UsageError, match=r"--out FILE\.csv"):
        export.export_like(made, str(tmp_path / "letters.csv"), tmp_path / "a.xlsx", io.BytesIO())


@pytest.mark.parametrize("path", ["letters", "letters/*.csv", "**/*.csv"])
def test_an_output_that_a_build_would_read_is_refused(tmp_path, path):
    """An output among the files of a source, whose rows would be there twice, is refused; the sheet itself is not."""
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.csv").write_bytes(as_csv(ROWS[:2]))
    made = collection(tmp_path, b"").model_copy(update={"sources": (SourceSettings(path=path, columns=COLUMNS),)})
    (tmp_path / "letters.csv").unlink()
    build.build(made)
    with pytest.raises(UsageError, match="twice"):
        exported(made, "letters/a.csv", tmp_path / "letters" / "b.csv")
    assert b"kg:id" in exported(made, "letters/a.csv", tmp_path / "letters" / "a.csv")
    assert b"kg:id" in exported(made, "letters/a.csv", tmp_path / "b.tsv")


def test_parquet_keeps_types(tmp_path):
    """A Parquet file keeps its columns with their types, and its export in its place changes nothing."""
    table = pa.table({"No.": [1, 2], "Title": ["Letter", None], "Date": ["1963", "never"], "weight": [1.5, None]})
    parquet.write_table(table, tmp_path / "table.parquet")
    made = collection(tmp_path, (tmp_path / "table.parquet").read_bytes(), "letters.parquet")
    build.build(made)
    once = exported(made, "letters.parquet")
    again = parquet.read_table(io.BytesIO(once))
    assert again.select(range(4)).equals(table)
    assert again["kg:id"].to_pylist() == ["record/1", None]
    (tmp_path / "letters.parquet").write_bytes(once)
    report = build.build(made)
    assert (report.created, report.changed, report.deleted) == (0, 0, 0)
    assert parquet.read_table(io.BytesIO(exported(made, "letters.parquet"))).equals(again)


def test_formats_without_a_writer_come_out_as_another(tmp_path):
    """An old workbook comes out as xlsx and a database as CSV, where the output is called so; else that is told."""
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("Letters")
    for number, row in enumerate([["No.", "Title", "Date"], ["1", " a\nb ", "1963"]]):
        for column, text in enumerate(row):
            sheet.write(number, column, text)
    old = io.BytesIO()
    workbook.save(old)
    with closing(sqlite3.connect(tmp_path / "a.db")) as database:
        database.execute("CREATE TABLE letters AS SELECT 7 AS id, '=SUM(1)' AS title")
        database.commit()
    made = collection(tmp_path, old.getvalue(), "letters.xls", {"path": "a.db", "format": "sql"})
    build.build(made)
    sheet = openpyxl.load_workbook(io.BytesIO(exported(made, "letters.xls", tmp_path / "new.xlsx")))["Letters"]
    assert [sheet["B2"].value, sheet["D1"].value, sheet["D2"].value] == [" a\nb ", "kg:id", "record/1"]
    (row,) = rows_of(exported(made, "a.db", tmp_path / "new.csv"))
    assert (row["title"], row["kg:id"], row["kg:title"]) == ("=SUM(1)", "record/7", "'=SUM(1)")
    with pytest.raises(UsageError, match=r"FILE\.xlsx"):
        exported(made, "letters.xls", tmp_path / "new.xls")


def test_command(tmp_path):
    """`kg export --like FILE` prints the table; before a build it says that nothing is published."""
    content = as_csv(ROWS)
    (tmp_path / "letters.csv").write_bytes(content)
    (tmp_path / "kg.toml").write_text(
        f'base = "{BASE}"\n[[sources]]\npath = "letters.csv"\n[sources.columns]\n"No." = "id"\n"Title" = "title"\n'
    )
    command = ["--config", str(tmp_path / "kg.toml"), "export", "--like", str(tmp_path / "letters.csv")]
    early = CliRunner().invoke(cli, command)
    assert early.exit_code == 1
    assert "kg build" in early.output
    assert CliRunner().invoke(cli, [*command[:2], "build"]).exit_code == 0
    assert b"kg:version" in CliRunner().invoke(cli, command).stdout_bytes.splitlines()[0]
