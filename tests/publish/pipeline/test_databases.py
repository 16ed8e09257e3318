"""Databases as sources of a build: read once, unchanged meanwhile, and never taken for empty when they are away."""

import sqlite3

import pytest
from publishing import BASE

from kg.errors import SourceChanged, SourceError
from kg.publish import build
from kg.publish.pipeline.sources import check_unchanged, input_files
from kg.settings import Settings
from kg.store.generation.generations import Generations


@pytest.fixture
def database(tmp_path):
    """A database with two letters, open as its program has it."""
    connection = sqlite3.connect(tmp_path / "a.db")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE letters (id, title)")
    connection.execute("INSERT INTO letters VALUES (1, 'One'), (2, 'Two')")
    connection.commit()
    yield connection
    connection.close()


def of_source(folder, **source):
    """Settings with one source."""
    return Settings(base=BASE, folder=folder, sources=(source,))


def test_a_table_is_published(tmp_path, database):
    """Each row of a table is a record, those in the log of the database too."""
    report = build.build(of_source(tmp_path, path="a.db", table="letters"))
    assert report.published["record"] == 2


def test_a_change_in_the_log_is_seen(tmp_path, database):
    """A database that changes while a build reads it has changed, though its file is as before."""
    files, _ = input_files(of_source(tmp_path, path="a.db"))
    check_unchanged(files)
    database.execute("INSERT INTO letters VALUES (3, 'Three')")
    database.commit()
    with pytest.raises(SourceChanged, match="changed while it was read"):
        check_unchanged(files)


def test_a_table_that_is_away_takes_nothing_off(tmp_path, database):
    """A table that is not there stops the build with the names of those that are, and what is live stays."""
    made = of_source(tmp_path, path="a.db")
    build.build(made)
    with pytest.raises(SourceError, match=r"a\.db: can't be read: it has no table or view leters; is letters meant"):
        build.build(of_source(tmp_path, path="a.db", table="leters"))
    assert Generations.of_settings(made).numbers() == [1]


def test_a_server_that_is_away_takes_nothing_off(tmp_path):
    """An address is a source like a file; a server that does not answer stops the build."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    address = f"postgresql:///letters?host={tmp_path}"
    made = of_source(tmp_path, path=address, table="letters")
    files, notes = input_files(made)
    assert [(each.file.name, each.format) for each in files] == [(address, "sql")]
    assert notes == []
    check_unchanged(files)
    with pytest.raises(SourceError, match="can't be read: connection"):
        build.build(made)
