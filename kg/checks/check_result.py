"""Result of a check of `kg doctor`."""

from dataclasses import dataclass
from typing import Literal

Grade = Literal["good", "poor", "bad"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Result of a check.

    Attributes:
        name: the facility.
        grade: good; poor, where it works with less; bad, where the collection can't be served.
        state: the state of this machine.
        todo: the remedy; empty where it is good.
    """

    name: str
    grade: Grade
    state: str
    todo: str = ""

    def as_json(self) -> dict[str, str]:
        """Return the result as `kg doctor --json` prints it; `said` is the state's key there."""
        return {"name": self.name, "grade": self.grade, "said": self.state, "todo": self.todo}
