"""Proposal of a kg.toml: its text, and the sources that it names, for files that `kg init` was given."""

import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kg import settings as settings_module
from kg.proposal.files import GivenFile
from kg.proposal.settings_text import SiteEntry, SourceEntry, settings_text
from kg.proposal.tables import TableSource, UnreadTable, table_sources
from kg.records.readers.base import SourceFile
from kg.settings import Settings
from kg.source_settings import SourceSettings

_CALLED = {
    "ead": "finding aid (EAD)",
    "eac": "authority record (EAC-CPF)",
    "json": "records as JSON",
    "jsonl": "records as JSON, one a line",
    "page": "record page",
    "csv": "table",
    "xlsx": "workbook",
    "xls": "workbook",
    "ods": "workbook",
    "parquet": "table (Parquet)",
    "sql": "database",
}
"""Format → what people call a file of it."""

_MAX_COMMENTS = 12


@dataclass(frozen=True, slots=True)
class ProposedSource:
    """Source of a proposal.

    Attributes:
        path: its path as it stands in kg.toml.
        format: the format of its first file.
        files: its files.
        settings: its settings.
        table: the table, where it is one.
    """

    path: str
    format: str
    files: tuple[GivenFile, ...]
    settings: SourceSettings
    table: TableSource | None = None

    @property
    def called(self) -> str:
        """What people call a file of its format."""
        return _CALLED.get(self.format, f"file of the format {self.format}")

    def file(self, base: str) -> SourceFile:
        """Return its first file as a build reads it."""
        first = self.files[0]
        return SourceFile(first.path, first.path.name, "", self.settings.path, base, settings=self.settings)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Proposal of a kg.toml.

    Attributes:
        text: its text.
        sources: the sources in it, in order.
        unread: tables of which nothing can be proposed.
        unknown: files that no reader knows.
    """

    text: str
    sources: tuple[ProposedSource, ...]
    unread: tuple[UnreadTable, ...]
    unknown: tuple[GivenFile, ...]

    @property
    def tables(self) -> list[TableSource]:
        """The tables among its sources."""
        return [source.table for source in self.sources if source.table]


def propose(files: Sequence[GivenFile], out: Path, command: str) -> Proposal:
    """Return the proposal for files.

    Args:
        files: the files, of whatever format.
        out: where the kg.toml will lie; paths in it are relative to that.
        command: the command that it is written by, for its first line.
    """
    folder = out.resolve().parent
    tables, unread = table_sources([file for file in files if file.is_table])
    others = [file for file in files if file.format and not file.is_table]
    unknown = tuple(file for file in files if not file.format)
    sources = [_of_table(table, folder) for table in tables]
    sources += _of_others(others, files, folder)
    text = settings_text(_site(files, sources, command), [_entry(source) for source in sources])
    return Proposal(text, tuple(sources), tuple(unread), unknown)


def check(proposal: Proposal, out: Path) -> Settings:
    """Return the settings that a proposal makes. Raises KgError for one that kg itself can't read."""
    folder = out.resolve().parent
    values = tomllib.loads(proposal.text)
    return settings_module.from_values(values, folder, str(out))


def _of_table(table: TableSource, folder: Path) -> ProposedSource:
    first = table.file.path
    name = f"*{first.suffix}" if len(table.files) > 1 else first.name
    path = _relative(first.parent / name, folder)
    return ProposedSource(path, str(table.file.format), table.files, table.settings(path), table)


def _of_others(others: Sequence[GivenFile], files: Sequence[GivenFile], folder: Path) -> list[ProposedSource]:
    """Sources of other formats: a folder whole where all in it is of them, else each kind of its files by a pattern."""
    made = []
    mixed = {file.folder for file in files if file.folder and (file.is_table or not file.format)}
    groups: dict[object, list[GivenFile]] = {}
    for file in others:
        if file.folder is None:
            groups.setdefault(id(file), []).append(file)
        elif file.folder in mixed:
            groups.setdefault((file.folder, file.path.suffix), []).append(file)
        else:
            groups.setdefault(file.folder, []).append(file)
    for group in groups.values():
        first = group[0]
        if first.folder is None:
            path = _relative(first.path, folder)
        elif first.folder in mixed:
            path = _relative(first.folder / "**" / f"*{first.path.suffix}", folder)
        else:
            path = _relative(first.folder, folder)
        settings = SourceSettings.model_validate({"path": path})
        made.append(ProposedSource(path, str(first.format), tuple(group), settings))
    return made


def _relative(path: Path, folder: Path) -> str:
    """Path as seen from a folder; absolute where it lies on another disk."""
    pattern = [part for part in path.parts if "*" in part]
    plain = Path(*(part for part in path.parts if "*" not in part))
    try:
        relative = os.path.relpath(plain.resolve(), folder)
    except ValueError:
        relative = str(plain.resolve())
    return Path(relative, *pattern).as_posix()


def _site(files: Sequence[GivenFile], sources: Sequence[ProposedSource], command: str) -> SiteEntry:
    first = next((file for file in files if file.format), files[0])
    stem = (first.folder or first.path).resolve().stem.replace("_", " ").replace("-", " ").strip()
    title = f"{stem[:1].upper()}{stem[1:]}" or "Our archive"
    languages: dict[str, None] = {}
    for source in sources:
        if source.table:
            tagged = (column.key.partition("@") for column in source.table.guess.columns)
            languages |= dict.fromkeys(tag for key, _, tag in tagged if tag and key in {"title", "name"})
    return SiteEntry(command, title, tuple(languages) or ("en",))


def _entry(source: ProposedSource) -> SourceEntry:
    table = source.table
    number = len(source.files)
    files = source.files[0].path.name if number == 1 else f"{number:,} files"
    if table is None:
        return SourceEntry(source.path, (f"{files}: {source.called}{' and the like' if number > 1 else ''}.",))
    rows = f"{table.sample.number:,} rows{'' if table.sample.is_whole else ' and more'}"
    sheet = f", sheet {table.sheet}" if table.sheet else ""
    comments = [f"{files}{sheet}: {source.called}, {rows}, {len(table.sample.headings)} columns."]
    comments += [f"? {note[:300]}." for note in table.notes[:_MAX_COMMENTS]]
    return SourceEntry(source.path, tuple(comments), table.sheet_setting(), table.guess)
