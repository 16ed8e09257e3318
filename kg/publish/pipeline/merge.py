"""Records of the same reference from several sources, united where the settings say so."""

from typing import Any

from kg.records.model.keys import KEYS, Record, Value
from kg.records.problems import SourceProblem, excerpt

_KEPT = "the sources differ; what the first one says was kept"


def unite(first: Record, second: Record, source: str, at: str) -> tuple[Record, list[SourceProblem]]:
    """One record out of two of the same reference: lists are joined; where both say something else, the first stays.

    Args:
        first: the record to which the other is added.
        second: the other, in sound form too.
        source: the file that the other came from, for the notes on each difference.
        at: where it stood in it.
    """
    united = dict(first)
    differing: list[str] = []
    for name, value in second.items():
        mine = united.get(name)
        if mine is None:
            united[name] = value
        elif KEYS[name].value is Value.TEXT:
            united[name], differs = _texts(mine, value)
            differing += [name] * differs
        elif KEYS[name].many:
            known = set(map(_identity, mine))
            united[name] = [*mine, *(each for each in value if _identity(each) not in known)]
        elif mine != value:
            differing.append(name)
    notes = [
        SourceProblem(
            source, at, name, excerpt(second[name]), f"{excerpt(first[name])}, as the first source says", _KEPT, "note"
        )
        for name in differing
    ]
    return {name: united[name] for name in KEYS if name in united}, notes


def _texts(mine: dict[str, Any], other: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    united = dict(mine)
    differs = False
    for language, texts in other.items():
        if language not in united:
            united[language] = texts
        elif isinstance(texts, list):
            united[language] = list(dict.fromkeys([*united[language], *texts]))
        else:
            differs = differs or united[language] != texts
    return united, differs


def _identity(value: Any) -> str:
    """What makes a value of a list the same as another: where a link leads, or all of it."""
    return value["id"] if isinstance(value, dict) and "id" in value else repr(value)
