"""Plug-ins of readers: formats from other packages, by entry points of the group `kg.readers`.

A plug-in is what a built-in reader is: a format, a function that knows its files, and a function that reads them. A
package that is broken is told, and never ends a build; what its reader yields is checked, since all else relies on it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import orjson

from kg.records.problems import SEVERITIES, SourceProblem
from kg.records.readers.base import RawRecord, Reader, ReaderItem, ReadFailure, SourceFile, Succession
from kg.source_settings import PLUGIN_GROUP

Sniff = Callable[[bytes, str], bool]
"""Function that tells by a file's first bytes and its name whether it is in a format."""


@dataclass(frozen=True, slots=True)
class ReaderPlugin:
    """Reader of a format, from kg or from another package.

    Attributes:
        format: the word for it in kg.toml, `format = "marc"`.
        read: the reader: from a file to raw records, read failures and problems; OSError alone may be raised.
        sniff: whether a file is in the format, by its first 8,192 bytes and its name.
        words: key of the model → where that stands in a file of the format, for messages.
    """

    format: str
    read: Reader
    sniff: Sniff
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InstalledPlugins:
    """Plug-ins of the packages that are installed.

    Attributes:
        by_format: format → its plug-in.
        faults: name of an entry point → why it gives no reader.
    """

    by_format: Mapping[str, ReaderPlugin]
    faults: Mapping[str, str]


@cache
def installed(built_in: frozenset[str]) -> InstalledPlugins:
    """Return the plug-ins that packages name.

    Args:
        built_in: formats of kg itself, which no other package may take.
    """
    by_format: dict[str, ReaderPlugin] = {}
    faults: dict[str, str] = {}
    for entry in sorted(entry_points(group=PLUGIN_GROUP), key=lambda each: each.name):
        plugin, fault = _loaded(entry)
        if entry.name in built_in | by_format.keys():
            faults[entry.name] = f"{entry.value} is not used: the format {entry.name!r} has a reader already"
        elif plugin is None:
            faults[entry.name] = fault
        else:
            by_format[plugin.format] = plugin
    return InstalledPlugins(by_format, faults)


def _loaded(entry: EntryPoint) -> tuple[ReaderPlugin | None, str]:
    """Plug-in of an entry point, or why it is none."""
    try:
        plugin = entry.load()
    except (Exception, SystemExit) as fault:  # noqa: BLE001  # what another package does when it is imported
        return None, f"{entry.value} can't be loaded ({type(fault).__name__}: {str(fault)[:200]})"
    if not isinstance(plugin, ReaderPlugin):
        return None, f"{entry.value} is no ReaderPlugin, but {type(plugin).__name__}"
    if plugin.format != entry.name:
        return None, f"{entry.value} reads the format {plugin.format!r}, and its entry point is called {entry.name!r}"
    if not callable(plugin.read) or not callable(plugin.sniff):
        return None, f"{entry.value} lacks a function to read or to sniff"
    return plugin, ""


def knows(plugin: ReaderPlugin, head: bytes, name: str) -> bool:
    """Return whether a plug-in takes a file for its own; one that fails at that does not."""
    try:
        return plugin.sniff(head, name) is True
    except (Exception, SystemExit):  # noqa: BLE001  # a file must be told to be of no format, and not end a build
        return False


def read(plugin: ReaderPlugin, source: SourceFile) -> Iterator[ReaderItem]:
    """Read a file by a plug-in; what is no item of a reader becomes a read failure.

    Raises:
        OSError: the file can't be opened.
    """
    try:
        for item in plugin.read(source):
            yield _checked(source, plugin, item)
    except OSError:
        raise
    except (Exception, SystemExit) as fault:  # noqa: BLE001  # one plug-in must not end a build
        what = f"the reader of {plugin.format} failed ({type(fault).__name__}: {str(fault)[:200]})"
        yield _failure(source, plugin, f"{what}; the rest of the file is left out")


def _checked(source: SourceFile, plugin: ReaderPlugin, item: Any) -> ReaderItem:
    """Item of a plug-in with a record that is plain JSON, or a failure that says what it is instead."""
    if isinstance(item, RawRecord) and isinstance(item.record, dict) and isinstance(item.at, str):
        try:
            record = orjson.loads(orjson.dumps(item.record, default=str, option=orjson.OPT_NON_STR_KEYS))
        except (TypeError, ValueError) as fault:
            return _failure(source, plugin, f"the reader of {plugin.format} gave a record that is no JSON: {fault}")
        if all(_is_problem(problem) for problem in item.problems):
            raw = item.raw if isinstance(item.raw, bytes) else None
            return RawRecord(record, item.at, raw, tuple(item.problems))
    elif isinstance(item, ReadFailure):
        if _is_problem(item.problem) and isinstance(item.raw, bytes | None):
            return item
    elif isinstance(item, Succession) or _is_problem(item):
        return item  # type: ignore[no-any-return]
    what = f"{type(item).__name__}: {str(item)[:80]!r}"
    return _failure(source, plugin, f"the reader of {plugin.format} gave what is no item of a reader ({what})")


def _is_problem(item: Any) -> bool:
    if not isinstance(item, SourceProblem) or item.severity not in SEVERITIES:
        return False
    texts = (item.source, item.at, item.field, item.value, item.expected, item.message, item.record)
    return all(isinstance(text, str) for text in texts)


def _failure(source: SourceFile, plugin: ReaderPlugin, message: str) -> ReadFailure:
    expected = f"a reader of {plugin.format} that reads it; please tell its makers"
    return ReadFailure(source.problem("", "", "", expected, message, severity="rejected"))
