"""Parquet files as rows of text."""

import datetime as dt
import uuid
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet as pq
from row_sources import read

from kg.records.readers.tables.databases import parquet
from kg.records.readers.tables.table import VALUE_SEPARATOR


def of_columns(tmp_path, columns, **options):
    """A file with these columns, read."""
    pq.write_table(columns if isinstance(columns, pa.Table) else pa.table(columns), tmp_path / "a.parquet", **options)
    return read(parquet.sheets, tmp_path / "a.parquet")


def one(tmp_path, values, kind):
    """Texts of one column."""
    found = of_columns(tmp_path, {"a": pa.array(values, kind)})
    return [row[0] for row in found.cells.values()]


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (pa.int64(), 9007199254740993, "9007199254740993"),
        (pa.uint64(), 2**64 - 1, "18446744073709551615"),
        (pa.float64(), 7.0, "7"),
        (pa.float64(), 0.1, "0.1"),
        (pa.float64(), 1e20, "100000000000000000000"),
        (pa.float32(), 1.5, "1.5"),
        (pa.decimal128(38, 2), Decimal("12.50"), "12.50"),
        (pa.bool_(), True, "true"),
        (pa.string(), "a\nb", "a\nb"),
        (pa.large_string(), "a", "a"),
        (pa.date32(), dt.date(1763, 2, 14), "1763-02-14"),
        (pa.timestamp("us"), dt.datetime(1963, 2, 14), "1963-02-14"),  # noqa: DTZ001
        (pa.timestamp("ns"), dt.datetime(1963, 2, 14, 14, 30, 0, 500000), "1963-02-14T14:30:00.5"),  # noqa: DTZ001
        (pa.timestamp("ms", tz="UTC"), dt.datetime(1963, 2, 14, 14, 30, tzinfo=dt.UTC), "1963-02-14T14:30:00Z"),
        (pa.time64("us"), dt.time(14, 30), "14:30:00"),
        (pa.dictionary(pa.int32(), pa.string()), "a", "a"),
        (pa.binary(), "über".encode(), "über"),
        (pa.list_(pa.string()), ["a", "b, c"], f"a{VALUE_SEPARATOR}b, c"),
        (pa.list_(pa.int64()), [1, 2**60], f"1{VALUE_SEPARATOR}{2**60}"),
        (pa.list_(pa.struct({"x": pa.int64()})), [{"x": 1}], '[{"x":1}]'),
        (pa.map_(pa.string(), pa.string()), [("a", "b")], '[["a","b"]]'),
        (pa.duration("s"), dt.timedelta(days=1, seconds=5), "P1DT5S"),
    ],
)
def test_types(tmp_path, kind, value, text):
    """Each type gives its exact text; nothing is an empty one."""
    assert one(tmp_path, [value, None, value], kind) == [text, text]


def test_headings_and_nested_columns(tmp_path):
    """Names of columns are the headings; a column of columns is as many, lists are told as such, JSON is told."""
    table = pa.table(
        {
            "id": ["1"],
            "where": pa.array([{"place": "Quito", "box": {"no": 7}}]),
            "names": pa.array([["A", "B"]]),
            "deep": pa.array([[["A"]]]),
        }
    )
    found = of_columns(tmp_path, table)
    assert found.headings == {"": ("id", "where.place", "where.box.no", "names", "deep")}
    assert found.cells == {1: ("1", "Quito", "7", f"A{VALUE_SEPARATOR}B", '[["A"]]')}
    assert found.lists == {"": frozenset({3})}
    assert found.told("read as JSON") == [(None, None, "deep")]


def test_rows_of_several_groups(tmp_path):
    """Rows are counted over row groups and batches, and those without a text are left out."""
    values = [str(n) if n % 3 else None for n in range(5_000)]
    found = of_columns(tmp_path, {"a": values}, row_group_size=700)
    assert found.cells == {n + 1: (value,) for n, value in enumerate(values) if value}


def test_bytes_that_are_no_text(tmp_path):
    """Bytes that are no text are left out, and told at their cell."""
    found = of_columns(tmp_path, {"a": ["x", "y"], "b": pa.array([b"\x89PNG\r\n\x1a\n", b"text"])})
    assert found.cells == {1: ("x", ""), 2: ("y", "text")}
    assert found.told("no text") == [(1, 1, "8 bytes")]


def test_uuid(tmp_path):
    """A UUID is text as people write it."""
    value = uuid.UUID("12345678-1234-5678-1234-567812345678")
    assert one(tmp_path, [value.bytes], pa.uuid()) == [str(value)]


def test_dictionaries_inside_lists(tmp_path):
    """Lists of repeated values are lists of their texts."""
    values = pa.array([["a", "b"], None, [], ["a"]], pa.list_(pa.dictionary(pa.int32(), pa.string())))
    assert [row[0] for row in of_columns(tmp_path, {"a": values}).cells.values()] == [f"a{VALUE_SEPARATOR}b", "a"]


def test_too_many_rows(tmp_path, monkeypatch):
    """A file that says that it has more rows than the bound is rejected."""
    monkeypatch.setattr(parquet, "MAX_ROWS", 2)
    (rejection,) = of_columns(tmp_path, {"a": ["1", "2", "3"]}).rejections
    assert "3 rows" in rejection.message


def test_encrypted(tmp_path):
    """An encrypted file is told so."""
    (tmp_path / "a.parquet").write_bytes(b"PARE" + b"\0" * 100)
    (rejection,) = read(parquet.sheets, tmp_path / "a.parquet").rejections
    assert "encrypted" in rejection.message


def test_missing_file(tmp_path):
    """A file that can't be opened is an OSError."""
    with pytest.raises(FileNotFoundError):
        read(parquet.sheets, tmp_path / "none.parquet")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.text(st.characters(exclude_categories=["Cs"])), st.integers(-(2**63), 2**63 - 1)),
        min_size=1,
        max_size=20,
    )
)
def test_any_table_is_read_as_written(tmp_path, rows):
    """Any table of texts and numbers is read with the same texts."""
    found = of_columns(tmp_path, {"a": [text for text, _ in rows], "b": [number for _, number in rows]})
    assert found.cells == {n: (text, str(number)) for n, (text, number) in enumerate(rows, 1)}


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_bytes_fail(tmp_path, data):
    """Any change of a file's bytes is read or rejected, and raises nothing."""
    path = tmp_path / "a.parquet"
    if not path.exists():
        pq.write_table(pa.table({"a": ["x", None, "y"], "b": [1, 2, 3], "c": [["x"], [], None]}), path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.none() | st.integers(4, len(content)))
    (tmp_path / "b.parquet").write_bytes(content[:cut])
    found = read(parquet.sheets, tmp_path / "b.parquet")
    assert found.sheets or found.remarks


def test_lists_become_values(tmp_path):
    """A column of lists gives a record several values, of a key and under extra; a comma in one parts nothing."""
    from kg.records import readers
    from kg.records.readers.base import RawRecord, SourceFile

    table = pa.table({"id": ["1"], "title": ["T"], "creator": [["Doe, Jane", "Ada"]], "shelf": [["A", "B"]]})
    pq.write_table(table, tmp_path / "a.parquet")
    (raw,) = (
        item for item in readers.read("parquet", SourceFile(tmp_path / "a.parquet", "a")) if isinstance(item, RawRecord)
    )
    assert [link["name"]["@none"] for link in raw.record["creator"]] == ["Doe, Jane", "Ada"]
    assert raw.record["extra"] == [{"field": "shelf", "value": "A"}, {"field": "shelf", "value": "B"}]
