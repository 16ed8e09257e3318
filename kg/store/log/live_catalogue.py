"""Catalogue of a generation as the change log reads it: a view `things` with the digests of records.

A generation of format 2 has one digest, of triples and record together. That of the record is then made from its file
of records, in one pass.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

_VIEW = """
CREATE TEMP VIEW things AS
SELECT ref, kind, label, status, created, modified, deleted,
  {digest} AS digest, digest AS triples_digest, {sets} AS sets
FROM live.things WHERE (digest IS NOT NULL OR deleted IS NOT NULL){wanted}
"""
_WANTED = " AND ref IN (SELECT ref FROM temp.wanted)"
_OF_RECORDS = "CREATE TEMP TABLE record_digests (ref TEXT PRIMARY KEY, digest TEXT) WITHOUT ROWID"


@dataclass(frozen=True, slots=True)
class LiveCatalogue:
    """Catalogue of a generation that is live or about to be.

    Attributes:
        uri: URI of its database, for reading.
        records: returns, for (reference, address, length) of records, their references and bytes.
    """

    uri: str
    records: Callable[[Iterable[tuple[str, int, int]]], Iterator[tuple[str, bytes]]]

    @contextmanager
    def attached_to(self, connection: sqlite3.Connection, *, wanted: bool = False) -> Iterator[None]:
        """Context in which a connection has the catalogue as `live`, and the view `temp.things`.

        Args:
            connection: the connection.
            wanted: whether the view has the references in `temp.wanted` alone.

        Raises:
            GenerationError: the records can't be read.
        """
        connection.execute("ATTACH ? AS live", (self.uri,))
        try:
            columns = {row[1] for row in connection.execute("PRAGMA live.table_info(things)")}
            digest, sets = "record_digest", "sets"
            if "record_digest" not in columns:
                self._make_digests(connection)
                digest = "(SELECT digest FROM temp.record_digests AS found WHERE found.ref = things.ref)"
                sets = "NULL"
            connection.execute(_VIEW.format(digest=digest, sets=sets, wanted=_WANTED if wanted else ""))
            yield
        finally:
            with suppress(sqlite3.Error):  # an earlier fault is the one to report
                connection.execute("DROP VIEW IF EXISTS temp.things")
                connection.execute("DROP TABLE IF EXISTS temp.record_digests")
                connection.execute("DETACH live")

    def _make_digests(self, connection: sqlite3.Connection) -> None:
        connection.execute(_OF_RECORDS)
        connection.executemany("INSERT INTO temp.record_digests VALUES (?, ?)", self._digests(connection))

    def _digests(self, connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
        rows = connection.execute(
            "SELECT ref, offset, length FROM live.things WHERE deleted IS NULL AND digest IS NOT NULL ORDER BY offset"
        )
        for ref, json in self.records(rows):
            yield ref, record_digest(json)


def record_digest(json: bytes) -> str:
    """Digest of a record: SHA-256 of its bytes as `.json` has them, in hexadecimal, which a follower can compare."""
    return hashlib.sha256(json, usedforsecurity=False).hexdigest()
