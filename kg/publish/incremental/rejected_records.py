"""Rejected records of an incremental build: those of the files that were read, and those of all others, as before."""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from kg.publish.incremental.changed_files import ChangedFiles
from kg.publish.incremental.changed_records import ChangedRecord
from kg.publish.incremental.read_sources import ReadSources
from kg.publish.report.originals import original_of
from kg.publish.report.rejected import RejectedFolder


def keep_rejected(
    records: Iterable[ChangedRecord], read: ReadSources, changes: ChangedFiles, folder: Path, before: Path
) -> None:
    """Write the folder of rejected records.

    Args:
        records: what became of the touched references.
        read: the files that were read.
        changes: all files.
        folder: the folder, which is made where there is something to keep.
        before: that of the live generation, which may be missing.
    """
    with closing(RejectedFolder(folder)) as rejected:
        long_values = []
        for name, file in read.files.items():
            first = changes.files[name][0]
            rejected.originals[name] = original_of(first.file, first.format)
            for each in file.rejected:
                rejected.add(each)
            long_values += file.long_values
        for record in records:
            for refused, at in record.refused:
                rejected.add_late(refused, at)
            for each in record.rejected:
                rejected.add(each)
            long_values += record.long_values
        for value in long_values:
            rejected.add_value(value)
        references = read.touched | {value.reference for value in long_values}
        rejected.carry_over(before, {*read.files, *changes.gone}, references)
