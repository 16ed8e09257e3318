"""Generation: the layout and manifest of its folder, and its read handle (catalogue, records, search index, graph)."""

import errno
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from kg.errors import GenerationError
from kg.settings import Settings
from kg.store import file_sizes
from kg.store.generation import inventory
from kg.store.generation.catalogue import Catalogue
from kg.store.generation.inventory import Inventory
from kg.store.generation.names import name_index_builder
from kg.store.generation.names.name_index import NameIndex
from kg.store.generation.outlines.builder import OUTLINED_LENGTH
from kg.store.generation.outlines.reader import LongRecord
from kg.store.generation.read_only_database import attach, connect, log_of
from kg.store.generation.segments.folder import SegmentFolder
from kg.store.generation.segments.reader import SegmentReader
from kg.store.log.changes import LoggedGeneration
from kg.store.log.live_catalogue import LiveCatalogue
from kg.store.log.schema import CHANGES
from kg.store.remote.client import RemoteStore
from kg.store.remote.graph import RemoteGraph
from kg.store.search.index import SearchIndex, is_of_another_version
from kg.store.triples.embedded import EmbeddedGraph, checkpoint
from kg.store.triples.graph import Graph

FOLDER_FORMAT = 3
"""Format number of a generation's folder."""

SERVED_FORMATS = (2, FOLDER_FORMAT)
"""Formats that are served and rolled back to; a folder with another number has to be built anew."""

_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """Manifest of a generation.

    Attributes:
        generation: its number.
        base: the base IRI of its build.
        published: time of publication, in UTC (ISO 8601).
        triples: number of triples in its default graph, all of them from records.
        counts: kind → number of records, without stubs.
        summary: figures of the build's report: read, published, rejected, merged, stubs …
        rollback_of: number of the generation that it repeats, or None.
        graph: name of its graph at the remote store; empty where its triples lie in its folder.
        graphs: name of each named graph → number of its statements; empty in one of kg before 0.5.
        mapping: version of the mapping from its records to its triples.
        graph_hash: sum of the SHA-256 of each line of its N-Triples, modulo 2^256, in hexadecimal; empty if unknown.
        full: whether everything was built anew.
        format: format number of its folder.
        files: size and digest of each file in its folder but the manifest; empty in one of kg before 0.3.
    """

    generation: int
    base: str
    published: str
    triples: int
    counts: dict[str, int]
    summary: dict[str, Any] = field(default_factory=dict)
    rollback_of: int | None = None
    graph: str = ""
    graphs: dict[str, int] = field(default_factory=dict)
    mapping: str = ""
    graph_hash: str = ""
    full: bool = True
    format: int = FOLDER_FORMAT
    files: Inventory = field(default_factory=dict)

    def logged(self) -> LoggedGeneration:
        """The generation as the change log keeps it; its last sequence is the log's to say."""
        return LoggedGeneration(
            *(self.generation, self.published, self.base, self.full, self.rollback_of, self.counts),
            *(self.triples, self.graph_hash, self.mapping, 0),
        )


class GenerationFolder:
    """Folder layout of a generation: the paths of its files, and its manifest."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = path / "store"
        self.catalogue = path / "catalogue.sqlite"
        self.names = path / "names.sqlite"
        self.records = SegmentFolder(path)
        self.dumps = path / "dumps"
        self.statistics = path / "statistics.json"
        self.patch = path / "patch.rdfp.gz"
        self.tables = path / "tables"
        self.search = path / "search"
        self.changes = path / CHANGES

    def logged_catalogue(self) -> LiveCatalogue:
        """The catalogue as the change log reads it."""
        path = self.catalogue
        return LiveCatalogue(partial(connect, path), lambda db, name: attach(db, path, name), self._records)

    def _records(self, rows: Iterable[tuple[str, int, int]]) -> Iterator[tuple[str, bytes]]:
        """References and bytes of records. Raises GenerationError where they can't be read."""
        with SegmentReader(self.records) as reader:
            for reference, address, length in rows:
                yield reference, reader.record(address, length)

    def read_manifest(self) -> Manifest:
        """Read the manifest. Raises GenerationError where the folder is no generation that can be served."""
        try:
            values = json.loads((self.path / _MANIFEST).read_text(encoding="utf-8"))
            manifest = Manifest(**{"format": SERVED_FORMATS[0]} | values)
            _check_types(manifest)
        except (OSError, ValueError, TypeError) as fault:
            what = f"is no whole generation: {fault}"
            raise GenerationError(what, where=str(self.path), todo="Run `kg build`.") from None
        if manifest.format not in SERVED_FORMATS:
            raise GenerationError(
                "was built by another version of kg", where=str(self.path), todo="Run `kg build --full`."
            )
        return manifest

    def check_whole(self) -> Manifest:
        """Read the manifest and compare every file's size with it. Raises GenerationError for a damaged generation."""
        manifest = self.read_manifest()
        inventory.check_sizes(self.path, manifest.files)
        inventory.check_logs(self.path, manifest.files)
        if not self.catalogue.is_file() or not self.records.numbers():
            what = "it is not whole: the catalogue or the records are missing"
            raise GenerationError(what, where=str(self.path), todo="Run `kg build`.")
        return manifest

    def check_records(self) -> None:
        """Look for the segments of records. Raises FileNotFoundError where there is none."""
        if not self.records.numbers():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self.records.path))

    def fingerprint(self) -> tuple[int, int, int] | None:
        """Identity of the manifest's file (device, inode, modification time in ns); None without a manifest."""
        try:
            status = (self.path / _MANIFEST).stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino, status.st_mtime_ns

    def write_manifest(self, manifest: Manifest, shared: tuple[Path, Inventory] | None = None) -> None:
        """Write the manifest with the inventory of the folder; it is the last file of a generation.

        Args:
            manifest: the manifest, its inventory left out.
            shared: folder and inventory of a generation with which it shares files.
        """
        manifest = replace(manifest, files=inventory.take(self.path, shared))
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1) + "\n"
        (self.path / _MANIFEST).write_text(text, encoding="utf-8")


def _check_types(manifest: Manifest) -> None:
    """Check the values that are read without a look at them. Raises TypeError."""
    for name, wanted in (("generation", int), ("base", str), ("published", str), ("triples", int), ("counts", dict)):
        if not isinstance(getattr(manifest, name), wanted):
            raise TypeError(f"{name} in its manifest is {getattr(manifest, name)!r:.50}")
    for name, entry in dict(manifest.files).items():
        if not (isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], int)):
            raise TypeError(f"files in its manifest has {entry!r:.50} for {name}")


class Generation:
    """Open generation: its catalogue, records, search index and graph, read-only until `close`."""

    def __init__(self, folder: GenerationFolder, settings: Settings | None = None) -> None:
        self.folder = folder
        self.manifest = folder.read_manifest()
        inventory.check_sizes(folder.path, self.manifest.files)
        inventory.check_logs(folder.path, self.manifest.files)
        self._store_sizes = inventory.sizes_below(self.manifest.files, f"{folder.store.name}/")
        self._dump_sizes = inventory.sizes_below(self.manifest.files, f"{folder.dumps.name}/")
        with ExitStack() as opened:
            try:
                self.catalogue = Catalogue(folder.catalogue)
                opened.callback(self.catalogue.close)
                folder.check_records()
            except (OSError, sqlite3.Error) as fault:
                what = f"it is not whole: {fault}"
                todo = "Run `kg build`."
                raise GenerationError(what, where=str(folder.path), todo=todo) from None
            try:
                is_there = folder.search.is_dir() and not is_of_another_version(folder.search)
                self.search = SearchIndex(folder.search) if is_there else None
            except (OSError, ValueError) as fault:
                what = f"its search index can't be opened: {fault}"
                raise GenerationError(what, where=str(folder.search), todo="Run `kg build`.") from None
            self.graph = _open_graph(folder, self.manifest, settings)
            opened.pop_all()
        self.segments = SegmentReader(folder.records)
        self._on_close = ExitStack()

    @property
    def number(self) -> int:
        """Number of the generation."""
        return self.manifest.generation

    def record(self, address: int, length: int) -> bytes:
        """JSON of a record, by the address and length of its catalogue row.

        Raises:
            GenerationError: its segment is gone, ends before, or holds something else there.
        """
        return self.segments.record(address, length)

    def long_record(self, address: int, length: int) -> LongRecord | None:
        """Record that is read value by value; None for a short one, or one without an outline."""
        return self.catalogue.outlines.record(address, self.segments.read) if length > OUTLINED_LENGTH else None

    def abstract(self, address: int, length: int) -> dict[str, Any] | None:
        """Abstract of a long record; None for a short one, or one without an outline."""
        return self.catalogue.outlines.abstract(address) if length > OUTLINED_LENGTH else None

    def open_names(self) -> NameIndex:
        """Open the name index, which is closed with the generation.

        A generation of kg before 0.4 has none: it is made now, in a folder for the time being.
        """
        path = self.folder.names
        if not path.is_file():
            scratch = self._on_close.enter_context(tempfile.TemporaryDirectory(prefix="kg-names-"))
            path = Path(scratch) / path.name
            name_index_builder.write(path, self.folder.catalogue, self.folder.records)
        names = NameIndex(path)
        self._on_close.callback(names.close)
        return names

    def file(self, path: Path) -> Path | None:
        """Path of a file below its folder that it has, else None.

        Raises:
            GenerationError: the file is cut, grown or gone.
        """
        name = str(path.relative_to(self.folder.path))
        if name in self.manifest.files:
            file_sizes.check(self.folder.path, {name: self.manifest.files[name][0]})
            return path
        return path if not self.manifest.files and path.is_file() else None

    def check_whole(self) -> None:
        """Compare the sizes of its files with its manifest. Raises GenerationError for a damaged generation."""
        inventory.check_sizes(self.folder.path, self.manifest.files)
        for name, size in self.segments.open_sizes().items() if self.manifest.files else ():
            if size != self.manifest.files[name][0]:
                what = f"the generation is damaged: {name}, which is open, has another size than in its manifest"
                raise GenerationError(what, where=str(self.folder.path), todo=file_sizes.TODO)

    def check_dumps(self) -> None:
        """Compare the sizes of the dumps with the manifest. Raises GenerationError for damaged ones."""
        file_sizes.check(self.folder.path, self._dump_sizes)

    def check_store(self) -> None:
        """Compare the sizes of the store's files with the manifest. Raises GenerationError for a damaged store."""
        file_sizes.check(self.folder.path, self._store_sizes)

    def close(self) -> None:
        """Close catalogue, records, names, graph and search index."""
        self._on_close.close()
        self.segments.close()
        self.catalogue.close()
        self.graph.close()
        if self.search:
            self.search.close()
        del self.graph


def _open_graph(folder: GenerationFolder, manifest: Manifest, settings: Settings | None) -> Graph:
    """Open the triples of a generation, in its folder or at the remote store."""
    if not manifest.graph:
        return EmbeddedGraph(folder.store)
    remote = RemoteStore.of(settings) if settings else None
    if remote is None:
        raise GenerationError(
            "its triples lie at a remote store, and the settings name none",
            where=str(folder.path),
            todo="Set `store` again, or run `kg build`.",
        )
    return RemoteGraph(remote, manifest.graph)


def copy_unchanged(source: GenerationFolder, target: GenerationFolder) -> None:
    """Share an old generation's files with a new one by hard links, since both are immutable."""
    if source.store.is_dir():
        checkpoint(source.store, target.store)
    target.records.link(source.records)
    for path in (source.names, log_of(source.names), source.statistics):
        if path.is_file():
            os.link(path, target.path / path.name)
    shares = ((source.dumps, target.dumps), (source.tables, target.tables), (source.search, target.search))
    for shared, copied in shares:
        if shared.is_dir():
            shutil.copytree(shared, copied, copy_function=os.link)
