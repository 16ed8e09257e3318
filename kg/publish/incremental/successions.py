"""Successions of withdrawn records, against those of the live generation."""

from collections.abc import Iterable, Iterator

from kg.publish.incremental.read_sources import ReadSources
from kg.publish.pipeline.pipeline import chained
from kg.publish.state.source_state import SourceState


def changed_successions(
    state: SourceState, read: ReadSources, names: Iterable[str], gone: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Yield each withdrawn reference whose successor is another than before: old, and new or nothing.

    Args:
        state: what the live generation was made of.
        read: the files that were read.
        names: names of all files, in the order of the sources.
        gone: names of files that are not there any more.
    """
    before = {name: _pairs(told) for name, told in state.successions().items()}
    after = {name: pairs for name, pairs in before.items() if name not in set(gone)}
    after |= {name: _pairs(file.record.successions) for name, file in read.files.items()}
    order = list(names)
    old, new = _successors(before, [*order, *gone]), _successors(after, order)
    for reference in sorted(old.keys() | new.keys()):
        if old.get(reference) != new.get(reference):
            yield reference, new.get(reference, "")


def _pairs(told: Iterable[tuple[str, str, object]]) -> list[tuple[str, str]]:
    return [(old, new) for old, new, _ in told]


def _successors(by_file: dict[str, list[tuple[str, str]]], order: Iterable[str]) -> dict[str, str]:
    """Withdrawn reference → its successor; the first that is told counts."""
    found: dict[str, str] = {}
    for old, new in chained(pair for name in order for pair in by_file.get(name, ())):
        found.setdefault(old, new)
    return found
