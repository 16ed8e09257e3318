"""Names that look alike: things of one kind whose names may be spellings of one, for an archivist to decide.

No name is compared with all others. Each name has some *keys*, such as the sounds of its words in order of letters, and
only names with a common key are compared: the keys are numbers that are sorted, so that the work follows the number of
names, and memory is that of the numbers (D-200). Names of one key that are too many are told by their first alone.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, groupby

from kg.errors import Message
from kg.records.names.name_forms import are_forms
from kg.store.search.analysis import plain_words, sound
from kg.store.search.spelling import edit_distance

MAX_TEXTS = 12
"""Texts of a thing that are compared."""

MAX_COMPARED = 50_000
"""Names that are compared: those of the most documents."""

MAX_GROUPS = 1_000
"""Groups of names that are listed, those of the most documents; all are counted."""

MAX_IN_GROUP = 10
"""Names of a group that are listed."""

REASONS = {
    "order": Message("the same words, in another order or with other signs"),
    "sound": Message("the same sound, in another spelling or script"),
    "initials": Message("initials, where another name is written out"),
    "longer": Message("the same name, with more words"),
    "letter": Message("one letter apart"),
}
"""Reason why names look alike → what is said of it."""

_MAX_BLOCK = 40
"""Names with one key that are compared with one another."""

_MAX_WORDS = 7
"""Words of a name that is compared: longer ones are sentences."""

_MIN_LETTERS = 5
"""Letters of a word from which on one may be wrong: `Ross` and `Rose` are two names."""

_MIN_STEM = 4
_YEARS_APART = 2
"""Years by which the dates of one thing may differ in two descriptions."""

_INDEX_BITS = 24
_CACHE_SIZE = 65_536
_ROMAN = re.compile("[ivxlcdm]+")
_OF_KIN = frozenset(
    {"mrs", "jr", "sr", "junior", "senior", "mme", "madame", "frau", "sra", "senora", "fils", "pere", "ii", "iii", "iv"}
)
"""Words by which a name is that of a wife, a son or a grandson."""

_BODIES = frozenset({"organization", "family"})


@dataclass(frozen=True, slots=True)
class NamedThing:
    """Thing with its names.

    Attributes:
        reference: kind/key.
        names: the texts by which it is called, its label first.
        words: the words of each text, by `words_of`.
        documents: number of the documents that name it.
        described: whether a record describes it.
        form: type of an agent.
        start, end: years of its dates, where known.
    """

    reference: str
    names: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    documents: int
    described: bool
    form: str = ""
    start: int | None = None
    end: int | None = None

    @property
    def kind(self) -> str:
        """Kind of the thing."""
        return self.reference.partition("/")[0]


@dataclass(frozen=True, slots=True)
class AlikeNames:
    """Group of things that may be one.

    Attributes:
        reason: why they look alike.
        things: the things, the most named first.
        texts: the name of each by which it looks like the others.
        count: the number of all of them.
    """

    reason: str
    things: tuple[NamedThing, ...]
    texts: tuple[str, ...]
    count: int

    @property
    def documents(self) -> int:
        """Documents that name them, each thing for itself."""
        return sum(thing.documents for thing in self.things)


def alike(things: list[NamedThing]) -> Iterator[AlikeNames]:
    """Yield the groups of things whose names look alike, by reason.

    Args:
        things: of any kinds, at most MAX_COMPARED.
    """
    paired: set[tuple[int, int]] = set()
    for reason in REASONS:
        for block in _blocks(things, reason):
            for group in _groups(reason, block, things):
                pairs = set(combinations(group, 2))
                if pairs <= paired:
                    continue
                paired |= pairs
                ordered = sorted((things[place] for place in group), key=lambda each: (-each.documents, each.reference))
                first = tuple(ordered[:MAX_IN_GROUP])
                yield AlikeNames(reason, first, _texts(first, reason), len(ordered))


def _texts(things: tuple[NamedThing, ...], reason: str) -> tuple[str, ...]:
    """Names of things that have a key in common."""
    names_by_key = [
        {
            key: name
            for name, words in reversed(tuple(zip(thing.names, thing.words, strict=True)))
            if words
            for key in _KEYS_OF[reason](thing, name, words)
        }
        for thing in things
    ]
    common = set(names_by_key[0]).intersection(*names_by_key[1:])
    names = [next((name for key, name in by_key.items() if key in common), "") for by_key in names_by_key]
    if common:  # of several keys one that all have
        key = min(common, key=lambda each: names_by_key[0][each] != things[0].names[0])
        names = [by_key[key] for by_key in names_by_key]
    return tuple(names)


def _blocks(things: list[NamedThing], reason: str) -> Iterator[list[int]]:
    """Places of the things that have a key in common, in order of the keys."""
    mask = (1 << _INDEX_BITS) - 1
    numbers = sorted(
        (hash(f"{thing.kind} {key}") & 0xFFFFFFFFFF) << _INDEX_BITS | place
        for place, thing in enumerate(things)
        for key in _keys(thing, reason)
    )
    for _, block in groupby(numbers, key=lambda number: number >> _INDEX_BITS):
        places = list(dict.fromkeys(number & mask for number in block))
        if len(places) > 1:
            yield places


def _groups(reason: str, block: list[int], things: list[NamedThing]) -> Iterator[tuple[int, ...]]:
    """Groups of places in a block that are alike for a reason; of a block too large nothing can be said."""
    if reason in {"order", "sound"}:
        # Different keys may have one number: what is no more alike than that stands apart.
        for _, same in groupby(sorted(block, key=lambda place: things[place].kind), key=lambda at: things[at].kind):
            yield from _agreeing(list(same), things)
    elif len(block) <= _MAX_BLOCK:
        yield from _around_each(reason, sorted(block, key=lambda place: _length(things[place])), things)


def _length(thing: NamedThing) -> tuple[int, int]:
    """Measure of a name: its words, and the letters of the shortest of them."""
    return len(thing.words[0]), min(map(len, thing.words[0]), default=0)


def _around_each(reason: str, block: list[int], things: list[NamedThing]) -> Iterator[tuple[int, ...]]:
    """Groups of each thing with those of longer names that may be the same."""
    for at, one in enumerate(block):
        others = [
            other
            for other in block[at + 1 :]
            if _may_be_one(things[one], things[other]) and _COMPARED[reason](things[one], things[other])
        ]
        if others:
            yield tuple(sorted((one, *others)))


def _agreeing(places: list[int], things: list[NamedThing]) -> Iterator[tuple[int, ...]]:
    """Places of things whose dates don't contradict those of the first of them that has dates."""
    dated = next((place for place in places if things[place].start or things[place].end), places[0])
    group = tuple(sorted(place for place in places if _may_be_one(things[dated], things[place])))
    if len(group) > 1:
        yield group


def _may_be_one(one: NamedThing, other: NamedThing) -> bool:
    """Whether kind, type and dates allow that two are one."""
    if one.kind != other.kind or (one.form and other.form and one.form != other.form):
        return False
    years = ((one.start, other.start), (one.end, other.end))
    return not any(first and last and abs(first - last) > _YEARS_APART for first, last in years)


def _keys(thing: NamedThing, reason: str) -> Iterable[str]:
    """Keys of a thing: texts that the names which may be alike for a reason have in common."""
    keys = _KEYS_OF[reason]
    found: set[str] = set()
    for name, words in zip(thing.names, thing.words, strict=True):
        if words and len(words) <= _MAX_WORDS:
            found.update(keys(thing, name, words))
    return found


def _by_order(_thing: NamedThing, _name: str, words: tuple[str, ...]) -> Iterator[str]:
    if len("".join(words)) >= _MIN_STEM:
        yield " ".join(sorted(words))


def _by_sound(_thing: NamedThing, _name: str, words: tuple[str, ...]) -> Iterator[str]:
    heard = [_heard(word) for word in words]
    if len("".join(heard)) >= _MIN_STEM:
        yield " ".join(sorted(heard))


def _by_initials(thing: NamedThing, name: str, words: tuple[str, ...]) -> Iterator[str]:
    """Last name with the initial of the first one."""
    if thing.kind == "agent" and thing.form not in _BODIES and (parts := _parts_of_name(name, words)):
        last, first = parts
        yield f"{_heard(last)} {_heard(first)[:1]}"


def _by_first_name(thing: NamedThing, name: str, words: tuple[str, ...]) -> Iterator[str]:
    """Last name with the first one."""
    if thing.kind == "agent" and thing.form not in _BODIES and (parts := _parts_of_name(name, words)):
        last, first = parts
        if len(first) > 1:
            yield f"{_heard(last)} {_heard(first)}"


def _by_letters(_thing: NamedThing, _name: str, words: tuple[str, ...]) -> Iterator[str]:
    """All words but one, with the first or the second half of that: of one letter's difference one half is free."""
    for place, word in enumerate(words):
        if len(word) < _MIN_LETTERS or not word.isalpha() or _ROMAN.fullmatch(word):
            continue
        rest = " ".join(sorted(words[:place] + words[place + 1 :]))
        for half in {len(word) // 2, (len(word) - 1) // 2}:
            yield f"{rest} {word[:half]}…"
            yield f"{rest} …{word[-half:]}"


_KEYS_OF = {
    "order": _by_order,
    "sound": _by_sound,
    "initials": _by_initials,
    "longer": _by_first_name,
    "letter": _by_letters,
}


def _have_initials(one: NamedThing, other: NamedThing) -> bool:
    """Whether one is called by initials where the other has words, and all else fits."""
    return any(
        _has_initial(first, one.words[at]) != _has_initial(last, other.words[there])
        and not _are_kin(one.words[at], other.words[there])
        and are_forms(first, last)
        for at, first in enumerate(one.names)
        for there, last in enumerate(other.names)
    )


def _has_initial(name: str, words: tuple[str, ...]) -> bool:
    parts = _parts_of_name(name, words)
    return parts is not None and len(parts[1]) == 1


def _are_longer(one: NamedThing, other: NamedThing) -> bool:
    return any(
        not _are_kin(one.words[at], other.words[there]) and are_forms(first, last)
        for at, first in enumerate(one.names)
        for there, last in enumerate(other.names)
    )


def _are_kin(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one name has a word for wife, son or grandson that the other has not."""
    return bool(_OF_KIN & (set(one) ^ set(other)))


def _are_a_letter_apart(one: NamedThing, other: NamedThing) -> bool:
    return any(_differ_in_a_letter(first, last) for first in one.words for last in other.words)


def _differ_in_a_letter(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether all words are the same but one, which differs in one letter, or in the order of two."""
    first, last = Counter(one), Counter(other)
    left, right = list((first - last).elements()), list((last - first).elements())
    if len(left) != 1 or len(right) != 1 or min(len(left[0]), len(right[0])) < _MIN_LETTERS - 1:
        return False
    return edit_distance(left[0], right[0], 1) == 1


_COMPARED = {"initials": _have_initials, "longer": _are_longer, "letter": _are_a_letter_apart}


def _parts_of_name(name: str, words: tuple[str, ...]) -> tuple[str, str] | None:
    """Last and first name of a person; None for a single word.

    >>> _parts_of_name("Castro Ruz, Fidel", ("castro", "ruz", "fidel")), _parts_of_name("F. Castro", ("f", "castro"))
    (('castro', 'fidel'), ('castro', 'f'))
    """
    if len(words) < 2:
        return None
    before = words_of(name.partition(",")[0]) if "," in name else ()
    if before and len(before) < len(words):
        return before[0], words[len(before)]
    whole = [word for word in words if len(word) > 1]
    if not whole:
        return None
    if len(words[0]) > 1 and len(words[-1]) == 1:  # "Castro F."
        return words[0], words[1]
    return words[-1], words[0]


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name in one spelling; of letters that stand together as initials each for itself.

    >>> words_of("Nixon, R.M."), words_of("Ra\u00fal Castro")
    (('nixon', 'r', 'm'), ('raul', 'castro'))
    """
    return tuple(plain_words(name.replace(".", ". ")))


@lru_cache(_CACHE_SIZE)
def _heard(word: str) -> str:
    """Sound of a word; of a figure or a short word the word itself."""
    return (sound(word) if word.isalpha() else "") or word
