"""SHACL validation: an archive's own shapes beside the JSON Schema, and kg's shapes over a whole graph.

pySHACL is thorough and slow (some milliseconds a record), so a build runs it for shapes of its own alone (D-9).
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyshacl
import rdflib
from rdflib.namespace import SH

from kg import ontology
from kg.errors import SettingsError
from kg.iris import Base
from kg.mapping.mapper import MappedRecord, Mapper
from kg.publish.pipeline.linked_things import LinkedThings, Survey, unseen_problem
from kg.publish.pipeline.shape_reach import reach_of
from kg.records.problems import Severity, SourceProblem, excerpt
from kg.settings import ONTOLOGY

KG_SHAPES = ONTOLOGY / "shapes.ttl"
"""Shapes of the records' graph, generated from the JSON Schema."""

_ADVICE = frozenset({SH.Info, SH.Warning})
"""Severities that leave nothing out (SHACL, 2.1.4)."""


class Shapes:
    """Shapes from a Turtle file."""

    def __init__(self, path: str | Path, base: str, survey: Path | None = None) -> None:
        """Read shapes.

        Args:
            path: the file.
            base: the base, below which relative IRIs in it lie.
            survey: the folder for the survey of all sources, which may be made later; None for none.

        Raises:
            SettingsError: the file can't be read.
        """
        self._base = base
        self._name = Path(path).name
        try:
            self._graph = rdflib.Graph().parse(data=Path(path).read_bytes(), format="turtle", publicID=base)
        except OSError as fault:
            raise SettingsError(f"can't be read: {fault.strerror}", where=str(path)) from None
        except Exception as fault:  # noqa: BLE001  # rdflib's parsers raise any exception
            raise SettingsError(f"are no shapes in Turtle: {fault}", where=str(path)) from None
        self.reach = reach_of(self._graph)
        self._survey = survey
        self._linked: LinkedThings | None = None

    @property
    def look_beyond(self) -> bool:
        """Whether they look beyond a record, at what it links to or what links to it."""
        return self.reach.steps > 0 or self.reach.backwards

    def results(
        self, records: Sequence[MappedRecord], source: str
    ) -> tuple[dict[str, list[SourceProblem]], list[SourceProblem], float]:
        """Return what the shapes have against each record, with all before them that they look at, wherever it stands.

        Args:
            records: the records.
            source: their file, for problems.

        Returns:
            Problems by reference, notes on the whole, and seconds.
        """
        began = time.perf_counter()
        linked: list[bytes] = []
        notes: list[SourceProblem] = []
        if self.look_beyond and self._survey is not None:
            self._linked = self._linked or LinkedThings(Survey(self._survey), Mapper(ontology.load(self._base)))
            linked, whole = self._linked.around(records, self.reach)
            notes = [] if whole else [unseen_problem(source)]
        problems, _ = self.violations([each.ntriples for each in records], source, linked)
        return problems, notes, time.perf_counter() - began

    def violations(
        self, ntriples: Sequence[bytes], source: str, linked: Sequence[bytes] = ()
    ) -> tuple[dict[str, list[SourceProblem]], float]:
        """Return what the shapes have against each record, by its reference, and the seconds of the validation.

        A violation is a rejection, a warning or an information a note (SHACL, 2.1.4).

        Args:
            ntriples: the triples of the records.
            source: their file, for problems.
            linked: triples of the things around them, as far as the shapes reach.
        """
        began = time.perf_counter()
        data = rdflib.Graph().parse(data=b"".join((*ntriples, *linked)), format="nt")
        problems: dict[str, list[SourceProblem]] = {}
        # Nothing is fetched: the shapes import no ontology, and the data names no graph to load.
        conforms, report, _ = pyshacl.validate(data, shacl_graph=self._graph, advanced=True, do_owl_imports=False)
        if not conforms and isinstance(report, rdflib.Graph):
            reference = Base(self._base).reference
            for result in report.subjects(rdflib.RDF.type, SH.ValidationResult):
                node = str(report.value(result, SH.focusNode))
                record = reference(node) or node
                problems.setdefault(record, []).append(self._problem(report, result, record, source))
        return problems, time.perf_counter() - began

    def _problem(self, report: rdflib.Graph, result: Any, record: str, source: str) -> SourceProblem:
        """Problem report on a violation; the shape's own message, if any, is the expected form."""
        shape = report.value(result, SH.sourceShape)
        value = report.value(result, SH.value)
        field = self._graph.value(shape, SH.name) or report.value(result, SH.resultPath) or ""
        component = str(report.value(result, SH.sourceConstraintComponent) or "").rpartition("#")[2]
        expected = self._graph.value(shape, SH.message) or component.removesuffix("ConstraintComponent")
        value_excerpt = excerpt(str(value)) if value is not None else ""
        advice = report.value(result, SH.resultSeverity) in _ADVICE
        message = f"goes against the advice of {self._name}" if advice else f"breaks a shape of {self._name}"
        severity: Severity = "note" if advice else "rejected"
        return SourceProblem(source, "", str(field), value_excerpt, str(expected), message, severity, record)
