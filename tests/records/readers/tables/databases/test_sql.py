"""Databases as rows of text: SQLite, and PostgreSQL where a server is installed."""

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest
from row_sources import read
from waiting import no_endless_work

from kg.errors import SettingsError
from kg.records.readers.tables.databases import sql, sqlite
from kg.records.readers.tables.table import VALUE_SEPARATOR


def write(path, *statements):
    """Write a database."""
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(*statement) if isinstance(statement, tuple) else connection.execute(statement)
    connection.commit()
    connection.close()
    return path


@pytest.fixture
def database(tmp_path):
    """A database with two tables and a view."""
    return write(
        tmp_path / "a.db",
        'CREATE TABLE "the letters" (id INTEGER, title TEXT, note)',
        "CREATE TABLE people (name TEXT)",
        'CREATE VIEW short AS SELECT id FROM people, "the letters"',
        "INSERT INTO people VALUES ('Ada')",
        """INSERT INTO "the letters" VALUES (9007199254740993, 'über', 7.0), (2, NULL, NULL), (NULL, NULL, NULL), (3, '50 %', 0.1)""",
        ('INSERT INTO "the letters" VALUES (4, ?, ?)', (b"text", b"\x89PNG\r\n\x1a\n")),
    )


def test_values(database):
    """Values are exact, nothing is an empty text, bytes that are no text are told, rows without a text are none."""
    found = read(sql.sheets, database, table="the letters")
    assert found.headings == {"the letters": ("id", "title", "note")}
    assert found.cells == {
        1: ("9007199254740993", "über", "7"),
        2: ("2", "", ""),
        4: ("3", "50 %", "0.1"),
        5: ("4", "text", ""),
    }
    assert found.told("no text") == [(5, 2, "8 bytes")]


def test_views_and_queries(database):
    """A view is read like a table; a query has the rows that it asks for, a sign of per cent in it is one."""
    assert read(sql.sheets, database, table="short").cells[1] == ("9007199254740993",)
    query = 'SELECT id AS "No." FROM "the letters" WHERE title LIKE \'50 %\' ;'
    found = read(sql.sheets, database, query=query)
    assert (found.headings, found.cells) == ({"": ("No.",)}, {1: ("3",)})


def test_the_only_table(tmp_path):
    """The only table of a database is read without a setting."""
    path = write(tmp_path / "a.db", "CREATE TABLE a (b)", "INSERT INTO a VALUES ('c')")
    assert read(sql.sheets, path).cells == {1: ("c",)}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "several tables.*people, short, the letters"),
        ({"table": "peple"}, "no table or view peple; is people meant"),
        ({"query": "SELECT x FROM people"}, "no such column: x"),
        ({"query": "SELECT 1; DELETE FROM people"}, "one statement"),
        ({"query": "DELETE FROM people"}, "readonly|not authorized"),
        ({"query": "PRAGMA writable_schema = ON"}, "not authorized"),
        ({"query": "ATTACH '/etc/passwd' AS a"}, "not authorized"),
        ({"query": "SELECT load_extension('x')"}, "not authorized|no such function"),
    ],
)
def test_what_can_not_be_asked(database, settings, words):
    """A table that is not there and anything but a SELECT raises OSError, with what there is."""
    with pytest.raises(OSError, match=words):
        read(sql.sheets, database, **settings)
    assert read(sql.sheets, database, table="people").cells == {1: ("Ada",)}


def test_query_without_end(database, monkeypatch):
    """A query that computes without end and gives no row ends."""
    monkeypatch.setattr(sqlite, "MAX_LOOKS", 3)
    query = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    with no_endless_work(), pytest.raises(OSError, match="interrupted"):
        read(sql.sheets, database, query=query)


def test_rows_without_end(database, monkeypatch):
    """Rows beyond the bound are not read, and told."""
    monkeypatch.setattr(sql, "MAX_ROWS", 5)
    query = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    found = read(sql.sheets, database, query=query)
    assert len(found.cells) == 5
    assert "over 5 rows" in found.rejections[0].message


def test_too_long_a_value(database, monkeypatch):
    """A value beyond the bound ends the reading, before it fills the memory."""
    monkeypatch.setattr(sqlite, "MAX_VALUE_BYTES", 10_000)
    found = read(sql.sheets, database, query="SELECT 'a' UNION ALL SELECT zeroblob(20000)")
    assert "damaged" in found.rejections[0].message or found.rejections


def test_text_that_is_no_utf_8(tmp_path):
    """Bytes of a text that are no UTF-8 are replaced and told."""
    path = write(tmp_path / "a.db", "CREATE TABLE a (b)", "INSERT INTO a VALUES (CAST(x'61ff62' AS TEXT))")
    found = read(sql.sheets, path)
    assert found.cells == {1: ("a\ufffdb",)}
    assert found.told("no UTF-8") == [(1, 0, "a\ufffdb")]


def test_rows_around_one_that_is_no_utf_8(tmp_path):
    """Every row is read once, whichever of them have bytes that are no UTF-8."""
    texts = ["x'" + ("61ff62" if n % 7 == 3 or n in {11, 12} else "616263") + "'" for n in range(500)]
    path = write(
        tmp_path / "a.db",
        "CREATE TABLE a (n, b)",
        *(f"INSERT INTO a VALUES ({n}, CAST({text} AS TEXT))" for n, text in enumerate(texts)),
    )
    found = read(sql.sheets, path)
    assert [cells[0] for cells in found.cells.values()] == [str(n) for n in range(500)]
    damaged = [n + 1 for n, text in enumerate(texts) if "ff" in text]
    assert [number for number, cells in found.cells.items() if cells[1] == "a\ufffdb"] == damaged
    assert [row for row, _, _ in found.told("no UTF-8")] == damaged


def test_what_lies_in_the_log(tmp_path):
    """What a program has written and not yet moved into the file is read."""
    connection = sqlite3.connect(tmp_path / "a.db")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE a (b)")
    connection.execute("INSERT INTO a VALUES ('new')")
    connection.commit()
    assert read(sql.sheets, tmp_path / "a.db").cells == {1: ("new",)}
    connection.close()


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_damaged_files(tmp_path, share):
    """A file that is cut off is told, and raises nothing but OSError."""
    path = write(
        tmp_path / "a.db", "CREATE TABLE a (b)", *[("INSERT INTO a VALUES (?)", ("x" * 900,)) for _ in range(50)]
    )
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    try:
        found = read(sql.sheets, path)
    except OSError as fault:
        assert "malformed" in str(fault)  # noqa: PT017  # one of two ways
    else:
        assert found.rejections


def test_no_database(tmp_path):
    """Another file is none, and says what is one; a missing one is an OSError too."""
    (tmp_path / "a.db").write_text("id,title")
    with pytest.raises(OSError, match="no database of SQLite"):
        read(sql.sheets, tmp_path / "a.db")
    with pytest.raises(FileNotFoundError):
        read(sql.sheets, tmp_path / "none.db")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("postgresql://kg:hidden@host/name", "PGPASSWORD"),
        ("postgresql://host/name?password=hidden", "PGPASSWORD"),
        ("mysql://host/hidden", "postgresql://"),
        ("https://host/hidden.csv", "postgresql://"),
    ],
)
def test_addresses_in_kg_toml(tmp_path, path, words):
    """A password in an address, and an address of another kind, is an error that does not repeat it."""
    from kg import settings

    (tmp_path / "kg.toml").write_text(f'[[sources]]\npath = "{path}"\n')
    with pytest.raises(SettingsError, match=words) as raised:
        settings.load(tmp_path / "kg.toml")
    assert "hidden" not in str(raised.value)


PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
NOBODY = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
"""The server refuses to run as root."""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server of PostgreSQL on a socket in a folder: the address of its database."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    if not PROGRAMS or (NOBODY and not shutil.which("runuser")):
        pytest.skip("PostgreSQL is not installed")
    import tempfile

    folder = Path(tempfile.mkdtemp(dir="/tmp"))  # the path of a socket is short
    folder.chmod(0o777)
    control = [*NOBODY, str(PROGRAMS[-1].with_name("pg_ctl")), "-D", f"{folder}/data", "-w", "-s"]
    subprocess.run(
        [*NOBODY, str(PROGRAMS[-1]), "-D", f"{folder}/data", "-A", "trust", "-U", "kg", "-E", "UTF8", "--no-sync"],
        check=True,
        capture_output=True,
        timeout=60,
        cwd="/",
    )
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    subprocess.run(
        [*control, "-l", f"{folder}/log", "-o", options, "start"],
        check=True,
        timeout=60,
        cwd="/",
        stdout=subprocess.DEVNULL,
    )
    yield f"postgresql://kg@/postgres?host={folder}"
    subprocess.run([*control, "-m", "immediate", "stop"], check=False, timeout=60, cwd="/")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def letters(server):
    """A table with a value of each type."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE letters (id bigint, price numeric(10, 2), size float8, day date, at timestamp, zoned timestamptz,"
            " names text[], data jsonb, seen bool, file bytea, number uuid)"
        )
        connection.execute(
            "INSERT INTO letters VALUES (9007199254740993, 12.50, 7.0, '0044-03-15 BC', '1963-02-14 14:30', '1963-02-14 14:30+00',"
            " '{\"Doe, Jane\", Ada}', '{\"a\": 1.0}', true, '\\x89504e47', '12345678-1234-5678-1234-567812345678'),"
            " (2, NULL, NULL, 'infinity', '1963-02-14', NULL, '{}', NULL, false, NULL, NULL)"
        )
        connection.execute("CREATE SCHEMA archive CREATE TABLE boxes (no int)")
        connection.execute("INSERT INTO archive.boxes VALUES (7)")
    return server


def test_postgresql_values(letters):
    """Values come as the server writes them, arrays as several values."""
    found = read(sql.sheets, letters, table="letters")
    first, second = found.cells.values()
    assert first[:5] == ("9007199254740993", "12.50", "7", "0044-03-15 BC", "1963-02-14T14:30:00")
    assert first[5].startswith("1963-02-14T")
    assert first[6:] == (
        f"Doe, Jane{VALUE_SEPARATOR}Ada",
        '{"a": 1.0}',
        "true",
        "",
        "12345678-1234-5678-1234-567812345678",
    )
    assert second == ("2", "", "", "infinity", "1963-02-14", "", "", "", "false", "", "")
    assert found.lists == {"letters": frozenset({6})}
    assert found.told("no text") == [(1, 9, "4 bytes")]


def test_postgresql_queries(letters):
    """A table in a schema is named with it; a query is read-only, and its faults are told."""
    assert read(sql.sheets, letters, table="archive.boxes").cells == {1: ("7",)}
    assert read(sql.sheets, letters, query="SELECT id FROM letters WHERE data::text LIKE '%a%'").cells == {
        1: ("9007199254740993",)
    }
    for query, words in (
        ("DELETE FROM letters", "syntax|DELETE"),
        ("SELECT x FROM letters", "x"),
        ("WITH a AS (DELETE FROM letters RETURNING id) SELECT * FROM a", "DECLARE"),
    ):
        with pytest.raises(OSError, match=words):
            read(sql.sheets, letters, query=query)
    assert len(read(sql.sheets, letters, table="letters").cells) == 2


def test_postgresql_that_is_away(tmp_path):
    """A server that does not answer is an OSError, so that no record goes off the web for it."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    with pytest.raises(OSError, match="connect"):
        read(sql.sheets, f"postgresql://kg@/postgres?host={tmp_path}", table="letters")
