"""Generation: the layout and manifest of its folder, and its read handle (catalogue, records, search index, graph)."""

import json
import os
import shutil
import sqlite3
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kg.errors import GenerationError
from kg.settings import Settings
from kg.store.generation.catalogue import Catalogue
from kg.store.remote.client import RemoteStore
from kg.store.remote.graph import RemoteGraph
from kg.store.search.index import SearchIndex
from kg.store.triples.embedded import EmbeddedGraph, checkpoint
from kg.store.triples.graph import Graph

FOLDER_FORMAT = 2
"""Format number of a generation's folder; a folder with another number has to be built anew."""

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
        mapping: version of the mapping from its records to its triples.
        format: format number of its folder.
    """

    generation: int
    base: str
    published: str
    triples: int
    counts: dict[str, int]
    summary: dict[str, Any] = field(default_factory=dict)
    rollback_of: int | None = None
    graph: str = ""
    mapping: str = ""
    format: int = FOLDER_FORMAT


class GenerationFolder:
    """Folder layout of a generation: the paths of its files, and its manifest."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = path / "store"
        self.catalogue = path / "catalogue.sqlite"
        self.records = path / "records.jsonl"
        self.dumps = path / "dumps"
        self.tables = path / "tables"
        self.search = path / "search"

    def read_manifest(self) -> Manifest:
        """Read the manifest. Raises GenerationError where the folder is no generation that can be served."""
        try:
            values = json.loads((self.path / _MANIFEST).read_text(encoding="utf-8"))
            manifest = Manifest(**values)
        except (OSError, ValueError, TypeError) as fault:
            raise GenerationError(f"is no whole generation: {fault}", where=str(self.path)) from None
        if manifest.format != FOLDER_FORMAT:
            raise GenerationError(
                "was built by another version of kg", where=str(self.path), todo="Run `kg build --full`."
            )
        return manifest

    def fingerprint(self) -> tuple[int, int, int] | None:
        """Identity of the manifest's file (device, inode, modification time in ns); None without a manifest."""
        try:
            status = (self.path / _MANIFEST).stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino, status.st_mtime_ns

    def write_manifest(self, manifest: Manifest) -> None:
        """Write the manifest, the last file of a generation."""
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1) + "\n"
        (self.path / _MANIFEST).write_text(text, encoding="utf-8")


class Generation:
    """Open generation: its catalogue, records, search index and graph, read-only until `close`."""

    def __init__(self, folder: GenerationFolder, settings: Settings | None = None) -> None:
        self.folder = folder
        self.manifest = folder.read_manifest()
        with ExitStack() as opened:
            try:
                self.catalogue = Catalogue(folder.catalogue)
                opened.callback(self.catalogue.close)
                self._records = os.open(folder.records, os.O_RDONLY)
                opened.callback(os.close, self._records)
            except (OSError, sqlite3.Error) as fault:
                what = f"it is not whole: {fault}"
                todo = "Run `kg build` again, or `kg rollback` to another one."
                raise GenerationError(what, where=str(folder.path), todo=todo) from None
            self.search = SearchIndex(folder.search) if folder.search.is_dir() else None
            self.graph = _open_graph(folder, self.manifest, settings)
            opened.pop_all()

    @property
    def number(self) -> int:
        """Number of the generation."""
        return self.manifest.generation

    def record(self, offset: int, length: int) -> bytes:
        """JSON of a record, by the offset and length of its catalogue row (D-16)."""
        return os.pread(self._records, length, offset)

    def close(self) -> None:
        """Close catalogue, records, graph and search index."""
        os.close(self._records)
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
    os.link(source.records, target.records)
    shares = ((source.dumps, target.dumps), (source.tables, target.tables), (source.search, target.search))
    for shared, copied in shares:
        if shared.is_dir():
            shutil.copytree(shared, copied, copy_function=os.link)
