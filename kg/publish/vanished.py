"""Sources that give far fewer records than before: a disk that is away or a broken export, not a wish (D-99)."""

import os
import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from fnmatch import fnmatchcase

from kg.errors import KgError
from kg.publish.pipeline.listing import display_name
from kg.publish.report.report import Report
from kg.records.problems import SourceProblem
from kg.settings import Settings
from kg.store.generation.catalogue import Catalogue
from kg.store.generation.generations import Generations

TODO = "If it is away or cut, bring it back whole; if the records are to be deleted, run `kg build --accept-deletions`."


@dataclass(frozen=True, slots=True)
class Vanished:
    """Source, or part of one: its name, the number of its records in the live generation, and that of now."""

    name: str
    before: int
    now: int

    @property
    def message(self) -> str:
        """Fault in words."""
        return f"gave {self.before:,} records before and gives {f'{self.now:,}' if self.now else 'none'} now"

    def problem(self) -> SourceProblem:
        """Return the problem in a dry run's report."""
        expected = f"records, as before; else a build stops. {TODO}"
        return SourceProblem(self.name, "", "", "", expected, self.message, "rejected")


def vanished_sources(settings: Settings, generations: Generations, report: Report) -> list[Vanished]:
    """Return the sources, and the paths in them that are away, that have lost more records than the settings allow."""
    before = _live_counts(generations)
    paths = [
        source.path
        if source.is_address
        else display_name(settings.folder / os.path.normpath(source.path), settings.folder)
        for source in settings.sources
    ]
    names = dict.fromkeys([*report.away, *paths])
    found = [Vanished(name, _total(before, name), _total(report.by_file, name)) for name in names]
    most, share = settings.max_lost_records, settings.max_lost_share
    return [each for each in found if each.before - each.now > max(most, share * each.before)]


def _live_counts(generations: Generations) -> Mapping[str, int]:
    """Records of each source file in the live generation; none where it can't be read."""
    number = generations.live()
    if number is None:
        return Counter()
    try:
        folder = generations.generation_folder(number)
        folder.check_whole()  # of a catalogue with a torn log, another state would be read
        with closing(Catalogue(folder.catalogue)) as catalogue:
            return catalogue.counts_by_source()
    except (KgError, sqlite3.Error):  # nothing is known of before
        return Counter()


def _total(counts: Mapping[str, int], name: str) -> int:
    """Number of records from a path: of the file, of the files in the folder, or of those that match the pattern."""
    return sum(count for file, count in counts.items() if _belongs(file, name))


def _belongs(file: str, name: str) -> bool:
    if file == name or file.startswith(f"{name}/") or fnmatchcase(file, name):
        return True
    return name == "." and file[:1] != "/"
