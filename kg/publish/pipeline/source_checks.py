"""Checks of the settings of sources that need the readers and the model: formats, and keys of columns."""

from collections.abc import Iterator

from kg.errors import SettingsError
from kg.records import readers
from kg.records.problems import SourceProblem
from kg.records.readers.tables.columns import setting_faults
from kg.settings import Settings


def check_sources(settings: Settings) -> None:
    """Compare the settings of each source with what there is. Raises SettingsError with all that is wrong."""
    faults: list[str] = []
    for number, source in enumerate(settings.sources, 1):
        where = f"[[sources]] no. {number}"
        if source.format is not None and (fault := _format_fault(source.format)):
            faults.append(f"{where} format: {fault}")
        faults += [f"{where} {name}: {fault}" for name, fault in setting_faults(source)]
    if faults:
        todo = "`kg keys` lists the keys; `kg keys KIND` those of a kind." if "key" in "".join(faults) else None
        raise SettingsError("; ".join(faults[:20]), where=str(settings.file or settings.folder), todo=todo)


def plugin_notes() -> Iterator[SourceProblem]:
    """Yield a note for each installed plug-in that can't be used: its files may be left aside."""
    for name, fault in readers.installed_plugins().faults.items():
        expected = "a package that is whole, or none: it can be uninstalled"
        yield SourceProblem("", "", "", name, expected, f"the plug-in {name!r} for readers can't be used: {fault}")


def _format_fault(format_: str) -> str:
    """Fault of a format that has no reader; empty for one that has."""
    known = readers.formats()
    if format_ in known:
        return ""
    if fault := readers.installed_plugins().faults.get(format_):
        return f"the plug-in {format_!r} can't be used: {fault}"
    return f"there is no reader of {format_[:40]!r}, but of {', '.join(known)}"
