"""What a build has to tell: counts, and every problem by file, record and field."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from kg.records.problems import SEVERITIES, SourceProblem

PAGE = "report.html"
"""The page in a generation that shows what its build did."""

MOST_ON_PAGE = 1_000
"""How many kinds of problems of each severity the table and the page show; the file has all."""


@dataclass(slots=True)
class Report:
    """What a build did.

    Attributes:
        problems_file: where each problem goes as it turns up, one JSON object a line.
        generation: the number of the generation, None if nothing was published.
        read: kind → how many records readers yielded, described-only ones included; `unknown` for unreadable ones.
        published: kind → how many were published, stubs apart.
        rejected, merged, stubs: how many were left out, united with another, made because something links to them.
        created, changed, deleted: against the generation before.
        triples: statements in the generation.
        seconds: from start to switch.
        shapes_seconds: of these, what the archive's own shapes took.
        by_source: file → read, rejected.
        severities: how many problems of each severity.
    """

    problems_file: Path
    generation: int | None = None
    read: Counter[str] = field(default_factory=Counter)
    published: Counter[str] = field(default_factory=Counter)
    rejected: int = 0
    merged: int = 0
    stubs: int = 0
    created: int = 0
    changed: int = 0
    deleted: int = 0
    triples: int = 0
    seconds: float = 0.0
    shapes_seconds: float = 0.0
    severities: Counter[str] = field(default_factory=Counter)

    def add(self, *problems: SourceProblem) -> None:
        """Enter problems; they go to the file, so that memory does not follow their number."""
        if not problems:
            return
        with self.problems_file.open("ab") as file:
            for problem in problems:
                self.severities[problem.severity] += 1
                file.write(orjson.dumps(problem.as_json()) + b"\n")

    def problems(self) -> Iterator[SourceProblem]:
        """Every problem, in the order in which they turned up."""
        if self.problems_file.exists():
            with self.problems_file.open("rb") as file:
                for line in file:
                    yield SourceProblem(**orjson.loads(line))

    def grouped(self) -> list[tuple[SourceProblem, int]]:
        """Problems that differ only in the record are one, with how many there are; the gravest first."""
        first: dict[tuple[str, ...], SourceProblem] = {}
        counts: Counter[tuple[str, ...]] = Counter()
        of_severity: Counter[str] = Counter()
        for problem in self.problems():
            key = (problem.severity, problem.message, problem.field.partition("[")[0], problem.expected)
            if key not in first and of_severity[problem.severity] < MOST_ON_PAGE:
                first[key] = problem
                of_severity[problem.severity] += 1
            if key in first:
                counts[key] += 1
        found = [(first[key], count) for key, count in counts.most_common()]
        return sorted(found, key=lambda each: SEVERITIES.index(each[0].severity))

    def summary(self) -> dict[str, Any]:
        """The counts, as the manifest keeps them."""
        return {
            "read": dict(sorted(self.read.items())),
            "published": dict(sorted(self.published.items())),
            "rejected": self.rejected,
            "merged": self.merged,
            "stubs": self.stubs,
            "created": self.created,
            "changed": self.changed,
            "deleted": self.deleted,
            "problems": dict(self.severities),
            "shapes_seconds": round(self.shapes_seconds, 3),
        }

    @property
    def page(self) -> Path | None:
        """The report as a page in its generation; None where there is none."""
        path = self.problems_file.with_name(PAGE)
        return path if path.exists() else None

    def as_json(self) -> bytes:
        """What `build --json` prints."""
        told = {
            "generation": self.generation,
            **self.summary(),
            "problems": [problem.as_json() for problem in self.problems()],
            "triples": self.triples,
            "seconds": round(self.seconds, 3),
        }
        return orjson.dumps(told, option=orjson.OPT_INDENT_2)
