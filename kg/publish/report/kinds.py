"""Kinds of problems: what has one cause and one remedy is one line of the report, however many values it has.

Dates that can't be read are of one kind. A kind says which forms of values occur most: `05/04/1963` and `06/05/1963`
are of one form.

>>> form_of("05/04/1963"), form_of("31 Feb 1963")
('00/00/0000', '00 Aaa 0000')
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from kg.iris import KINDS
from kg.publish.report.remedies import DATE_UNREAD, OTHER, remedy_of
from kg.records.problems import SEVERITIES, Severity, SourceProblem

MAX_KINDS = 1_000
"""Maximum number of kinds of each severity that are told apart; the problems of later ones are counted alone."""

MAX_EXAMPLES = 5
"""Maximum number of examples of a kind."""

_MAX_FORMS = 1_000
"""Forms of a kind that are counted; later ones are counted with it alone."""
_LISTED_FORMS = 20
_CACHE_SIZE = 4096
_VALUES = re.compile(rf"(?<!\w)'[^']*'(?!\w)|\"[^\"]*\"|\([^()]*\)|\b(?:{'|'.join(KINDS)})/\S+|(?<![\w-])\d[\d,]*")
"""Values in a message: texts in quotation marks or brackets, references, numbers."""
_AROUND = {"'": "'…'", '"': "'…'", "(": "(…)"}
"""First sign of a value → what stands for it; for any other, three dots alone."""
_UNREAD = "some dates can't be read; they are kept as they are written"


def form_of(value: str) -> str:
    """Return the form of a value: figures as 0, letters as a or A."""
    form = re.sub(r"\d", "0", value)
    return re.sub(r"[^\W\d_]", lambda letter: "A" if letter[0].isupper() else "a", form)


def kind_of(problem: SourceProblem) -> tuple[str, ...]:
    """Return the identity of a problem's kind: its severity, its word, its field, and what tells others apart."""
    word, where, message = _said(problem)
    if word == DATE_UNREAD:
        return problem.severity, word
    if word == OTHER:
        return problem.severity, word, where, message, problem.expected
    return problem.severity, word, where, message


def word_of(problem: SourceProblem) -> str:
    """Return the word of a problem's kind."""
    return _said(problem)[0]


def todo_of(problem: SourceProblem) -> str:
    """Return what is to be done about a problem, in English."""
    return problem.todo or _row(problem.severity, *_masked(problem))[1]


def _said(problem: SourceProblem) -> tuple[str, str, str]:
    """Word of a problem's kind, its field without a number, its message without values."""
    where, message = _masked(problem)
    return _row(problem.severity, where, message)[0], where, message


def _masked(problem: SourceProblem) -> tuple[str, str]:
    return problem.field.partition("[")[0], _VALUES.sub(lambda value: _AROUND.get(value[0][0], "…"), problem.message)


@lru_cache(_CACHE_SIZE)
def _row(severity: Severity, where: str, message: str) -> tuple[str, str]:
    """Word and remedy of a kind, by a message without its values."""
    return remedy_of(SourceProblem("", "", where, "", "", message, severity))


@dataclass(slots=True)
class KindOfProblems:
    """Problems of one kind: the first of them, their number, and the forms of their values with an example of each.

    Attributes:
        first: the first problem.
        count: how many there are.
        examples: some of them, each of another form where there are several.
    """

    first: SourceProblem
    count: int = 0
    examples: list[SourceProblem] = field(default_factory=list)
    _forms: Counter[str] = field(default_factory=Counter)
    _firsts: dict[str, SourceProblem] = field(default_factory=dict)
    _messages: set[str] = field(default_factory=set)

    def add(self, problem: SourceProblem) -> None:
        """Count a problem."""
        self.count += 1
        form = form_of(problem.value)
        is_new = form not in self._forms
        if not is_new or len(self._forms) < _MAX_FORMS:
            self._forms[form] += 1
            self._firsts.setdefault(form, problem)
        if len(self.examples) < MAX_EXAMPLES:
            self.examples.append(problem)
        elif is_new and len(self._forms) <= MAX_EXAMPLES:  # one of a new form says more than a fifth of the first one
            self.examples[len(self._forms) - 1] = problem
        if len(self._messages) < 2:
            self._messages.add(problem.message)

    def as_json(self) -> dict[str, Any]:
        """Return the kind as the report has it."""
        return {
            "kind": word_of(self.first),
            "severity": self.first.severity,
            "count": self.count,
            "field": self.first.field.partition("[")[0],
            "message": self._message(),
            "expected": self.first.expected,
            "todo": todo_of(self.first),
            "examples": [
                {
                    "file": each.source,
                    "at": each.at,
                    "field": each.field,
                    "value": each.value,
                    "message": each.message,
                    "record": each.record,
                }
                for each in self.examples
            ],
            "forms": [
                {"form": form, "count": count, "value": first.value, "file": first.source, "at": first.at}
                for form, count in self._forms.most_common(_LISTED_FORMS)
                if (first := self._firsts[form]).value
            ],
        }

    def _message(self) -> str:
        """Message of the first problem; without its values where the others have other ones."""
        if len(self._messages) == 1:
            return self.first.message
        return _UNREAD if word_of(self.first) == DATE_UNREAD else _masked(self.first)[1]


def kinds_of(problems: Iterable[SourceProblem]) -> list[KindOfProblems]:
    """Return the kinds of some problems; the gravest first, then the most frequent."""
    kinds: dict[tuple[str, ...], KindOfProblems] = {}
    of_severity: Counter[str] = Counter()
    for problem in problems:
        identity = kind_of(problem)
        kind = kinds.get(identity)
        if kind is None:
            if of_severity[problem.severity] >= MAX_KINDS:
                continue
            of_severity[problem.severity] += 1
            kind = kinds[identity] = KindOfProblems(problem)
        kind.add(problem)
    return sorted(kinds.values(), key=lambda kind: (SEVERITIES.index(kind.first.severity), -kind.count))


def of_word(kinds: list[dict[str, Any]], word: str) -> Iterator[dict[str, Any]]:
    """Yield the kinds of a word among those of a report."""
    return (kind for kind in kinds if kind["kind"] == word)
