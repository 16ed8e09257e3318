"""Guess of a column by itself: the meanings that its heading and its cells may have, each with a sureness and a reason.

The sureness is a share: what fraction of such columns in the sheets of archives mean that, as a cataloguer would judge.
"""

from dataclasses import dataclass

from kg.records.inference.column_profile import ColumnProfile
from kg.records.inference.meanings import EXPECTED, LABELS, PEOPLE, PLACES, REQUIRED_FORMS

_KEY, _WORD, _PHRASE, _CELLS = 1.0, 0.93, 0.72, 0.5
"""Sureness by the heading: the name of a key, a known word, a known word among others, no word at all."""
_MIN_SHARE = 0.7
"""Share of the cells from which on their form speaks for a meaning."""
_MAX_EXAMPLES = 3
_MAX_EXAMPLE = 40


@dataclass(frozen=True, slots=True)
class Candidate:
    """Meaning that a column may have.

    Attributes:
        meaning: a key of the model, or what becomes one with other columns.
        sure: how sure that is, from 0 to 1.
        why: the reason, in a sentence without a full stop.
        doubts: what does not fit, for the person who looks over it.
    """

    meaning: str
    sure: float
    why: str
    doubts: tuple[str, ...] = ()


def candidates(profile: ColumnProfile) -> tuple[Candidate, ...]:
    """Return the meanings that a column may have, the likeliest first; none where nothing tells."""
    heading = profile.heading
    given = [_of_heading(profile, meaning, place) for place, meaning in enumerate(heading.meanings)]
    if heading.is_key:
        return tuple(given)
    given += [each for each in _of_cells(profile) if each.meaning not in heading.meanings]
    return tuple(sorted(given, key=lambda candidate: -candidate.sure))


def quoted(values: list[str]) -> str:
    """Return a few values in quotation marks, each shortened, for a message.

    >>> quoted(["spring", "n.d."])
    '“spring”, “n.d.”'
    """
    short = (" ".join(value.split()) for value in values[:_MAX_EXAMPLES])
    shown = ", ".join(f"“{text[: _MAX_EXAMPLE - 1]}…”" if len(text) > _MAX_EXAMPLE else f"“{text}”" for text in short)
    return f"{shown} …" if len(values) > _MAX_EXAMPLES else shown


def _of_heading(profile: ColumnProfile, meaning: str, place: int) -> Candidate:
    """Candidate by a word of the heading, surer or less sure by the cells."""
    heading = profile.heading
    if heading.is_key:
        return Candidate(meaning, _KEY, "the heading is the key itself")
    sure = (_WORD if heading.is_whole else _PHRASE) - 0.1 * place
    why = (
        f"a known heading for {meaning}"
        if heading.is_whole
        else f"“{heading.word}” in the heading is known for {meaning}"
    )
    if not profile.filled:
        return Candidate(meaning, round(sure - 0.1, 2), f"{why}; all cells looked into are empty")
    if expected := EXPECTED.get(meaning):
        return _with_forms(profile, Candidate(meaning, sure, why), *expected)
    if fault := _contradiction(profile, meaning):
        return Candidate(meaning, round(sure * 0.55, 2), why, (fault,))
    support = _support(profile, meaning)
    return Candidate(meaning, _more(sure) if support else sure, f"{why}, and {support}" if support else why)


def _with_forms(profile: ColumnProfile, candidate: Candidate, forms: frozenset[str], says: str) -> Candidate:
    """Candidate whose cells ought to have a form, by the share of those that have it."""
    number = len(profile.values)
    lacking = profile.lacking(*forms)
    share = 1 - len(lacking) / number
    if not lacking:
        every = "its one value" if number == 1 else f"each of its {number} values"
        return Candidate(candidate.meaning, _more(candidate.sure), f"{candidate.why}, and {every} {says}")
    doubt = f"{len(lacking)} of {number} values not: {quoted(lacking)}"
    why = f"{candidate.why}, and {number - len(lacking)} of {number} values {_plural(says)}"
    floor = 0.1 if candidate.meaning in REQUIRED_FORMS else 0.6
    sure = candidate.sure * (floor + (1 - floor) * share)
    return Candidate(candidate.meaning, round(sure, 2), why, (doubt,))


def _plural(says: str) -> str:
    for one, many in (
        ("is an address", "are addresses"),
        ("is a ", "are "),
        ("is the ", "are the "),
        ("is read", "are read"),
    ):
        if says.startswith(one):
            return says.replace(one, many, 1).replace("read as a date", "read as dates")
    return says.replace("names a language", "name languages")


def _contradiction(profile: ColumnProfile, meaning: str) -> str:
    """What the cells say against a meaning; empty where they fit."""
    if meaning in PEOPLE | PLACES | {"subjects", "type"}:
        return _contradiction_of_names(profile, meaning)
    if meaning in {"id", "latitude"} and profile.is_prose:
        return "its cells are sentences"
    if meaning in LABELS and profile.share("number", "address") > _MIN_SHARE:
        return "its cells are numbers or addresses"
    if meaning == "title" and "subjects" in profile.heading.meanings and (profile.recurs or profile.separation):
        return "its cells come again and again, as subjects do"
    if meaning == "surname" and profile.share("inverted name", "name") > _MIN_SHARE:
        return "its cells are whole names"
    return ""


def _contradiction_of_names(profile: ColumnProfile, meaning: str) -> str:
    if profile.share("address") > _MIN_SHARE:
        return "its cells are addresses"
    if profile.share("number") > _MIN_SHARE or (meaning in PEOPLE and profile.share("date", "number") > _MIN_SHARE):
        return f"its cells are numbers or dates: {quoted(list(profile.distinct))}"
    return "its cells are sentences" if profile.is_prose else ""


def _support(profile: ColumnProfile, meaning: str) -> str:
    """What the cells say for a meaning; empty where they say nothing."""
    if meaning in PEOPLE | {"name"} and profile.share("inverted name", "name") > 0.5:
        return "its cells look like names"
    if meaning in {"summary", "text", "scopeNote", "biography", "note"} and profile.is_prose:
        return "its cells are sentences"
    if meaning == "id" and profile.is_unique:
        return "each row has one of its own"
    if meaning == "extent" and profile.share("extent", "number") > _MIN_SHARE:
        return "its cells are numbers of pages or the like"
    if meaning == "reference" and profile.share("reference", "code") > _MIN_SHARE:
        return "its cells have the form of references"
    return ""


def _more(sure: float) -> float:
    """Sureness of what heading and cells agree on."""
    return round(sure + (1 - sure) * 0.5, 2)


def _of_cells(profile: ColumnProfile) -> list[Candidate]:
    """Candidates by the cells alone."""
    if not profile.filled:
        return []
    number = len(profile.values)
    given = []
    for meaning, form, sure, says in _BY_FORM:
        if (
            number > 1
            and profile.share(form) > _MIN_SHARE
            and not (form == "date" and profile.share("number") > profile.share("year"))
        ):
            given.append(Candidate(meaning, round(sure * profile.share(form), 2), says))
    if profile.share("inverted name") > _MIN_SHARE and profile.heading.meanings[:1] not in {("title",), ("places",)}:
        doubt = "whose names these are the heading does not tell: creator, sender, recipient, mentions …"
        given.append(Candidate("contributors", 0.35, "its cells are names, family name first", (doubt,)))
    return given


_BY_FORM = (
    ("sameAs", "authority", 0.8, "its cells are entries of authority files"),
    ("sourcePage", "address", 0.6, "its cells are addresses"),
    ("dates", "date", 0.7, "its cells are read as dates"),
    ("language", "language", 0.8, "its cells name languages"),
    ("duration", "duration", 0.5, "its cells are lengths of time"),
    ("extent", "extent", 0.6, "its cells are numbers of pages or the like"),
    ("reference", "reference", 0.7, "its cells are archival references"),
)
"""Meaning, form of the cells, sureness and reason."""
