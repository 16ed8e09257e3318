"""Sources that tables make: a workbook's sheets of one form are one source, and so are a folder's files of one form."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.errors import KgError
from kg.proposal.files import GivenFile
from kg.proposal.samples import FileSample, TableSample, sample
from kg.records import readers
from kg.records.inference.guesses import ColumnGuess, TableGuess
from kg.records.inference.headings import folded, read
from kg.records.inference.table_guess import guess_table
from kg.records.readers.tables.csvw_metadata import description_of
from kg.source_settings import SourceSettings

_DATA_LIKE = 0.4
"""Share of headings with figures from which on the first row may be data."""


@dataclass(frozen=True, slots=True)
class TableSource:
    """Source of a table.

    Attributes:
        files: its files; several where they have the same headings.
        sheet: the sheet that is read; "" for every one of the file.
        sample: the sample of its first file or sheet.
        guess: the guess of its columns.
        notes: what a person should know of it.
    """

    files: tuple[GivenFile, ...]
    sheet: str
    sample: TableSample
    guess: TableGuess
    notes: tuple[str, ...] = ()

    @property
    def file(self) -> GivenFile:
        """Its first file."""
        return self.files[0]

    def settings(self, path: str) -> SourceSettings:
        """Return the settings of the source, as they will stand in kg.toml."""
        columns = {
            column.column: {
                "key": column.key,
                "separator": column.separator,
                "pattern": column.pattern,
                "constant": column.constant,
                "format": column.format,
            }
            for column in reversed((*self.guess.columns, *self.guess.made))
            if column.column.strip() and not column.is_proposal
        }
        names = dict(self.sheet_setting())
        return SourceSettings.model_validate({"path": path, "kind": self.guess.kind, "columns": columns, **names})

    def sheet_setting(self) -> tuple[tuple[str, str], ...]:
        """Return the setting that names the sheet or the table of a database."""
        if not self.sheet:
            return ()
        return (("table" if self.file.format == "sql" else "sheet", self.sheet),)


@dataclass(frozen=True, slots=True)
class UnreadTable:
    """Table of which nothing can be proposed, and why."""

    file: GivenFile
    reason: str


def table_sources(files: Sequence[GivenFile]) -> tuple[list[TableSource], list[UnreadTable]]:
    """Return the sources that files of tables make, and the files that make none."""
    sources: list[TableSource] = []
    unread: list[UnreadTable] = []
    for file in files:
        try:
            looked = sample(file.source(), readers.ROW_SOURCES[str(file.format)])
        except OSError as fault:
            unread.append(UnreadTable(file, f"can't be read: {fault.strerror}"))
            continue
        except KgError as fault:
            unread.append(UnreadTable(file, fault.what))
            continue
        except Exception as fault:  # noqa: BLE001  # one file must not keep the others from being looked into
            what = (
                f"kg failed at this ({type(fault).__name__}: {str(fault)[:80]}); please report the fault with the file"
            )
            unread.append(UnreadTable(file, what))
            continue
        if not looked.tables:
            reason = "; ".join(looked.faults) or "there is no row with headings and a row below it"
            unread.append(UnreadTable(file, f"{reason}; `kg template` writes an empty table with headings"))
            continue
        sources += _of_sheets(file, looked)
    return _united(sources), unread


def _of_sheets(file: GivenFile, looked: FileSample) -> list[TableSource]:
    """Sources of a file's sheets: one where they have the same headings, or one alone has known ones."""
    tables = looked.tables
    known = {table.sheet: sum(_is_known(heading) for heading in table.headings) for table in tables}
    best = max(known.values())
    chosen = [table for table in tables if known[table.sheet] >= min(2, best) and known[table.sheet] * 3 >= best]
    aside = [table.sheet for table in tables if table not in chosen]
    notes = [*looked.faults, *looked.notes]
    if looked.more_sheets:
        notes.append("it has more sheets than are looked into")
    if aside:
        notes.append(f"left aside, since hardly a heading in it is known: {', '.join(aside)}")
    groups: dict[tuple[str, ...], list[TableSample]] = {}
    for table in chosen:
        groups.setdefault(tuple(map(folded, table.headings)), []).append(table)
    is_one = len(groups) == 1 and not aside and file.format != "sql"
    made = []
    for group in groups.values():
        for table in group[:1] if is_one else group:
            made.append(_source(file, table, "" if is_one else table.sheet, (*notes, *table.notes)))
            notes = []
    return made


def _source(file: GivenFile, table: TableSample, sheet: str, notes: tuple[str, ...]) -> TableSource:
    guess = _as_described(guess_table(f"{file.path.stem} {table.sheet}", table.headings, table.rows), file)
    if _may_lack_headings(table):
        notes = (*notes, "the first row may be data: the table seems to have no headings; put a row of them above")
    return TableSource((file,), sheet, table, guess, notes)


def _as_described(guess: TableGuess, file: GivenFile) -> TableGuess:
    """Guess with the columns that metadata beside the file describe (CSVW): these need no line of kg.toml."""
    described = {folded(name): column for name, column in description_of(file.source()).columns.items() if column.key}
    if not described:
        return guess
    why = "the metadata beside the file say so"
    columns = tuple(
        ColumnGuess(each.column, found.key, 1.0, why, found.separator, is_proposal=True)
        if (found := described.get(folded(each.column)))
        else each
        for each in guess.columns
    )
    has_id = any(column.key == "id" for column in columns)
    made = tuple(each for each in guess.made if each.key != "id" or not has_id)
    return replace(guess, columns=columns, made=made)


def _is_known(heading: str) -> bool:
    return bool(read(heading).meanings)


def _may_lack_headings(table: TableSample) -> bool:
    names = [heading for heading in table.headings if heading]
    figures = sum(any(sign.isdigit() for sign in name) for name in names)
    is_known = any(heading.meanings and heading.is_whole for heading in map(read, names))
    return not is_known and figures >= max(1, _DATA_LIKE * len(names))


def _united(sources: Sequence[TableSource]) -> list[TableSource]:
    """Sources with files of one folder, suffix and form united, where a pattern of names means just these files."""
    groups: dict[object, list[TableSource]] = {}
    for source in sources:
        file = source.file
        form = (
            file.folder,
            file.path.parent,
            file.path.suffix,
            source.sheet,
            tuple(map(folded, source.sample.headings)),
        )
        groups.setdefault(form if file.folder else id(source), []).append(source)
    made = []
    for group in groups.values():
        paths = {source.file.path for source in group}
        folder, suffix = group[0].file.path.parent, group[0].file.path.suffix
        if len(group) > 1 and paths == set(folder.glob(f"*{suffix}")):
            first = max(group, key=lambda source: len(source.sample.rows))
            others = tuple(source.file for source in group if source is not first)
            notes = tuple(dict.fromkeys(note for source in group for note in source.notes))
            made.append(TableSource((first.file, *others), first.sheet, first.sample, first.guess, notes))
        else:
            made += group
    return made


def guesses(sources: Sequence[TableSource]) -> list[dict[str, object]]:
    """Return the guesses of all columns as `kg init --json` prints them; of several tables with file and sheet."""
    made = []
    for source in sources:
        where: dict[str, object] = {"file": str(source.file.path)} if len(sources) > 1 else {}
        if len(sources) > 1 and source.sheet:
            where["sheet"] = source.sheet
        columns: list[ColumnGuess] = [*source.guess.columns, *source.guess.made]
        made += [column.as_json() | where for column in columns]
    return made
