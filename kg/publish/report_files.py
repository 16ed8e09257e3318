"""Files of a build's report in the folder of its generation: the document, and the page made of it."""

from pathlib import Path

from kg.errors import KgError
from kg.publish.report.document import make_document, write_document
from kg.publish.report.page import write_page
from kg.publish.report.report import PAGE, Report
from kg.publish.report.worklist import worklist
from kg.settings import Settings
from kg.store.generation.generation import GenerationFolder
from kg.store.generation.generations import Generations


def write_report(
    settings: Settings, generations: Generations, folder: GenerationFolder, report: Report, target: Path | None = None
) -> None:
    """Write the report of a generation, whose catalogue, records and name index are finished.

    Args:
        settings: base and look of the site.
        generations: with the live one, before the switch.
        folder: the generation.
        report: what is told, with the numbers of the finished build.
        target: where the files go, if not to the generation.
    """
    target = target or folder.path
    lists = worklist(folder, report, settings.base)
    document = make_document(report, lists, settings.base, _figures_before(generations))
    write_page(settings, document, target / PAGE)
    write_document(document, target)  # whoever finds this one finds all


def _figures_before(generations: Generations) -> dict[str, int]:
    """Figures of the live generation; empty where there is none, or it can't be read."""
    number = generations.live()
    if number is None:
        return {}
    try:
        summary = generations.generation_folder(number).read_manifest().summary
    except KgError:  # nothing is known of before
        return {}
    return dict(summary.get("figures") or {})
