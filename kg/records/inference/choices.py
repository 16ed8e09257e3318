"""Choice of a key for each column of a table, given all the others."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from kg.records.inference.cell_forms import is_contact
from kg.records.inference.column_guesses import Candidate, candidates
from kg.records.inference.column_profile import ColumnProfile
from kg.records.inference.headings import has_word_of
from kg.records.inference.meanings import CONTACT, LABELS, MANY, OF_PEOPLE, TEXTS, is_level, key_of, level_key
from kg.records.model.keys import label_key

EXTRA = "extra"
"""Key of a column that stays under its heading."""

LEFT_OUT = "-"
"""Key of a column that is not published under its heading: a pattern takes it in whole, or it is nobody's business."""

_LEAST_SURE = 0.3
"""Sureness below which a column stays under its heading, with the meaning as a doubt."""

_SECOND = {"reference": "identifiers", "id": "identifiers", "title": "alternativeNames", "name": "alternativeNames"}
"""Key of one value → the key of a second column with that meaning."""


@dataclass(slots=True)
class KeyChoice:
    """Choice for a column, in the course of the guess.

    Attributes:
        profile: the column.
        meaning: its meaning; empty where there is none.
        key: its key, without a language.
        sure, why, doubts: as of a guess.
        others: further keys that it may have, with their candidates.
        language, separator, pattern, format: as of a guess.
    """

    profile: ColumnProfile
    meaning: str = ""
    key: str = EXTRA
    sure: float = 0.3
    why: str = "no key is known for that"
    doubts: list[str] = field(default_factory=list)
    others: list[tuple[str, Candidate]] = field(default_factory=list)
    language: str = ""
    separator: str = ""
    pattern: str = ""
    format: str = ""

    @property
    def column(self) -> str:
        """Heading of the column."""
        return self.profile.column

    def become(self, key: str, sure: float, why: str) -> None:
        """Take another key, with its reason."""
        self.key, self.sure, self.why = key, round(sure, 2), why

    def leave(self, doubt: str) -> None:
        """Leave the column under its heading."""
        self.key, self.sure = EXTRA, min(self.sure, 0.4)
        self.doubts.append(doubt)


def choose(profiles: Sequence[ColumnProfile], kind: str) -> list[KeyChoice]:
    """Return a choice for each column: the likeliest meaning that rows of the kind may have."""
    by_column = [(profile, candidates(profile)) for profile in profiles]
    has_fond = any(each.meaning in {"fond", "papka"} for _, given in by_column for each in given[:1])
    meanings = {given[0].meaning for _, given in by_column if given}
    choices = [_choice(profile, given, kind, meanings, has_fond=has_fond) for profile, given in by_column]
    for key in ("id", label_key(kind), *(key for key in ("reference", "citation", "duration", "level", "agentType"))):
        _settle_single(choices, key)
    return choices


def _choice(
    profile: ColumnProfile, given: Sequence[Candidate], kind: str, meanings: set[str], *, has_fond: bool
) -> KeyChoice:
    choice = KeyChoice(profile)
    if _is_contact(profile):
        choice.become(LEFT_OUT, 0.8, "telephone numbers and addresses of people, which are not published")
        choice.doubts.append(f"“{EXTRA}” in the place of “{LEFT_OUT}” publishes it under its heading")
        return choice
    if profile.heading.meanings[:1] and profile.heading.meanings[0] in OF_PEOPLE and kind != "agent":
        choice.become(EXTRA, 0.7, "a date of people, and none of what the row describes")
        choice.doubts.append("a table of people, with their names and these dates, would describe them")
        return choice
    if not profile.filled:
        choice.why = "all cells looked into are empty"
    for place, candidate in enumerate(given, 1):
        key = _key(profile, candidate, kind, meanings, has_fond=has_fond)
        if not key:
            continue
        if candidate.sure < _LEAST_SURE or (candidate.meaning == "contributors" and not profile.heading.meanings):
            choice.doubts.append(f"perhaps {key}: {'; '.join((candidate.why, *candidate.doubts))}")
            break
        choice.meaning = candidate.meaning
        choice.doubts = list(candidate.doubts)
        choice.become(key, candidate.sure, candidate.why)
        choice.language = profile.heading.values_in if key in TEXTS else ""
        rest = ((_key(profile, each, kind, meanings, has_fond=has_fond), each) for each in given[place:])
        choice.others = [(key, each) for key, each in rest if key and each.sure >= _LEAST_SURE]
        break
    return choice


def _is_contact(profile: ColumnProfile) -> bool:
    """Whether a column tells how living people are reached: by its whole heading, or by a word of it and its cells."""
    if profile.heading.meanings[:1] == (CONTACT,) and profile.heading.is_whole:
        return True
    filled = profile.filled
    return bool(filled) and has_word_of(CONTACT, profile.heading.text) and all(map(is_contact, filled))


def _key(profile: ColumnProfile, candidate: Candidate, kind: str, meanings: set[str], *, has_fond: bool) -> str:
    """Key of a candidate; empty where rows of the kind have none."""
    heading = profile.heading
    if candidate.meaning == "leaves" and profile.share("extent") > 0.7:
        return key_of("extent", kind)
    if is_level(candidate.meaning):
        if kind != "record":
            return ""
        return level_key(candidate.meaning, heading.word, heading.languages, has_fond=has_fond)
    if candidate.meaning == "name" and kind == "record" and not meanings & {"title"}:
        return "title"
    if candidate.meaning in {"surname", "givenName"}:
        return _name_part(candidate.meaning, kind, meanings)
    return key_of(candidate.meaning, kind)


def _name_part(meaning: str, kind: str, meanings: set[str]) -> str:
    """Key of a family or given name: the name where it stands alone."""
    if kind != "agent":
        return ""
    if meaning == "surname" or "surname" not in meanings:
        return "name"
    return "names.given"


def _settle_single(choices: Sequence[KeyChoice], key: str) -> None:
    """Leave a key of one value to the surest of the columns that claim it, and give the others its second place."""
    claimants = [choice for choice in choices if choice.key == key]
    if key in LABELS:
        kept: dict[str, KeyChoice] = {}
        for choice in sorted(claimants, key=_rank):
            kept.setdefault(choice.language, choice)
        losers = [choice for choice in claimants if choice not in kept.values()]
    else:
        losers = sorted(claimants, key=_rank)[1:]
    for choice in losers:
        if choice.others:
            other, candidate = choice.others[0]
            choice.meaning = candidate.meaning
            choice.become(other, candidate.sure, f"{candidate.why}; another column is the {key}")
        elif second := _SECOND.get(key):
            first = next(other for other in claimants if other not in losers)
            choice.become(second, choice.sure * 0.8, f"{choice.why}; “{first.column}” is the {key} already")
        elif key not in MANY:
            choice.leave(f"another column is the {key} already")


def _rank(choice: KeyChoice) -> tuple[bool, bool, bool, float]:
    """Rank among the columns of one meaning, the best first."""
    is_id = choice.key == "id"
    profile = choice.profile
    heading = profile.heading
    return (
        is_id and not profile.is_unique,
        not heading.is_whole,
        bool(heading.number) and heading.number != "1",
        -choice.sure,
    )
