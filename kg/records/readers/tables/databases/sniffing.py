"""Format of a database by the first bytes of its file."""

from typing import Literal

SQLITE_MAGIC = b"SQLite format 3\x00"
PARQUET_MAGICS = (b"PAR1", b"PARE")
"""First bytes of a Parquet file; the second ones of an encrypted one."""


def sniff(head: bytes) -> Literal["sql", "parquet"] | None:
    r"""Return the format of a database; None for another file.

    >>> sniff(b"SQLite format 3\x00..."), sniff(b"PAR1..."), sniff(b"id,title")
    ('sql', 'parquet', None)
    """
    if head.startswith(SQLITE_MAGIC):
        return "sql"
    return "parquet" if head.startswith(PARQUET_MAGICS) else None
