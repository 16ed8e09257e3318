"""Connection with PostgreSQL: one transaction, read-only, whose rows come as the server writes them."""

import errno
from importlib import import_module
from typing import Any

import sqlalchemy
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from kg.records.readers.tables.databases.arrow_texts import timestamp_text

MAX_SECONDS = 600
"""Seconds that the server has for the query, and for each fetch of rows."""
_CONNECT_SECONDS = 15
_AS_WRITTEN = ("date", "time", "timetz", "interval", "json", "jsonb", "uuid", "numeric")
"""Types that are taken as the server writes them: Python has no dates before the year 1 or without end, say."""


def engine(address: str) -> sqlalchemy.Engine:
    """Return an engine for an address. Raises OSError where psycopg is not installed."""
    try:
        psycopg: Any = import_module("psycopg")
    except ImportError:
        raise OSError(errno.ENOENT, "reading PostgreSQL needs psycopg: pip install 'kg[postgresql]'") from None
    options = f"-c statement_timeout={MAX_SECONDS * 1000} -c default_transaction_read_only=on -c datestyle=ISO"
    made = sqlalchemy.create_engine(
        make_url(address).set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        isolation_level="REPEATABLE READ",
        execution_options={"postgresql_readonly": True},
        connect_args={"connect_timeout": _CONNECT_SECONDS, "options": options, "application_name": "kg"},
    )

    text_loader = import_module("psycopg.types.string").TextLoader

    class Timestamp(psycopg.adapt.Loader):  # type: ignore[misc]  # of a package that need not be there
        def load(self, data: Any) -> str:
            return timestamp_text(bytes(data).decode(), is_zoned=False)

    class ZonedTimestamp(psycopg.adapt.Loader):  # type: ignore[misc]  # as above
        def load(self, data: Any) -> str:
            return timestamp_text(bytes(data).decode(), is_zoned=True)

    @event.listens_for(made, "connect")
    def register(connection: Any, _: Any) -> None:
        for kind in _AS_WRITTEN:
            connection.adapters.register_loader(kind, text_loader)
        connection.adapters.register_loader("timestamp", Timestamp)
        connection.adapters.register_loader("timestamptz", ZonedTimestamp)

    return made


def list_columns(result: Any) -> frozenset[int]:
    """Return the indexes of a result's columns that hold arrays."""
    types = result.cursor.connection.adapters.types
    codes = [column.type_code for column in result.cursor.description]
    return frozenset(
        index for index, code in enumerate(codes) if (kind := types.get(code)) is not None and kind.array_oid == code
    )
