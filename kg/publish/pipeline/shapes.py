"""SHACL validation: an archive's own shapes beside the JSON Schema, and kg's shapes over a whole graph.

pySHACL is thorough and slow (some milliseconds a record), so a build runs it for shapes of its own alone (D-9).
"""

import time
from pathlib import Path
from typing import Any

import pyshacl
import rdflib
from rdflib.namespace import SH

from kg.errors import SettingsError
from kg.iris import Base
from kg.records.problems import SourceProblem, excerpt
from kg.settings import ONTOLOGY

KG_SHAPES = ONTOLOGY / "shapes.ttl"
"""Shapes of the records' graph, generated from the JSON Schema."""


class Shapes:
    """Shapes from a Turtle file."""

    def __init__(self, path: str | Path, base: str) -> None:
        """Read shapes; relative IRIs in them lie below the base. Raises SettingsError where they can't be read."""
        self._base = base
        self._name = Path(path).name
        try:
            self._graph = rdflib.Graph().parse(data=Path(path).read_bytes(), format="turtle", publicID=base)
        except OSError as fault:
            raise SettingsError(f"can't be read: {fault.strerror}", where=str(path)) from None
        except Exception as fault:  # noqa: BLE001  # rdflib's parsers raise any exception
            raise SettingsError(f"are no shapes in Turtle: {fault}", where=str(path)) from None

    def violations(self, ntriples: list[bytes], source: str) -> tuple[dict[str, list[SourceProblem]], float]:
        """Return the violations of the shapes by reference of the record, and the seconds of the validation.

        Shapes see only the records given here: a shape on linked things applies only if these are among them.
        """
        began = time.perf_counter()
        data = rdflib.Graph().parse(data=b"".join(ntriples), format="nt")
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
        message = f"breaks a shape of {self._name}"
        return SourceProblem(source, "", str(field), value_excerpt, str(expected), message, "rejected", record)
