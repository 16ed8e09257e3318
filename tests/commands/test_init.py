"""`kg init`: guesses, a kg.toml that builds as it is, nothing overwritten, clear errors for any file."""

import json
import sqlite3
import tomllib
import zipfile
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from sheets import CLIPPINGS, PHOTOGRAPHS_SEPARATORS, SHEETS, text_of, write_letters, write_minutes
from starlette.testclient import TestClient

from kg import settings
from kg.cli import cli
from kg.proposal import samples
from kg.web.app import Application

LETTERS = 'No.,Title,Author\n1,A letter to the bank,"Vane, Ora"\n2,A letter to the mayor,"Lim, Bo"\n'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(cli, ["init", *map(str, arguments)])


def checked(folder):
    """The report of `kg check` in a folder."""
    done = CliRunner().invoke(cli, ["--config", str(folder / "kg.toml"), "check", "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def guesses(*arguments):
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", SHEETS)
def test_proposes_what_a_person_would(name, folder):
    """Of five sheets as archives send them each column gets the key that a person would give it, and a reason."""
    write, keys, _ = SHEETS[name]
    made = guesses(write(folder))
    assert {each["column"]: each["key"] for each in made if each["column"] in keys} == keys
    assert all(0 <= each["sure"] <= 1 and each["why"].endswith(".") for each in made)
    assert not (folder / "kg.toml").exists()
    if name == "photographs":
        assert {each["column"]: each["separator"] for each in made if "separator" in each} == PHOTOGRAPHS_SEPARATORS


@pytest.mark.parametrize("name", SHEETS)
def test_each_sheet_is_published_as_it_is_proposed(name, folder):
    """The kg.toml of each sheet builds without a change: every row is published, none left out, and served as a page."""
    write, _, number = SHEETS[name]
    done = run(write(folder).name)
    assert done.exit_code == 0, done.stderr
    assert f"{number} records" in done.stdout
    built = CliRunner().invoke(cli, ["build", "--json"])
    report = json.loads(built.stdout)
    assert (report["published"]["record"], report["rejected"]) == (number, 0)
    assert not [each for each in report["problems"] if each["severity"] != "note"]
    with TestClient(Application(settings.load(folder / "kg.toml"))) as client:
        listed = client.get("/record", headers={"Accept": "application/json"})
        assert listed.status_code == 200
        if name == "photographs":
            record = client.get("/record/P-003.json").json()
            assert [each["name"]["@none"] for each in record["mentions"]] == ["Smith, Ann, Mrs", "Orlova, Vera"]


def test_repeated_columns_are_one_line(folder):
    """Forty columns of subjects are one line of kg.toml."""
    run(SHEETS["clippings"][0](folder).name)
    columns = tomllib.loads((folder / "kg.toml").read_text(encoding="utf-8"))["sources"][0]["columns"]
    assert columns["Subject *"] == "subjects"
    assert len(columns) == 5 < len(CLIPPINGS[0])


def test_kg_toml_is_never_overwritten(folder):
    """A kg.toml that is there stays as it is, also where it is a link that leads nowhere; exit code 2 says what to do."""
    (folder / "a.csv").write_text(LETTERS, encoding="utf-8")
    (folder / "kg.toml").write_text("mine", encoding="utf-8")
    done = run("a.csv")
    assert done.exit_code == 2
    assert "--out" in done.stderr
    assert (folder / "kg.toml").read_text(encoding="utf-8") == "mine"
    (folder / "b.toml").symlink_to("nowhere.toml")
    assert run("a.csv", "--out", "b.toml").exit_code == 2
    assert not (folder / "nowhere.toml").exists()
    assert run("a.csv", "--out", "c.toml").exit_code == 0
    assert run("a.csv", "--json").exit_code == 0


def test_paths_are_relative_to_the_kg_toml(folder):
    """Paths in the kg.toml lead to the files from where it lies."""
    (folder / "site").mkdir()
    (folder / "data").mkdir()
    (folder / "data" / "a.csv").write_text(LETTERS, encoding="utf-8")
    assert run("data/a.csv", "--out", "site/kg.toml").exit_code == 0
    assert tomllib.loads((folder / "site" / "kg.toml").read_text())["sources"][0]["path"] == "../data/a.csv"
    assert checked(folder / "site")["read"] == {"record": 2}


@pytest.mark.parametrize(
    "heading", ['Say "cheese"', "Back\\slash", "Two\nlines", "[brackets]", "a = b # c", "Ж\u2028\x7f", "{x}", "*", "“”"]
)
def test_any_heading_makes_valid_settings(heading, folder):
    """Whatever signs a heading has, the kg.toml is valid and means that column."""
    rows = [["No.", "Title", heading], ["1", "A", "x"], ["2", "B", "y"]]
    (folder / "a.csv").write_text(text_of(rows), encoding="utf-8")
    done = run("a.csv")
    assert done.exit_code == 0, done.stderr
    report = checked(folder)
    assert not [each for each in report["problems"] if "kg.toml names this column" in each["message"]]


def test_sheets_of_two_forms_are_two_sources(folder):
    """Sheets of a workbook with other columns each are a source each, both of which are read; a legend is left aside."""
    book = openpyxl.Workbook()
    book.active.title = "Letters"
    for row in (["No.", "Title", "Sender"], ["1", "A letter", "Vane, Ora"], ["2", "An answer", "Lim, Bo"]):
        book.active.append(row)
    people = book.create_sheet("People")
    for row in (["ID", "Name", "Born", "Died"], ["p1", "Vane, Ora", "1880", "1950"], ["p2", "Lim, Bo", "1881", "1951"]):
        people.append(row)
    legend = book.create_sheet("Legend")
    for row in (["Colour", "Stands for"], ["red", "to be checked"], ["green", "done"]):
        legend.append(row)
    book.save(folder / "a.xlsx")
    done = run("a.xlsx")
    assert "Legend" in done.stdout
    sources = tomllib.loads((folder / "kg.toml").read_text(encoding="utf-8"))["sources"]
    assert [(each["sheet"], each.get("kind")) for each in sources] == [("Letters", None), ("People", "agent")]
    report = checked(folder)
    assert report["read"] == {"record": 2, "agent": 2}


def test_files_of_one_form_are_one_source(folder):
    """Files of a folder with the same headings are one source, so that one name in two of them is one person."""
    (folder / "data").mkdir()
    for name in ("1921.csv", "1922.csv"):
        (folder / "data" / name).write_text(
            LETTERS.replace("\n1,", f"\n{name[:4]}-1,").replace("\n2,", f"\n{name[:4]}-2,")
        )
    assert run("data").exit_code == 0
    (source,) = tomllib.loads((folder / "kg.toml").read_text(encoding="utf-8"))["sources"]
    assert source["path"] == "data/*.csv"
    assert checked(folder)["read"] == {"record": 4}


def test_other_formats_get_an_entry(folder):
    """EAD and JSON get an entry, a table beside them its columns; a file that no reader knows is told, and left out."""
    (folder / "data").mkdir()
    ead = (
        "<ead><eadheader><eadid>e</eadid></eadheader><archdesc level='fonds'><did><unittitle>Papers</unittitle></did>"
        "</archdesc></ead>"
    )
    (folder / "data" / "a.xml").write_text(ead, encoding="utf-8")
    (folder / "data" / "b.jsonl").write_text('{"id": "record/b", "title": {"en": "B"}}\n', encoding="utf-8")
    (folder / "data" / "c.csv").write_text(LETTERS, encoding="utf-8")
    (folder / "data" / "d.pdf").write_bytes(b"%PDF-1.7 x")
    done = run("data")
    assert done.exit_code == 0
    assert "d.pdf: is a PDF" in done.stderr
    assert "finding aid" in done.stdout
    paths = [each["path"] for each in tomllib.loads((folder / "kg.toml").read_text(encoding="utf-8"))["sources"]]
    assert paths == ["data/c.csv", "data/**/*.xml", "data/**/*.jsonl"]
    assert checked(folder)["read"] == {"archive": 1, "record": 3}


def test_metadata_beside_a_table_go_first(folder):
    """What metadata beside a table say of a column (CSVW) is no guess, and needs no line of kg.toml."""
    (folder / "data").mkdir()
    (folder / "data" / "a.csv").write_text("nr,what\n1,A letter\n2,An answer\n", encoding="utf-8")
    columns = [{"titles": "what", "propertyUrl": "dc:title", "lang": "en"}]
    metadata = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": "a.csv",
        "tableSchema": {"columns": [{"titles": "nr"}, *columns]},
    }
    (folder / "data" / "a.csv-metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    assert run("data").exit_code == 0
    (source,) = tomllib.loads((folder / "kg.toml").read_text(encoding="utf-8"))["sources"]
    assert source["columns"] == {"nr": "id"}
    assert checked(folder)["read"] == {"record": 2}


def _bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", b"<Types/>")
        package.writestr("xl/workbook.xml", b"<workbook/>" + b" " * (64 << 20))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("blank.csv", b"\n\n  \n"),
        ("headings.csv", b"No.,Title\n"),
        ("noise.bin", bytes(range(256)) * 40),
        ("noise.csv", bytes(range(256)) * 40),
        ("broken.xlsx", b"PK\x03\x04" + b"\0" * 500),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
        ("page.html", b"<!DOCTYPE html><title>x</title>"),
        ("bomb.xlsx", _bomb),
    ],
)
def test_strange_files_are_told(name, content, folder):
    """A file in which nothing can be read ends with a clear error and no kg.toml, or with one that kg reads."""
    path = folder / name
    if callable(content):
        content(path)
    else:
        path.write_bytes(content)
    done = run(name)
    assert "Traceback" not in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    if done.exit_code == 0:
        assert tomllib.loads((folder / "kg.toml").read_text(encoding="utf-8"))["sources"]
    else:
        assert done.exit_code == 1
        assert name in done.stderr
        assert not (folder / "kg.toml").exists()


@pytest.mark.parametrize("name", ["one.csv", "many.csv"])
def test_one_column_and_two_hundred(name, folder):
    """A table of one column and one of two hundred are proposed, and build."""
    wide = [["No.", "Title", *(f"Field {letter}{number}" for number in range(50) for letter in "abcd")]]
    wide += [[str(row), f"Title {row}", *["x"] * 200] for row in range(20)]
    rows = {"one.csv": [["Title"], ["A letter"], ["An answer"]], "many.csv": wide}[name]
    (folder / name).write_text(text_of(rows), encoding="utf-8")
    assert run(name).exit_code == 0
    assert checked(folder)["rejected"] == 0


def test_table_without_headings_is_doubted(folder):
    """A table that begins with data is told to lack headings."""
    (folder / "a.csv").write_text(
        "1,Letter to the mayor,1921-03-01\n2,Letter to the bank,1921-03-05\n", encoding="utf-8"
    )
    assert "no headings" in run("a.csv").stdout


def test_long_tables_are_sampled(folder, monkeypatch):
    """Of a long table a bounded part is looked into, and the number of its rows is said to be more."""
    monkeypatch.setattr(samples, "MAX_ROWS", 600)
    (folder / "a.csv").write_text(
        text_of([["No.", "Title"], *([n, f"Letter {n}"] for n in range(5000))]), encoding="utf-8"
    )
    assert run("a.csv").exit_code == 0
    assert "600 rows and more" in (folder / "kg.toml").read_text(encoding="utf-8")


def test_missing_file_and_folder_of_nothing(folder):
    """A path that leads nowhere is a wrong command line; an empty folder has nothing to read."""
    assert run("nothing.csv").exit_code == 2
    (folder / "empty").mkdir()
    assert run("empty").exit_code == 1


def test_commands_without_settings_point_to_init(folder):
    """Without any kg.toml, messages say that `kg init` writes one."""
    for command in ("build", "check", "serve"):
        done = CliRunner().invoke(cli, [command])
        assert done.exit_code > 0
        assert "kg init FILE" in done.stderr, command


def test_several_tables_have_their_file_in_json(folder):
    """Guesses of several files say which file each column is in."""
    made = guesses(write_letters(folder), write_minutes(folder))
    assert {Path(each["file"]).name for each in made} == {"letters.csv", "minutes.xlsx"}


def test_table_of_a_database(folder):
    """Each table of a database with columns that are known is a source."""
    with sqlite3.connect(folder / "a.sqlite") as base:
        base.execute("CREATE TABLE letters (id INTEGER, title TEXT, sender TEXT)")
        base.executemany("INSERT INTO letters VALUES (?, ?, ?)", [(1, "A letter", "Vane, Ora"), (2, "B", "Lim, Bo")])
    base.close()
    assert run("a.sqlite").exit_code == 0
    (source,) = tomllib.loads((folder / "kg.toml").read_text(encoding="utf-8"))["sources"]
    assert source["table"] == "letters"


def test_headings_below_two_titles_and_groups(folder):
    """A workbook with two rows of titles and groups in merged cells is built by the headings that were proposed."""
    book = openpyxl.Workbook()
    sheet = book.active
    headings = ["Item", "Box", "Folder", "Title", "Author", "Date", "Extent", "Condition"]
    for row in (["The society"], ["Inventory of letters"], ["Reference"], headings):
        sheet.append(row)
    sheet["D3"], sheet["G3"] = "Description", "Physical"
    for number in range(1, 6):
        sheet.append(
            [number, 1, number, f"Letter about the mill {number}", "Poe, Ann", 1930 + number, "2 leaves", "Good"]
        )
    for merged in ("A1:H1", "A2:H2", "A3:C3", "D3:F3", "G3:H3"):
        sheet.merge_cells(merged)
    book.save("letters.xlsx")
    keys = {each["column"]: each["key"] for each in guesses("letters.xlsx")}
    assert keys["Description / Title"].startswith("title")
    run("letters.xlsx")
    report = checked(folder)
    assert report["published"]["record"] == 5
    assert not [each for each in report["problems"] if "has none of that heading" in each["message"]]


def test_a_preview_that_is_cut_leaves_the_settings(folder, monkeypatch):
    """The kg.toml is written before the records are shown: `kg init letters.csv | head` ends the command."""
    Path("letters.csv").write_text(LETTERS)

    def cut(*_):
        raise BrokenPipeError

    monkeypatch.setattr("kg.commands.init._show_source", cut)
    run("letters.csv")
    assert tomllib.loads(Path("kg.toml").read_text())["sources"]
