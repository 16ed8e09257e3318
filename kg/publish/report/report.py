"""Report of a build: counts, and every problem by file, record and field."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from kg.publish.report.completeness import Completeness
from kg.publish.report.kinds import KindOfProblems, kinds_of, todo_of
from kg.publish.report.translations import FILE as TRANSLATIONS
from kg.publish.report.translations import MissingTranslations
from kg.records.problems import SourceProblem

PROBLEMS = "problems.jsonl"
"""File name of the problems in a generation, an object a line."""

PAGE = "report.html"
"""File name of the report page in a generation."""

DOCUMENT = "report.json"
"""File name of the report as data, beside the page."""


@dataclass(slots=True)
class Report:
    """Report of a build.

    Attributes:
        problems_file: the file of problems in order of occurrence, a JSON object a line.
        generation: the number of the generation, None if nothing was published.
        read: kind → number of records from the readers, with described-only ones; `unknown` for unreadable ones.
        published: kind → number of published records, without stubs.
        rejected, merged, stubs: number of records left out, of records merged into another, of stubs.
        created, changed, deleted: numbers of published things, without stubs, against the generation before.
        replaced: number of published things that others have replaced.
        remapped: number of published things of which the triples alone are others, by another mapping.
        incremental: whether only what changed was built.
        why_full: the reason for which everything was built anew; None for an incremental build.
        due: the reason for which a full build follows; empty where none does.
        followed_by: the number of the generation that was built right after this one, with what takes long.
        stale_tables: whether the tables show a state that is a day old.
        respelled: number of published references whose keys are written otherwise now (D-136).
        triples: statements in the generation.
        seconds: from start to switch.
        shapes_seconds: of these, the time of the archive's own shapes.
        severities: severity → number of problems.
        away: names of the paths in the sources that are no files to be read.
        untranslated: missing translations of labels and of the site's texts.
        by_file: name of a source file → number of its published records.
        completeness: what published records have, and what documents lack.
        figures: the figures by which a build is compared with the next one.
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
    replaced: int = 0
    remapped: int = 0
    incremental: bool = False
    why_full: str | None = None
    due: str = ""
    followed_by: int | None = None
    stale_tables: bool = False
    respelled: int = 0
    triples: int = 0
    seconds: float = 0.0
    shapes_seconds: float = 0.0
    severities: Counter[str] = field(default_factory=Counter)
    away: list[str] = field(default_factory=list)
    by_file: Counter[str] = field(default_factory=Counter)
    untranslated: MissingTranslations = field(default_factory=MissingTranslations)
    completeness: Completeness = field(default_factory=Completeness)
    figures: dict[str, int] = field(default_factory=dict)
    _kinds: list[KindOfProblems] = field(default_factory=list)
    _counted: int = 0

    def add(self, *problems: SourceProblem) -> None:
        """Add problems; they go to the file, so that memory does not follow their number."""
        if not problems:
            return
        with self.problems_file.open("ab") as file:
            for problem in problems:
                self.severities[problem.severity] += 1
                file.write(orjson.dumps(problem.as_json()) + b"\n")

    def problems(self) -> Iterator[SourceProblem]:
        """Yield every problem, in order of occurrence."""
        if self.problems_file.exists():
            with self.problems_file.open("rb") as file:
                for line in file:
                    yield SourceProblem(**orjson.loads(line))

    def kinds(self) -> list[KindOfProblems]:
        """Return the kinds of problems, the gravest first, then the most frequent."""
        told = self.severities.total()
        if self._counted != told:  # a million lines are read once
            self._kinds, self._counted = kinds_of(self.problems()), told
        return self._kinds

    def summary(self) -> dict[str, Any]:
        """Return the counts, as the manifest keeps them."""
        return {
            "read": dict(sorted(self.read.items())),
            "published": dict(sorted(self.published.items())),
            "rejected": self.rejected,
            "merged": self.merged,
            "stubs": self.stubs,
            "created": self.created,
            "changed": self.changed,
            "deleted": self.deleted,
            "replaced": self.replaced,
            "remapped": self.remapped,
            "respelled": self.respelled,
            "problems": dict(self.severities),
            "shapes_seconds": round(self.shapes_seconds, 3),
            "untranslated": self.untranslated.as_json(),
            "figures": self.figures,
        }

    @property
    def translations_file(self) -> Path:
        """Path of the list of missing translations; there is no such file where nothing is missing."""
        return self.problems_file.with_name(TRANSLATIONS)

    @property
    def page(self) -> Path | None:
        """Path of the report page in the generation, or None."""
        path = self.problems_file.with_name(PAGE)
        return path if path.exists() else None

    def as_json(self) -> bytes:
        """Return the report as `build --json` prints it."""
        report = {
            "generation": self.generation,
            "incremental": self.incremental,
            "why_full": self.why_full,
            "followed_by": self.followed_by,
            **self.summary(),
            "problems": [{**problem.as_json(), "todo": todo_of(problem)} for problem in self.problems()],
            "triples": self.triples,
            "seconds": round(self.seconds, 3),
        }
        return orjson.dumps(report, option=orjson.OPT_INDENT_2)
