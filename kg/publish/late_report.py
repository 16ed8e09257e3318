"""Late report: that of a large generation that was built by what changed, made when somebody asks for it.

It takes a pass over all records, which a change of one does not wait for (D-235).
"""

import os
import shutil
from collections import Counter
from contextlib import closing
from pathlib import Path

from kg.errors import GenerationError
from kg.publish.incremental.collection_report import Told, complete_report
from kg.publish.pipeline.sources import input_files
from kg.publish.report.report import DOCUMENT, PROBLEMS, Report
from kg.publish.report_files import write_report
from kg.publish.state.source_state import open_state
from kg.settings import Settings
from kg.store.generation.generation import GenerationFolder, Manifest
from kg.store.generation.generations import Generations


def report_folder(settings: Settings) -> Path:
    """Return the folder with the report of the live generation; it is made now where the build left that.

    Raises:
        GenerationError: there is no generation, or what it was made of is not known.
    """
    generations = Generations.of_settings(settings)
    number = generations.live()
    if number is None:
        what = "there is no generation yet, and so no report"
        raise GenerationError(what, where=str(generations.folder), todo="Run `kg build`.")
    folder = generations.generation_folder(number)
    late = late_folder(generations, number)
    if (folder.path / DOCUMENT).is_file():
        return folder.path
    if not (late / DOCUMENT).is_file():
        manifest = folder.read_manifest()
        if manifest.full:
            return folder.path
        _make(settings, generations, folder, manifest, late)
    return late


def late_folder(generations: Generations, number: int) -> Path:
    """Return the folder of the late report of a generation."""
    return generations.var / "reports" / f"{number:04}"


def _make(
    settings: Settings, generations: Generations, folder: GenerationFolder, manifest: Manifest, target: Path
) -> None:
    """Make the report beside its place, and put it there when it is whole; reports of other generations go."""
    shutil.rmtree(target.parent, ignore_errors=True)
    scratch = target.with_name(f".{target.name}-{os.getpid()}")
    scratch.mkdir(parents=True)
    try:
        report = _report_of(manifest, folder, scratch)
        files, _ = input_files(settings, accept_deletions=True)
        complete_report(settings, folder, report, files, _successions(generations, folder, manifest))
        write_report(settings, generations, folder, report, scratch)
        scratch.rename(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _report_of(manifest: Manifest, folder: GenerationFolder, scratch: Path) -> Report:
    """Report with the numbers of a build, and the problems that it told."""
    summary = manifest.summary
    report = Report(scratch / PROBLEMS, generation=manifest.generation, incremental=True, triples=manifest.triples)
    report.read, report.published = Counter(summary["read"]), Counter(summary["published"])
    for name in ("rejected", "merged", "stubs", "created", "changed", "deleted", "replaced", "remapped"):
        setattr(report, name, summary[name])
    report.add(*Report(folder.path / PROBLEMS).problems())
    return report


def _successions(generations: Generations, folder: GenerationFolder, manifest: Manifest) -> list[Told]:
    state = open_state(generations.var, manifest.generation, folder.path)
    if state is None:
        return []
    with closing(state):
        return [told for each in state.successions().values() for told in each]
