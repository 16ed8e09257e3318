"""Columns of Arrow tables as text, each value exactly."""

import math
from datetime import timedelta
from decimal import Decimal
from typing import Any

import orjson
import pyarrow as pa
from pyarrow import compute, types

from kg.records.readers.tables.table import VALUE_SEPARATOR, Remark
from kg.records.readers.tables.workbooks.formats import numbers

_MIDNIGHT = "T00:00:00"


def is_list(kind: Any) -> bool:
    """Whether a type is that of lists of single values."""
    return _is_any_list(kind) and not types.is_nested(kind.value_type)


def column_texts(column: Any, index: int, remarks: dict[int, list[Remark]]) -> list[str]:
    """Return the text of each value of a column, "" where there is none; lists have `VALUE_SEPARATOR` in between.

    Args:
        column: the column.
        index: its index, for remarks.
        remarks: row → remarks, which are added to.
    """
    column = _plain_storage(column)
    kind = column.type
    if is_list(kind):
        return [_joined(each) for each in column.to_pylist()] if not _is_simple(kind.value_type) else _lists(column)
    if types.is_nested(kind):
        return ["" if each is None else _json(each) for each in column.to_pylist()]
    if (
        types.is_binary(kind)
        or types.is_large_binary(kind)
        or types.is_fixed_size_binary(kind)
        or types.is_binary_view(kind)
    ):
        return [_of_bytes(each, index, row, remarks) for row, each in enumerate(column.to_pylist())]
    return _texts(column)


def value_text(value: Any) -> str:
    """Return a single value as text.

    >>> value_text(7.0), value_text(1e20), value_text(Decimal("12.50")), value_text(True), value_text(None)
    ('7', '100000000000000000000', '12.50', 'true', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return numbers.plain(Decimal(repr(value))) if math.isfinite(value) else ""
    if isinstance(value, timedelta):
        return f"P{value.days}DT{value.seconds}S" if not value.microseconds else str(value)
    return str(value)


def timestamp_text(text: str | None, *, is_zoned: bool) -> str:
    """Return a point in time as ISO 8601, from the form with a blank; midnight without a zone is a day.

    >>> timestamp_text("1963-02-14 00:00:00.000", is_zoned=False)
    '1963-02-14'
    """
    made = _without_zeros((text or "").replace(" ", "T", 1))
    return made if is_zoned else made.removesuffix(_MIDNIGHT)


def _texts(column: Any) -> list[str]:
    kind = column.type
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return [each or "" for each in column.to_pylist()]
    if types.is_timestamp(kind):
        column = column.cast(pa.string())
        return [timestamp_text(each, is_zoned=kind.tz is not None) for each in column.to_pylist()]
    if types.is_integer(kind) or types.is_decimal(kind) or types.is_date(kind) or types.is_time(kind):
        return [
            _without_zeros(each) if types.is_time(kind) else each or "" for each in column.cast(pa.string()).to_pylist()
        ]
    return [value_text(each) for each in column.to_pylist()]


def _is_simple(kind: Any) -> bool:
    return not (types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind))


def _lists(column: Any) -> list[str]:
    """Texts of lists: those of all values at once, and then list by list."""
    texts = iter(_texts(_plain_storage(compute.list_flatten(column))))
    lengths = compute.list_value_length(column).to_pylist()
    return [_join([next(texts) for _ in range(length or 0)]) for length in lengths]


def _joined(values: list[Any] | None) -> str:
    return _join([each.hex() if isinstance(each, bytes) else value_text(each) for each in values or []])


def _join(texts: list[str]) -> str:
    return VALUE_SEPARATOR.join(text.replace(VALUE_SEPARATOR, " ") for text in texts if text)


def _of_bytes(value: Any, index: int, row: int, remarks: dict[int, list[Remark]]) -> str:
    """Bytes as text where they are UTF-8, else nothing, and told."""
    if value is None or not isinstance(value, bytes):
        return value_text(value)
    return text_of_bytes(value, index, remarks.setdefault(row, [])) if value else ""


def text_of_bytes(value: bytes, column: int, remarks: list[Remark]) -> str:
    """Return bytes as text where they are text in UTF-8; else they are left out, and told."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        text = "\0"
    if all(each.isprintable() or each in "\t\n\r" for each in text):
        return text
    remarks.append(
        Remark(
            "the cell holds a file or other bytes that are no text; they are left out",
            f"{len(value):,} bytes",
            "text",
            column,
        )
    )
    return ""


def _without_zeros(text: str | None) -> str:
    """Text of a time without zeros at the end of its decimals."""
    clock, point, rest = (text or "").partition(".")
    digits = rest.rstrip("Z")
    zone = rest[len(digits) :]
    fraction = digits.rstrip("0")
    return clock + (point + fraction if fraction else "") + zone


def _is_any_list(kind: Any) -> bool:
    return any(
        check(kind)
        for check in (
            types.is_list,
            types.is_large_list,
            types.is_fixed_size_list,
            types.is_list_view,
            types.is_large_list_view,
        )
    )


def _plain_storage(column: Any) -> Any:
    """Column of the values themselves, where it has numbers of them or a type of some program's own."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
        if isinstance(column, pa.ChunkedArray):
            column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    if isinstance(column.type, pa.BaseExtensionType) and not isinstance(column.type, pa.UuidType):
        return _plain_storage(column.storage)
    return _plain_storage(column.dictionary_decode()) if types.is_dictionary(column.type) else column


def _json(value: Any) -> str:
    return orjson.dumps(value, default=_json_default).decode()


def _json_default(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else str(value)
