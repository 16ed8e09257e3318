"""External sort of records."""

from contextlib import closing

import pytest

from kg.store.dumps.buckets import digest_of
from kg.store.dumps.record_sort import RecordSort

RECORDS = {f"record/{n}": b"%d " % n * (n % 7) for n in range(3_000)}


@pytest.mark.parametrize("buffer_bytes", [1, 100_000, 1 << 30])
def test_records_come_in_the_order_of_their_digests(tmp_path, buffer_bytes):
    """Whatever is kept in memory, each record comes once, whole, and in the order of the SHA-256 of its reference."""
    some = dict(list(RECORDS.items())[: 20 if buffer_bytes == 1 else None])
    with closing(RecordSort(tmp_path / "sort", buffer_bytes=buffer_bytes)) as sort:
        for reference, payload in some.items():
            sort.add(reference, payload)
        assert (tmp_path / "sort").exists() == (buffer_bytes < 1 << 30)
        found = [(record.reference.decode(), record.payload) for record in sort.sorted()]
    assert found == sorted(some.items(), key=lambda each: digest_of(each[0].encode()))
    assert not (tmp_path / "sort").exists()
