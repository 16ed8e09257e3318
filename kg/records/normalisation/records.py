"""Record normaliser: every value in the single form that the model defines, before validation and mapping.

JSON-LD processors drop unusable values in silence, so none may reach the mapping. Values are repaired where that is
possible. Any other value (a link with `javascript:`, a language that is none, a date that is no
date) is put aside into the record's `extra`, where it can be seen, and reported; a part with it, where the part must
have that value. Only where the record itself must have the value does it stay as it is, for the gate to refuse (D-5).
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from kg import iris
from kg.errors import KeyFault
from kg.records.model import validation
from kg.records.model.keys import KEYS, Key, Record, Value, keys_of
from kg.records.model.nearest_key import ANY_KEY, MAX_SUGGESTIONS, nearest_key, suggestion
from kg.records.normalisation import dates, guesses, null_words
from kg.records.normalisation.link_keys import known_keys
from kg.records.normalisation.lists import is_new, unique_targets
from kg.records.normalisation.values import (
    ABSENT,
    SCALARS,
    ValueFault,
    as_text,
    by_language,
    language_of,
    normalise_text,
    unfit_texts,
    verbatim,
)
from kg.records.problems import SourceProblem, excerpt

_SILENT = frozenset({Value.LINK, Value.EDTF})
"""Values under which a word for an empty value is none to be told: "n/a" is a way to say that there is no date."""

_ORDER = {name: position for position, name in enumerate(KEYS)}
_REPLACED = "characters that can't be published were replaced by U+FFFD"
_ESCAPED_HERE = "characters that can't stand there are written as their bytes, with a per cent sign"
_TAKEN_FOR_NOTHING = "is taken for an empty value; the key is left out"
_CONTENT_KEYS = {"names": "text", "referenceLevels": "value", "extra": "value"}
"""Key of parts → the key of theirs that carries the content: a part with an empty label has no value."""
_ID = f'an id, kind/key, the kind being one of {", ".join(iris.KINDS)}: "record/177838", say'
# As JSON writes them: control characters are escaped, U+FFFE and U+FFFF stand in UTF-8.
_ESCAPED = re.compile(rb"\\u00[01]|\xef\xbf[\xbe\xbf]")


NO_DAY = "9998-12-31"
"""Day after which no date lies."""


@dataclass(slots=True)
class _State:
    """Record in the course of normalisation."""

    may_be_unfit: bool
    may_be_null: bool
    kind: str
    today: str
    record: Record = field(default_factory=dict)
    aside: list[dict[str, str]] = field(default_factory=list)
    problems: list[tuple[str, Any, str, str]] = field(default_factory=list)

    def report(self, where: str, value: Any, expected: str, message: str) -> None:
        """Report a problem with a value that stays where it is, or has left the record for `extra`."""
        self.problems.append((where, value, expected, message))

    def put_aside(self, where: str, value: Any, expected: str, message: str) -> None:
        self.aside.append({"field": as_text(where), "value": as_text(value)})
        self.problems.append((where, value, expected, f"{message}; kept under extra"))


def normalise_record(
    record: Record, source: str, at: str, written: bytes | None = None, *, today: str = NO_DAY
) -> tuple[Record, list[SourceProblem]]:
    """Return a normalised copy of a record, with the repairs and the values put aside.

    Args:
        record: a JSON object as a reader made it or a person wrote it.
        source: the file, for problems.
        at: the line or number in it, for problems.
        written: the JSON that the record was read from, where it was; to look into it is quicker than into the record.
        today: the day after which a date is one to come, `YYYY-MM-DD`; the last day of all, if it does not matter.

    Raises:
        ValueFault: for a record without an id, or with an id that is no reference.
    """
    name = canonical_reference(record)
    kind = name.partition("/")[0]
    allowed = _RULES[kind]
    state = _State(*_suspicions(record, written), kind, today)
    for key_name, value in record.items():
        if value is None or key_name in {"id", "kind"}:
            continue
        rule = allowed.get(key_name)
        if rule is None:
            expected = suggestion(str(key_name), kind) if len(state.aside) < MAX_SUGGESTIONS else ANY_KEY
            state.put_aside(str(key_name), value, expected, "there is no such key here")
            continue
        _normalise_key(rule, value, state)
    if state.aside:
        state.record["extra"] = [*state.record.get("extra", []), *state.aside]
    if name != _written_id(record, name):
        expected = "a key of letters, digits, hyphens and inner dots"
        state.problems.append(("id", record["id"], expected, _ESCAPED_HERE))
    normalised = {"id": name, "kind": kind}
    for key_name in sorted(state.record, key=_ORDER.__getitem__):
        normalised[key_name] = state.record[key_name]
    problems = [
        SourceProblem(source, at, where, excerpt(value), expected, message, "repaired", name)
        for where, value, expected, message in state.problems
    ]
    return normalised, problems


def _written_id(record: Record, name: str) -> str:
    """Id of a record as it is written, with the kind where it stands beside."""
    written = str(record.get("id", name)).strip()
    return written if written.partition("/")[0] in iris.KINDS else f"{name.partition('/')[0]}/{written}"


def canonical_reference(record: Record) -> str:
    """Return the canonical reference of a record. Raises ValueFault where there is none."""
    name = record.get("id")
    if name is None and isinstance(record.get("kind"), str) and "key" in record:
        name = f"{record['kind']}/{record['key']}"
    if isinstance(name, int) and not isinstance(name, bool):
        name = str(name)
    if not isinstance(name, str) or not name.strip():
        raise ValueFault("the record has no id" if name is None else "the id is no text", _ID)
    if record.get("kind") in iris.KINDS and name.partition("/")[0] not in iris.KINDS:
        name = f"{record['kind']}/{name.strip()}"
    try:
        name = iris.repair(name.strip())
    except KeyFault as fault:
        raise ValueFault(fault.what, _ID) from None
    kind = record.get("kind")
    if kind is not None and kind != name.partition("/")[0]:
        raise ValueFault(
            f"the record's kind is {excerpt(kind)}, but its id says {name}", "an id that begins with the kind"
        )
    return name


@dataclass(frozen=True, slots=True, eq=False)
class _KeyRule:
    """Rule for the normalisation of the values of a key.

    Attributes:
        key: the key.
        make: the normaliser; raises ValueFault for an invalid value.
        parts: for a part, the ways of its own keys.
        required: for a part, those of them that it must have.
    """

    key: Key
    make: Callable[["_KeyRule", Any, _State], Any]
    parts: dict[str, "_KeyRule"]
    required: frozenset[str]


def _normalise_key(rule: _KeyRule, value: Any, state: _State) -> None:
    """Put the normalised value into the record, or an invalid value aside."""
    name = rule.key.name
    try:
        normalised = rule.make(rule, value, state)
    except ValueFault as fault:
        if rule.key.required and rule.key is KEYS.get(name):
            state.record[name] = value
        else:
            state.put_aside(name, value, fault.expected, str(fault))
        return
    if state.may_be_null and not rule.parts and rule.key.value not in _SILENT and rule.make is not _verbatim:
        for word in null_words.taken_for_nothing(value, prose=rule.key.answers):
            state.problems.append((name, word, "a value, or no key at all", _TAKEN_FOR_NOTHING))
    if normalised is not ABSENT and normalised != []:
        state.record[name] = normalised
        if state.may_be_unfit and not rule.parts:  # a part reports its own
            for text in unfit_texts(value):
                state.problems.append((name, text, "text that XML can hold", _REPLACED))


def _normalise_texts(rule: _KeyRule, value: Any, state: _State) -> Any:
    """Normalised text by language; a text under a tag that is none is kept without a language."""
    if isinstance(value, dict):
        try:
            tags = [language_of(tag) for tag in value]
        except ValueFault:
            tags = []
        if len(set(tags)) < len(value):
            value = _with_known_languages(rule.key, value, state)
    return by_language(value, many=rule.key.many, prose=rule.key.answers)


def _with_known_languages(key: Key, value: Record, state: _State) -> Record:
    """Texts by canonical tag: a text under a wrong tag has no language; a second one in a language is put aside."""
    texts_by_tag: Record = {}
    faulty: list[tuple[str, Any, ValueFault]] = []
    for written, texts in value.items():
        try:
            tag = language_of(written)
        except ValueFault as fault:
            faulty.append((written, texts, fault))
        else:
            _add_texts(key, texts_by_tag, (tag, written, texts), state)
    for written, texts, wrong in faulty:
        where = f"{key.name}.{written}"
        if texts_by_tag and not key.many:
            state.put_aside(where, texts, wrong.expected, str(wrong))
            continue
        state.problems.append((where, texts, wrong.expected, f"{wrong}; kept without a language"))
        _add_texts(key, texts_by_tag, ("@none", written, texts), state)
    return texts_by_tag


def _add_texts(key: Key, texts_by_tag: Record, added: tuple[str, str, Any], state: _State) -> None:
    tag, written, texts = added
    earlier = texts_by_tag.get(tag)
    if earlier is None or by_language({tag: earlier}, many=True) is ABSENT:
        texts_by_tag[tag] = texts
    elif key.many:
        texts_by_tag[tag] = [*_as_list(earlier), *_as_list(texts)]
    elif texts is not None and texts != earlier:
        message = "is a second text in one language"
        state.put_aside(f"{key.name}.{written}", texts, "one text in each language", message)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _report_escapes(key: Key, value: Any, normalised: Any, state: _State) -> None:
    """Report an address whose characters had to be escaped."""
    if isinstance(value, str) and normalised is not ABSENT and len(normalised) != len(value.strip()):
        state.problems.append((key.name, value, "an IRI (RFC 3987)", _ESCAPED_HERE))


def _suspicions(record: Record, written: bytes | None) -> tuple[bool, bool]:
    """Whether a text of a record may hold unpublishable characters, and whether one may be a word for an empty value.

    Quick, with few false positives.
    """
    # Single bytes are found at once.
    plain = written is not None and b"\\" not in written and b"\xef" not in written
    if plain and written is not None:
        return False, null_words.may_hold(written)
    try:
        text = orjson.dumps(record)
    except TypeError:  # half a character, or a value outside JSON
        return True, True
    unfit = (b"\\u00" in text or b"\xef\xbf" in text) and _ESCAPED.search(text) is not None
    return unfit, null_words.may_hold(text)


def _normalise_scalar(rule: _KeyRule, value: Any, state: _State) -> Any:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    normalised = SCALARS[rule.key.value](value, rule.key)
    if rule.key.value is Value.URL:
        _report_escapes(rule.key, value, normalised, state)
    return _with_known_keys(rule.key.name, normalised, state) if isinstance(normalised, dict) else normalised


def _verbatim(_rule: _KeyRule, value: Any, _state: _State) -> Any:
    return verbatim(value)


def _with_known_keys(where: str, link: Record, state: _State) -> Record | str:
    """Link with the keys that its target can have; the others are put aside."""
    description, unknown = known_keys(link)
    if not unknown:
        return link
    kind = str(link["id"]).partition("/")[0]
    for path, value in unknown:
        name = path.rpartition(".")[2]
        expected = suggestion(name, kind) if len(state.aside) < MAX_SUGGESTIONS and path == name else ANY_KEY
        state.put_aside(f"{where}.{path}", value, expected, f"a link to {link['id']} can't have this key")
    return description if len(description) > 1 else str(link["id"])


def _normalise_list(rule: _KeyRule, value: Any, state: _State) -> list[Any]:
    """Normalised values of a list without duplicates; each invalid value is put aside alone."""
    values: list[Any] = []
    marks: set[str] = set()
    key = rule.key
    make = SCALARS[key.value]
    for number, item in enumerate(value if isinstance(value, list) else [value], 1):
        if item is None or _is_put_aside_as_guess(f"{key.name}[{number}]", item, state):
            continue
        try:
            normalised = make(item, key)
        except ValueFault as fault:
            state.put_aside(key.name, item, fault.expected, str(fault))
            continue
        if key.value is Value.URL:
            _report_escapes(key, item, normalised, state)
        elif isinstance(normalised, dict):
            normalised = _with_known_keys(f"{key.name}[{number}]", normalised, state)
        if normalised is not ABSENT and (not values or is_new(normalised, values, marks)):
            values.append(normalised)
    return unique_targets(values) if key.value is Value.LINK and len(values) > 1 else values


def _is_put_aside_as_guess(where: str, value: Any, state: _State) -> bool:
    """Put a value aside that its source marks as a guess, with the mark; False for any other value."""
    if not isinstance(value, dict) or not guesses.is_guess(value):
        return False
    state.put_aside(where, value, "a value that somebody asserts", "is marked as a guess")
    return True


def _normalise_parts(rule: _KeyRule, value: Any, state: _State) -> list[Record]:
    parts: list[Record] = []
    marks: set[str] = set()
    key = rule.key
    for number, item in enumerate(value if isinstance(value, list) else [value], 1):
        if item is None or (key.name != "dates" and _is_put_aside_as_guess(f"{key.name}[{number}]", item, state)):
            continue
        is_short = key.name == "dates" and isinstance(item, str | int) and not isinstance(item, bool)
        if is_short:
            item = {"role": _DEFAULT_DATE_ROLES.get(state.kind, "document"), "edtf": str(item)}  # noqa: PLW2901  # the short way
        if not isinstance(item, dict):
            state.put_aside(f"{key.name}[{number}]", item, validation.expected([key.name]), "is no object")
            continue
        for part in _normalise_part(rule, item, number, state, is_short=is_short):
            if not parts or is_new(part, parts, marks):
                parts.append(part)
    if key.name == "dates" and len(parts) > 1:
        dates.check_order(parts, state.report)
    return parts


def _normalise_part(
    rule: _KeyRule, value: dict[str, Any], number: int, state: _State, *, is_short: bool = False
) -> list[Record]:
    """Normalised part, and the further dates that the text of a date tells; none for a part without a value."""
    key = rule.key
    inner = _State(state.may_be_unfit, state.may_be_null, state.kind, state.today)
    if key.name == "dates":
        value = _with_edtf(value, inner, is_short=is_short)
    for name, child in value.items():
        if child is None:
            continue
        inner_rule = rule.parts.get(name)
        if inner_rule is None:
            is_first_few = len(state.aside) + len(inner.aside) < MAX_SUGGESTIONS
            inner.put_aside(
                name,
                child,
                nearest_key(name, tuple(rule.parts)) if is_first_few else ANY_KEY,
                "there is no such key here",
            )
            continue
        _normalise_key(inner_rule, child, inner)
    where = f"{key.name}[{number}]"
    if not rule.required <= inner.record.keys() and (lacking := _missing_key(rule, value, inner)):
        state.aside.append({"field": where, "value": as_text(value)})
        state.problems.append((f"{where}.{lacking}", *_fault_of_part(rule, value, lacking, inner)))
        return []
    finished = []
    if key.name == "dates":
        is_told = value.get("edtf") == ""
        finished = dates.finished(inner.record, state.kind, inner, today=state.today, is_told=is_told)
    if inner.aside or inner.problems:
        state.aside += [{"field": f"{where}.{aside['field']}", "value": aside["value"]} for aside in inner.aside]
        state.problems += [(f"{where}.{name}", *rest) for name, *rest in inner.problems]
    if key.name == "dates":
        return [_in_order(date, _DATE) for date in finished]
    content_key = _CONTENT_KEYS.get(key.name)
    if (content_key in value and content_key not in inner.record) or not inner.record:
        return []
    return [_in_order(inner.record, rule.parts)]


def _fault_of_part(rule: _KeyRule, value: dict[str, Any], lacking: str, inner: _State) -> tuple[Any, str, str]:
    """Value, expectation and message of the one fault that is told of a part which is kept in its original form."""
    for name, *fault in inner.problems:
        if name == lacking:
            return fault[0], fault[1], fault[2]
    return value, validation.expected([rule.key.name, lacking]), "is required; kept under extra"


def _missing_key(rule: _KeyRule, value: dict[str, Any], inner: _State) -> str:
    """Required key that a part lacks; empty where there is none, or where the whole part is empty."""
    if not inner.record and not inner.aside:
        return ""
    content_key = _CONTENT_KEYS.get(rule.key.name)
    faulty = {where for where, *_ in inner.problems}
    missing = (name for name in rule.parts if name in rule.required and name not in inner.record)
    return next((name for name in missing if name != content_key or name in faulty or name not in value), "")


def _in_order(part: Record, order: Iterable[str]) -> Record:
    return part if len(part) == 1 else {name: part[name] for name in order if name in part}


def _with_edtf(date: dict[str, Any], inner: _State, *, is_short: bool) -> dict[str, Any]:
    """Date whose `edtf`, or whose bare text, is EDTF or has become the text."""
    edtf = date.get("edtf")
    if not isinstance(edtf, str):
        return date
    others = {name: item for name, item in date.items() if name != "edtf"}
    if normalise_text(edtf) is ABSENT:
        return others | {"edtf": ""}
    return others | dates.from_edtf(edtf, others, inner.report, is_short=is_short)


def _key_rule(key: Key, *, aside: bool = False) -> _KeyRule:
    make: Callable[[_KeyRule, Any, _State], Any]
    make = {Value.TEXT: _normalise_texts, Value.PART: _normalise_parts}.get(key.value) or (
        _normalise_list if key.many else _normalise_scalar
    )
    if aside and key.value is Value.STRING:
        make = _verbatim
    required = frozenset(part.name for part in key.parts if part.required)
    return _KeyRule(key, make, {part.name: _key_rule(part, aside=key.name == "extra") for part in key.parts}, required)


_RULES = {kind: {key.name: _key_rule(key) for key in keys_of(kind)} for kind in iris.KINDS}
_DEFAULT_DATE_ROLES = {"agent": "existence", "place": "existence", "topic": "existence"}
"""Kind of thing → role of a date without one; for any other kind, the date of the document."""
_DATE = tuple(part.name for part in KEYS["dates"].parts)
