"""Row source of databases: a file of SQLite, or an address of PostgreSQL, read-only, row by row (D-194).

What can't be asked raises OSError, so that a build stops: a database that is away for an hour takes no record off
the web.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

import sqlalchemy
from sqlalchemy.exc import SQLAlchemyError

from kg.records.readers.base import SourceFile
from kg.records.readers.tables.databases import postgresql, sqlite
from kg.records.readers.tables.databases.arrow_texts import text_of_bytes, value_text
from kg.records.readers.tables.table import VALUE_SEPARATOR, Remark, Sheet, TableRow, row_of
from kg.records.readers.tables.workbooks.findings import CellRemarks

MAX_ROWS = 100_000_000
"""Maximum number of rows of a table or a query."""
ROWS_AT_ONCE = 200
"""Number of rows that are fetched at once."""

_NAMED_TABLES = 20
_FEWER = "a query with fewer rows"
_SOUND = "a database that `PRAGMA integrity_check` finds sound"


def sheets(source: SourceFile) -> Iterator[Sheet | Remark]:
    """Yield the rows of a table, a view or a query.

    Raises:
        OSError: where the database, or what is asked of it, can't be read.
    """
    engine = postgresql.engine(source.settings.path) if source.settings.is_address else sqlite.engine(source.path)
    try:
        with _faults_as_errors(), engine.connect() as connection:
            name, statement = _statement(source, connection)
            options: dict[str, Any] = {"stream_results": True, "max_row_buffer": ROWS_AT_ONCE, "no_parameters": True}
            result = connection.execution_options(**options).exec_driver_sql(statement)
            lists = postgresql.list_columns(result) if source.settings.is_address else frozenset[int]()
            faults: list[Remark] = []
            yield Sheet(name, _rows(result, faults), tuple(result.keys()), (), lists)
            yield from faults
    finally:
        engine.dispose()


@contextmanager
def _faults_as_errors() -> Iterator[None]:
    """Faults of the database as OSError, in its own words."""
    try:
        yield
    except SQLAlchemyError as fault:
        raise OSError(errno.EIO, _words(fault)) from None
    except UnicodeDecodeError:
        raise OSError(errno.EIO, "a name or a message of the database is no UTF-8; is it damaged?") from None


def _words(fault: Exception) -> str:
    """Words of a fault, without the statement and without the address, which has a user's name."""
    return " ".join(str(getattr(fault, "orig", None) or fault).split())[:300]


def _statement(source: SourceFile, connection: sqlalchemy.Connection) -> tuple[str, str]:
    """Name of a table, "" for a query, and the SELECT. Raises OSError for a table that is not there."""
    if query := source.settings.query.strip().rstrip(";"):
        return "", query
    schema, _, name = (
        source.settings.table.rpartition(".") if source.settings.is_address else ("", "", source.settings.table)
    )
    inspector = sqlalchemy.inspect(connection)
    names = sorted({*inspector.get_table_names(schema or None), *inspector.get_view_names(schema or None)})
    if not name and len(names) == 1:
        name = names[0]
    if name not in names:
        listed = ", ".join(names[:_NAMED_TABLES]) or "none"
        if not name:
            raise OSError(
                errno.EINVAL, f"it has several tables: set `table`, or `query`, in kg.toml; there are {listed}"
            )
        near = get_close_matches(name, names, 1, 0.5)
        meant = f"is {near[0]} meant? There are" if near else "there are"
        raise OSError(errno.ENOENT, f"it has no table or view {name}; {meant} {listed}")
    table = sqlalchemy.table(sqlalchemy.quoted_name(name, quote=True), schema=schema or None)
    statement = sqlalchemy.select(sqlalchemy.text("*")).select_from(table)
    return name, str(statement.compile(connection.engine))


def _rows(result: Any, faults: list[Remark]) -> Iterator[TableRow]:
    """Rows with a text; a damaged file ends with a remark. The driver's own rows: SQLAlchemy's take twice the time."""
    driver = result.connection.connection.driver_connection
    is_sqlite = isinstance(driver, sqlite.BoundedConnection)
    found = sqlite.rows(driver, result.cursor) if is_sqlite else _fetched(result)
    errors = SQLAlchemyError, result.connection.dialect.loaded_dbapi.Error
    remarks = CellRemarks()
    try:
        for number, values in enumerate(found, 1):
            cells = tuple(
                [each if type(each) is str else _text(each, column, remarks) for column, each in enumerate(values)]
            )
            if remarks:
                yield TableRow(number, cells, tuple(remarks))
                remarks = CellRemarks()
            elif any(cells):
                yield row_of((number, cells, (), None))
            if number >= MAX_ROWS:
                faults.append(Remark(f"over {MAX_ROWS:,} rows; it is read no further", "", _FEWER, None, "rejected"))
                return
    except errors as fault:
        if not sqlite.is_damage(getattr(fault, "orig", fault)):
            raise OSError(errno.EIO, _words(fault)) from None
        message = f"the database is damaged, and is read no further: {_words(fault)}"
        faults.append(Remark(message, "", _SOUND, None, "rejected"))


def _fetched(result: Any) -> Iterator[Any]:
    """Rows of a server, some at a time."""
    while rows := result.fetchmany(ROWS_AT_ONCE):
        yield from rows


def _text(value: Any, column: int, remarks: CellRemarks) -> str:
    """Text of a value."""
    if value is None:
        return ""
    if type(value) is int:
        return str(value)
    if isinstance(value, str):
        text = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        if text != value:
            remarks.add(column, "bytes that are no UTF-8 stand in the text; each is a replacement sign", text, "UTF-8")
        return text
    if isinstance(value, bytes | memoryview):
        return text_of_bytes(bytes(value), column, remarks)
    if isinstance(value, list):
        texts = (_text(each, column, remarks).replace(VALUE_SEPARATOR, " ") for each in value)
        return VALUE_SEPARATOR.join(text for text in texts if text)
    return value_text(value)
