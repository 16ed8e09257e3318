"""Kinds of problems: what has one cause and one cure is one line of the report, however many values it has.

Dates that can't be read are of one kind. A kind says which forms of values occur most: `05/04/1963` and `06/05/1963`
are of one form.

>>> form_of("05/04/1963"), form_of("31 Feb 1963")
('00/00/0000', '00 Aaa 0000')
"""

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from kg.records.problems import SourceProblem, excerpt

UNREAD_DATE = re.compile(r"kept as it is written")
"""Words by which a message says that a date could not be read."""

_MAX_FORMS = 1_000
"""Forms of a kind that are counted; later ones are counted with it alone."""
_LISTED_FORMS = 5
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|\d+")
_UNREAD = "some dates can't be read; they are kept as they are written"


def form_of(value: str) -> str:
    """Return the form of a value: figures as 0, letters as a or A."""
    form = re.sub(r"\d", "0", value)
    return re.sub(r"[^\W\d_]", lambda letter: "A" if letter[0].isupper() else "a", form)


def kind_of(problem: SourceProblem) -> tuple[str, ...]:
    """Return the kind of a problem: severity, message and field without the values in them, what is expected."""
    if UNREAD_DATE.search(problem.message):
        return problem.severity, _UNREAD
    where = problem.field.partition("[")[0]
    return problem.severity, _QUOTED.sub("'…'", problem.message), where, problem.expected


@dataclass(slots=True)
class KindOfProblems:
    """Problems of one kind: the first of them, their number, and the forms of their values with an example of each."""

    first: SourceProblem
    count: int = 0
    _forms: Counter[str] = field(default_factory=Counter)
    _examples: dict[str, str] = field(default_factory=dict)
    _messages: set[str] = field(default_factory=set)

    def add(self, problem: SourceProblem) -> None:
        """Count a problem."""
        self.count += 1
        form = form_of(problem.value)
        if form in self._forms or len(self._forms) < _MAX_FORMS:
            self._forms[form] += 1
            self._examples.setdefault(form, problem.value)
        if len(self._messages) < 2:
            self._messages.add(problem.message)

    def as_problem(self) -> SourceProblem:
        """Return the first problem, with the values that stand for the forms that occur most."""
        if self.count == 1 or len(self._forms) == 1:
            return self.first
        forms = self._forms.most_common(_LISTED_FORMS)
        values = "; ".join(f"{self._examples[form]} ({count:,})" for form, count in forms)
        several_reasons = len(self._messages) > 1 and UNREAD_DATE.search(self.first.message)
        message = _UNREAD if several_reasons else self.first.message
        return replace(self.first, value=excerpt(values), message=message)
