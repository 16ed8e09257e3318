"""Lines of a list of documents: roles, and more words where titles alone tell nothing.

Titles such as "Conversation 044-050" are bare numbers: a line names the other participants, or says what it is all
about (D-153).
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kg.read.related import PARTICIPANT_KEYS
from kg.render.data.abstract import count_of
from kg.render.data.record import references
from kg.store.generation.things import Thing

MAX_NAMES = 4
"""Participants that a line names."""

MAX_READ_BYTES = 1_000_000
"""Bytes of records that are read for the lines of a page; the lines behind have their titles alone."""

_FEW_WORDS = 2
_MENTION = "mentions"
_NO_WORD = re.compile(r"[\W\d_]+")
_NUMBER = re.compile(r"\d")
_SUMMARIES = ("summary", "scopeNote", "description")


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """Line of a list of documents.

    Attributes:
        thing: the document.
        roles: keys of its links to the thing of the page.
        people: other participants, where the title alone tells nothing.
        others: how many participants there are besides these.
        summary: what it is about, by language, where there are no participants.
    """

    thing: Thing
    roles: tuple[str, ...] = ()
    people: tuple[Thing, ...] = ()
    others: int = 0
    summary: Mapping[str, Any] = field(default_factory=dict)


def document_lines(
    documents: Sequence[tuple[Thing, tuple[str, ...]]],
    subject: str,
    read: Callable[[Thing], Mapping[str, Any]],
    things: Callable[[list[str]], Mapping[str, Thing]],
) -> tuple[DocumentLine, ...]:
    """Lines of some documents.

    Args:
        documents: each with its roles.
        subject: reference of the thing of the page, which is not named again.
        read: the record of a thing.
        things: reference → row of the catalogue, of some things.
    """
    bare = bare_titles([each for each, _ in documents])
    records, length = {}, 0
    for thing, _ in documents:
        length += thing.length
        if thing.n in bare and thing.kind == "record" and length <= MAX_READ_BYTES:
            records[thing.n] = read(thing)
    names = {n: _participants(record, subject) for n, record in records.items()}
    known = things(list(dict.fromkeys(each for some in names.values() for each in some[:MAX_NAMES])))
    return tuple(
        _line(thing, roles, names.get(thing.n, []), known, records.get(thing.n, {})) for thing, roles in documents
    )


def telling_roles(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Roles without the mere mention, where there is another one: who took part is named in what it says.

    >>> telling_roles(("participants", "mentions")), telling_roles(("mentions",))
    (('participants',), ('mentions',))
    """
    others = tuple(key for key in keys if key != _MENTION)
    return others or keys


def bare_titles(things: Sequence[Thing]) -> set[int]:
    """Numbers of the things whose titles tell nothing but a number: alone, or among the titles of the same list."""
    titles = {thing.n: next(iter(thing.labels.values()), "") for thing in things}
    words = {n: " ".join(_NO_WORD.split(title.casefold())).split() for n, title in titles.items()}
    alike = Counter(tuple(each) for each in words.values())
    return {
        n
        for n, title in titles.items()
        if not words[n] or (_NUMBER.search(title) and (len(words[n]) <= _FEW_WORDS or alike[tuple(words[n])] > 1))
    }


def _participants(record: Mapping[str, Any], subject: str) -> list[str]:
    return [each for each in dict.fromkeys(references(record, *PARTICIPANT_KEYS)) if each != subject]


def _line(
    thing: Thing, roles: tuple[str, ...], names: list[str], known: Mapping[str, Thing], record: Mapping[str, Any]
) -> DocumentLine:
    people = tuple(known[each] for each in names[:MAX_NAMES] if each in known)
    if people:
        left_out = sum(count_of(record, key) - len(record.get(key, ())) for key in PARTICIPANT_KEYS)
        return DocumentLine(thing, roles, people, len(names) - len(people) + left_out)
    summary: Mapping[str, Any] = next((record[key] for key in _SUMMARIES if record.get(key)), {})
    return DocumentLine(thing, roles, summary=summary)
