"""Publication: a generation as its readers see it, with its facts, lists, things, search, files and queries."""

from pathlib import Path

from kg import ontology
from kg.iris import KINDS
from kg.read.published_changes import PublishedChanges
from kg.read.search import Finder
from kg.read.things import Resources
from kg.settings import Settings
from kg.store.dumps.dump_folder import DumpFolder
from kg.store.dumps.published_dumps import PublishedDumps
from kg.store.generation.catalogue import MAX_COUNTED_LINKS, Catalogue
from kg.store.generation.generation import Generation
from kg.store.generation.generations import Generations
from kg.store.generation.names.name_index import OTHER, NameIndex
from kg.store.generation.things import Thing
from kg.store.log.change_log import ChangeLog
from kg.store.pool.core.kill_memory import KillMemory
from kg.store.pool.core.limits import PoolLimits
from kg.store.pool.observer import PoolObserver
from kg.store.pool.pool import QueryPool
from kg.store.remote.queries import RemoteQueries
from kg.store.search.fields import RECORD
from kg.store.search.repeated.table import RepeatedTable, RepeatedTexts
from kg.store.sparql.query_checks import QueryLimits
from kg.store.sparql.query_service import QueryService

LONG_PER_WORKER = 3
"""Queries that may go on after a moment, for each worker."""


class Publication:
    """Read side of one generation; close it when its last reader has left.

    Attributes:
        number: of the generation.
        published: time of publication, in UTC (ISO 8601).
        triples: number of triples in its default graph.
        graphs: name of each named graph → number of its statements; empty where that is not known.
        counts: kind → number of records, without stubs.
        names: what its documents name.
        listed: kind → number of things in the list of the kind.
        searchable: whether it has a search index.
        tables: folder of its tables, which may be absent.
        things: descriptions of things by reference.
        finder: search.
        ontology: context and crosswalk under its base.
        catalogue: ordered lists and counts of things.
        repeated: paragraphs that stand the same in most records of a source; none without a search index.
        changes: what changed up to it.
    """

    def __init__(self, generation: Generation, kills: KillMemory) -> None:
        self._generation = generation
        self._kills = kills
        manifest = generation.manifest
        self.number = manifest.generation
        self.published = manifest.published
        self.triples = manifest.triples
        self.graphs = manifest.graphs
        self.counts = manifest.counts
        self.searchable = generation.search is not None
        self._dumps = PublishedDumps(generation.folder.dumps)
        self.tables: Path = generation.folder.tables
        self.things = Resources(generation)
        self.finder = Finder(generation)
        self.ontology = ontology.load(manifest.base)
        self.catalogue: Catalogue = generation.catalogue
        self.repeated = generation.search.repeated if generation.search else RepeatedTexts(RepeatedTable())
        self.names: NameIndex = generation.open_names()
        self.changes = PublishedChanges(ChangeLog(generation.folder.path.parents[1]), self.number)
        documents = self.counts.get(RECORD, 0)
        self.listed = {kind: documents if kind == RECORD else self._count_names(kind) for kind in KINDS}

    @property
    def menu(self) -> frozenset[str]:
        """Places that lead to something: kinds with things in their list, `dumps`, `data`."""
        kinds = {kind for kind, count in self.listed.items() if count}
        files = (("dumps", self._dumps.there), ("data", self.tables.is_dir()))
        return frozenset(kinds | {name for name, there in files if there})

    def _count_names(self, kind: str) -> int:
        """Number of things in the list of a kind; where documents name none, of those that are described."""
        return self.names.totals.get(kind) or self.names.totals.get(kind + OTHER, 0)

    def linking_documents_by_month(self, thing: Thing) -> dict[str, int]:
        """Return month → documents that link to a thing; empty where they are too many to count now."""
        if sum(self.catalogue.link_counts(thing.n).values()) > MAX_COUNTED_LINKS:
            return {}
        return self.catalogue.counts_by_month(thing.n)

    async def look_up(self, iri: str) -> None:
        """Fetch the description of a thing from a remote store; nothing to do where the triples are here."""
        await self._generation.graph.look_up(iri)

    def query_service(self, settings: Settings, observer: PoolObserver | None) -> QueryService:
        """Return the service of SPARQL queries on its triples, wherever these are; it is not started yet."""
        generation = self._generation
        if generation.manifest.graph:
            return RemoteQueries(settings, generation.manifest.graph, observer=observer)
        limits = PoolLimits(
            size=settings.query_workers,
            reserve=1,
            long=LONG_PER_WORKER * settings.query_workers,
            spares=2,
            deadline=settings.query_seconds,
            memory=settings.query_memory << 20,
            max_rows=settings.query_rows,
            max_result_bytes=settings.query_bytes,
            queue=settings.query_queue,
            text=QueryLimits(size=settings.query_length),
        )
        return QueryPool(
            generation.folder.store,
            limits,
            base=settings.base,
            observer=observer,
            kills=self._kills,
            check_store=generation.check_store,
        )

    def file(self, path: Path) -> Path | None:
        """Return the path of a table that the generation has, else None.

        Raises:
            GenerationError: the file is cut, grown or gone.
        """
        return self._generation.file(path)

    @property
    def has_dumps(self) -> bool:
        """Whether it has dumps."""
        return self._dumps.there

    def dumps(self) -> DumpFolder | None:
        """Return its newest dumps, or None.

        Raises:
            GenerationError: a file of them is cut, grown or gone.
        """
        self._generation.check_dumps()
        return self._dumps.newest()

    def forget(self) -> None:
        """Drop the caches of what is read again and again; readers that are still there fill them anew."""
        self.things.forget()
        self.finder.forget()

    def check_whole(self) -> None:
        """Compare the sizes of its files with its manifest. Raises GenerationError for a damaged generation."""
        self._generation.check_whole()

    def close(self) -> None:
        """Close its files."""
        self._dumps.close()
        self._generation.close()


class Publications:
    """Publications of a collection, one after the other: the live one, and its identity."""

    def __init__(self, settings: Settings) -> None:
        self._base = settings.base
        self._generations = Generations.of_settings(settings)
        self._kills = KillMemory()

    def live_fingerprint(self) -> tuple[int, ...] | None:
        """Return what tells the live publication from any other, its number first; None where there is none."""
        return self._generations.live_fingerprint()

    def open_live(self) -> Publication:
        """Open the live publication. Raises GenerationError where there is none that can be served."""
        generation = self._generations.open_live(self._base)
        try:
            return Publication(generation, self._kills)
        except BaseException:
            generation.close()
            raise
