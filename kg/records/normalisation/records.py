"""Make a record sound: every value in the one form that the model says, before it is checked and mapped.

The parser that maps records drops what it can't use in silence; so nothing that it would drop may reach it. What can
be mended is mended. A value that can't be (a link with `javascript:`, a language that is none, a date that is no
date) is put aside into the record's `extra`, where it can be seen, and reported; a part with it, where the part must
have that value. Only where the record itself must have the value does it stay as it is, for the gate to refuse.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from kg import iris
from kg.errors import KeyFault
from kg.records.dates import edtf_strings, phrases
from kg.records.model import validation
from kg.records.model.keys import KEYS, Key, Record, Value, keys_of
from kg.records.model.nearest_key import A_KEY, MOST, instead, nearest
from kg.records.normalisation.lists import each_target_once, is_new
from kg.records.normalisation.values import ABSENT, SCALARS, Fault, as_text, by_language, language_of, unfit
from kg.records.normalisation.values import text as sound_text
from kg.records.problems import Problem, shown

_ORDER = {name: position for position, name in enumerate(KEYS)}
_REPLACED = "characters that can't be published were replaced by U+FFFD"
_ESCAPED_HERE = "characters that can't stand there are written as their bytes, with a per cent sign"
_SAYS = {"names": "text", "referenceLevels": "value", "extra": "value"}
"""Key of parts → the one among theirs without which a part says nothing: an empty label gives no value."""
_ID = f'an id, kind/key, the kind being one of {", ".join(iris.KINDS)}: "record/177838", say'
_ANY_DATE = "a date in EDTF (ISO 8601-2), or as people write one"
_TOLD_APART = "a date in which day and month are told apart: 1963-05-04, 4 May 1963"
_TWO_WAYS = re.compile(r"\d{1,2}[/-]\d{1,2}[/-](?:\d\d)?\d\d")
# As JSON writes them: control characters are escaped, U+FFFE and U+FFFF stand in UTF-8.
_ESCAPED = re.compile(rb"\\u00[01]|\xef\xbf[\xbe\xbf]")


@dataclass(slots=True)
class _Work:
    """A record on its way to being sound."""

    may_be_unfit: bool
    kind: str
    sound: Record = field(default_factory=dict)
    aside: list[dict[str, str]] = field(default_factory=list)
    problems: list[tuple[str, Any, str, str]] = field(default_factory=list)

    def put_aside(self, where: str, value: Any, expected: str, message: str) -> None:
        self.aside.append({"field": as_text(where), "value": as_text(value)})
        self.problems.append((where, value, expected, f"{message}; kept under extra"))


def make_sound(record: Record, source: str, at: str, written: bytes | None = None) -> tuple[Record, list[Problem]]:
    """A sound copy of a record, and what was mended or put aside.

    Args:
        record: a JSON object as a reader made it or a person wrote it.
        source: the file, for problems.
        at: the line or number in it, for problems.
        written: the JSON that the record was read from, where it was; to look into it is quicker than into the record.

    Raises:
        Fault: where the record says not what it is: no id, or an id that is no reference.
    """
    name = identity(record)
    kind = name.partition("/")[0]
    allowed = _WAYS[kind]
    work = _Work(_may_be_unfit(record, written), kind)
    for key_name, value in record.items():
        if value is None or key_name in {"id", "kind"}:
            continue
        way = allowed.get(key_name)
        if way is None:
            expected = instead(str(key_name), kind) if len(work.aside) < MOST else A_KEY
            work.put_aside(str(key_name), value, expected, "there is no such key here")
            continue
        _take(way, value, work)
    if work.aside:
        work.sound["extra"] = [*work.sound.get("extra", []), *work.aside]
    if name != record.get("id", name).strip():
        expected = "a key of letters, digits, hyphens and inner dots"
        work.problems.append(("id", record["id"], expected, _ESCAPED_HERE))
    sound = {"id": name, "kind": kind}
    for key_name in sorted(work.sound, key=_ORDER.__getitem__):
        sound[key_name] = work.sound[key_name]
    problems = [
        Problem(source, at, where, shown(value), expected, message, "repaired", name)
        for where, value, expected, message in work.problems
    ]
    return sound, problems


def identity(record: Record) -> str:
    """The canonical reference of a record. Raises Fault where it has none."""
    name = record.get("id")
    if name is None and isinstance(record.get("kind"), str) and "key" in record:
        name = f"{record['kind']}/{record['key']}"
    if not isinstance(name, str) or not name.strip():
        raise Fault("the record has no id", _ID)
    try:
        name = iris.repair(name.strip())
    except KeyFault as fault:
        raise Fault(fault.what, _ID) from None
    kind = record.get("kind")
    if kind is not None and kind != name.partition("/")[0]:
        raise Fault(f"the record's kind is {shown(kind)}, but its id says {name}", "an id that begins with the kind")
    return name


@dataclass(frozen=True, slots=True, eq=False)
class _Way:
    """How what stands under a key is made sound.

    Attributes:
        key: the key.
        make: does it; raises Fault where it can't be done.
        parts: for a part, the ways of its own keys.
        required: for a part, those of them that it must have.
    """

    key: Key
    make: Callable[["_Way", Any, _Work], Any]
    parts: dict[str, "_Way"]
    required: frozenset[str]


def _take(way: _Way, value: Any, work: _Work) -> None:
    """Put the sound form of a value into the record, what can't be made sound aside."""
    name = way.key.name
    try:
        sound = way.make(way, value, work)
    except Fault as fault:
        if way.key.required and way.key is KEYS.get(name):
            work.sound[name] = value
        else:
            work.put_aside(name, value, fault.expected, str(fault))
        return
    if sound is not ABSENT and sound != []:
        work.sound[name] = sound
        if work.may_be_unfit and not way.parts:  # a part reports its own
            for text in unfit(value):
                work.problems.append((name, text, "text that XML can hold", _REPLACED))


def _texts(way: _Way, value: Any, work: _Work) -> Any:
    """Text by language, but for what stands under no language tag: that alone is put aside."""
    if isinstance(value, dict):
        try:
            for tag in value:
                language_of(tag)
        except Fault:
            value = dict(_in_languages(way.key, value, work))
    return by_language(value, many=way.key.many)


def _in_languages(key: Key, value: Record, work: _Work) -> Iterator[tuple[str, Any]]:
    for tag, texts in value.items():
        try:
            language_of(tag)
        except Fault as fault:
            work.put_aside(f"{key.name}.{tag}", texts, fault.expected, str(fault))
        else:
            yield tag, texts


def _tell_escaped(key: Key, value: Any, sound: Any, work: _Work) -> None:
    """Report an address that had to be written otherwise to be one."""
    if isinstance(value, str) and sound is not ABSENT and len(sound) != len(value.strip()):
        work.problems.append((key.name, value, "an IRI (RFC 3987)", _ESCAPED_HERE))


def _may_be_unfit(record: Record, written: bytes | None) -> bool:
    """Whether some text of a record may hold what can't be published; quick, and seldom wrong."""
    if written is not None and b"\\" not in written and b"\xef" not in written:  # single bytes are found at once
        return False
    try:
        text = orjson.dumps(record)
    except TypeError:  # half a character, or what is no JSON
        return True
    return (b"\\u00" in text or b"\xef\xbf" in text) and _ESCAPED.search(text) is not None


def _one(way: _Way, value: Any, work: _Work) -> Any:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    sound = SCALARS[way.key.value](value, way.key)
    if way.key.value is Value.URL:
        _tell_escaped(way.key, value, sound, work)
    return sound


def _list(way: _Way, value: Any, work: _Work) -> list[Any]:
    """The sound values of a list, each once; those that can't be made sound are put aside one by one."""
    found: list[Any] = []
    marks: set[str] = set()
    key = way.key
    make = SCALARS[key.value]
    for each in value if isinstance(value, list) else [value]:
        if each is None:
            continue
        try:
            sound = make(each, key)
        except Fault as fault:
            work.put_aside(key.name, each, fault.expected, str(fault))
            continue
        if key.value is Value.URL:
            _tell_escaped(key, each, sound, work)
        if sound is not ABSENT and (not found or is_new(sound, found, marks)):
            found.append(sound)
    return each_target_once(found) if key.value is Value.LINK and len(found) > 1 else found


def _parts(way: _Way, value: Any, work: _Work) -> list[Record]:
    found: list[Record] = []
    marks: set[str] = set()
    key = way.key
    for number, each in enumerate(value if isinstance(value, list) else [value], 1):
        if each is None:
            continue
        if key.name == "dates" and isinstance(each, str | int) and not isinstance(each, bool):
            each = {"role": _ROLES.get(work.kind, "document"), "edtf": str(each)}  # noqa: PLW2901  # the short way
        if not isinstance(each, dict):
            work.put_aside(f"{key.name}[{number}]", each, validation.expected([key.name]), "is no object")
            continue
        part = _part(way, each, number, work)
        if part and (not found or is_new(part, found, marks)):
            found.append(part)
    return found


def _part(way: _Way, value: dict[str, Any], number: int, work: _Work) -> Record:
    key = way.key
    inner = _Work(work.may_be_unfit, work.kind)
    for name, each in value.items():
        if each is None:
            continue
        known = way.parts.get(name)
        if known is None:
            few = len(work.aside) + len(inner.aside) < MOST
            inner.put_aside(name, each, nearest(name, tuple(way.parts)) if few else A_KEY, "there is no such key here")
            continue
        if name == "edtf" and key.name == "dates":
            each = _edtf_or_phrase(each, value, inner)  # noqa: PLW2901
        if each is not ABSENT:
            _take(known, each, inner)
    where = f"{key.name}[{number}]"
    if not way.required <= inner.sound.keys() and (lacking := _lacking(way, value, inner)):
        # All of it is kept as it came; what else is wrong in it is not told beside what costs it.
        work.aside.append({"field": where, "value": as_text(value)})
        told = next((each for each in inner.problems if each[0] == lacking), None)
        told = told or (lacking, value, validation.expected([key.name, lacking]), "is required; kept under extra")
        work.problems.append((f"{where}.{lacking}", *told[1:]))
        return {}
    if inner.aside or inner.problems:
        work.aside += [{"field": f"{where}.{aside['field']}", "value": aside["value"]} for aside in inner.aside]
        work.problems += [(f"{where}.{name}", *rest) for name, *rest in inner.problems]
    if key.name == "dates":
        return _with_interval(inner.sound)
    says = _SAYS.get(key.name)
    if says in value and says not in inner.sound:
        return {}
    return _in_order(inner.sound, way.parts)


def _lacking(way: _Way, value: dict[str, Any], inner: _Work) -> str:
    """A key that a part must have and has not; empty where there is none, or where the part says nothing at all."""
    if not inner.sound and not inner.aside:
        return ""
    says = _SAYS.get(way.key.name)
    faulty = {where for where, *_ in inner.problems}
    missing = (name for name in way.parts if name in way.required and name not in inner.sound)
    return next((name for name in missing if name != says or name in faulty or name not in value), "")


def _in_order(part: Record, order: Iterable[str]) -> Record:
    return part if len(part) == 1 else {name: part[name] for name in order if name in part}


def _edtf_or_phrase(value: Any, date: dict[str, Any], inner: _Work) -> Any:
    """A date that somebody wrote as people write it is read, if it can be, and kept as written."""
    if not isinstance(value, str):
        return value
    try:
        return edtf_strings.check(value.strip())
    except edtf_strings.DateFault as fault:
        read = phrases.read(value)
        if (written := sound_text(value)) is ABSENT or date.get("text"):
            return read or value
        inner.sound["text"] = written
        if read is None:
            said, expected = phrases.fault(value), _ANY_DATE
            if not said and _TWO_WAYS.fullmatch(written):
                said, expected = "can be read in two ways", _TOLD_APART
            inner.problems.append(("edtf", value, expected, f"{said or fault}; kept as it is written"))
        return read or ABSENT


def _with_interval(date: Record) -> Record:
    """A date with the days that it can lie in; nothing where no more is known of it than its role."""
    if date.keys() == {"role"}:
        return {}
    if "edtf" not in date and "text" in date and (read := phrases.read(date["text"])):
        date["edtf"] = read
    if "edtf" in date and "start" not in date and "end" not in date:
        interval = edtf_strings.interval(date["edtf"])
        date |= {"start": interval.start} if interval.start else {}
        date |= {"end": interval.end} if interval.end else {}
    return _in_order(date, _DATE)


def _way(key: Key) -> _Way:
    make = {Value.TEXT: _texts, Value.PART: _parts}.get(key.value) or (_list if key.many else _one)
    required = frozenset(part.name for part in key.parts if part.required)
    return _Way(key, make, {part.name: _way(part) for part in key.parts}, required)


_WAYS = {kind: {key.name: _way(key) for key in keys_of(kind)} for kind in iris.KINDS}
_ROLES = {"agent": "existence", "place": "existence", "topic": "existence"}
"""Kind of thing → what a date means of which no more is said; of any other, that the document was written then."""
_DATE = tuple(part.name for part in KEYS["dates"].parts)
