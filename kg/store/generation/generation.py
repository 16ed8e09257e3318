"""One generation: what its folder holds, and how it is opened to be read."""

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
from kg.store.remote.client import Remote
from kg.store.remote.graph import RemoteGraph
from kg.store.search.index import SearchIndex
from kg.store.triples.embedded import EmbeddedGraph, checkpoint
from kg.store.triples.graph import Graph

FORMAT = 2
"""Of the folder of a generation; one with another number has to be built anew."""

_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation says of itself.

    Attributes:
        generation: its number.
        base: the base IRI it was built for.
        published: when, in UTC (ISO 8601).
        triples: how many statements its default graph holds, which is what the records say.
        counts: kind → records, stubs left out.
        summary: what the build reported: read, published, rejected, merged, stubs …
        rollback_of: the generation that it repeats, or None.
        graph: the name of the graph at the remote store that holds its triples; empty where they lie in its folder.
        mapping: what names the mapping that made its triples of its records.
        format: of its folder.
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
    format: int = FORMAT


class Folder:
    """Where things lie in a generation."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = path / "store"
        self.catalogue = path / "catalogue.sqlite"
        self.records = path / "records.jsonl"
        self.dumps = path / "dumps"
        self.tables = path / "tables"
        self.search = path / "search"

    def read_manifest(self) -> Manifest:
        """The manifest. Raises GenerationError where the folder is no generation that can be served."""
        try:
            values = json.loads((self.path / _MANIFEST).read_text(encoding="utf-8"))
            manifest = Manifest(**values)
        except (OSError, ValueError, TypeError) as fault:
            raise GenerationError(f"is no whole generation: {fault}", where=str(self.path)) from None
        if manifest.format != FORMAT:
            raise GenerationError(
                "was built by another version of kg", where=str(self.path), todo="Run `kg build --full`."
            )
        return manifest

    def mark(self) -> tuple[int, int, int] | None:
        """What tells its manifest from any other file; None where there is none."""
        try:
            found = (self.path / _MANIFEST).stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino, found.st_mtime_ns

    def write_manifest(self, manifest: Manifest) -> None:
        """Write the manifest; the last file of a generation."""
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1) + "\n"
        (self.path / _MANIFEST).write_text(text, encoding="utf-8")


class Generation:
    """A live generation, opened to be read. Close it when nobody reads it any more."""

    def __init__(self, folder: Folder, settings: Settings | None = None) -> None:
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
            self.graph = _graph(folder, self.manifest, settings)
            opened.pop_all()

    @property
    def number(self) -> int:
        """Its number."""
        return self.manifest.generation

    def record(self, offset: int, length: int) -> bytes:
        """The JSON of a record, from where the catalogue says it lies."""
        return os.pread(self._records, length, offset)

    def close(self) -> None:
        """Let its files go."""
        os.close(self._records)
        self.catalogue.close()
        self.graph.close()
        if self.search:
            self.search.close()
        del self.graph


def _graph(folder: Folder, manifest: Manifest, settings: Settings | None) -> Graph:
    """The triples of a generation, wherever its build has put them."""
    if not manifest.graph:
        return EmbeddedGraph(folder.store)
    remote = Remote.of(settings) if settings else None
    if remote is None:
        raise GenerationError(
            "its triples lie at a remote store, and the settings name none",
            where=str(folder.path),
            todo="Set `store` again, or run `kg build`.",
        )
    return RemoteGraph(remote, manifest.graph, manifest.base)


def copy_unchanged(source: Folder, target: Folder) -> None:
    """Give a new generation what it shares with an old one: hard links, since nobody changes either."""
    if source.store.is_dir():
        checkpoint(source.store, target.store)
    os.link(source.records, target.records)
    shares = ((source.dumps, target.dumps), (source.tables, target.tables), (source.search, target.search))
    for shared, copied in shares:
        if shared.is_dir():
            shutil.copytree(shared, copied, copy_function=os.link)
