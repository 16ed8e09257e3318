"""Changed files among the sources, by what the state of the live generation says of each (D-233).

A file whose size, times and identity are those of before is not opened. Another one is read for its digest, since many
programs write the same bytes again.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from kg.errors import SourceChanged
from kg.publish.pipeline.sources import InputFile
from kg.publish.state.file_states import digest_beside, digest_of, stat_of
from kg.publish.state.source_state import KnownFile


@dataclass(slots=True)
class ChangedFiles:
    """Files of the sources, against those of the live generation.

    Attributes:
        files: name → the file under each of its settings, in the order of the sources.
        changed: names of the files to be read: new ones, and those with other bytes.
        unknown: those of them of whose records nothing is known: what lies beside is another, or the day matters.
        gone: names of the files that are not there any more.
        states: name → what the file system says, digest, digest of what lies beside, of each file that was looked at.
    """

    files: dict[str, list[InputFile]] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    states: dict[str, tuple[tuple[int, ...] | None, str, str]] = field(default_factory=dict)

    def look_at(self, name: str) -> tuple[tuple[int, ...] | None, str, str]:
        """Look at a file. Raises SourceChanged where it can't be read any more."""
        if name not in self.states:
            first = self.files[name][0]
            if first.file.settings.is_address:
                self.states[name] = None, "", ""
            else:
                path = first.file.path
                try:
                    self.states[name] = stat_of(path, time.time_ns()), digest_of(path), digest_beside(path)
                except OSError as fault:
                    raise SourceChanged(f"can't be read any more: {fault.strerror}", where=name) from None
        return self.states[name]


def changed_files(files: Iterable[InputFile], known: dict[str, KnownFile], *, another_day: bool) -> ChangedFiles:
    """Compare the files of the sources with what is known of them.

    Args:
        files: the files, in the order of the sources.
        known: name → what the state says.
        another_day: whether the day is another than that of the last build.
    """
    found = ChangedFiles()
    for each in files:
        found.files.setdefault(each.file.name, []).append(each)
    found.gone = known.keys() - found.files.keys()
    for name, (first, *_) in found.files.items():
        before = known.get(name)
        if before is None or first.file.settings.is_address:
            found.changed.add(name)
            continue
        if before.is_daily and another_day:
            found.changed.add(name)
        if before.stat is not None and before.stat == stat_of(first.file.path, time.time_ns()):
            continue
        _, digest, beside = found.look_at(name)
        if beside != before.beside:
            found.changed.add(name)
            found.unknown.add(name)
        elif digest != before.sha256:
            found.changed.add(name)
    return found
