"""JSON and JSON Lines reader, in the shape of the record model: a record or a list of them, or a record a line."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson

from kg.records.model.keys import KEYS, Record, Value
from kg.records.problems import SourceProblem
from kg.records.readers.base import RawRecord, ReaderItem, ReadFailure, SourceFile
from kg.records.readers.json import escapes

MAX_LINE_BYTES = 64 << 20
"""Maximum length of a line of JSON Lines, in bytes: some values may be put aside as too long, and the rest is read."""

MAX_FILE_BYTES = 256 << 20
"""Maximum size of a JSON file, in bytes; it is read as a whole, JSON Lines are not."""

_SCHEMA_HINT = "one JSON object, in the shape of a record (`kg keys` lists what it may hold)"
_ONE_A_LINE = "one object a line; a list, or objects over several lines, in a file named .json"
_BOM = b"\xef\xbb\xbf"
_CHUNK = 1 << 20
_REFERENCE = re.compile(r"^([a-z]+/)")
_MAX_DIGITS = 19
"""Number of digits from which an integer may not fit into 64 bits (RFC 8259, 6: a number has its digits)."""
# A number with a fraction, an exponent or very many digits, where a value stands; or a text that looks so.
_LONG_NUMBER = re.compile(rb"[\[:,]\s*-?\d+(?:[.eE]|\d{18})|[\[:,]\s*-0\s*[,}\]]")
_ALTERNATIVE_SPELLINGS = (b" :", b"\t:", b"\n:", b"\r:", b"\\u0022")


def read(source: SourceFile) -> Iterator[ReaderItem]:
    """Read a JSON file: an object, a list of objects, or an object with them under `records` or `@graph`."""
    if source.path.stat().st_size > MAX_FILE_BYTES:
        message = f"is larger than {MAX_FILE_BYTES >> 20} MB; write one record a line (.jsonl) instead"
        yield ReadFailure(source.problem("", "", "", "a smaller file", message, severity="rejected"))
        return
    raw = source.path.read_bytes().removeprefix(_BOM)
    if not raw.strip():
        yield source.problem("", "", "", _SCHEMA_HINT, "the file is empty")
        return
    parsed = _parse(source, "", raw)
    if isinstance(parsed, ReadFailure):
        yield parsed
        return
    records = parsed
    if isinstance(parsed, dict) and "id" not in parsed:
        records = parsed.get("records", parsed.get("@graph", parsed))
    several = isinstance(records, list)
    for number, record in enumerate(records if isinstance(records, list) else [records], 1):
        at = f"record {number}" if several else ""
        yield _raw_record(source, at, record, orjson.dumps(record) if several else None, raw)


def read_lines(source: SourceFile) -> Iterator[ReaderItem]:
    """Read a file of JSON Lines."""
    for line in nonblank_lines(source):
        yield parse_line(source, *line) if isinstance(line, tuple) else line


def nonblank_lines(source: SourceFile) -> Iterator[tuple[int, bytes] | SourceProblem | ReadFailure]:
    """Return the lines of a file that are not blank, each with its number from 1.

    A line over `MAX_LINE_BYTES` is passed over without being held in memory.
    """
    number = 0
    with source.path.open("rb") as file:
        if _is_spread(file.read(_CHUNK)):
            message = "the file holds JSON over several lines; JSON Lines have one object a line"
            yield ReadFailure(source.problem("", "", "", _ONE_A_LINE, message, severity="rejected"))
            return
        file.seek(0)
        while line := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            if len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
                length = len(line)
                while (chunk := file.readline(_CHUNK)) and not chunk.endswith(b"\n"):
                    length += len(chunk)
                message = f"the line has {length + len(chunk)} bytes; at most {MAX_LINE_BYTES >> 20} MB are read"
                yield _unreadable(source, f"line {number}", line[:200], message, line=None)
                continue
            line = line.removeprefix(_BOM) if number == 1 else line
            if line.strip():
                yield number, line
    if number == 0:
        yield source.problem("", "", "", "one JSON object a line", "the file is empty")


def _is_spread(head: bytes) -> bool:
    r"""Whether the first record, or a list of them, spans several lines, so that no line of it is a record.

    >>> _is_spread(b'{\n  "id": "record/1"\n}'), _is_spread(b'[{"id": "record/1"},\n{"id": "record/2"}]')
    (True, True)
    >>> _is_spread(b'{"id": "record/1",\n{"id": "record/2"}')
    False
    """
    written = [line.strip() for line in head.removeprefix(_BOM).split(b"\n", 20) if line.strip()]
    if len(written) < 2 or (written[1][:1] == b"{" and written[1][-1:] == b"}" and written[0] != b"["):
        return written[:1] == [b"["]
    return written[0] in {b"{", b"["} or (written[0][:1] == b"[" and written[0][-1:] == b",")


def parse_line(source: SourceFile, number: int, raw: bytes) -> RawRecord | ReadFailure:
    """Parse the record of a line."""
    at = f"line {number}"
    parsed = _parse(source, at, raw)
    return parsed if isinstance(parsed, ReadFailure) else _raw_record(source, at, parsed, raw, raw)


def _parse(source: SourceFile, at: str, raw: bytes) -> Any:
    line = raw if at else None  # a line, or the whole file
    try:
        parsed = orjson.loads(raw)
    except orjson.JSONDecodeError as fault:
        return _unreadable(source, at, raw, _explain(raw, fault), line=line)
    try:
        reserialised = orjson.dumps(parsed)
    except TypeError:  # its writer goes less deep than its reader
        message = "nests too deep: a record has lists and objects five or six deep"
        return _unreadable(source, at, raw, message, line=line)
    # Of a key that stands twice the parser keeps the last. Where all comes out as it stands there, none did. Nor where
    # as many keys do; but that is sure only where keys and texts are written as the parser's own writer writes them.
    if reserialised == raw.rstrip():
        return parsed
    counted = reserialised.count(b'":') == raw.count(b'":') and not any(sign in raw for sign in _ALTERNATIVE_SPELLINGS)
    if not counted and (repeated := _repeated(raw)):
        return _unreadable(source, at, raw, f"the key {repeated!r} stands twice in one object", line=line)
    return _with_written_numbers(raw) or parsed if _LONG_NUMBER.search(raw) else parsed


def _with_written_numbers(raw: bytes) -> Any:
    """JSON with each number whose digits a parser would change as a text; None where it nests too deep for this parser.

    >>> _with_written_numbers(b'[18446744073709551616, 1.10, 1e5, 0.5, 7]')
    ['18446744073709551616', '1.10', '1e5', 0.5, 7]
    """
    try:
        return json.loads(raw, parse_float=_decimal, parse_int=_integer)
    except (ValueError, RecursionError):
        return None


def _decimal(written: str) -> float | str:
    number = float(written)
    return number if repr(number) == written else written


def _integer(written: str) -> int | str:
    return int(written) if len(written) < _MAX_DIGITS and written != "-0" else written


def _explain(raw: bytes, fault: orjson.JSONDecodeError) -> str:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line = raw.count(b"\n", 0, wrong.start) + 1
        where = f", in line {line}," if line > 1 else ""
        return f"is not UTF-8: byte {wrong.start + 1}{where} is 0x{raw[wrong.start]:02x}"
    position, excerpt = _fault_position(fault)
    if "surrogate" in fault.msg:
        return f"holds half a character (a lone surrogate) at {position}"
    if not excerpt:
        return f"is no JSON: it breaks off at {position}"
    return f"is no JSON: {fault.msg} at {position}, where {excerpt!r} stands"


def _fault_position(fault: orjson.JSONDecodeError) -> tuple[str, str]:
    """Position of a syntax error with the text there; that text is empty at the end, before the last line end."""
    text = fault.doc.rstrip()
    at = min(fault.pos, len(text))
    column = f"column {at - text.rfind(chr(10), 0, at)}"
    number = text.count("\n", 0, at) + 1
    return column if number == 1 else f"line {number}, {column}", text[at : at + 20]


def _repeated(raw: bytes) -> str | None:
    """Key that stands twice in an object, if there is one."""
    repeated_names: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        names = Counter(name for name, _ in items)
        repeated_names.extend(name for name, count in names.items() if count > 1)
        return dict(items)

    try:
        json.loads(raw, object_pairs_hook=pairs)
    except (ValueError, RecursionError):  # orjson took it, so it is JSON; it nests deeper than this parser goes
        return None
    return repeated_names[0] if repeated_names else None


def _unreadable(source: SourceFile, at: str, raw: bytes, message: str, *, line: bytes | None) -> ReadFailure:
    value = raw[:200].rstrip(b"\r\n").decode("utf-8", "replace")
    return ReadFailure(source.problem(at, "", value, _SCHEMA_HINT, message, severity="rejected"), line)


def _raw_record(source: SourceFile, at: str, record: Any, raw: bytes | None, written: bytes) -> RawRecord | ReadFailure:
    """Record from a parsed object; `raw` are its own bytes, `written` those it was parsed from."""
    if not isinstance(record, dict):
        expected = _ONE_A_LINE if isinstance(record, list) and at.startswith("line") else _SCHEMA_HINT
        problem = source.problem(at, "", record, expected, "is no JSON object", severity="rejected")
        return ReadFailure(problem, raw)
    # Addresses of ours are few; to look for one in the bytes is quicker than to look at every link.
    addressed = bool(source.base) and (raw is None or source.base.encode() in raw or b"\\/" in raw)
    record, problems = escapes.mended(source, at, record, written)
    return RawRecord(resolve_references(record, source) if source.prefix or addressed else record, at, raw, problems)


def resolve_references(record: Record, source: SourceFile) -> Record:
    """Return a record whose own id and links are references of this collection.

    Where its source has a prefix, keys begin with that: it links to records of its own source. An address of ours
    becomes the reference in it.

    >>> from pathlib import Path
    >>> source = SourceFile(Path("a"), "a", "a-", base="https://a.example.org/")
    >>> resolve_references({"id": "record/1", "creator": ["agent/x", "https://a.example.org/agent/y"]}, source)
    {'id': 'record/a-1', 'creator': ['agent/a-x', 'agent/y']}
    """
    return {name: _resolve_value(name, value, source) for name, value in record.items()}


def _resolve_value(name: str, value: Any, source: SourceFile) -> Any:
    key = KEYS.get(name)
    if name in {"id", "target"} or (key is not None and key.value is Value.LINK):
        if isinstance(value, str):
            return source.reference_in(value.strip()) or _REFERENCE.sub(lambda kind: kind[1] + source.prefix, value)
        if isinstance(value, list):
            return [_resolve_value(name, child, source) for child in value]
        if isinstance(value, dict):
            return resolve_references(value, source)
    if name == "relations" and isinstance(value, list):
        return [resolve_references(child, source) if isinstance(child, dict) else child for child in value]
    return value
